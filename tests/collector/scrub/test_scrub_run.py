"""A site tells its viewer on every page, in every spelling: nothing that a run leaves does.

Evidence, store, what is submitted, report, recordings, logs, exports, frames, pack. What is the
puppet itself (``profiles/``, ``snapshots/``) knows it, of course, and is for its owner alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from canary_tools import (
    MAIL,
    SPELLINGS,
    TELLING,
    VALUES,
    leaks,
    on_posts,
    on_videos,
    spelled,
    told,
)
from click.testing import CliRunner
from flask import Response, redirect, request

from collector.cli import main
from collector.contract.options import RunOptions
from collector.run.start import run_scenario
from collector.scenario.loader import parse_scenario
from collector.schedule.display import QuietDisplay
from collector.testing import ScenarioRun
from mockserver.app import create_app
from mockserver.context import Mock, MockConfig
from mockserver.serve import listening

VIDEOS = """
{"name": "told", "seed": 3, "before": [{"visit": "home"}, {"consent": "reject"}],
 "arms": {"a": {"steps": [{"visit": "home"}, {"search": "live concert"}, {"follow": {"rank": 1}},
   {"watch": "2s"}, {"visit": "/nowhere"}, "capture"]}}}
"""
POSTS = """
{"name": "told", "seed": 3, "platform": "facebook",
 "before": [{"visit": {"url": "home", "capture": false}}, {"consent": "reject"}],
 "arms": {"a": {"steps": [{"visit": "home"}, {"scroll": {"until": 8}}, {"visit": "/nowhere"}]}}}
"""
SCENARIOS = {"youtube": VIDEOS, "facebook": POSTS}
#: The ways by which a post begins, and what is told in it.
_POSTS = ('<div role="article" aria-posinset=', '<div class="_5pcr userContentWrapper"')


@dataclass
class Site:
    port: int
    mock: Mock
    bodies: list[bytes] = field(default_factory=list)
    """What was submitted, as it came."""

    def address(self, platform: str) -> str:
        return f"http://{platform}.localhost:{self.port}"

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def tell(text: str) -> str:
    """A page, or a part of one, with its viewer in it: on the page, and in each post."""
    for beginning in _POSTS:
        text = text.replace(beginning, spelled(channel=False) + beginning)
    page = on_posts() if request.path.startswith("/_site/facebook") else on_videos()
    return text.replace("</body>", f"{page}</body>")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A mock whose sites tell who is looking."""
    app = create_app(MockConfig(seed=3))
    found = Site(0, app.extensions["mock"])

    @app.before_request
    def ask() -> Any:
        if request.method == "POST" and request.path.startswith(("/yttrex/", "/fbtrex/")):
            found.bodies.append(request.get_data() + repr(dict(request.headers)).encode())
        if (
            request.path in ("/_site/youtube/", "/_site/facebook/")
            and "authuser" not in request.args
        ):
            return redirect(f"/?authuser={SPELLINGS['%'](MAIL)}")
        return None

    @app.after_request
    def answer(response: Response) -> Response:
        if not request.path.startswith("/_site/") or response.direct_passthrough:
            return response
        if response.mimetype == "text/html":
            response.set_data(tell(response.get_data(as_text=True)))
        elif response.mimetype == "application/json":
            given = json.loads(response.get_data())
            if isinstance(given, dict):
                if "html" in given:
                    given["html"] = tell(given["html"])
                response.set_data(json.dumps(given | {"viewer": on_videos()}))
        return response

    with listening(app) as port:
        found.port = port
        yield found
    app.extensions["mock"].close()


def command(*arguments: str | Path) -> str:
    done = CliRunner().invoke(main, [str(each) for each in arguments])
    assert done.exit_code in (0, 1), done.output
    return done.output


def everything(run: ScenarioRun, site: Site, into: Path) -> dict[str, set[str]]:
    """What tells of the viewer in whatever a run leaves and whatever is made of it."""
    root = run.out.root
    into.mkdir()
    said = [
        command("report", root),
        command("report", root, "--json"),
        command("status", root, "--json"),
        command("reparse", root, "--out", into / "reparsed.jsonl"),
        command("figures", root, "--out", into / "figures"),
        command("pack", root, "--out", into / "pack.zip"),
        command("export", root, "--format", "sqlite", "--out", into / "export.db"),
        command("export", root, "--format", "parquet", "--out", into / "parquet"),
        command("export", root, "--frames", "--format", "csv", "--out", into / "frames"),
    ]
    run.store.close()
    del run.__dict__["store"]
    received = [*site.bodies, "\n".join(site.mock.db.db.conn.iterdump()).encode()]
    found = leaks(root, without=("profiles", "snapshots")) | leaks(into)
    for name, texts in (("said", [text.encode() for text in said]), ("submitted", received)):
        if some := set().union(*map(told, texts)):
            found[name] = some
    return found


def test_every_spelling_is_found_again() -> None:
    """The search undoes whatever the site can write; or the tests below would prove nothing."""
    for value in VALUES.values():
        for spell in SPELLINGS.values():
            assert told(spell(value).encode()), spell(value)
    assert told(spelled().encode()) == set(TELLING)


@pytest.mark.parametrize(
    ("platform", "driver"),
    [
        # Quick ones of a feed: test_run_feed.py.
        pytest.param("facebook", "http", marks=pytest.mark.slow),
        pytest.param("youtube", "chromium", marks=[pytest.mark.browser, pytest.mark.slow]),
        ("youtube", "http"),
        pytest.param("facebook", "chromium", marks=[pytest.mark.browser, pytest.mark.slow]),
    ],
)
def test_nobody_is_in_what_a_run_leaves(
    site: Site, tmp_path: Path, platform: str, driver: str
) -> None:
    # With its truth token the run keeps what the site logged, addresses that name the viewer too.
    site.bodies.clear()
    browser = {"record": "har"} if driver == "chromium" else {}
    options = RunOptions.of(
        out=tmp_path / "run",
        driver=driver,
        site=site.address(platform),
        submit_to=site.api,
        **browser,
    )
    result = run_scenario(
        parse_scenario(json.loads(SCENARIOS[platform])),
        options,
        display=QuietDisplay(),
        confirm=lambda question: False,
        truth_token=site.mock.truth_token,
    )
    run = ScenarioRun(result)
    assert run.result.submitted is not None
    assert run.result.submitted.sent > 0
    assert site.bodies
    assert len({capture.status for capture in run.captures()}) > 1
    assert (driver == "chromium") is bool(run.result.out.recordings.is_dir())
    assert everything(run, site, tmp_path / "made") == {}
