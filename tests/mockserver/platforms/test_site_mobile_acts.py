"""What a puppet does beside watching, on the site for phones and in every list: it is known."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from click.testing import CliRunner

from collector.cli import main
from collector.common.model import ItemKind
from collector.contract.layout import RunDir
from collector.evidence import EvidenceStore
from collector.store import Store
from mockserver.context import MockConfig
from mockserver.serve import Server, serving

#: What the cookie PREF holds of who has turned autoplay off.
_OFF = "f5=30000"
TOKEN = "a-token-of-a-test"
#: Lists that are no page's own by its kind, too: a hashtag's, a playlist's.
REFUSING = [
    {"visit": "home"}, {"not_interested": {"rank": 2}}, {"dont_recommend_channel": {"rank": 2}},
    {"search": "live"}, {"not_interested": {"rank": 2}},
    {"visit": "/hashtag/cooking"}, {"dont_recommend_channel": {"rank": 1}},
    {"visit": "PLAYLIST"}, {"not_interested": {"rank": 1}},
    {"visit": "/watch?v=dQw4w9WgXcQ"}, {"not_interested": {"rank": 2}}, {"visit": "home"},
]  # fmt: skip


def acting(*steps: Any, **more: Any) -> dict[str, Any]:
    before = [{"visit": {"url": "home", "capture": False}}, {"consent": "accept"}]
    arms = {"one": {"steps": list(steps)}}
    return {"name": "acts", "seed": 5, "persona": "marie-us", "before": before, "arms": arms}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(
        MockConfig(seed=7, era="2025-01", truth_token=TOKEN, clock="0.000001"), demo=False
    ) as found:
        yield found


def told(html: str) -> tuple[bool, bool]:
    """Whether the page says of this viewer: liked, disliked."""
    liked, disliked = (
        re.search(rf"<{name}-button-view-model\b.*?aria-pressed=\"(\w+)\"", html, re.DOTALL)
        for name in ("like", "dislike")
    )
    assert liked
    assert disliked
    return liked[1] == "true", disliked[1] == "true"


@pytest.fixture
def switches(server: Server, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether autoplay was on for who asked for a watch page, one after the other."""
    found: list[bool] = []
    site = server.app.wsgi_app

    def asked(environ: Any, start: Any) -> Any:
        if environ["PATH_INFO"] == "/watch":
            found.append(_OFF not in unquote(environ.get("HTTP_COOKIE", "")))
        return site(environ, start)

    monkeypatch.setattr(server.app, "wsgi_app", asked)
    return found


DRIVERS = [pytest.param("chromium", marks=pytest.mark.browser), "http"]
Ran = Callable[[str, dict[str, Any]], RunDir]


@pytest.fixture(params=DRIVERS)
def ran(
    request: pytest.FixtureRequest, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Ran:
    """A run at the site of a host, every step of which must be done; answers where it lies."""
    monkeypatch.setenv("TWINWATCH_TRUTH_TOKEN", TOKEN)

    def run(host: str, scenario: dict[str, Any]) -> RunDir:
        file, out = tmp_path / "acts.yaml", RunDir(tmp_path / "run")
        file.write_text(json.dumps(scenario))
        done = CliRunner().invoke(
            main,
            ["run", str(file), "--site", server.site(host), "--submit-to", "none",
             "--speed", "max", "--driver", request.param, "--out", str(out.root)],
        )  # fmt: skip
        assert done.exit_code == 0, done.output
        return out

    return run


@pytest.mark.slow
def test_a_puppet_dislikes_and_turns_autoplay_off_and_on(ran: Ran, switches: list[bool]) -> None:
    """The next page knows it."""
    video = {"visit": "/watch?v=dQw4w9WgXcQ"}
    out = ran(
        "m.youtube",
        acting(video, {"like": True}, {"dislike": True}, {"autoplay": "off"}, video,
               {"dislike": False}, {"autoplay": "on"}, video),
    )  # fmt: skip
    with Store(out.store, readonly=True) as store:
        evidence = EvidenceStore(out.evidence)
        pages = [evidence.get(c.content_hash) for c in store.captures() if "/watch" in c.url]
    assert switches == [True, False, True]
    assert [told(page) for page in pages] == [(False, False), (False, True), (False, False)]


@pytest.mark.slow
@pytest.mark.parametrize("host", ["m.youtube", pytest.param("youtube", marks=pytest.mark.slow)])
def test_a_puppet_votes_on_the_short_that_plays(ran: Ran, server: Server, host: str) -> None:
    """The site knows it, in its order, and so does the next page."""
    world = server.mock.world
    before = {viewer.visitor_id for viewer in world.viewers()}
    ident = next(one.id for one in world.videos.values() if one.kind is ItemKind.SHORT)
    short = {"visit": f"/shorts/{ident}"}
    out = ran(
        host, acting(short, {"like": True}, short, {"dislike": True}, short, "unvote", short),
    )  # fmt: skip
    with Store(out.store, readonly=True) as store:
        evidence = EvidenceStore(out.evidence)
        pages = [evidence.get(c.content_hash) for c in store.captures() if "/shorts/" in c.url]
    assert [told(page) for page in pages] == [
        (False, False), (True, False), (False, True), (False, False),
    ]  # fmt: skip
    (viewer,) = [v for v in world.viewers() if v.visitor_id not in before]
    votes = [(e.kind.value, e.on) for e in viewer.events if e.target == ident]
    assert [vote for vote in votes if "like" in vote[0]] == [
        ("like", True), ("dislike", True), ("dislike", False),
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("host", ["m.youtube", pytest.param("youtube", marks=pytest.mark.slow)])
def test_the_menu_of_a_card_refuses_a_video_and_a_channel(
    ran: Ran, server: Server, host: str
) -> None:
    """On every list that has cards; the site knows it, and recommends neither any more."""
    world = server.mock.world
    before = {viewer.visitor_id for viewer in world.viewers()}
    playlist = next(one for one in world.playlists.values() if len(one.video_ids) > 3)
    steps = [
        {"visit": f"/playlist?list={playlist.id}"} if step == {"visit": "PLAYLIST"} else step
        for step in REFUSING
    ]
    out = ran(host, acting(*steps))
    with Store(out.store, readonly=True) as store:
        told = [(row["kind"], (row["detail"] or "").split(" at ")[0]) for row in store.steps()]
        last = list(store.captures())[-1]
        shown = {
            row["item_id"] for row in store.rows(
                "SELECT item_id FROM impressions WHERE capture = ? AND kind = 'video'", [last.id]
            )
        }  # fmt: skip
    refused = [item for kind, item in told if kind == "not_interested"]
    avoided = [item for kind, item in told if kind == "dont_recommend_channel"]
    (viewer,) = [v for v in world.viewers() if v.visitor_id not in before and v.refused]
    assert set(viewer.hidden) == set(refused)
    channels = {world.videos[item].channel_id for item in avoided}
    assert set(viewer.refused) == channels
    assert len(set(refused)) == 4
    assert len(channels) == 2
    assert shown
    assert not shown & set(refused)
    assert not channels & {world.videos[item].channel_id for item in shown}
