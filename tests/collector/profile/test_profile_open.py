"""A person starts a puppet: a live picture that takes clicks and keys, a snapshot at the end, and a
scenario that wants somebody signed in."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from page_server import answering
from rich.console import Console

from collector.browser.remote import Screen, make_app
from collector.cli.opening import SNAPSHOTS, Closed, open_profile
from collector.contract.mocksite import MockSite
from collector.contract.options import RunOptions
from collector.profile import ProfileStore, persona_from
from collector.run.start import run_scenario
from collector.scenario.loader import parse_scenario
from collector.schedule.display import PlainDisplay
from collector.testing import ScenarioRun
from mockserver.serve import Server

PAGE = """<!doctype html><title>log in</title><body style="margin:0">
<input id="name" style="position:absolute;left:0;top:0;width:400px;height:100px">
<button style="position:absolute;left:0;top:200px;width:400px;height:100px">log in</button>
<script>document.querySelector('button').onclick = async () => {
document.cookie = 'LOGIN_INFO=' + encodeURIComponent(document.querySelector('#name').value)
  + '; max-age=99999';
await fetch('/as?' + encodeURIComponent(document.querySelector('#name').value)); }</script>"""


@contextmanager
def site(asked: queue.Queue[str]) -> Iterator[str]:
    def page(path: str, query: str) -> str:
        if path == "/as":
            asked.put(unquote(query))
        return PAGE

    with answering(page) as origin:
        yield origin


def refuse(question: str) -> bool:
    raise AssertionError(question)


@pytest.mark.browser
def test_a_person_logs_in_through_a_page_of_this_machine(tmp_path: Path) -> None:
    """Clicks and keys arrive, the picture is one, the state with its log-in is kept."""
    profile = ProfileStore(tmp_path).new("anna", persona_from({}))
    asked: queue.Queue[str] = queue.Queue()
    told: queue.Queue[str] = queue.Queue()
    done: queue.Queue[Closed | BaseException] = queue.Queue()

    def open_it(origin: str) -> None:
        try:
            done.put(open_profile(profile, origin, window=False, confirm=refuse, say=told.put))
        except BaseException as error:
            done.put(error)

    with site(asked) as origin:
        threading.Thread(target=open_it, args=(origin,), daemon=True).start()
        address = told.get(timeout=600).rpartition(" ")[2]
        base, _, token = address.partition("/?token=")
        with httpx.Client(
            base_url=base, headers={"Authorization": f"Bearer {token}"}, timeout=600
        ) as person:
            assert "puppet" in httpx.get(address).text
            number, seen = 0, b""
            while not seen:
                answer = person.get(f"/picture?after={number}")
                if answer.status_code == 200 and answer.headers["X-Address"].startswith(origin):
                    seen = answer.content
                    number = int(answer.headers["X-Number"])
            assert seen.startswith(b"\xff\xd8"), "a JPEG"

            def do(what: str, **more: Any) -> None:
                assert person.post("/input", json={"do": what, **more}).status_code == 204

            for y in (50, 250):
                do("down", x=100, y=y)
                do("up", x=100, y=y)
                if y == 50:
                    do("text", text="Anna ")
                    do("key", key="B")
            assert asked.get(timeout=600) == "Anna B"
            do("close")
        closed = done.get(timeout=600)
    assert isinstance(closed, Closed), closed
    assert closed.signed_in is True
    assert (profile.path / SNAPSHOTS / f"{closed.snapshot}.tar.zst").is_file()


def test_nobody_without_the_token_sees_or_touches_the_puppet() -> None:
    screen = Screen()
    client = make_app(screen).test_client()
    screen.show(b"picture", "http://x/")
    good = {"Authorization": f"Bearer {screen.token}", "Host": "127.0.0.1:5"}
    assert client.get("/picture", headers=good).data == b"picture"
    for headers in (
        {"Host": "127.0.0.1:5"},
        {**good, "Authorization": "Bearer guess"},
        {**good, "Authorization": screen.token},
        {**good, "Host": "rebound.example:5"},
    ):
        assert client.get("/picture", headers=headers).status_code == 403
        assert client.post("/input", headers=headers, json={"do": "close"}).status_code == 403
        assert client.get("/?token=guess", headers=headers).status_code == 403
    assert screen.done.empty()
    assert client.post("/input", headers=good, json={"do": "harm"}).status_code == 400
    screen.close()
    assert client.get("/picture?after=1", headers=good).status_code == 410
    assert screen.token not in repr(screen)


@pytest.mark.parametrize("signed_in", [False, True])
def test_a_scenario_that_wants_somebody_signed_in(
    mock_server: Server, tmp_path: Path, signed_in: bool
) -> None:
    """Checked before the first step: without, nothing is done, and the fix is said."""
    told = {
        "name": "signed",
        "requires": "signed-in",
        "arms": {"only": {"steps": [{"visit": {"url": "home", "capture": False}}]}},
    }
    profiles = ProfileStore(tmp_path / "profiles")
    profile = profiles.new("only-1", persona_from({}))
    if signed_in:
        from collector.browserless.state import State, save

        save(profile.state_dir, State({"LOGIN_INFO": "Anna B", "SOCS": "CAESxx"}, None))
    run = ScenarioRun(
        run_scenario(
            parse_scenario(told),
            RunOptions(
                out=tmp_path / "run", submit_to="none", driver="http", profiles=profiles.root
            ),
            display=PlainDisplay(Console(stderr=True)),
            confirm=refuse,
            mock=MockSite.of(mock_server),
        )
    )
    (session,) = run.store.rows("SELECT state, detail FROM sessions")
    steps = [row["outcome"] for row in run.store.steps()]
    if signed_in:
        assert (session["state"], steps) == ("done", ["done"])
    else:
        assert session["state"] == "failed"
        assert "collector profiles open only-1 --site" in session["detail"]
        assert steps != ["done"]
