"""Hostile and broken pages: no exception, no recursion, cost linear in size."""

from __future__ import annotations

import random
import time

import pytest
import youtube_pages as y
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.common.model import ItemKind, Observation, PageStatus
from collector.platforms.youtube import parse_page
from collector.platforms.youtube.historic import Source, reference_answer
from collector.platforms.youtube.reference import to_metadata

HOME = "https://www.youtube.com/"
SEARCH = "https://www.youtube.com/results?search_query=x"
WATCH = "https://www.youtube.com/watch?v=AAAAAAAAAAA"
URLS = (HOME, SEARCH, WATCH, "https://www.youtube.com/@x", "", "https://[::", "/watch?v=")

GOOD = y.app(
    y.home(
        y.rich(y.lockup("A" * 11, label="Title 12 minutes, 29 seconds")),
        y.rich(y.ad("https://shop.example/")),
        y.rich(y.short("B" * 11)),
    ),
    y.results(y.shelf("Shelf", y.classic("C" * 11)), y.classic("D" * 11)),
    y.watch(y.classic("E" * 11, tag="ytd-compact-video-renderer"), y.mix("RDx", "F" * 11)),
)


#: What may show no id of its own and still holds its place.
_NAMELESS = (ItemKind.AD, ItemKind.POST, ItemKind.GAME, ItemKind.UNKNOWN)


def read(html: str, url: str) -> Observation:
    """Everything that is done with a page; positions must stay whole."""
    seen = parse_page(html, url)
    assert [i.position for i in seen.impressions] == list(range(1, len(seen.impressions) + 1))
    assert all(i.item_id or i.kind in _NAMELESS for i in seen.impressions)
    to_metadata(seen, id="x")
    reference_answer("x", [Source(html, url, "en", None, None)])
    return seen


DEEP = 100_000


@pytest.mark.sweep(6)
@pytest.mark.parametrize(
    "html",
    [
        "",
        "\x00" * 1000,
        GOOD.replace("Title", "Ti\x00tle"),
        GOOD[: len(GOOD) // 2],
        GOOD[: len(GOOD) // 3],
        "<ytd-app>" + "<div>" * DEEP,
        "<ytd-app>" + "<a>" * DEEP,
        "<ytd-app>" + "<button>" * DEEP,
        "<ytd-app><ytd-search>" + "<ytd-video-renderer>" * DEEP,
        "<ytd-app><ytd-browse>" + "<ytd-rich-item-renderer>" * DEEP,
        "<ytd-app><ytd-browse>" + "<ytd-shelf-renderer><h2>" * (DEEP // 2),
        '{"not": "html"}',
        "%PDF-1.7 " + "x" * 1000,
        "<ytd-app" * DEEP,
        "\ud800 lone surrogate <ytd-app>",
        GOOD.replace("12:29", "9" * 5000).replace("1.2M", "9" * 5000 + "M"),
        GOOD.replace("1.2M views", "1" + " 000" * 5000 + " views"),
    ],
    ids=range(17),
)
@pytest.mark.parametrize("everywhere", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_hostile_pages_never_raise(html: str, everywhere: bool) -> None:
    """Small ones at every address, large ones at that which fits, and in the sweep at every."""
    fits = SEARCH if "<ytd-search>" in html else HOME
    for url in (HOME, SEARCH, WATCH) if everywhere or len(html) < DEEP else (fits,):
        read(html, url)


def test_every_address_is_bearable() -> None:
    for url in URLS:
        read(GOOD, url)


def test_cost_is_linear_in_size() -> None:
    cards = "".join(
        y.rich(y.lockup(f"{i:011d}", label=f"Title {i} 12 minutes, 29 seconds")) for i in range(250)
    )
    times = {}
    for factor in (1, 4, 16):
        html = y.app(y.home(cards * factor))
        best = min(_seconds(html) for _ in range(3))
        times[factor] = best
    assert times[4] < times[1] * 4 * 3
    assert times[16] < times[1] * 16 * 3


def _seconds(html: str) -> float:
    started = time.process_time()
    seen = parse_page(html, HOME)
    assert seen.status is PageStatus.OK
    return time.process_time() - started


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), edits=st.integers(1, 12), url=st.sampled_from(URLS))
def test_mutated_pages(seed: int, edits: int, url: str) -> None:
    draw = random.Random(seed)
    html = GOOD
    for _ in range(edits):
        a, b = sorted(draw.randrange(len(html)) for _ in range(2))
        piece = html[a : min(b, a + 400)]
        where = draw.randrange(len(html))
        match draw.randrange(4):
            case 0:
                html = html.replace(piece, "", 1)
            case 1:
                html = html[:where] + piece + html[where:]
            case 2:
                html = html[:where] + draw.choice("<>\"'&\x00\u202f٣½界") + html[where + 1 :]
            case _:
                html = html.replace("</div>", draw.choice(["", "</a>", "</div></div>"]), 3)
    read(html, url)


@settings(max_examples=100, deadline=None)
@given(
    title=st.text(max_size=80),
    label=st.text(max_size=120),
    facts=st.tuples(st.text(max_size=30), st.text(max_size=30)),
    badge=st.text(max_size=10),
)
def test_any_text_in_a_card(title: str, label: str, facts: tuple[str, str], badge: str) -> None:
    badge = badge.replace("<", "")
    page = y.home(
        y.rich(y.lockup("A" * 11, title, label=label, facts=facts, badge=badge)),
        y.rich(y.classic("B" * 11, title, label=label, facts=facts, length=badge)),
    )
    seen = read(y.app(page), HOME)
    assert [i.item_id for i in seen.impressions][:1] == ["A" * 11]


@pytest.mark.parametrize("half", ["\ud83d", "한 \ud800"])
def test_half_a_character_costs_itself_alone(half: str) -> None:
    """A script may leave one in a title, and a neighbour in the alphabet of bytes is none."""
    whole = half.encode("utf-8", "replace").decode()
    there, asked = parse_page(GOOD.replace("Title", half), HOME), GOOD.replace("Title", whole)
    assert there.impressions == parse_page(asked, HOME).impressions
    assert there.impressions[0].title is not None
    assert whole in there.impressions[0].title


def test_what_stands_around_the_pages_is_read_as_it_was_written() -> None:
    """Half a character in the page's own data makes it no JSON, beside a list in another script."""
    sent = '<script>var ytInitialData = {"contents": {"x": "half"}};</script>'
    page = GOOD.replace("Title", "제목 🎬")
    plain, spoilt = (
        parse_page(f"<html><body>{part}{page}</body></html>", HOME)
        for part in (sent, sent.replace("half", "\ud800"))
    )
    assert plain.impressions == spoilt.impressions
    assert [note.error for note in spoilt.unparsed if note.field == "json"] == ["bad-json"]
    assert not [note for note in plain.unparsed if note.field == "json"]
