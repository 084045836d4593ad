"""Lists: ads, shelves, mixes and ranked videos; a function of seed and history alone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from itertools import groupby

import pytest

from collector.common.errors import UserError
from collector.common.model import ItemKind, Surface
from mockserver.world import COMPOSITION, PAGE_SIZES, Entry, World

CONTEXTS = {Surface.HOME: None, Surface.RELATED: "dQw4w9WgXcQ", Surface.SEARCH: "moon landing"}


@pytest.fixture(scope="module")
def world() -> World:
    return World.build(seed=1, clock="0")


def whole(world: World, surface: Surface, visitor: str, load: str = "load-1") -> tuple[Entry, ...]:
    viewer = world.viewer(visitor)
    return world.feed(
        surface, viewer, context=CONTEXTS.get(surface), start=0, count=1000, load=load
    )


@pytest.mark.parametrize("surface", list(CONTEXTS))
def test_slots_count_every_entry_and_nothing_repeats(world: World, surface: Surface) -> None:
    for number in range(20):
        entries = whole(world, surface, f"slots-{number}")
        assert [entry.slot for entry in entries] == list(range(1, len(entries) + 1))
        items = [entry.item_id for entry in entries]
        assert len(set(items)) == len(items)
        assert len(entries) == sum(PAGE_SIZES[surface])


@pytest.mark.parametrize("surface", list(CONTEXTS))
def test_continuations_read_on_in_one_list(world: World, surface: Surface) -> None:
    viewer = world.viewer("reader")
    context, pages, start = CONTEXTS[surface], [], 0
    while page := world.feed(surface, viewer, context=context, start=start, load="reading"):
        pages.append(page)
        start += len(page)
        # What the viewer does meanwhile changes later lists, not this one.
        viewer.watched("dQw4w9WgXcQ", 100, 0.5, load=f"meanwhile-{start}")
    assert tuple(len(page) for page in pages) == PAGE_SIZES[surface]
    joined = [entry for page in pages for entry in page]
    again = world.feed(surface, viewer, context=context, start=0, count=999, load="reading")
    assert tuple(joined) == again


@pytest.mark.parametrize("surface", list(CONTEXTS))
def test_shelves_are_adjacent_and_within_a_page(world: World, surface: Surface) -> None:
    borders = set()
    position = 0
    for size in PAGE_SIZES[surface]:
        position += size
        borders.add(position)
    shelves = 0
    for number in range(30):
        entries = whole(world, surface, f"shelves-{number}")
        runs = [(key, list(run)) for key, run in groupby(entries, key=lambda entry: entry.shelf)]
        named = [key for key, _ in runs if key is not None]
        assert len(named) == len(set(named))
        for key, run in runs:
            if key is None:
                assert all(entry.section is None for entry in run)
                continue
            shelves += 1
            assert len({entry.section for entry in run}) == 1
            assert not any(entry.slot in borders for entry in run[:-1])
            if run[0].section == "shorts":
                assert {entry.kind for entry in run} == {ItemKind.SHORT}
    assert shelves > 5


def test_what_is_mixed_in(world: World) -> None:
    kinds: Counter[ItemKind] = Counter()
    for number in range(60):
        for surface in CONTEXTS:
            kinds.update(entry.kind for entry in whole(world, surface, f"mixed-{number}"))
    total = sum(kinds.values())
    assert {*kinds} == {
        ItemKind.VIDEO,
        ItemKind.SHORT,
        ItemKind.LIVE,
        ItemKind.UPCOMING,
        ItemKind.MIX,
        ItemKind.PLAYLIST,
        ItemKind.AD,
    }
    assert 0.01 < kinds[ItemKind.AD] / total < 0.06
    assert kinds[ItemKind.VIDEO] / total > 0.6


def test_entries_carry_what_they_are_of(world: World) -> None:
    for number in range(30):
        for surface in CONTEXTS:
            for entry in whole(world, surface, f"carry-{number}"):
                if entry.kind is ItemKind.AD:
                    assert entry.ad is not None
                    assert entry.ad.id == entry.item_id
                    assert entry.topic is None
                elif entry.kind is ItemKind.PLAYLIST:
                    assert entry.playlist is not None
                    assert entry.playlist.id == entry.item_id
                else:
                    assert entry.video is not None
                    prefix = "RD" if entry.kind is ItemKind.MIX else ""
                    assert entry.item_id == prefix + entry.video.id
                    assert entry.score == pytest.approx(sum(entry.parts.values()))
                if entry.kind is not ItemKind.AD:
                    assert entry.topic in world.topics
                assert entry.title


def test_rates_are_parameters() -> None:
    bare = World.build(
        seed=1,
        recommender={name: 0.0 for name in COMPOSITION if name.startswith("home_")},
    )
    for number in range(5):
        kinds = {entry.kind for entry in whole(bare, Surface.HOME, f"bare-{number}")}
        assert kinds <= {ItemKind.VIDEO, ItemKind.LIVE, ItemKind.UPCOMING}
    full = World.build(seed=1, recommender={"home_first_ad": 1.0})
    for number in range(10):
        first = whole(full, Surface.HOME, f"full-{number}")[:3]
        assert [entry.kind for entry in first].count(ItemKind.AD) == 1


_LIST = """
from collector.common.model import Surface
from mockserver.world import World
w = World.build(seed=5)
for name in {order}:
    v = w.viewer(name, lang="fr", country="FR")
    v.watched("dQw4w9WgXcQ", 120, 0.6, load="a")
    v.like("dQw4w9WgXcQ")
    for s, c in (("home", None), ("related", "RN8Li7kYNnw"), ("search", "vaccins")):
        for e in w.feed(Surface(s), v, context=c, count=60, load="load-b"):
            if name == "one":
                print(s, e.slot, e.kind, e.item_id, e.section, round(e.score, 9))
"""


def test_same_lists_in_any_process_and_order_of_arrival() -> None:
    printed = [
        subprocess.run(
            [sys.executable, "-c", _LIST.format(order=order)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, order in (("1", ("one", "two")), ("2", ("three", "two", "one")))
    ]
    assert printed[0] == printed[1]
    assert printed[0].count("\n") > 150


def test_twins_and_loads_differ_by_noise(world: World) -> None:
    one = [entry.item_id for entry in whole(world, Surface.HOME, "twin-1")]
    two = [entry.item_id for entry in whole(world, Surface.HOME, "twin-2")]
    later = [entry.item_id for entry in whole(world, Surface.HOME, "twin-1", "load-2")]
    assert one != two
    assert one != later
    assert {*one} & {*two}


def test_related_never_shows_what_is_being_watched(world: World) -> None:
    for number in range(20):
        entries = whole(world, Surface.RELATED, f"related-{number}")
        assert "dQw4w9WgXcQ" not in {entry.item_id for entry in entries}
        near = [entry for entry in entries if entry.topic == "music"]
        assert len(near) > 20
    assert world.feed(Surface.RELATED, world.viewer("lost"), context="no-such-id_", load="x")


def test_up_next_is_the_first_ordinary_video_beside(world: World) -> None:
    viewer = world.viewer("up-next")
    chosen = world.up_next(viewer, "dQw4w9WgXcQ", "load-7")
    entries = world.feed(Surface.RELATED, viewer, context="dQw4w9WgXcQ", load="load-7")
    ordinary = [
        entry.video for entry in entries if entry.kind is ItemKind.VIDEO and not entry.shelf
    ]
    assert chosen is ordinary[0]


def test_preroll_has_its_rate_and_is_fixed_for_a_load(world: World) -> None:
    viewer = world.viewer("ads")
    shown = [world.preroll(viewer, "dQw4w9WgXcQ", f"load-{n}") for n in range(300)]
    assert 0.25 < sum(ad is not None for ad in shown) / 300 < 0.45
    assert shown[:20] == [world.preroll(viewer, "dQw4w9WgXcQ", f"load-{n}") for n in range(20)]
    assert len({ad.id for ad in shown if ad}) > 10
    always = World.build(seed=1, recommender={"preroll": 1})
    assert always.preroll(always.viewer("a"), "dQw4w9WgXcQ", "b") is not None


def test_channel_lists_are_the_channels_videos_newest_first(world: World) -> None:
    videos = Counter(video.channel_id for video in world.videos.values() if not video.pinned)
    channel = world.channels[videos.most_common(1)[0][0]]
    entries = world.feed(
        Surface.CHANNEL, world.viewer("c"), context=channel.id, count=500, load="l"
    )
    own = [video for video in world.videos.values() if video.channel_id == channel.id]
    assert {entry.item_id for entry in entries} == {video.id for video in own}
    dates = [entry.video.published for entry in entries if entry.video]
    assert dates == sorted(dates, reverse=True)
    assert world.feed(Surface.CHANNEL, world.viewer("c"), context="UCnone", load="l") == ()


def test_search_finds_in_every_script(world: World) -> None:
    for query, lang in (
        ("moon landing", "en"), ("CHANGEMENT climatique", "fr"), ("Schwarze Löcher", "de"),
        ("schwarze locher", "de"), ("月面着陸", "ja"), ("登月騙局", "zh-TW"),
        ("الأرض المسطحة", "ar"), ("düz dünya", "tr"), ("猫", "ja"), ("貓", "zh-TW"),
    ):  # fmt: skip
        hits = world.search(query, 10)
        assert hits, query
        assert hits[0].lang == lang, (query, hits[0])
    assert world.search("rick astley never gonna")[0].id == "dQw4w9WgXcQ"
    phrase = world.search("Elizabeth Bennet", 5)
    assert phrase[0].title == "Elizabeth Bennet at the piano"
    assert world.search("qwertyuiopzz") == ()
    assert world.search("  ?! ") == ()


def test_a_search_without_hits_is_empty_and_one_with_few_is_filled(world: World) -> None:
    viewer = world.viewer("searcher")
    assert world.feed(Surface.SEARCH, viewer, context="qwertyuiopzz", load="l") == ()
    assert world.feed(Surface.SEARCH, viewer, context="", load="l") == ()
    entries = world.feed(
        Surface.SEARCH, viewer, context="rick astley never gonna", count=60, load="l"
    )
    organic = [entry for entry in entries if entry.kind is ItemKind.VIDEO]
    assert organic[0].item_id == "dQw4w9WgXcQ"
    assert len(organic) > 20


def test_unknown_rates_are_refused() -> None:
    with pytest.raises(UserError, match="home_first_ad"):
        World.build(recommender={"home_first_ad": 1.5})
    with pytest.raises(UserError, match="no parameter 'home_frist_ad'"):
        World.build(recommender={"home_frist_ad": 1})
