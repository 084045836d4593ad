"""Recorded sessions, replayed with real Chromium and no server: the same observations."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Playwright
from record_tools import SITE, breaches, made, raw_entry

from collector.browser import NavigationFailed
from collector.browser.puppet import open_puppet
from collector.profile import ProfileStore, generate_persona
from collector.recording import Record
from collector.recording.player import Player
from collector.recording.stored import Head, RecordingStore, recordings_in
from collector.replay.replay import replay
from collector.schedule.display import QuietDisplay
from collector.testing import ScenarioRun

pytestmark = pytest.mark.browser

CONSENT = [{"visit": {"url": "home", "capture": False}}, {"consent": "reject"}]
VIDEOS = {
    "name": "recorded",
    "seed": 7,
    "persona": "marie-us",
    "labels": "mock",
    "before": CONSENT,
    "arms": {
        "one": {
            "steps": [
                {"search": "live music"},
                {"follow": {"random": True, "unseen": True}},
                {"watch": "5s"},
                {"scroll": {"until": 30}},
                {"capture": "scrolled"},
            ]
        }
    },
}
#: The same until the video is open.
SHORT = {**VIDEOS, "arms": {"one": {"steps": VIDEOS["arms"]["one"]["steps"][:2]}}}  # type: ignore[index]
FEED = {
    "name": "recorded-feed",
    "platform": "facebook",
    "seed": 11,
    "persona": {"locale": "en-US"},
    "before": CONSENT,
    "arms": {
        "one": {
            "steps": [
                {"visit": {"url": "/newsleft.en.1", "capture": False}},
                "subscribe",
                {"visit": "home"},
                {"scroll": "800px every 5s, 4 times"},
            ]
        }
    },
}


@pytest.mark.parametrize(
    ("scenario", "options", "pages"),
    [
        (VIDEOS, {"era": "2026"}, 3),
        pytest.param(SHORT, {"era": "2022"}, 2, marks=pytest.mark.slow),
        pytest.param(FEED, {}, 2, marks=pytest.mark.slow),
    ],
    ids=["2026", "2022", "feed"],
)
def test_a_recorded_session_is_seen_again_when_its_server_is_gone(
    run_scenario: Callable[..., ScenarioRun],
    scenario: dict[str, Any],
    options: dict[str, str],
    pages: int,
) -> None:
    run = run_scenario(scenario, record="har", submit_to="none", mock_options=options)
    assert run.result.exit_code == 0
    result = replay(run.out.root, display=QuietDisplay())
    (session,) = result.sessions
    # Which pictures come into view before a step is over depends on the machine.
    assert [miss for miss in session.misses if miss["kind"] != "image"] == []
    assert [one.differences for one in session.compared] == [()] * pages
    assert all(one.items for one in session.compared)
    assert result.exit_code == 0
    assert session.answers["exact"] > 10
    (kept,) = (run.out.read_manifest() or {})["recordings"].values()
    assert kept["missing"] == []
    # A picture that is still coming when its page is left has no body, and that is said.
    lost = {step: kinds for step, kinds in without_body(run).items() if kinds}
    assert {kind.partition("/")[0] for kinds in lost.values() for kind in kinds} <= {"image"}
    assert kept["lacks"].keys() == set(map(str, lost))
    nobody_is_in(run, breaches)


def without_body(run: ScenarioRun) -> dict[int, list[str]]:
    """Step → the types of its answers that were kept without their body."""
    (shelf,) = recordings_in(run.out.recordings)
    found = {}
    for step in shelf.steps():
        log = shelf.har(step)["log"]
        lost = {each["url"] for each in log["_twinwatch"]["left_out"]}
        found[step] = [
            each["response"]["content"]["mimeType"]
            for each in log["entries"]
            if each["request"]["url"] in lost
        ]
    return found


def nobody_is_in(run: ScenarioRun, check: Callable[[dict[str, Any]], list[str]]) -> None:
    """Every archive is a valid one, and nothing in it tells the viewer from another."""
    (profile,) = ProfileStore(run.out.profiles).list()
    (shelf,) = recordings_in(run.out.recordings)
    for step, path in shelf.steps().items():
        har = shelf.har(step)
        assert check(har) == []
        assert profile.visitor_id not in json.dumps(har)
        assert path.stat().st_mode & 0o077 == 0


# ---- the player by itself, on recordings made by hand


def recorded(folder: Path, *entries: dict[str, Any]) -> Player:
    shelf = RecordingStore(folder / "recording")
    shelf.begin(
        Head(
            session="b01-a-1", record=Record.HAR, site=SITE, clock="2026-03-01T10:00:00+00:00",
            virtual=True, limit_bytes=1000, browser="1.0", steps=1,
        )
    )  # fmt: skip
    shelf.put_har(0, made(*entries).har)
    return Player(shelf, folder / "report.json", list)


@pytest.fixture
def listening() -> Any:
    """A server on loopback that notes who comes."""
    came: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                came.append("somebody")
                connection.close()

        threading.Thread(target=answer, daemon=True).start()
        yield server.getsockname()[1], came
        server.shutdown(socket.SHUT_RDWR)


def test_redirections_misses_and_a_network_that_is_not_there(
    tmp_path: Path, playwright: Playwright, listening: tuple[int, list[str]]
) -> None:
    port, came = listening
    script = f"""<script>
      const told = (name) => (value) => {{ document.body.dataset[name] = value; }};
      fetch("/moved.json").then((a) => a.text()).then(told("moved"), told("moved"));
      fetch("/unknown.json").then((a) => a.text()).then(told("unknown"), told("unknown"));
      new WebSocket("ws://127.0.0.1:{port}/").onclose = () => told("socket")("closed");
    </script>"""
    player = recorded(
        tmp_path,
        raw_entry(f"{SITE}/start", None, status=302, headers={"Location": "/end"}),
        raw_entry(f"{SITE}/end", b"<title>end</title><body>" + script.encode(), second=1),
        raw_entry(f"{SITE}/moved.json", None, kind="fetch", status=301, second=2,
                  headers={"Location": "/there.json"}),
        raw_entry(f"{SITE}/there.json", b"found", kind="fetch", mime_type="text/plain", second=3),
    )  # fmt: skip
    with open_puppet(
        state_dir=tmp_path / "state",
        persona=generate_persona(1),
        offline=True,
        prepared=player.prepare,
        playwright=playwright,
    ) as puppet:
        puppet.goto(f"{SITE}/start")
        puppet.wait_for("() => Object.keys(document.body.dataset).length === 3")
        seen = puppet.evaluate("() => ({...document.body.dataset, at: location.pathname})")
        assert seen["at"] == "/end"
        assert seen["moved"] == "found"
        assert seen["socket"] == "closed"
        assert "Failed to fetch" in seen["unknown"]
        player.end_step(0)
        with pytest.raises(NavigationFailed):
            puppet.goto(f"http://127.0.0.1:{port}/")
        # Even a request that nothing answers for cannot leave.
        puppet.context.unroute_all()
        for host in ("127.0.0.1", "localhost", "youtube.localhost"):
            with pytest.raises((NavigationFailed, PlaywrightError)):
                puppet.goto(f"http://{host}:{port}/")
    player.close()
    assert came == []
    report = json.loads((tmp_path / "report.json").read_bytes())
    missed = [(one["step"], one["url"].partition(SITE)[2]) for one in report["misses"]]
    assert missed == [(0, "/unknown.json"), (1, "")]
    assert report["answers"]["exact"] == 4
    assert report["answers"]["miss"] == 2
    assert report["unused"] == 0
