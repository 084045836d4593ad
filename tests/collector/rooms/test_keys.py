"""Keys follow from the plan only where the server has proved that it is this package's mock."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from collector.contract.mocksite import MockSite
from collector.contract.options import RunOptions
from collector.contract.places import place_of
from collector.mock.served import is_our_mock
from collector.run.era import unread
from collector.run.start import run_scenario
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import make_plan
from collector.schedule.display import PlainDisplay
from mockserver.serve import Server

TOLD: dict[str, Any] = {
    "name": "keys",
    "arms": {"a": {"steps": [{"visit": {"url": "home", "capture": False}}]}},
}


def refuse(question: str) -> bool:
    raise AssertionError(question)


class Liar(BaseHTTPRequestHandler):
    """A server on loopback that says of itself that it is the mock, and takes everything."""

    def log_message(self, *_: Any) -> None:
        pass

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.dumps({"mock": "twinwatch", "proof": "0" * 64, "known": []}).encode()
        self.send_response(200)
        self.send_header("X-Mock-Server", "twinwatch")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def liar() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Liar)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def key_of(out: Path, mock: MockSite | None = None, token: str = "", **options: Any) -> str:
    result = run_scenario(
        parse_scenario(TOLD),
        RunOptions.of(out=out, driver="http", **options),
        display=PlainDisplay(Console(stderr=True)),
        confirm=refuse,
        mock=mock,
        truth_token=token,
    )
    told = json.loads((result.out.profiles / "a-1" / "profile.json").read_bytes())
    return str(told["public_key"])


def test_a_challenge_is_a_proof_and_words_are_none(mock_server: Server, liar: str) -> None:
    assert is_our_mock(mock_server.url, mock_server.truth_token)
    assert not is_our_mock(mock_server.url, "another token")
    assert not is_our_mock(mock_server.url, "")
    assert not is_our_mock(liar, mock_server.truth_token)
    assert not is_our_mock("http://127.0.0.1:9", mock_server.truth_token)


def test_keys_that_anybody_can_make_go_to_a_proved_mock_only(
    mock_server: Server, liar: str, tmp_path: Path
) -> None:
    """The address of the server says nothing: one on loopback may be anybody's."""
    mock, token = MockSite.of(mock_server), mock_server.truth_token
    served = {"site": mock.origin, "submit_to": mock.api}
    own = key_of(tmp_path / "own", mock)
    assert key_of(tmp_path / "again", mock) == own, "the run's own mock"
    assert key_of(tmp_path / "proved", token=token, **served) == own, "one that has proved it"
    others = [
        key_of(tmp_path / "unproved", **served),
        key_of(tmp_path / "liar", mock, submit_to=liar),
        key_of(tmp_path / "to-liar", token=token, site=mock.origin, submit_to=liar),
        key_of(tmp_path / "nowhere", mock, submit_to="none"),
    ]
    assert len({own, *others}) == 5


def test_a_server_that_cannot_read_the_pages_is_said(mock_server: Server) -> None:
    """By the platform's dialect; the fix names the era that it reads."""
    place = place_of("mock", "mock", confirm=refuse)
    plan = make_plan(parse_scenario(TOLD))
    real = "http://127.0.0.1:9"
    (told,) = unread(plan, place, real, None)
    assert "reads pages of 2022, not of 2026" in told
    assert told.endswith("--era 2022")
    old = make_plan(parse_scenario({**TOLD, "mock": {"era": 2022}}))
    feed = make_plan(parse_scenario({**TOLD, "platform": "facebook"}))
    assert unread(old, place, real, None) == ()
    assert "--era 2019" in unread(feed, place, real, None)[0]
    assert unread(plan, place, mock_server.url, None) == unread(plan, place, None, None) == ()
