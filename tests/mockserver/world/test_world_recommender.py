"""The recommender: its formula is what it says, its effect is where it should be, null is null."""

from __future__ import annotations

import re
from collections.abc import Callable
from statistics import mean

import numpy as np
import pytest

from collector.common.errors import UserError
from collector.common.model import ItemKind, Surface
from mockserver.world import COMPOSITION, NULL_PARAMETERS, PARAMETERS, WEIGHTS, Entry, Viewer, World
from mockserver.world.recommender import __doc__ as formula
from mockserver.world.seeded import hashed_gumbels, hashed_uniforms, rng, unit


@pytest.fixture(scope="module")
def world() -> World:
    return World.build(seed=1, clock="0")


def videos_about(world: World, topic: str, count: int, lang: str = "en") -> list[str]:
    found = [
        video
        for video in world.videos.values()
        if video.topic == topic and video.lang == lang and video.kind is ItemKind.VIDEO
    ]
    return [video.id for video in sorted(found, key=lambda v: (-v.views, v.id))[:count]]


def watch(world: World, viewer: Viewer, topic: str, count: int, fraction: float = 1.0) -> None:
    for number, video_id in enumerate(videos_about(world, topic, count)):
        viewer.watched(video_id, 0, fraction, load=f"watch-{number}")


def share(entries: tuple[Entry, ...], topic: str) -> float:
    topics = [entry.topic for entry in entries if entry.topic]
    return topics.count(topic) / len(topics)


def exposure(
    world: World, surface: Surface, context: str | None, treat: Callable[[Viewer], None], arm: str
) -> float:
    """Mean share of conspiracy in the first view, over 12 viewers of one arm."""
    shares = []
    for number in range(12):
        viewer = world.viewer(f"{arm}-{surface}-{number}")
        treat(viewer)
        shares.append(
            share(world.feed(surface, viewer, context=context, load="after"), "conspiracy")
        )
    return mean(shares)


def effect(world: World, surface: Surface, context: str | None, arm: str = "") -> float:
    treated = exposure(
        world, surface, context, lambda v: watch(world, v, "conspiracy", 4), f"t{arm}"
    )
    control = exposure(world, surface, context, lambda v: watch(world, v, "cooking", 4), f"c{arm}")
    return treated - control


def test_watching_a_topic_brings_more_of_it_on_home_beside_and_hardly_in_search(
    world: World,
) -> None:
    science = videos_about(world, "science", 1)[0]
    home = effect(world, Surface.HOME, None)
    related = effect(world, Surface.RELATED, science)
    search = effect(world, Surface.SEARCH, "moon landing")
    assert home > 0.3
    assert related > 0.1
    assert home > related > search
    assert abs(search) < 0.08


def test_without_personalisation_history_changes_nothing() -> None:
    null = World.build(seed=1, recommender=NULL_PARAMETERS)
    twin = World.build(seed=1, recommender=NULL_PARAMETERS)
    for surface, context in (
        (Surface.HOME, None),
        (Surface.RELATED, "dQw4w9WgXcQ"),
        (Surface.SEARCH, "moon landing"),
    ):
        assert abs(effect(null, surface, context, arm="null")) < 0.06
        # The same visitor with as many events of another kind gets the very same list.
        one, other = null.viewer("same"), twin.viewer("same")
        if surface is Surface.HOME:
            watch(null, one, "conspiracy", 5)
            watch(twin, other, "cooking", 5)
        lists = [
            [e.item_id for e in w.feed(surface, v, context=context, count=60, load=f"l-{surface}")]
            for w, v in ((null, one), (twin, other))
        ]
        assert lists[0] == lists[1]


def test_forgetting_is_by_watches(world: World) -> None:
    viewer = world.viewer("forgetful")
    watch(world, viewer, "conspiracy", 3)
    fresh = world.recommender.event_weights(tuple(viewer.events))
    assert fresh == pytest.approx([2 ** (-k / 10) for k in (2, 1, 0)])
    for number, video_id in enumerate(videos_about(world, "cooking", 20)):
        viewer.watched(video_id, 0, 1.0, load=f"later-{number}")
    faded = world.recommender.event_weights(tuple(viewer.events))
    assert faded[0] == pytest.approx(fresh[0] / 4)
    many = mean(
        share(world.feed(Surface.HOME, viewer, load=f"x{n}"), "conspiracy") for n in range(10)
    )
    assert many < 0.15


def test_engagement_counts_the_watched_part(world: World) -> None:
    long_video = max(
        (v for v in world.videos.values() if v.kind is ItemKind.VIDEO), key=lambda v: v.seconds or 0
    )
    viewer = world.viewer("partly")
    viewer.watched(long_video.id, 18, 18 / (long_video.seconds or 1), load="a")
    assert world.recommender.engagement(viewer.events[0]) == pytest.approx(0.1)
    viewer.watched(long_video.id, 90, 90 / (long_video.seconds or 1), load="a")
    assert world.recommender.engagement(viewer.events[0]) == pytest.approx(0.5)
    viewer.watched(long_video.id, 9000, 0.9, load="a")
    assert world.recommender.engagement(viewer.events[0]) == 1.0
    assert len(viewer.events) == 1


def test_more_watching_means_more_of_it() -> None:
    world = World.build(seed=4)
    shares = []
    for fraction in (0.0, 0.3, 1.0):
        found = []
        for number in range(12):
            viewer = world.viewer(f"dose-{number}-{fraction}")
            watch(world, viewer, "conspiracy", 3, fraction)
            found.append(share(world.feed(Surface.HOME, viewer, load="l"), "conspiracy"))
        shares.append(mean(found))
    assert shares[0] + 0.1 < shares[1] < shares[2] - 0.05


def test_not_interested_removes_the_channel_and_lowers_the_topic(world: World) -> None:
    before, after = [], []
    for number in range(10):
        viewer = world.viewer(f"refusing-{number}")
        watch(world, viewer, "conspiracy", 3)
        entries = world.feed(Surface.HOME, viewer, load="before")
        before.append(share(entries, "conspiracy"))
        for entry in entries:
            if entry.topic == "conspiracy" and entry.video is not None:
                viewer.not_interested(entry.video.id)
        later = world.feed(Surface.HOME, viewer, load="after")
        assert not {e.item_id for e in later} & viewer.hidden.keys()
        after.append(share(later, "conspiracy"))
    assert mean(after) < mean(before) * 0.5


def test_likes_subscriptions_and_searches_count(world: World) -> None:
    plain = [
        share(world.feed(Surface.HOME, world.viewer(f"p{n}"), load="l"), "science")
        for n in range(12)
    ]
    liking, searching = [], []
    for number in range(12):
        viewer = world.viewer(f"liking-{number}")
        for video_id in videos_about(world, "science", 4):
            viewer.like(video_id)
        liking.append(share(world.feed(Surface.HOME, viewer, load="l"), "science"))
        viewer = world.viewer(f"searching-{number}")
        for query in ("black holes", "quantum physics", "dinosaurs", "volcanoes"):
            viewer.searched(query)
        searching.append(share(world.feed(Surface.HOME, viewer, load="l"), "science"))
    assert mean(liking) > mean(plain) + 0.15
    assert mean(searching) > mean(plain) + 0.08
    channel_id = world.videos[videos_about(world, "travel", 1)[0]].channel_id
    viewer = world.viewer("subscriber")
    viewer.subscribe(channel_id)
    parts = [e.parts for e in world.feed(Surface.HOME, viewer, count=60, load="l")]
    assert any(part.get("subscription") == pytest.approx(0.6) for part in parts)


def test_viewers_are_served_their_language(world: World) -> None:
    for lang, country in (("fr", "FR"), ("ja", "JP"), ("ar", "SA"), ("en", "US")):
        viewer = world.viewer(f"lang-{lang}", lang=lang, country=country)
        entries = world.feed(Surface.HOME, viewer, load="l")
        langs = [e.video.lang for e in entries if e.video and e.kind is not ItemKind.AD]
        assert langs.count(lang) > len(langs) * 0.5, (lang, langs)


def test_buckets_are_a_hash_of_seed_and_visitor(world: World) -> None:
    buckets = [world.viewer(f"bucket-{n}").bucket for n in range(400)]
    assert {*buckets} == {0, 1, 2, 3}
    assert all(60 < buckets.count(bucket) < 140 for bucket in range(4))
    again = World.build(seed=1)
    assert [again.viewer(f"bucket-{n}").bucket for n in reversed(range(400))] == buckets[::-1]


def test_parts_add_up_and_each_is_named(world: World) -> None:
    viewer = world.viewer("parts")
    watch(world, viewer, "science", 2)
    for surface, context in (
        (Surface.HOME, None),
        (Surface.RELATED, "dQw4w9WgXcQ"),
        (Surface.SEARCH, "music"),
    ):
        for entry in world.feed(surface, viewer, context=context, count=60, load="p"):
            if entry.video is not None and entry.ad is None:
                assert entry.score == pytest.approx(sum(entry.parts.values()))
                assert {*entry.parts} <= PARAMETERS.keys()


def test_every_weight_is_a_parameter_and_stands_in_the_formula() -> None:
    assert formula is not None
    for weights in WEIGHTS.values():
        assert {*weights} <= PARAMETERS.keys()
    for name in PARAMETERS:
        assert re.search(rf"\b{name}\b", formula), name
    order = [WEIGHTS[s]["history"] for s in (Surface.HOME, Surface.RELATED, Surface.SEARCH)]
    assert order == sorted(order, reverse=True)


def test_describe_tells_everything(world: World) -> None:
    told = world.describe()
    assert told["params"]["history"] == 1.0
    assert told["weights"]["home"]["history"] == WEIGHTS[Surface.HOME]["history"]
    assert told["composition"]["preroll"] == 0.35
    assert told["seed"] == 1
    matrix = np.array(told["topic_affinity"])
    assert matrix.shape == (len(world.topics), len(world.topics))
    assert (matrix == matrix.T).all()
    near = dict(zip(world.topics, matrix, strict=True))
    assert near["science"][world.topics.index("conspiracy")] > 0.2


def test_overrides() -> None:
    bare = {name: 0.0 for name in COMPOSITION if name.startswith("related_")}
    changed = World.build(seed=1, recommender={"noise": 0, "home.history": 9, **bare})
    assert changed.recommender.weight(Surface.HOME, "history") == 9
    # Without noise, and with nothing mixed in, two loads are alike.
    lists = [
        [
            entry.item_id
            for entry in changed.feed(
                Surface.RELATED, changed.viewer("a"), context="dQw4w9WgXcQ", count=60, load=load
            )
        ]
        for load in ("1", "2")
    ]
    assert lists[0] == lists[1]


@pytest.mark.sweep(2)
@pytest.mark.parametrize(
    "overrides",
    [
        {"histroy": 1.0},
        {"home.histroy": 1.0},
        {"nowhere.history": 1.0},
        {"history": -1.0},
        {"history": float("nan")},
        {"half_life_watches": 0.0},
    ],
)
def test_bad_overrides_are_refused(overrides: dict[str, float]) -> None:
    with pytest.raises(UserError) as caught:
        World.build(recommender=overrides)
    assert next(iter(overrides)).split(".")[-1] in str(caught.value)


def test_hashed_numbers_are_uniform_and_stateless() -> None:
    numbers = hashed_uniforms(12345, 20_000)
    assert 0 < numbers.min() < numbers.max() < 1
    assert abs(numbers.mean() - 0.5) < 0.01
    assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 0.03
    assert (hashed_uniforms(12345, 10) == numbers[:10]).all()
    assert abs(np.corrcoef(numbers, hashed_uniforms(12346, 20_000))[0, 1]) < 0.03
    assert abs(hashed_gumbels(7, 50_000).mean() - 0.5772) < 0.02
    assert unit(1, "a", "b") != unit(1, "ab")
    assert rng(1, "x").random() == rng(1, "x").random() != rng(2, "x").random()
