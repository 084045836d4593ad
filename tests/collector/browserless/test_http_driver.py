"""``collector run --driver http``: a whole run without a browser, and what it refuses to begin."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from collector.browser.errors import BrowserMissing
from collector.browserless.state import NAME, load
from collector.browserless.wire import NotAMock
from collector.common.errors import UserError
from collector.common.model import ReceiptStatus
from collector.testing import ScenarioRun
from mockserver.serve import Server

Run = Callable[..., ScenarioRun]


def scenario(*steps: Mapping[str, Any] | str, **given: Any) -> dict[str, Any]:
    return {
        "name": "browserless",
        "seed": 5,
        "persona": "marie-us",
        "before": [{"visit": "home"}, {"consent": "reject"}],
        "arms": {"only": {"steps": list(steps)}},
        **given,
    }


WATCHED = scenario(
    {"search": "live music"},
    {"follow": {"rank": 2}},
    {"watch": "25s"},
    {"follow": "up_next"},
    {"watch": "10%"},
    {"visit": "home"},
    {"scroll": {"until": 30}},
    {"capture": "home"},
)


def run_http(run_scenario: Run, what: Mapping[str, Any], **given: Any) -> ScenarioRun:
    return run_scenario(what, **{"driver": "http", "submit_to": "none", "speed": None, **given})


def test_a_run_needs_no_browser(run_scenario: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object, **__: object) -> None:
        raise BrowserMissing("there is none")

    monkeypatch.setattr("collector.browser.find_browser", none)
    monkeypatch.setenv("TWINWATCH_CHROMIUM", "/nonexistent")
    run = run_http(run_scenario, WATCHED)
    assert run.result.exit_code == 0
    receipts = run.receipts()
    assert [receipt.status for _, _, receipt in receipts] == [ReceiptStatus.COMPLETE] * 2
    assert receipts[0][2].watched_s == 25.0
    seen = [
        (item.position, item.item_id, item.title)
        for page in run.observations()
        for item in page.impressions
    ]
    assert len(seen) > 80
    watched = {row["video_id"]: row["seconds"] for row in run.truth("watches")}
    assert watched == {r.video_id: pytest.approx(r.watched_s) for _, _, r in receipts}
    manifest = json.loads((run.out.root / "manifest.json").read_text("utf-8"))
    assert manifest["versions"]["browser_kind"] == "http"
    (capture, *_) = run.captures()
    assert capture.versions["browser"].startswith("http/")


def test_the_state_is_in_the_snapshot(run_scenario: Run) -> None:
    run = run_http(run_scenario, scenario({"visit": "home"}))
    (puppet,) = run.store.rows("SELECT id FROM puppets")
    state = load(run.out.profiles / puppet["id"] / "state")
    assert {"VISITOR_INFO1_LIVE", "SOCS"} <= set(state.cookies)
    (session,) = run.store.rows("SELECT snapshot_after FROM sessions")
    assert (run.out.snapshots / f"{session['snapshot_after']}.tar.zst").stat().st_size < 100_000
    assert (run.out.profiles / puppet["id"] / "state" / NAME).exists()


@pytest.mark.parametrize(
    ("step", "name"),
    [
        ({"click": {"selector": "a"}}, "click"),
        ({"keypress": "k"}, "keypress"),
        ({"screenshot": "a"}, "screenshot"),
    ],
)
def test_a_step_that_needs_a_page_is_refused_at_the_start(
    run_scenario: Run, tmp_path: Path, step: Mapping[str, Any], name: str
) -> None:
    with pytest.raises(UserError, match=rf"step '{name}' \(arm only, step 3\) needs a browser"):
        run_http(run_scenario, scenario(step), out=tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "options", [{"headed": True}, {"tracing": "on"}, {"video": "on"}, {"screenshot": "on"}]
)
def test_pictures_of_a_page_are_refused(run_scenario: Run, options: Mapping[str, Any]) -> None:
    with pytest.raises(UserError, match="needs a browser"):
        run_http(run_scenario, scenario({"visit": "home"}), **options)


def test_a_speed_is_refused(run_scenario: Run) -> None:
    with pytest.raises(UserError, match="cannot run at another speed"):
        run_http(run_scenario, scenario({"visit": "home"}), speed="20")


def test_a_mock_that_runs_already_may_be_visited(run_scenario: Run, mock_server: Server) -> None:
    run = run_http(run_scenario, scenario({"visit": "home"}), site=mock_server.site("youtube"))
    assert run.result.exit_code == 0


class _Plain(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


def test_another_server_on_this_machine_is_refused(run_scenario: Run, tmp_path: Path) -> None:
    with HTTPServer(("127.0.0.1", 0), _Plain) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        site = f"http://127.0.0.1:{server.server_address[1]}"
        with pytest.raises(NotAMock, match="does not say that it is one"):
            run_http(run_scenario, scenario({"visit": "home"}), site=site, out=tmp_path / "new")
        server.shutdown()
        thread.join()
    assert not (tmp_path / "new").exists()


def test_a_session_loads_neither_playwright_nor_what_only_reports_need() -> None:
    script = (
        "import sys, collector.session.worker, collector.session.session,"
        " collector.drivers.browserless, collector.adapters.youtube.browserless\n"
        "print(*(n for n in ('playwright', 'matplotlib', 'scipy', 'mockserver', 'flask')"
        " if n in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.stdout.split(), done.returncode) == ([], 0), done.stderr
