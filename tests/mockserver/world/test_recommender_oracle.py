"""The recommender against its own docstring, computed a second time by brute force.

The reference (``world_oracle``) knows the written formula alone. Equal means: every summand of
every video, every total, and the lists item by item and score by score.
"""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from world_oracle import (
    LANGS,
    NEIGHBOURS,
    START,
    TOPICS,
    Formula,
    random_viewer,
    small_catalogue,
    topics_of,
)

from collector.common.model import ItemKind, Surface
from mockserver.world import COMPOSITION, PAGE_SIZES, PARAMETERS, WEIGHTS, World, recommender
from mockserver.world.arrays import Arrays
from mockserver.world.lists import Lists
from mockserver.world.viewers import Event, EventKind, Snapshot, Viewer

#: Nothing is mixed in, so a list is its ranking.
BARE = dict.fromkeys(COMPOSITION, 0.0)
RANKED = (Surface.HOME, Surface.RELATED, Surface.SEARCH)

#: One set of defaults, one with every parameter another, and each surface weight on its own.
VARIED = {name: round(value * (1.3 + 0.1 * number), 3) for number, (name, value) in
          enumerate(PARAMETERS.items())}  # fmt: skip
OVERRIDES: list[dict[str, float]] = [
    {},
    VARIED,
    {"noise": 0.0, "diversity": 2.0, "engaged_seconds": 60.0},
    {"home.similarity": 1.0, "search.seen": 0.7, "related.history": 4.0, "half_life_watches": 1.0},
]


def made(overrides: dict[str, float], seed: int = 3) -> tuple[Lists, Formula]:
    """The mock's lists over a small catalogue, and the formula over the same."""
    catalogue = small_catalogue(seed)
    lists = Lists(seed, catalogue, Arrays(catalogue, TOPICS, NEIGHBOURS, START), BARE | overrides)
    params = {**PARAMETERS, **{k: v for k, v in overrides.items() if "." not in k}}
    weights = {surface: dict(WEIGHTS[surface]) for surface in RANKED}
    for name, value in overrides.items():
        if "." in name:
            surface, key = name.split(".")
            weights[Surface(surface)][key] = value
    return lists, Formula(catalogue, seed, params, weights)


def known(formula: Formula, lists: Lists, *viewers: Snapshot) -> Formula:
    """The formula with the topics of everything that these viewers searched for."""
    queries = {e.target for v in viewers for e in v.events if e.kind is EventKind.SEARCH}
    shares = {
        query: topics_of(formula.catalogue, lists.search.relevance(query).tolist())
        for query in sorted(queries)
    }
    return replace(formula, query_topics=shares)


def parts_of(
    lists: Lists, surface: Surface, viewer: Snapshot, context: str | None, load: str
) -> Any:
    similarity = lists.search.relevance(context or "") if surface is Surface.SEARCH else None
    return lists.recommender.scores(
        surface, viewer, context=context, load=load, similarity=similarity,
        search_topics=lists._query_topics,
    )  # fmt: skip


def relevance_of(lists: Lists, formula: Formula, context: str | None) -> dict[str, float]:
    values = lists.search.relevance(context or "").tolist()
    return dict(zip(formula.catalogue.videos, values, strict=True))


CONTEXTS = [
    (Surface.HOME, None), (Surface.RELATED, "video000007"), (Surface.RELATED, "video000031"),
    (Surface.RELATED, "no-such-id0"), (Surface.RELATED, None), (Surface.SEARCH, "moon truth"),
    (Surface.SEARCH, "quark"), (Surface.HOME, "video000007"),
]  # fmt: skip


@pytest.mark.parametrize("overrides", OVERRIDES, ids=["as-shipped", "all", "no-noise", "weights"])
def test_every_summand_is_the_formulas(overrides: dict[str, float]) -> None:
    """Each part of each video's score, for many histories and every surface and context."""
    lists, formula = made(overrides)
    dice = random.Random(11)
    for (surface, context), number in itertools.product(CONTEXTS, range(6)):
        viewer = random_viewer(dice, formula.catalogue, events=number * 4)
        told = known(formula, lists, viewer)
        found = parts_of(lists, surface, viewer, context, f"load-{number}")
        relevance = relevance_of(lists, formula, context) if surface is Surface.SEARCH else None
        expected = told.parts(
            surface, viewer, context=context, load=f"load-{number}", relevance=relevance
        )
        for row, (video_id, terms) in enumerate(expected.items()):
            here = {name: float(values[row]) for name, values in found.parts.items()}
            assert here.keys() <= terms.keys()
            for name, value in terms.items():
                assert math.isclose(here.get(name, 0.0), value, abs_tol=1e-9), (video_id, name)
            assert math.isclose(found.total[row], math.fsum(terms.values()), abs_tol=1e-9)
            nonzero = {name for name, value in here.items() if value != 0.0}
            assert found.of(row).keys() == nonzero
        assert found.diversity == pytest.approx(formula.weight(surface, "diversity"))


@pytest.mark.parametrize("overrides", OVERRIDES, ids=["as-shipped", "all", "no-noise", "weights"])
def test_lists_are_the_formulas_item_by_item(overrides: dict[str, float]) -> None:
    """Without anything mixed in, a list is the greedy ranking by the written formula."""
    lists, formula = made(overrides)
    dice = random.Random(12)
    for (surface, context), number in itertools.product(CONTEXTS, range(4)):
        viewer = random_viewer(dice, formula.catalogue)
        told, load = known(formula, lists, viewer), f"load-{number}"
        entries = lists.make(surface, viewer, context, load).entries
        relevance = relevance_of(lists, formula, context) if surface is Surface.SEARCH else None
        parts = told.parts(surface, viewer, context=context, load=load, relevance=relevance)
        shown = {
            video.id
            for video in formula.videos
            if video.kind is not ItemKind.SHORT and video.id not in viewer.not_interested
        }
        if surface is Surface.RELATED:
            shown.discard(context or "")
        expected = told.ranked(surface, parts, shown)
        if relevance is not None:
            expected = told.ranked(surface, parts, {one for one in shown if relevance[one] > 0})
            # What is not found follows where it is about the same as the hits.
            about = topics_of(formula.catalogue, list(relevance.values()))
            near = {topic for topic, share in zip(TOPICS, about, strict=True) if share > 0.3}
            expected += told.ranked(
                surface,
                parts,
                {
                    one
                    for one in shown
                    if relevance[one] == 0 and formula.catalogue.videos[one].topic in near
                },
            )
        expected = expected[: sum(PAGE_SIZES[surface])]
        assert [entry.item_id for entry in entries] == [video_id for video_id, _ in expected]
        assert [entry.slot for entry in entries] == list(range(1, len(entries) + 1))
        for entry, (video_id, score) in zip(entries, expected, strict=True):
            assert math.isclose(entry.score, score, abs_tol=1e-9), video_id
            assert math.isclose(entry.score, math.fsum(entry.parts.values()), abs_tol=1e-9)
            terms = {**entry.parts}
            taken = terms.pop("diversity", 0.0)
            cost = formula.weight(surface, "diversity")
            assert cost == 0 or math.isclose(taken / cost, round(taken / cost), abs_tol=1e-9)
            nonzero = {name: value for name, value in parts[video_id].items() if value != 0.0}
            assert terms.keys() == nonzero.keys()
            assert all(math.isclose(terms[name], nonzero[name], abs_tol=1e-9) for name in terms)


@pytest.mark.parametrize("lang", [*LANGS, "en-GB", "zh-CN", "pt", "sw"])
def test_each_language_meets_each(lang: str) -> None:
    """1 its own language whatever the region, 0.8 that of the context, 0.35 English, else 0."""
    lists, formula = made({})
    viewer = replace(random_viewer(random.Random(5), formula.catalogue, events=0), lang=lang)
    for context in [None, *(video.id for video in formula.videos[:12])]:
        surface = Surface.RELATED if context else Surface.HOME
        found = parts_of(lists, surface, viewer, context, "l").parts["language"]
        weight = formula.weight(surface, "language")
        of_context = formula.catalogue.videos[context].lang if context else ""
        for video, value in zip(formula.videos, found / weight, strict=True):
            if video.lang[:2] == lang[:2]:
                expected = 1.0
            elif video.lang == of_context:
                expected = 0.8
            else:
                expected = 0.35 if video.lang == "en" else 0.0
            assert value == pytest.approx(expected)


def deeds(viewer: Viewer, *done: tuple[str, str] | tuple[str, str, bool]) -> tuple[Event, ...]:
    for name, *args in done:
        getattr(viewer, name)(*args)
    return viewer.snapshot().events


def test_what_is_taken_back_counts_against() -> None:
    """Worked by hand: half life 10 watches, a like is 0.6 of a watch, a search 0.3."""
    lists, _ = made({})
    viewer = Viewer("v", 0)
    events = deeds(viewer, ("like", "a"), ("searched", "moon"), ("dislike", "b"))
    assert lists.recommender.event_weights(events) == pytest.approx([0.6, 0.3, -0.6])
    events = deeds(viewer, ("like", "a", False), ("dislike", "b", False), ("subscribe", "UC"))
    assert lists.recommender.event_weights(events) == pytest.approx([0.6, 0.3, -0.6, -0.6, 0.6, 0])
    viewer.watched("c", 90.0, 0.1)
    viewer.not_interested("d")
    weights = lists.recommender.event_weights(viewer.snapshot().events)
    once = 2 ** (-1 / 10)
    assert weights == pytest.approx(
        [0.6 * once, 0.3 * once, -0.6 * once, -0.6 * once, 0.6 * once, 0.0, 0.5, 0.0]
    )


@pytest.mark.parametrize(
    ("seconds", "fraction", "expected"),
    [(0, 0, 0), (45, 0.1, 0.25), (45, 0.6, 0.6), (180, 0.1, 1), (900, 0.2, 1), (10, 1, 1)],
)
def test_engagement(seconds: float, fraction: float, expected: float) -> None:
    """The larger of the watched fraction and the seconds over 180, at most 1."""
    lists, _ = made({})
    event = Event(EventKind.WATCH, "a", seconds, fraction)
    assert lists.recommender.engagement(event) == pytest.approx(expected)


def test_a_subscription_taken_back_is_none() -> None:
    """Subscribed, then not: the channel is as it was for a newcomer."""
    lists, formula = made({})
    channel = formula.videos[0].channel_id
    viewer = Viewer("v", 1)
    viewer.subscribe(channel)
    on = parts_of(lists, Surface.HOME, viewer.snapshot(), None, "l").parts["subscription"]
    mine = np.array([video.channel_id == channel for video in formula.videos])
    assert on[mine] == pytest.approx(0.6)
    assert not on[~mine].any()
    viewer.subscribe(channel, on=False)
    off = parts_of(lists, Surface.HOME, viewer.snapshot(), None, "l").parts
    assert not np.any(off.get("subscription", 0.0))


def test_the_channels_list_and_autoplay_follow_from_the_same_lists() -> None:
    """A channel is its videos, newest first; autoplay the first ordinary video beside."""
    lists, formula = made({})
    for channel_id in [*formula.catalogue.channels, "UCnone"]:
        found = lists.make(Surface.CHANNEL, Viewer("v", 0).snapshot(), channel_id, "l").entries
        own = [video for video in formula.videos if video.channel_id == channel_id]

        def age(video: Any) -> timedelta:
            start = START - timedelta(days=59.5) if video.pinned else START
            return timedelta() - (video.published - start)

        assert [entry.item_id for entry in found] == [v.id for v in sorted(own, key=age)]


def test_in_a_whole_world_home_and_autoplay_are_the_formulas() -> None:
    """3,600 videos: the first page of home and what follows a video, by the formula alone."""
    world = World.build(seed=7, clock="0", recommender=dict(BARE))
    viewer = world.viewer("somebody", lang="fr", country="FR")
    ids = [video.id for video in world.videos.values() if video.lang == "fr"]
    for number, video_id in enumerate(ids[:5]):
        viewer.watched(video_id, 40.0 * number, 0.2 * number, load=f"w{number}")
    viewer.like(ids[3])
    viewer.like(ids[3], on=False)
    viewer.dislike(ids[1])
    viewer.not_interested(ids[4])
    formula = Formula(
        world._catalogue,
        7,
        PARAMETERS,
        WEIGHTS,
        topics=world.topics,
        neighbours=world.recipe.neighbours,
        start=world.clock.start,
    )
    for surface, context in ((Surface.HOME, None), (Surface.RELATED, ids[0])):
        parts = formula.parts(surface, viewer.snapshot(), context=context, load="l", relevance=None)
        shown = {v.id for v in formula.videos if v.kind is not ItemKind.SHORT} - {ids[4], context}
        # Diversity can only lower a score, so the best 300 hold the first page.
        best = sorted(shown, key=lambda one: -sum(parts[one].values()))[:300]
        expected = formula.ranked(surface, parts, best)
        size = PAGE_SIZES[surface][0]
        entries = world.feed(surface, viewer, context=context, load="l")
        assert [entry.item_id for entry in entries] == [one for one, _ in expected[:size]]
        assert [entry.score for entry in entries] == pytest.approx([s for _, s in expected[:size]])
        if surface is Surface.RELATED:
            ordinary = next(one for one, _ in expected if world.videos[one].kind is ItemKind.VIDEO)
            following = world.up_next(viewer, ids[0], "l")
            assert following is not None
            assert following.id == ordinary


def test_what_is_described_is_in_force() -> None:
    """``describe`` names the formula and every number that the scores are made of."""
    lists, formula = made({"like": 0.9, "home.geo": 0.7})
    told = lists.recommender.describe()
    assert told["formula"] == recommender.__doc__
    assert told["params"] == formula.params
    assert told["weights"] == {s.value: dict(table) for s, table in formula.weights.items()}
    assert told["null_parameters"] == dict.fromkeys(
        ["history", "subscription", "seen", "not_interested"], 0.0
    )
    assert told["topics"] == list(TOPICS)
    assert told["topic_affinity"] == [[formula.near(a, b) for b in TOPICS] for a in TOPICS]
    assert told["buckets"] == 4 == len(told["bucket_taste"])
    tastes = parts_of(lists, Surface.HOME, Viewer("v", 2).snapshot(), None, "l")
    for video, value in zip(formula.videos, tastes.parts["bucket_effect"], strict=True):
        assert 0.15 * told["bucket_taste"][2][video.topic] == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(("age_s", "fades"), [(0, 1), (300, 1 / 2), (900, 1 / 8), (-300, 1)])
def test_what_was_done_fades_by_time_where_a_half_life_is_given(age_s: int, fades: float) -> None:
    """One watch, of weight 0.5 before it fades, against the prior: H = 0.5 f r / (prior + 0.5 f).
    What is dated after the list is as if done now."""
    lists, formula = made({})
    event = Event(EventKind.WATCH, formula.videos[3].id, 10.0, 0.5, at=5000 - age_s)
    viewer = replace(Viewer("v", 0).snapshot(), events=(event,), clock_s=5000.0)
    found = [
        lists.recommender.scores(
            Surface.HOME, viewer, context=None, load="l", similarity=None,
            search_topics=lists._query_topics, half_life_s=half_life,
        ).parts["history"]
        for half_life in (None, 300.0)
    ]  # fmt: skip
    prior = PARAMETERS["history_prior"]
    expected = fades * (prior + 0.5) / (prior + 0.5 * fades)
    assert found[1] == pytest.approx(found[0] * expected)
    assert found[0].max() > 0
