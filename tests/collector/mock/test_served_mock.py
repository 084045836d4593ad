"""A mock that is served already: met by a challenge, read with its token, shared by no two runs."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from collector.cli import main
from collector.common.errors import UserError
from collector.contract.places import Place, pace_of, place_of
from collector.mock.served import VARIABLE, fresh_life, greet, met, served_mock, token_from
from collector.store import Store
from mockserver.cli import main as mock_main
from mockserver.context import MOST_CLAIMS, MockConfig
from mockserver.serve import Server, serving

TOKEN = "a-token-that-nobody-guesses"
SCENARIO: dict[str, Any] = {
    "name": "t",
    "seed": 7,
    "analysis": {"exposure": ["music"], "surfaces": ["home"], "control": "one"},
    "before": [{"visit": {"url": "home", "capture": False}}, {"consent": "reject"}],
    "arms": {
        "one": {"twins": 1, "steps": [{"search": "street food"}]},
        "two": {"twins": 1, "steps": [{"search": "live concert"}]},
    },
    "after": [{"visit": "home"}],
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(MockConfig(seed=7, truth_token=TOKEN, recommender={"history": 2.0})) as found:
        yield found


@pytest.fixture(autouse=True)
def no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def carried_out(tmp_path: Path, server: Server, *options: str, **more: Any) -> tuple[Result, Path]:
    number = len(list(tmp_path.glob("run-*")))
    file, out = tmp_path / "own.yaml", tmp_path / f"run-{number}"
    file.write_text(json.dumps({**SCENARIO, **more}))
    told = run(
        "run", str(file), "--site", server.site(), "--driver", "http", "--submit-to", "none",
        "--out", str(out), *options,
    )  # fmt: skip
    return told, out


def rows(out: Path, sql: str) -> list[dict[str, Any]]:
    with Store(out / "store.db", readonly=True) as store:
        return [dict(row) for row in store.rows(sql)]


@contextmanager
def stranger(answer: object, status: int = 200) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A server of somebody else, and what it was sent."""
    heard: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            heard.append({"path": self.path, "headers": dict(self.headers), "body": body.decode()})
            raw = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}", heard
        http.shutdown()
        thread.join()


# ---- the greeting


def test_a_mock_says_what_it_is_and_proves_its_token_without_saying_it(server: Server) -> None:
    answer = httpx.post(f"{server.url}/_truth/hello", json={"nonce": "abc"})
    assert answer.status_code == 200
    assert TOKEN not in answer.text
    told = answer.json()
    assert told["mock"] == "twinwatch"
    assert told["recommender"] == {"history": 2.0}
    expected = hmac.new(TOKEN.encode(), b"twinwatch mock abc", hashlib.sha256).hexdigest()
    assert told["proof"] == expected
    other = httpx.post(f"{server.url}/_truth/hello", json={"nonce": "abd"}).json()["proof"]
    assert other != expected


def test_the_greeting_is_for_this_machine_s_own_names(server: Server) -> None:
    for host in ("evil.example", "youtube.localhost"):
        answer = httpx.post(f"{server.url}/_truth/hello", json={}, headers={"Host": host})
        assert answer.status_code >= 400
        assert "proof" not in answer.text
    assert httpx.post(f"{server.url}/_truth/labels").status_code in (403, 405)
    assert httpx.get(f"{server.url}/_truth/labels").status_code == 403


@pytest.mark.parametrize(
    "body",
    [{"nonce": 1}, {"nonce": "x" * 201}, {"visitors": "a"}, {"visitors": [1]},
     {"visitors": ["x" * 65]}, {"visitors": ["a"] * 50_001}],
)  # fmt: skip
def test_a_greeting_that_means_nothing_is_refused(server: Server, body: dict[str, Any]) -> None:
    assert httpx.post(f"{server.url}/_truth/hello", json=body).status_code == 400


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff"])
def test_a_greeting_without_words_is_answered(server: Server, body: bytes) -> None:
    assert httpx.post(f"{server.url}/_truth/hello", content=body).json()["known"] == []


def test_the_token_is_told_to_nobody_who_has_not_proved_it() -> None:
    """Not to another server, nor to one that says it is a mock."""
    for answer in ({"hello": 1}, [], {"mock": "twinwatch", "proof": "0" * 64, "known": []}):
        with stranger(answer) as (origin, heard):
            with pytest.raises(UserError, match=r"no mock answers|another truth token"):
                served_mock(origin, TOKEN)
            assert heard
            assert TOKEN not in json.dumps(heard)


def test_what_is_no_mock_is_taken_as_any_other_site() -> None:
    with stranger({"x": 1}, status=404) as (origin, _):
        place = met(Place(origin, on_loopback=True))
        assert not place.is_mock
        assert place.greeted == ""
    assert greet("http://127.0.0.1:9") is None


def test_no_other_machine_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("a site beyond this machine was greeted")

    monkeypatch.setattr("collector.mock.served._hello", never)
    place = place_of("https://www.youtube.com", "mock", confirm=lambda question: True)
    assert met(place) == place
    with pytest.raises(UserError, match="on this machine"):
        met(place, TOKEN)


def test_time_is_hurried_on_a_mock_that_has_proved_itself(server: Server) -> None:
    place = place_of(server.site(), "mock", confirm=lambda question: False)
    with pytest.raises(UserError, match="truth token"):
        pace_of("max", met(place))
    assert pace_of("max", met(place, TOKEN)).virtual


# ---- the token's ways


def test_the_token_comes_from_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n")
    path.chmod(0o640)
    with pytest.raises(UserError, match="readable by its owner") as refused:
        token_from(path)
    assert "chmod 600" in refused.value.fix
    path.chmod(0o600)
    assert token_from(path) == TOKEN
    for bad in ("", "two words\n"):
        path.write_text(bad)
        with pytest.raises(UserError, match="holds no token"):
            token_from(path)
    with pytest.raises(UserError, match="cannot be read"):
        token_from(tmp_path / "none")
    assert token_from(None) == ""


def test_no_child_inherits_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setenv(VARIABLE, f" {TOKEN} ")
    assert token_from(None) == TOKEN
    assert VARIABLE not in os.environ


def test_a_mock_keeps_its_token_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made for the owner alone, used again, and never printed."""
    tokens: list[str] = []

    @contextmanager
    def noted(config: MockConfig, *_: object) -> Iterator[Any]:
        tokens.append(config.truth_token)
        raise UserError("enough")
        yield

    monkeypatch.setattr("mockserver.servecommand.serving", noted)
    path = tmp_path / "token"
    for _ in range(2):
        told = CliRunner().invoke(mock_main, ["serve", "--truth-token-file", str(path)])
        assert "enough" in told.output
        assert path.read_text().strip() not in told.output
    assert path.stat().st_mode & 0o777 == 0o600
    assert tokens == [path.read_text().strip()] * 2
    assert len(tokens[0]) == 40
    other = ["serve", "--truth-token-file", str(path), "--truth-token", "x"]
    assert "holds another token" in CliRunner().invoke(mock_main, other).output
    path.chmod(0o644)
    told = CliRunner().invoke(mock_main, ["serve", "--truth-token-file", str(path)])
    assert (told.exit_code, "readable by its owner" in told.output) == (2, True)


# ---- runs


def test_with_its_token_a_served_mock_is_as_good_as_the_bundled_one(
    tmp_path: Path, server: Server
) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN)
    file.chmod(0o600)
    told, out = carried_out(tmp_path, server, "--truth-token-file", str(file), "--speed", "max")
    assert told.exit_code == 0, told.output
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["labels"] == "mock"
    assert manifest["environment"]["world"]["seed"] == 7
    assert manifest["environment"]["world"]["recommender"] == {"history": 2.0}
    (labels,) = rows(out, "SELECT count(*) AS n, min(source) AS source FROM labels")
    assert labels["n"] > 3000
    assert labels["source"] == "mock"
    served = rows(out, "SELECT item_id FROM truth_impressions WHERE surface = 'home'")
    assert len(served) >= 2 * 20
    for path in out.rglob("*"):
        assert not path.is_file() or TOKEN.encode() not in path.read_bytes(), path
    assert TOKEN not in told.output


def test_without_its_token_one_sentence_says_what_is_not_there(
    tmp_path: Path, server: Server
) -> None:
    told, out = carried_out(tmp_path, server)
    assert told.exit_code == 2
    assert "compares the topic 'music', but the scenario names no labels" in told.stderr
    assert not out.exists()
    told, out = carried_out(tmp_path, server, analysis={"surfaces": ["home"]})
    assert told.exit_code == 0, told.output
    (said,) = [line for line in told.stderr.splitlines() if "truth token is not given" in line]
    assert VARIABLE in said
    assert rows(out, "SELECT * FROM truth_impressions") == []
    assert rows(out, "SELECT * FROM labels") == []


def test_a_wrong_token_is_refused_before_anything_is_written(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "wrong")
    told, out = carried_out(tmp_path, server)
    assert told.exit_code == 2
    assert "another truth token" in told.stderr
    assert not out.exists()


@pytest.mark.sweep(1)
@pytest.mark.parametrize("token", ["", TOKEN])
def test_two_runs_on_one_mock_never_share_a_visitor(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    """The same plan three times, the last one repeated from the first: nobody has been there
    before, so the dialog is answered each time, and each run knows its own pages only."""
    more: dict[str, Any] = {"seed": 8 if token else 9, "analysis": {"surfaces": ["home"]}}
    outs = []
    for _ in range(2):
        if token:
            monkeypatch.setenv(VARIABLE, token)
        told, out = carried_out(tmp_path, server, **more)
        assert told.exit_code == 0, told.output
        outs.append(out)
    if token:
        monkeypatch.setenv(VARIABLE, token)
    outs.append(tmp_path / "again")
    told = run("run", "--repeat", str(outs[0]), "--out", str(outs[-1]))
    assert told.exit_code == 0, told.output
    met_by: list[str] = []
    for out in outs:
        assert {row["outcome"] for row in rows(out, "SELECT outcome FROM steps")} == {"done"}
        ids = [
            json.loads(path.read_text())["visitor_id"]
            for path in sorted(out.glob("profiles/*/profile.json"))
        ]
        assert len(ids) == 2
        met_by += ids
        if token:
            pages = rows(out, "SELECT count(*) AS n FROM truth_pages")
            assert pages == [{"n": 2 * 4}], "visit, the same with an answer, search, visit"
    assert len(set(met_by)) == len(met_by)
    plans = {json.loads((out / "manifest.json").read_text())["plan_hash"] for out in outs}
    assert len(plans) == 1, "it is the same plan all the same"


def test_of_runs_that_begin_at_once_each_gets_its_own_visitors() -> None:
    with serving(MockConfig(seed=1)) as fresh:
        lives = [[f"puppet-{n}-life-{life}" for n in range(8)] for life in range(6)]
        with ThreadPoolExecutor(6) as pool:
            found = list(pool.map(lambda _: fresh_life(fresh.url, lives), range(6)))
        assert sorted(found) == list(range(6))
        with pytest.raises(UserError, match="start the mock anew"):
            fresh_life(fresh.url, lives)


def test_a_claim_is_whole_or_none(server: Server) -> None:
    assert greet(server.url, visitors=["mine-1", "mine-2"]).known == ()  # type: ignore[union-attr]
    found = greet(server.url, visitors=["other", "mine-2"])
    assert found is not None
    assert found.known == ("mine-2",)
    assert fresh_life(server.url, [["other"]]) == 0, "what was asked for in vain is still free"
    assert MOST_CLAIMS >= 20 * 50_000
