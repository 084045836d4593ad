"""Requests to the ledger that are wrong: refused with a reason, and nothing is written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
import zstandard
from flask.testing import FlaskClient
from fleet_tools import ME, ONE, TOKEN, TWO, app_of, content, make_run

from collector.fleet.rows import HOME
from collector.fleet.wire import MOST_BODY_BYTES, MOST_PLAIN_BYTES, ROOT, pack

AT = f"{ROOT}/sessions/{ONE}"
NO_TEXT = b"\xff\xfe"
HASH = hashlib.sha256(b"page").hexdigest()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, FlaskClient]:
    """A run whose first session is held under token 1; and a client that says the password."""
    out, _ = make_run(tmp_path_factory.mktemp("hostile") / "run")
    client = app_of(out).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    client.environ_base["HTTP_FENCING_TOKEN"] = "1"
    body = {"host": ME.host, "pid": ME.pid, "process_started": 1.5, "length_s": 600}
    assert client.post(f"{AT}/claim", json=body).get_json()["token"] == 1
    return out, client


def capture(**other: Any) -> list[Any]:
    row = dict.fromkeys(HOME["captures"].columns, "x")
    row |= {"run": "small-1", "puppet": "a-1", "session": ONE, "id": f"{ONE}-0000"}
    row |= dict.fromkeys(("step", "seq", "size", "viewport_width", "viewport_height"), 0)
    return ["captures", {**row, **other}]


def other(table: str, **values: Any) -> list[Any]:
    row = dict.fromkeys(HOME[table].columns)
    return [table, {**row, **values}]


def bomb() -> bytes:
    return zstandard.ZstdCompressor().compress(b"\0" * (MOST_PLAIN_BYTES + 1))


ROWS: dict[str, Any] = {
    "no list": {"captures": []},
    "no pair": ["captures"],
    "no row": [["captures", 5]],
    "another table": [["sessions", {"id": ONE, "state": "done"}]],
    "a table that is none": [["sqlite_master", {}]],
    "a name that is none": [[["captures"], {}]],
    "a column too many": [capture(more=1)],
    "another session's": [capture(session=TWO)],
    "another puppet's": [capture(puppet="a-2")],
    "another run's": [capture(run="other")],
    "a value that is none": [capture(url={"a": 1})],
    "something that must be there": [capture(url=None)],
    "an observation of nothing": [other("observations", capture="b02-a-2-0000")],
    "a post of nothing": [other("feed", timeline="t", number=1)],
    "evidence that is sent already": [
        other("outbox", puppet="a-1", target="t", capture="c", state="acked")
    ],
    "a good one before a bad one": [capture(), capture(session=TWO)],
}

Ask = Callable[[FlaskClient], Any]
REFUSED: dict[str, tuple[int, Ask]] = {
    "no such page": (404, lambda c: c.get(f"{ROOT}/nothing")),
    "no such session": (404, lambda c: c.get(f"{ROOT}/sessions/b99-z-9/steps")),
    "a path for a session": (404, lambda c: c.get(f"{ROOT}/sessions/..%2f..%2fx/steps")),
    "another method": (405, lambda c: c.delete(f"{AT}/steps")),
    "no snapshot": (404, lambda c: c.get(f"{ROOT}/snapshots/{HASH}")),
    "a path for a snapshot": (404, lambda c: c.get(f"{ROOT}/snapshots/..%2Fplan.json")),
    "no JSON": (400, lambda c: c.post(f"{AT}/claim", data=b"{")),
    "no object": (400, lambda c: c.post(f"{AT}/claim", json=[1])),
    "no owner": (400, lambda c: c.post(f"{AT}/claim", json={"length_s": 5})),
    "an endless lease": (400, lambda c: c.post(f"{AT}/renew", json={"length_s": 1e9})),
    "a lease of no length": (400, lambda c: c.post(f"{AT}/renew", json={"length_s": -1})),
    "a length that is text": (400, lambda c: c.post(f"{AT}/renew", json={"length_s": "5"})),
    "no token": (400, lambda c: c.get(f"{AT}/lease", headers={"Fencing-Token": ""})),
    "a token that is none": (400, lambda c: c.get(f"{AT}/lease", headers={"Fencing-Token": "-1"})),
    "a column of the supervisor": (400, lambda c: c.post(f"{AT}/note", json={"skew_ms": 1})),
    "a name for a column": (400, lambda c: c.post(f"{AT}/note", json={'state" = 1, "x': 1})),
    "done without release": (400, lambda c: c.post(f"{AT}/note", json={"state": "done"})),
    "a time that is none": (400, lambda c: c.post(f"{AT}/note", json={"ready": "today"})),
    "a snapshot that is not there": (
        400,
        lambda c: c.post(f"{AT}/note", json={"snapshot_after": HASH}),
    ),
    "no such step": (422, lambda c: c.post(f"{AT}/steps/99/started", json={})),
    "a step that did not begin": (
        422,
        lambda c: c.post(f"{AT}/steps/0/finished", json={"outcome": "done", "detail": ""}),
    ),
    "no outcome": (
        400,
        lambda c: c.post(f"{AT}/steps/0/finished", json={"outcome": "fine", "detail": ""}),
    ),
    "released as planned": (
        400,
        lambda c: c.post(f"{AT}/release", json={"state": "planned", "detail": ""}),
    ),
    "a mark of another": (400, lambda c: c.put(f"{AT}/mark", json={"session": TWO})),
    "no compressed rows": (400, lambda c: c.post(f"{AT}/rows", data=b"[]")),
    "too much": (413, lambda c: c.post(f"{AT}/rows", data=b"\0" * (MOST_BODY_BYTES + 1))),
    "too much, unpacked": (400, lambda c: c.post(f"{AT}/rows", data=bomb())),
    "another page": (400, lambda c: c.put(f"{AT}/evidence/{HASH}", data=pack("other"))),
    "no text": (
        400,
        lambda c: c.put(
            f"{AT}/evidence/{hashlib.sha256(NO_TEXT).hexdigest()}",
            data=zstandard.ZstdCompressor().compress(NO_TEXT),
        ),
    ),
    "a path for evidence": (404, lambda c: c.put(f"{AT}/evidence/..%2f..%2fx", data=pack(1))),
    "another state": (400, lambda c: c.put(f"{AT}/snapshots/{HASH}", data=pack("other"))),
    "a path for a state": (404, lambda c: c.put(f"{AT}/snapshots/..%2fx", data=pack(1))),
    "no hash": (400, lambda c: c.put(f"{AT}/evidence/x", data=pack(1))),
    "no hash of a state": (400, lambda c: c.put(f"{AT}/snapshots/{HASH[:-1]}", data=pack(1))),
    "a descent of nothing": (400, lambda c: c.post(f"{AT}/lineage", json={"snapshot": HASH})),
    **{
        f"rows: {name}": (400, lambda c, rows=rows: c.post(f"{AT}/rows", data=pack(rows)))
        for name, rows in ROWS.items()
    },
}


@pytest.mark.sweep(20)
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_refused_with_a_reason_and_writes_nothing(
    run: tuple[Any, FlaskClient], name: str
) -> None:
    out, client = run
    before = content(out)
    status, ask = REFUSED[name]
    answer = ask(client)
    assert (answer.status_code, bool(orjson.loads(answer.data)["message"])) == (status, True)
    assert content(out) == before


def test_without_the_token_nothing_is_answered(run: tuple[Any, FlaskClient]) -> None:
    out, client = run
    before = content(out)
    values = {"session": ONE, "name": HASH, "step": 0}
    asked = 0
    urls = client.application.url_map.bind("")
    for rule in client.application.url_map.iter_rules():
        named = {name: value for name, value in values.items() if name in rule.arguments}
        address = urls.build(rule.endpoint, named)
        for method in rule.methods or ():
            for given in ("", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x"):
                answer = client.open(address, method=method, headers={"Authorization": given})
                assert answer.status_code == 401, (method, address, given)
                asked += 1
    assert asked > 80
    assert content(out) == before


def test_a_row_that_comes_again_changes_nothing_and_another_in_its_place_is_refused(
    tmp_path: Path,
) -> None:
    out, _ = make_run(tmp_path / "run")
    client = app_of(out).test_client()
    headers = {"Authorization": f"Bearer {TOKEN}", "Fencing-Token": "1"}
    body = {"host": ME.host, "pid": ME.pid, "process_started": 1.5, "length_s": 600}
    client.post(f"{AT}/claim", json=body, headers=headers)
    diary = other(
        "events", time="t", run="small-1", session=ONE, level="info", kind="k", message="m"
    )
    rows = [capture(), other("queries", session=ONE, step=0, time="t"), diary]
    for new in (3, 0):
        answer = client.post(f"{AT}/rows", data=pack(rows), headers=headers)
        assert answer.get_json() == {"new": new}
    before = content(out)
    answer = client.post(f"{AT}/rows", data=pack([capture(url="y")]), headers=headers)
    assert answer.status_code == 400
    assert "written once" in answer.get_json()["problem"]
    assert content(out) == before
