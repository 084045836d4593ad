"""Lists of the mobile site that no recommender ranks are read as the truth log has them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from site_tools import GOES_ROUND, MOBILE, MobileVisitor, Visitor, address, pages_of, shared_app

from collector.common.errors import UserError
from collector.common.model import ItemKind, Observation, PageKind, Surface
from collector.mock.mockoptions import host_of
from collector.platforms.registry import spec_of
from collector.platforms.youtube import parse_page
from collector.platforms.youtube.parse.page import parse_answer
from collector.testing import ScenarioRun
from mockserver.app import create_app
from mockserver.context import MockConfig
from mockserver.platforms.youtube.i18n import LANGUAGES

#: The two classes of markup; mobile pages are the same elements in every year.
ERAS = ["2022", "2026-01"]
SURFACES = ["trending", "history", "subscriptions", "hashtag", "playlist", "queue", "shorts"]
TABS = ["shorts", "streams", "playlists", "posts", "community"]


def prepared(visitor: Visitor) -> None:
    """It follows the channel with most videos, and has seen some."""
    viewer = visitor.world.viewer(visitor.name)
    if viewer.subscriptions:
        return
    visitor.html("/")
    videos = visitor.world.videos
    busiest = max(
        visitor.world.channels, key=lambda one: sum(v.channel_id == one for v in videos.values())
    )
    visitor.post("/youtubei/v1/subscription/subscribe", {"channelId": busiest})
    for video in list(videos)[:12]:
        viewer.watched(video, 30, load="seen", fraction=1.0)


@pytest.fixture(params=ERAS)
def visitor(request: pytest.FixtureRequest) -> MobileVisitor:
    found = MobileVisitor(shared_app(request.param), f"mobile-surface-{request.param}")
    prepared(found)
    return found


def tab_address(visitor: Visitor, tab: str) -> str:
    world = visitor.world
    kinds = {"shorts": (ItemKind.SHORT,), "streams": (ItemKind.LIVE, ItemKind.UPCOMING)}
    if tab in kinds:
        ident = next(v.channel_id for v in world.videos.values() if v.kind in kinds[tab])
    elif tab == "playlists":
        ident = next(
            p.channel_id for p in world.playlists.values() if p.channel_id in world.channels
        )
    else:
        return f"{pages_of(world)['channel']}/{tab}"
    return f"/{world.channels[ident].handle}/{tab}"


def load_in(html: str) -> str:
    found = re.search(r'"EVENT_ID":"([^"]+)"', html)
    assert found
    return found[1]


def of_load(visitor: Visitor, load: str, surface: str) -> list[dict[str, Any]]:
    return [row for row in visitor.truth(surface=surface) if row["load"] == load]


def page_of(visitor: Visitor, load: str) -> tuple[str, str]:
    """Address and status that the truth log has of a load."""
    rows, _ = visitor.world.truth.rows("pages", visitor=visitor.name, where={"load": load})
    return rows[0]["path"], rows[0]["status"]


def listed(seen: Observation, surface: str) -> list[tuple[int, str, str]]:
    if surface == "queue":
        return [(row["position"], row["kind"], row["videoId"]) for row in seen.fields["queue"]]
    return [(item.position, item.kind.value, item.item_id) for item in seen.impressions]


def expected(truth: list[dict[str, Any]]) -> list[tuple[int, str, str]]:
    return [(row["slot"], row["kind"], row["item_id"]) for row in truth]


@pytest.mark.sweep(6)
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("lang", ["en", "ja", "ar"])
def test_a_page_is_read_as_it_was_served(visitor: MobileVisitor, surface: str, lang: str) -> None:
    visitor.lang = lang
    path = address(visitor, surface)
    html = visitor.html(path)
    assert "<ytm-app" in html
    assert "<ytd-" not in html
    seen = parse_page(html, MOBILE + path)
    truth = of_load(visitor, load_in(html), surface)
    assert (seen.status, page_of(visitor, load_in(html))) == ("ok", (path, "ok"))
    assert not seen.unparsed
    assert seen.fields["inlineJson"] == "compared"
    assert listed(seen, surface) == expected(truth) != []
    if surface == "queue":
        rows = seen.fields["queue"]
        assert [row["title"] for row in rows] == [" ".join(r["title"].split()) for r in truth]
        videos, channels = visitor.world.videos, visitor.world.channels
        told = [(row["seconds"], row["channel"]) for row in rows]
        served = [videos[row["item_id"]] for row in truth]
        assert told == [(v.seconds, channels[v.channel_id].name) for v in served]
        return
    assert {item.surface for item in seen.impressions} == {Surface(surface)}
    for item, row in zip(seen.impressions, truth, strict=True):
        video = visitor.world.videos[row["item_id"]]
        assert item.title == " ".join(row["title"].split())
        assert item.channel_name == visitor.world.channels[video.channel_id].name
        if surface != "shorts":
            assert item.seconds == video.seconds
            assert item.views is not None
            assert item.age_seconds


@pytest.mark.sweep(4)
@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_tabs_of_a_channel(visitor: MobileVisitor, tab: str, lang: str) -> None:
    visitor.lang = lang
    path = tab_address(visitor, tab)
    html = visitor.html(path)
    seen = parse_page(html, MOBILE + path)
    truth = of_load(visitor, load_in(html), "channel")
    assert (seen.status, seen.kind, page_of(visitor, load_in(html))[1]) == (
        "ok", PageKind.CHANNEL, "ok",
    )  # fmt: skip
    assert not seen.unparsed
    assert seen.fields["inlineJson"] == "compared"
    assert listed(seen, tab) == expected(truth) != []
    titles = [" ".join(row["title"].split()) for row in truth]
    assert [item.title for item in seen.impressions] == titles
    if tab in ("posts", "community"):
        channel = visitor.world.channel_by_path(path)
        assert channel is not None
        assert {item.channel_name for item in seen.impressions} == {channel.name}
        assert all(item.age_seconds for item in seen.impressions)


@pytest.mark.sweep(3)
@pytest.mark.parametrize("surface", [*SURFACES, *TABS])
def test_what_was_sent_is_read_alone(visitor: MobileVisitor, surface: str) -> None:
    tab = surface in TABS and surface != "shorts"
    path = tab_address(visitor, surface) if tab else address(visitor, surface)
    endpoint = "next" if surface == "queue" else "browse"
    answer = visitor.post(f"/youtubei/v1/{endpoint}", {"url": path}).get_data(as_text=True)
    value: dict[str, Any] = json.loads(answer)
    load = value.pop("page")["load"]
    sent = parse_answer(value, MOBILE + path)
    assert sent is not None
    assert sent.status == "ok"
    truth = expected(of_load(visitor, load, "channel" if tab else surface))
    found = listed(sent, surface)
    assert found[: len(truth)] == truth != []
    assert len(found) == len(truth) or surface == "shorts"


@pytest.mark.sweep(1)
@pytest.mark.parametrize("surface", ["trending", "history", "subscriptions", "hashtag", "playlist"])
def test_both_sites_list_the_same(surface: str) -> None:
    shown = []
    for kind in (Visitor, MobileVisitor):
        one = kind(create_app(MockConfig(seed=4, era="2026-01", clock="0")), "same")
        prepared(one)
        one.html(address(one, surface))
        shown.append([(row["slot"], row["item_id"]) for row in one.truth(surface=surface)])
    assert shown[0] == shown[1] != []


def test_screens_that_wait_behind_a_short_were_sent_and_not_shown(visitor: MobileVisitor) -> None:
    path = address(visitor, "shorts")
    seen = parse_page(visitor.html(path), MOBILE + path)
    assert len(seen.impressions) == 1
    assert len(seen.fields["sentNotShown"]) == seen.fields["hiddenItems"] == 7


def test_a_video_that_is_no_short_has_its_own_page(visitor: MobileVisitor) -> None:
    answer = visitor.get("/shorts/dQw4w9WgXcQ")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/watch?v=dQw4w9WgXcQ")


def test_what_a_channel_says_about_itself_lists_nothing(visitor: MobileVisitor) -> None:
    path = f"{pages_of(visitor.world)['channel']}/about"
    html = visitor.html(path)
    seen = parse_page(html, MOBILE + path)
    assert (seen.status, seen.fields["statusReason"]) == ("unknown", "not-read")
    assert seen.impressions == ()
    assert of_load(visitor, load_in(html), "channel") == []
    assert page_of(visitor, load_in(html)) == (path, "unknown")


@pytest.mark.parametrize("path", ["/feed/history", "/feed/subscriptions", "/hashtag/nosuchtag"])
def test_a_list_with_nothing_in_it_says_so(path: str) -> None:
    newcomer = MobileVisitor(shared_app("2026-01"), f"nothing{path.replace('/', '-')}")
    html = newcomer.html(path)
    seen = parse_page(html, MOBILE + path)
    assert (seen.status, seen.impressions) == ("empty", ())
    assert page_of(newcomer, load_in(html)) == (path, "empty")


@pytest.mark.parametrize("lang", ["en", "de", "ja"])
@pytest.mark.parametrize("site", [Visitor, MobileVisitor])
@pytest.mark.parametrize(
    ("path", "word"), [("/feed/history", "no_videos"), ("/feed/subscriptions", "sign_in")]
)
def test_both_sites_say_in_the_same_words_that_a_feed_is_empty(
    lang: str, site: type[Visitor], path: str, word: str
) -> None:
    """Nothing was looked for, so nothing was not found."""
    text = LANGUAGES[lang].text
    newcomer = site(shared_app("2026-01"), f"words-{lang}-{word}", lang=lang)
    main = BeautifulSoup(newcomer.html(path), "lxml").select_one("[role='main']")
    assert main is not None
    said = main.get_text(" ", strip=True)
    assert text[word] in said
    assert text["no_results"] not in said


def test_before_consent_nothing_is_listed(visitor: MobileVisitor) -> None:
    newcomer = MobileVisitor(visitor.app, f"shy-{visitor.world.era}", consented=False)
    paths = [address(newcomer, surface) for surface in SURFACES]
    for path in [*paths, *(tab_address(newcomer, tab) for tab in TABS)]:
        html = newcomer.html(path)
        seen = parse_page(html, MOBILE + path)
        assert (seen.status, page_of(newcomer, load_in(html))[1]) == ("consent", "consent"), path
        assert seen.impressions == ()
    assert newcomer.truth() == []


def test_a_short_that_is_unavailable_says_so() -> None:
    app = create_app(MockConfig(seed=3, clock="0", faults={"unavailable": 1.0}))
    visitor = MobileVisitor(app, "faulty")
    path = address(visitor, "shorts")
    html = visitor.html(path)
    assert parse_page(html, MOBILE + path).status == "unavailable"
    assert page_of(visitor, load_in(html))[1] == "unavailable"
    assert visitor.truth() == []


def test_what_was_watched_can_be_forgotten(visitor: MobileVisitor) -> None:
    one = MobileVisitor(visitor.app, f"forgetful-{visitor.world.era}")
    prepared(one)
    html = one.html("/feed/history")
    assert 'data-history="clear"' in html
    assert 'data-history="pause"' in html
    assert one.post("/youtubei/v1/history/clear", {}).status_code == 200
    assert parse_page(one.html("/feed/history"), MOBILE + "/feed/history").status == "empty"


def test_a_queue_in_a_panel_over_the_page_is_no_part_of_the_list(visitor: MobileVisitor) -> None:
    path = address(visitor, "queue")
    html = visitor.html(path)
    seen = parse_page(html, MOBILE + path)
    truth = of_load(visitor, load_in(html), "related")
    assert [(i.position, i.item_id) for i in seen.impressions] == [
        (row["slot"], row["item_id"]) for row in truth
    ]
    alone = parse_page(visitor.html(path.partition("&")[0]), MOBILE + path.partition("&")[0])
    assert "queue" not in alone.fields


def test_a_live_stream_in_a_playlist_is_no_playlist() -> None:
    row = (
        '<ytm-playlist-video-renderer><a href="/watch?v=dQw4w9WgXcQ&amp;list=PLx&amp;index=1">'
        '<ytm-thumbnail-overlay-time-status-renderer data-style="LIVE">LIVE'
        "</ytm-thumbnail-overlay-time-status-renderer><h4>T</h4></a></ytm-playlist-video-renderer>"
    )
    page = (
        '<!DOCTYPE html><html lang="en"><body><ytm-app><ytm-browse page-subtype="playlist">'
        f"<ytm-playlist-video-list-renderer>{row}</ytm-playlist-video-list-renderer></ytm-browse>"
        "</ytm-app></body></html>"
    )
    (one,) = parse_page(page, f"{MOBILE}/playlist?list=PLx").impressions
    assert (one.kind, one.item_id) == (ItemKind.LIVE, "dQw4w9WgXcQ")


SCENARIO: dict[str, Any] = {
    "name": "mobile-surfaces",
    "seed": 5,
    "mock": {"mobile": True},
    "arms": {
        "one": {
            "persona": "marie-us",
            "steps": [
                *GOES_ROUND,
                {"visit": "/watch?v=dQw4w9WgXcQ&list=RDdQw4w9WgXcQ"},
                {"open_channel": "posts"},
                {"visit": {"url": "/feed/history", "capture": False}},
                "clear_history",
                {"visit": "/feed/history"},
            ],
        }
    },
}


def goes_there(run: ScenarioRun) -> None:
    """Each page is what the truth log has of its load."""
    assert run.result.missing == 1  # of the captures: the history that was cleared
    found = set()
    for capture, seen in zip(run.captures(), run.observations(), strict=True):
        assert capture.url.startswith("http://m.youtube.localhost")
        assert not seen.unparsed
        for surface in {item.surface for item in seen.impressions}:
            served = sorted(
                (row["slot"], row["kind"], row["item_id"])
                for row in run.truth()
                if row["load"] == capture.event and row["surface"] == surface
            )
            shown = [(i.position, i.kind.value, i.item_id) for i in seen.impressions]
            assert shown == served[: len(shown)]
            found.add(surface.value)
        queue = [row["item_id"] for row in run.truth() if row["load"] == capture.event
                 and row["surface"] == "queue"]  # fmt: skip
        assert [row["videoId"] for row in seen.fields.get("queue", ())] == queue
        found |= {"queue"} if queue else set()
    assert run.observations()[-1].status == "empty"
    assert found == {
        "related", "history", "subscriptions", "trending", "hashtag", "queue", "channel",
    }  # fmt: skip


def test_a_puppet_without_a_browser_goes_there(run_scenario: Callable[..., ScenarioRun]) -> None:
    goes_there(run_scenario(SCENARIO, driver="http", submit_to="none"))


@pytest.mark.slow
@pytest.mark.browser
def test_a_puppet_goes_there(run_scenario: Callable[..., ScenarioRun]) -> None:
    goes_there(
        run_scenario(SCENARIO, submit_to="none", speed="max", mock_options={"clock": "0.000001"})
    )


def test_a_platform_without_a_mobile_site_says_so() -> None:
    spec = replace(spec_of("youtube"), name="board", mobile_host=None)
    with pytest.raises(UserError, match="no mobile site of board"):
        host_of({"mock": {"mobile": True}}, spec)
    assert host_of({"mock": {"era": "2022"}}, spec) == "youtube"
    assert host_of({"mock": {"mobile": True}}, spec_of("facebook")) == "m.facebook"
