"""What a channel posts is read as the truth log has it; what it says about itself lists nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from site_tools import SITE, Visitor, pages_of, shared_app

from collector.common.model import ItemKind, PageKind, Surface
from collector.platforms.youtube import parse_page
from collector.platforms.youtube.parse.page import parse_answer
from collector.testing import ScenarioRun
from mockserver.platforms.youtube.eras import ERAS as SITE_ERAS

#: The two markups, and of the full ones the one whose classes are spelled in both ways.
ERAS = ["2022", "2026", "2026-04"]


@pytest.fixture(params=ERAS)
def visitor(request: pytest.FixtureRequest) -> Visitor:
    return Visitor(shared_app(request.param), f"tabs-{request.param}")


def channel_of(visitor: Visitor) -> str:
    """Path of a channel that posts."""
    return pages_of(visitor.world)["channel"]


def load_in(html: str) -> str:
    found = re.search(r'"EVENT_ID":"([^"]+)"', html)
    assert found
    return found[1]


def of_load(visitor: Visitor, load: str) -> list[tuple[int, str, str, str]]:
    rows = visitor.truth(surface="channel")
    return [(r["slot"], r["kind"], r["item_id"], r["title"]) for r in rows if r["load"] == load]


def page_of(visitor: Visitor, load: str) -> tuple[str, str, str]:
    """Address, kind and status that the truth log has of a load."""
    rows, _ = visitor.world.truth.rows("pages", visitor=visitor.name, where={"load": load})
    return rows[0]["path"], rows[0]["kind"], rows[0]["status"]


@pytest.mark.parametrize("tab", ["posts", "community"])
def test_posts_are_read_as_they_were_served(visitor: Visitor, tab: str) -> None:
    path = f"{channel_of(visitor)}/{tab}"
    html = visitor.html(path)
    seen = parse_page(html, SITE + path)
    assert (seen.status, seen.kind) == ("ok", PageKind.CHANNEL)
    assert not seen.unparsed
    assert seen.fields["inlineJson"] == "compared"
    shown = [(i.position, i.kind.value, i.item_id, i.title) for i in seen.impressions]
    assert shown == of_load(visitor, load_in(html))
    assert len(shown) >= 10
    assert {i.surface for i in seen.impressions} == {Surface.CHANNEL}
    (name,) = {i.channel_name for i in seen.impressions}
    channel = visitor.world.channel_by_path(path)
    assert channel is not None
    assert name == channel.name
    assert all(i.age_seconds for i in seen.impressions)
    assert page_of(visitor, load_in(html)) == (path, "channel", "ok")


def test_a_video_in_a_post_is_a_part_of_it(visitor: Visitor) -> None:
    html = visitor.html(channel_of(visitor) + "/posts")
    posts = re.findall(
        r"<ytd-backstage-post-thread-renderer.*?</ytd-backstage-post-thread", html, re.S
    )
    with_video = [one for one in posts if "<ytd-video-renderer" in one]
    assert 0 < len(with_video) < len(posts)


def test_posts_as_an_answer_to_the_pages_script(visitor: Visitor) -> None:
    path = channel_of(visitor) + "/posts"
    answer = visitor.post("/youtubei/v1/browse", {"url": path}).get_data(as_text=True)
    value: dict[str, Any] = json.loads(answer)
    load = value.pop("page")["load"]
    sent = parse_answer(value, SITE + path)
    assert sent is not None
    found = [(i.position, i.kind.value, i.item_id, i.title) for i in sent.impressions]
    assert found == of_load(visitor, load) != []


def test_about_lists_nothing_and_says_so(visitor: Visitor) -> None:
    path = channel_of(visitor) + "/about"
    html = visitor.html(path)
    seen = parse_page(html, SITE + path)
    assert (seen.status, seen.fields["statusReason"]) == ("unknown", "not-read")
    assert seen.impressions == ()
    assert of_load(visitor, load_in(html)) == []
    assert page_of(visitor, load_in(html)) == (path, "channel", seen.status)


def test_links_in_what_a_channel_says_about_itself_are_no_items() -> None:
    visitor = Visitor(shared_app("2026"), "about-links")
    path = channel_of(visitor) + "/about"
    link = '<a href="/watch?v=dQw4w9WgXcQ"><img src="/x.jpg">see</a>'
    html = visitor.html(path).replace(
        '<div id="additional-info-container"', f"{link}<div id='x'", 1
    )
    assert link in html
    assert parse_page(html, SITE + path).impressions == ()


def test_a_channel_without_posts_says_that_there_is_nothing(
    monkeypatch: pytest.MonkeyPatch, visitor: Visitor
) -> None:
    monkeypatch.setattr("mockserver.platforms.youtube.channeltabs.channel_posts", lambda *_: ())
    path = channel_of(visitor) + "/posts"
    seen = parse_page(visitor.html(path), SITE + path)
    assert (seen.status, seen.impressions) == ("empty", ())


def with_tab(visitor: Visitor, tab: str) -> str:
    """Path of such a tab of a channel that has something in it."""
    world = visitor.world
    kinds = {"shorts": (ItemKind.SHORT,), "streams": (ItemKind.LIVE, ItemKind.UPCOMING)}
    if tab == "playlists":
        owners = [p.channel_id for p in world.playlists.values() if p.video_ids]
    else:
        owners = [v.channel_id for v in world.videos.values() if v.kind in kinds[tab]]
    return f"/{next(world.channels[one].handle for one in owners if one in world.channels)}/{tab}"


@pytest.mark.sweep(12)
@pytest.mark.parametrize("era", sorted(SITE_ERAS))
@pytest.mark.parametrize("tab", ["shorts", "streams", "playlists"])
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_tab_lists_what_it_is_called_by(era: str, tab: str, lang: str) -> None:
    visitor = Visitor(shared_app(era), f"tab-{era}-{tab}-{lang}")
    visitor.lang = lang
    path = with_tab(visitor, tab)
    html = visitor.html(path)
    seen = parse_page(html, SITE + path)
    assert (seen.status, seen.kind) == ("ok", PageKind.CHANNEL)
    assert not seen.unparsed
    assert seen.fields["inlineJson"] == "compared"
    shown = [(i.position, i.kind.value, i.item_id, i.title) for i in seen.impressions]
    assert shown == of_load(visitor, load_in(html)) != []
    allowed = {"shorts": {"short"}, "streams": {"live", "upcoming"}, "playlists": {"playlist"}}
    assert {kind for _, kind, _, _ in shown} <= allowed[tab]
    assert page_of(visitor, load_in(html)) == (path, "channel", "ok")
    answer = visitor.post("/youtubei/v1/browse", {"url": path}).get_data(as_text=True)
    value: dict[str, Any] = json.loads(answer)
    load = value.pop("page")["load"]
    sent = parse_answer(value, SITE + path)
    assert sent is not None
    found = [(i.position, i.kind.value, i.item_id, i.title) for i in sent.impressions]
    assert found == of_load(visitor, load) != []


@pytest.mark.sweep(8)
@pytest.mark.parametrize("era", sorted(SITE_ERAS))
@pytest.mark.parametrize("tab", ["podcasts", "courses", "releases", "streams"])
def test_a_tab_that_holds_nothing_says_so(
    era: str, tab: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = Visitor(shared_app(era), f"nothing-{era}-{tab}")
    if tab == "streams":
        monkeypatch.setattr("mockserver.platforms.youtube.plain.tab_list", lambda *_: ())
    path = f"{channel_of(visitor)}/{tab}"
    html = visitor.html(path)
    seen = parse_page(html, SITE + path)
    assert (seen.status, seen.impressions) == ("empty", ())
    assert of_load(visitor, load_in(html)) == []
    assert page_of(visitor, load_in(html)) == (path, "channel", "empty")


def test_posts_are_the_same_in_every_world_of_a_seed_and_of_its_past() -> None:
    """A function of seed and catalogue; none is of the future, and the newest stand first."""
    old, new = (Visitor(shared_app(era), "same") for era in ("2022", "2026"))
    path = channel_of(new) + "/posts"
    seen = [parse_page(v.html(path), SITE + path).impressions for v in (old, new)]
    assert [i.item_id for i in seen[0]] == [i.item_id for i in seen[1]]
    ages = [i.age_seconds or 0 for i in seen[1]]
    assert ages == sorted(ages)
    assert min(ages) > 0


SCENARIO = {
    "name": "tabs",
    "seed": 5,
    "arms": {
        "one": {
            "persona": "marie-us",
            "steps": [
                {"visit": {"url": "home", "capture": False}},
                {"consent": "accept"},
                {"follow": {"rank": 1}},
                {"open_channel": "posts"},
                {"open_channel": {"tab": "about", "label": "about it"}},
            ],
        }
    },
}


def goes_there(run: ScenarioRun) -> None:
    """Both steps are done; posts equal the truth log, and the page about the channel is no data."""
    assert run.result.missing == 0  # of the steps
    seen = {one.url.rpartition("/")[2]: one for one in run.observations()}
    events = {one.url.rpartition("/")[2]: one.event for one in run.captures()}
    served = [
        (row["slot"], row["kind"], row["item_id"])
        for row in run.truth()
        if row["load"] == events["posts"] and row["surface"] == "channel"
    ]
    shown = [(i.position, i.kind.value, i.item_id) for i in seen["posts"].impressions]
    assert shown == sorted(served) != []
    assert {kind for _, kind, _ in shown} == {ItemKind.POST.value}
    assert (seen["about"].status, seen["about"].fields["statusReason"]) == ("unknown", "not-read")


def test_a_puppet_without_a_browser_opens_them(run_scenario: Callable[..., ScenarioRun]) -> None:
    goes_there(run_scenario(SCENARIO, driver="http", submit_to="none"))


@pytest.mark.slow
@pytest.mark.browser
def test_a_puppet_opens_them(run_scenario: Callable[..., ScenarioRun]) -> None:
    goes_there(run_scenario(SCENARIO, submit_to="none", mock_options={"clock": "0.000001"}))
