"""Timelines drawn for many puppets at once are those that the world composes one by one, and what
is decided of them is what the report says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import islice, pairwise

import numpy as np
import pytest
from calibration_tools import batch, few_puppets, true_of
from calibration_tools import scenario as videos

from collector.calibration import batches, extras, power, table, timelines
from collector.calibration.mocks import NotCalibrated
from collector.calibration.probe import Probe, probe
from collector.calibration.scenes import Catalogue
from collector.calibration.truths import TRUTHS
from collector.common.model import ItemKind
from collector.scenario.loader import parse_scenario
from mockserver.world import World
from mockserver.world.social import SocialWorld
from mockserver.world.social.composing import places
from mockserver.world.social.viewers import FeedSnapshot

PLACES = 40
TIMELINES = 70


def scenario(**changes: object) -> dict[str, object]:
    """Two arms that follow the same two pages and like the posts of one of them each."""

    def likes(side: str) -> dict[str, object]:
        steps = [{"visit": f"/news{side}.en.1"}, {"like": {"topic": f"news-{side}", "count": 4}}]
        return {"twins": 5, "steps": steps}

    return {
        "name": "feeds", "platform": "facebook", "site": "mock", "seed": 7, "persona": "marie-us",
        "labels": "mock", "block": 4, "factors": {"likes": "steps"},
        "analysis": {
            "exposure": ["news-left"], "surfaces": ["feed"], "control": "left",
            "thresholds": {"labelled": 0.5},
        },
        "before": [
            {"visit": {"url": "home", "capture": False}}, {"consent": "reject"},
            {"visit": "/newsleft.en.1"}, "subscribe", {"visit": "/newsright.en.1"}, "subscribe",
        ],
        "arms": {"left": likes("left"), "right": likes("right")},
        "after": [
            {"visit": "home"}, {"scroll": "800px, 20 times or until 24 posts"},
            "refresh", {"scroll": "800px, 20 times or until 24 posts"},
        ],
        **changes,
    }  # fmt: skip


@cache
def small() -> Probe:
    return probe(parse_scenario(scenario()))


@cache
def world() -> SocialWorld:
    return World.build(seed=1, clock="0").social


@cache
def viewer() -> FeedSnapshot:
    """Somebody with a taste, a page that was turned away from, and posts seen before."""
    social = world()
    seen = social.viewer("somebody")
    pages = [page for page in social.sources.pages if page.lang == "en"]
    for page in pages[:3]:
        seen.follow(page.id)
    for post in social.posts_of(pages[0])[:3]:
        seen.like(post.id)
    for post in social.posts_of(pages[1])[:6]:
        seen.saw(post.id)
    seen.hide(social.posts_of(pages[2])[0].id)
    return seen.snapshot()


@cache
def catalogue() -> Catalogue:
    return timelines.catalogue_of(world(), world().labels())


@cache
def row() -> dict[str, int]:
    return {post: number for number, post in enumerate(catalogue().ids)}


def counted(timeline: Sequence[int], known: Catalogue) -> list[float]:
    """Adverts; posts of followed pages; of one topic among the first ten; the most of one source;
    the mean place of an advert."""
    posts = [item for item in timeline if item >= 0]
    sources = [int(known.channel[item]) for item in posts]
    own = {int(known.channel[known.ids.index(post.id)])
           for one in viewer().follows
           for post in world().posts_of(world().source(one))[:1]}  # fmt: skip
    ads = [place for place, item in enumerate(timeline) if item == -1]
    topics = [int(known.topic[item]) for item in posts[:10]]
    return [
        len(ads),
        sum(source in own for source in sources),
        topics.count(int(known.topic[posts[0]])),
        max(map(sources.count, sources)),
        sum(ads) / max(1, len(ads)),
    ]


@pytest.mark.parametrize("noise", [0.35, pytest.param(1.5, marks=pytest.mark.slow)])
def test_a_drawn_timeline_is_one_that_the_world_composes(
    noise: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Means of what is counted, within four standard errors of those of as many other visitors."""
    social = world()
    monkeypatch.setitem(social.params, "noise", noise)
    scene = timelines.scene_of(social, [viewer()], catalogue(), arm="", slot="", entries=PLACES)
    ready = scene.stage(catalogue(), np.sum(list(scene.parts.values()), axis=0))
    states = np.zeros(10 * TIMELINES, dtype=np.intp)
    drawn = ready.draw(catalogue(), states, np.random.default_rng(1)).items
    there = social.candidates(viewer())
    slow = []
    for number in range(TIMELINES):
        other = replace(viewer(), visitor_id=f"other {number}")
        stories = list(islice(places(
            seed=1, viewer=other, load="l", params=social.params, own=there.own,
            rates=social.ranking.for_viewer(other, "l", frozenset(there.friends)),
            suggested=there.suggested, ads=there.ads, friends=there.friends,
        ), PLACES))  # fmt: skip
        line = [-1 if story.post.sponsored else row()[story.post.id] for story in stories]
        slow.append(counted(line, catalogue()))
    fast = np.array([counted(line, catalogue()) for line in drawn.tolist()])
    one = np.array(slow)
    error = np.sqrt(one.var(axis=0) / len(one) + fast.var(axis=0) / len(fast))
    assert (np.abs(one.mean(axis=0) - fast.mean(axis=0)) < 4 * error + 1e-9).all()
    hidden = row()[next(iter(viewer().hidden))]
    for line in drawn.tolist():
        posts = [item for item in line if item >= 0]
        assert len(posts) == len(set(posts))
        assert hidden not in posts
        # By hand: no advert at the first two places, none after another.
        assert -1 not in line[:2]
        assert (-1, -1) not in set(pairwise(line))


@pytest.mark.slow
def test_posts_have_the_labels_that_a_run_shows() -> None:
    found = small()
    number = {post: at for at, post in enumerate(found.catalogue.ids)}
    shown = 0
    for page in found.data.pages:
        for item in page.organic:
            if item.item_id:
                topic = int(found.catalogue.topic[number[item.item_id]])
                assert item.topic == (found.catalogue.labels[topic] if topic >= 0 else None)
                shown += 1
    assert shown > 400
    for name, post in world().posts.items():  # neither id nor source is shown of the others
        if not post.sponsored and not post.public:
            assert catalogue().topic[row()[name]] == -1
    assert found.catalogue.kind(0) is ItemKind.POST


@pytest.mark.slow
@pytest.mark.parametrize("name", ["null", "effect-20"])
def test_every_verdict_is_that_of_judge(name: str) -> None:
    _, told, found = batch(TRUTHS[name], 3, twins=5, on=small())
    assert list(batches.differences(small(), told, found, 3)) == []


@pytest.mark.slow
def test_a_size_is_reached_in_the_direction_in_which_the_treatment_moves() -> None:
    """Likes for the right leave less of the left: the size is one of a loss."""
    (true,) = true_of(small(), TRUTHS["effect-20"])
    assert true == pytest.approx(-0.20, abs=0.02)
    assert power.size_of_effect(small(), "feed.affinity", 1.5).truth.scale == {"feed.affinity": 0.5}


@pytest.mark.slow
def test_a_feed_has_neither_test_groups_nor_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    """So nothing is promised of them; other mechanisms are named all the same."""
    monkeypatch.setattr(extras, "_NAMED", (1, 1))
    with few_puppets():
        found = extras.extras(small(), n=1, seed=1, processes=1)
    assert (found["groups"], found["carry_over"]) == (None, [])
    rows = {each["mechanism"]: each for each in found["mechanism"]}
    assert rows["topic"]["of"] == 1
    assert not rows.keys() & {"test groups", "carry-over"}


@pytest.mark.slow
def test_a_size_that_no_treatment_reaches_is_left_out_and_said() -> None:
    """Two arms that do the same: the nulls are counted, the effects have a reason."""
    alike = videos()
    alike["arms"] = dict.fromkeys(alike["arms"], next(iter(alike["arms"].values())))
    said: list[str] = []
    wanted = [table.Wanted(TRUTHS[name], None, 4) for name in ("null", "effect-20")]
    with few_puppets():
        found = table.calibrate(
            probe(parse_scenario(alike)), wanted, seed=1, processes=1, beyond=said.append
        )
    assert [each["truth"] for each in found["cells"]] == ["null"]
    (why,) = said
    assert why.startswith("effect-20: 20 points cannot be reached")


@pytest.mark.slow
def test_lists_of_posts_are_not_compared_by_id() -> None:
    outcomes = {"exposure": ["news-left"], "surfaces": ["feed"], "control": "left",
                "outcomes": ["exposure-share", "jaccard"]}  # fmt: skip
    with pytest.raises(NotCalibrated, match="jaccard") as caught:
        probe(parse_scenario(scenario(analysis=outcomes)))
    assert "analysis.outcomes" in str(caught.value)
