"""The site in the markup of each year: full pages read as the truth log has them."""

from __future__ import annotations

import re

import pytest
from selectolax.lexbor import LexborHTMLParser
from site_tools import SITE, Visitor, pages_of, shared_app

from collector.common import eras as names
from collector.common.model import ItemKind
from collector.platforms.youtube import parse_page
from mockserver.app import create_app
from mockserver.context import MockConfig
from mockserver.platforms.facebook.looks import LOOKS
from mockserver.platforms.youtube.eras import ERAS, spelled

FULL = [name for name, era in ERAS.items() if era.full]
_SCRIPT = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)
#: A class of a card's title, as each era spells it.
TITLES = {
    "2025-01": "yt-lockup-metadata-view-model-wiz__title",
    "2026-01": "yt-lockup-metadata-view-model__title",
    "2026-04": "ytLockupMetadataViewModelTitle",
}


@pytest.fixture(params=FULL)
def visitor(request: pytest.FixtureRequest) -> Visitor:
    return Visitor(shared_app(request.param), f"era-{request.param}")


@pytest.mark.sweep(6)
@pytest.mark.parametrize("surface", ["home", "related", "search", "channel"])
@pytest.mark.parametrize("lang", ["en", "ja", "ar"])
def test_a_full_page_is_read_as_it_was_served(visitor: Visitor, surface: str, lang: str) -> None:
    visitor.lang = lang
    path = pages_of(visitor.world)[surface]
    html = visitor.html(path)
    seen = parse_page(html, SITE + path)
    load = re.search(r'"EVENT_ID":"([^"]+)"', html)
    assert load
    truth = [row for row in visitor.truth(surface=surface) if row["load"] == load[1]]
    assert seen.status == "ok"
    assert not seen.unparsed
    assert seen.fields["inlineJson"] == "compared"
    assert len(truth) > 10
    assert [(i.position, i.kind, i.item_id) for i in seen.impressions] == [
        (row["slot"], row["kind"], row["item_id"]) for row in truth
    ]
    titles = {row["item_id"]: row["title"] for row in truth if row["kind"] == "video"}
    read = {i.item_id: i.title for i in seen.impressions if i.kind == "video"}
    assert read == titles


def test_pages_are_as_full_as_real_ones(visitor: Visitor) -> None:
    """Real pages of 2025 and 2026 have 6,600 to 15,700 elements."""
    for path in pages_of(visitor.world).values():
        tree = LexborHTMLParser(_SCRIPT.sub("", visitor.html(path)))
        assert 6_600 <= len(tree.css("*")) <= 15_700, path


def test_classes_are_spelled_as_the_year_had_them(visitor: Visitor) -> None:
    html = _SCRIPT.sub("", visitor.html("/"))
    found = {name for name, title in TITLES.items() if f'"{title}"' in html}
    assert found == {visitor.world.era}


@pytest.mark.parametrize("era", FULL)
def test_a_truncated_shelf_hides_items_that_count_as_sent(era: str) -> None:
    """On a first page, which has shelves for this visitor; a later one may have none."""
    html = Visitor(shared_app(era), "shelves").html("/")
    assert re.search(r"<ytd-rich-shelf-renderer[^<>]*\sis-truncated", html)
    pattern = r'<ytd-rich-item-renderer hidden="".*?/(?:shorts/|watch\?v=)([\w-]+)'
    hidden = re.findall(pattern, html, re.DOTALL)
    seen = parse_page(html, SITE + "/")
    assert seen.fields["hiddenItems"] == len(hidden) > 0
    shown = {item.item_id for item in seen.impressions}
    assert set(seen.fields["sentNotShown"]) == set(hidden) - shown
    assert len(shown) > 10


@pytest.mark.parametrize("era", ["2022", "2026"])
def test_earlier_eras_are_spelled_as_they_were(era: str) -> None:
    html = '<a class="ytLockupMetadataViewModelTitle ytBadgeShapeText">'
    assert spelled(html, ERAS[era]) == html


def test_spelling_twice_is_spelling_once() -> None:
    html = '<a class="x ytLockupViewModelHost ytBadgeShapeText ytThumbnailViewModelImage">'
    for era in ERAS.values():
        once = spelled(html, era)
        assert spelled(once, era) == once


@pytest.mark.parametrize("path", ["/watch?v={}", "/shorts/{}"])
def test_a_video_that_is_gone_is_gone_for_the_player_too(path: str) -> None:
    """The page, its own data and the player's answer agree; no beacon of it is on the log."""
    app = create_app(MockConfig(seed=3, era="2026-04", clock="0", faults={"unavailable": 1.0}))
    gone = Visitor(app, "gone")
    world = app.extensions["mock"].world
    kind = ItemKind.SHORT if "shorts" in path else ItemKind.VIDEO
    video = next(video for video in world.videos.values() if video.kind is kind)
    sent = gone.post("/youtubei/v1/next", {"url": path.format(video.id)}).get_json()
    load = sent["page"]["load"]
    told = {"videoId": video.id, "context": {"event": load}}
    answer = gone.post("/youtubei/v1/player", told).get_json()
    assert answer["playabilityStatus"]["status"] == "ERROR"
    assert not world.truth.plays(gone.name, load, video.id)


def test_every_era_is_named_in_one_place() -> None:
    """What options, worlds and scenarios may name is what the two sites have."""
    assert set(names.ERAS) == set(ERAS) | {era for look in LOOKS.values() for era in look.eras}
