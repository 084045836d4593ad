"""Each truth that bears on lists does what it says, by numbers that are counted another way."""

from __future__ import annotations

import math

import numpy as np
import pytest
from truth_lists import BARE, PUPPETS, START, at, ids, listed, plain, share, watched, world

from collector.common.model import ItemKind, Surface
from mockserver.world import World


def test_a_world_without_truths_is_the_same_bytes_and_lists() -> None:
    """Truths that hold for nobody leave a world as it is; and none is even told."""
    other = world({"truth": "exposure", "topic": "science", "points": 50, "arms": ["nobody"]})
    assert plain().fingerprint() == other.fingerprint()
    for visitor in ("treated0", "stranger"):
        mine = plain().feed(Surface.HOME, plain().viewer(visitor), load="l", count=60)
        theirs = other.feed(Surface.HOME, at(other, visitor), load="l", count=60)
        assert mine == theirs
    assert "truths" not in plain().describe()
    assert other.describe()["truths"][0]["points"] == 50


def test_personalisation_times_zero_is_a_viewer_without_a_past() -> None:
    """Of two viewers with the same past the one of the null arm gets a newcomer's summands."""
    found = world(
        {"truth": "personalisation", "times": 0, "surfaces": ["home"], "arms": ["control"]}
    )
    for visitor in ("treated0", "control0"):
        watched(found, visitor, "conspiracy")
    of_treated, of_control = (listed(found, v) for v in ("treated0", "control0"))
    assert any("history" in entry.parts for entry in of_treated)
    assert not any(entry.parts.get("history") for entry in of_control)
    assert share(of_treated, "conspiracy") > share(of_control, "conspiracy") + 0.2
    related = [
        found.feed(Surface.RELATED, at(found, v), context="dQw4w9WgXcQ", load="r")
        for v in ("treated0", "control0")
    ]
    assert all(any(e.parts.get("history") for e in entries) for entries in related)


def test_personalisation_by_a_factor_multiplies_the_summand() -> None:
    once, thrice = (
        world({"truth": "personalisation", "times": times, "surfaces": ["home"]})
        for times in (1, 3)
    )
    for found in (once, thrice):
        watched(found, "treated0", "conspiracy")
    small = {
        e.item_id: e.parts["history"] for e in listed(once, "treated0") if e.parts.get("history")
    }
    large = {e.item_id: e.parts["history"] for e in listed(thrice, "treated0")
             if e.parts.get("history")}  # fmt: skip
    both = small.keys() & large.keys()
    assert both
    assert [large[i] for i in both] == pytest.approx([3 * small[i] for i in both])


@pytest.mark.sweep(1)
@pytest.mark.parametrize("points", [5.0, 20.0, 60.0])
def test_exposure_gives_a_topic_its_points(points: float) -> None:
    """The share over 400 puppets is b + points/100 (1 - b), b counted in the other arm."""
    found = world(
        {"truth": "exposure", "topic": "science", "points": points, "arms": ["treated"]},
        recommender=BARE,
    )
    topic = "science"
    treated = [share(listed(found, f"treated{n}"), topic) for n in range(200)]
    control = [share(listed(found, f"control{n}"), topic) for n in range(200)]
    base = float(np.mean(control))
    expected = base + points / 100 * (1 - base)
    error = 4 * math.sqrt(0.25 / (200 * 24)) + 0.01
    assert float(np.mean(treated)) == pytest.approx(expected, abs=error)


def test_a_policy_begins_and_ends_when_it_says_and_for_whom() -> None:
    """The noise is off in seconds 600 to 1200 for the treated: then lists of two loads are one."""
    found = world({"truth": "policy", "parameter": "noise", "value": 0, "from_s": 600,
                   "until_s": 1200, "arms": ["treated"]}, recommender=BARE)  # fmt: skip

    def alike(visitor: str, second: float) -> bool:
        one, other = (listed(found, visitor, second=second, load=f"{second}{x}") for x in "ab")
        return ids(one) == ids(other)

    assert [alike("treated0", second) for second in (0, 599, 600, 1199, 1200)] == [
        False, False, True, True, False,
    ]  # fmt: skip
    assert not alike("control0", 700)
    assert not alike("stranger", 700)


def test_a_policy_of_a_block_and_blocks_that_begin_one_after_another() -> None:
    """Block 3 begins 2 x 300 s after block 1, so a change at 500 s is there from its start."""
    by_time = world({"truth": "policy", "parameter": "noise", "value": 0, "from_s": 500},
                    block_every_s=300, recommender=BARE)  # fmt: skip
    by_block = world({"truth": "policy", "parameter": "noise", "value": 0, "blocks": [3]},
                     recommender=BARE)  # fmt: skip
    for found, expected in ((by_time, [False, False, True]), (by_block, [False, False, True])):
        alike = [
            ids(listed(found, visitor, load="a")) == ids(listed(found, visitor, load="b"))
            for visitor in ("treated0", "treated4", "treated8")
        ]
        assert alike == expected
    assert ids(listed(by_time, "treated4", second=200, load="c")) == ids(
        listed(by_time, "treated4", second=200, load="d")
    )


def circulating(found: World, second: float) -> set[str]:
    """Videos that stand in long lists of many visitors."""
    seen: set[str] = set()
    for number in range(40):
        visitor = f"v{number}"
        entries = found.feed(Surface.HOME, at(found, visitor, second), load=f"t{second}", count=60)
        seen.update(entry.item_id for entry in entries if entry.video is not None)
    return seen


def test_turnover_replaces_its_share_in_an_hour() -> None:
    """Of what is shown at the start, 1 - share of circulation is still possible after an hour."""
    from mockserver.world.bearing import circulating as window
    from mockserver.world.truths import Turnover

    truth = Turnover(share_per_hour=0.3, pool=0.4)
    first, later = (window(3, 0, truth, second, 20_000) for second in (0.0, 3600.0))
    assert first.mean() == pytest.approx(0.4, abs=0.02)
    assert (first & ~later).sum() / first.sum() == pytest.approx(0.3, abs=0.02)
    quiet = {**BARE, "noise": 30.0}  # everything has its chance
    found = world({"truth": "turnover", "share_per_hour": 1.0, "pool": 0.2}, recommender=quiet)
    morning, evening = circulating(found, 0), circulating(found, 3600)
    assert not morning & evening
    assert len(morning) < 0.25 * len(found.videos)


def test_a_trend_lifts_a_pool_that_changes_and_fades() -> None:
    found = world({"truth": "trend", "videos": 5, "every_s": 3600, "weight": 50, "half_life_s": 900,
                   "topic": "science"}, recommender=BARE)  # fmt: skip
    first = listed(found, "treated0")
    lifted = {entry.item_id for entry in first if entry.parts.get("trend")}
    assert 2 <= len(lifted) <= 5  # a short is drawn now and then, and home's list has none
    assert {entry.item_id for entry in first[: len(lifted)]} == lifted
    assert {entry.topic for entry in first[: len(lifted)]} == {"science"}
    quarter = listed(found, "treated0", second=900, load="quarter")
    assert [e.parts["trend"] for e in quarter if "trend" in e.parts] == [25.0] * len(lifted)
    hour = listed(found, "treated0", second=3600, load="hour")
    assert {entry.item_id for entry in hour if entry.parts.get("trend")} != lifted


@pytest.mark.parametrize("by", ["visitor", "visit"])
def test_buckets_are_equally_likely_and_drawn_as_they_say(by: str) -> None:
    """The summand tells the bucket: so many different ones, kept or drawn anew per visit."""
    found = world({"truth": "buckets", "number": 3, "weight": 2.0, "by": by})
    marks: dict[str, list[tuple[tuple[str, float], ...]]] = {}
    for number in range(120):
        visitor = f"treated{number}"
        for load in "abc":
            taste = {
                entry.topic: round(entry.parts["buckets"], 6)
                for entry in listed(found, visitor, load=load)
                if entry.topic is not None and entry.kind is ItemKind.VIDEO
                and "buckets" in entry.parts
            }  # fmt: skip
            marks.setdefault(visitor, []).append(tuple(sorted(taste.items())))
    truth = found.ruling.truths.all[0]
    drawn = [
        [found.ruling.bucket(0, truth, visitor, load) for load in "abc"]  # type: ignore[arg-type]
        for visitor in marks
    ]
    assert all((len(set(row)) == 1) for row in drawn) is (by == "visitor")
    counts = np.bincount([bucket for row in drawn for bucket in row], minlength=3)
    assert counts.min() > 0.2 * counts.sum()
    tastes: dict[tuple[int, str], set[float]] = {}
    for visitor, row in zip(marks, drawn, strict=True):
        for bucket, mark in zip(row, marks[visitor], strict=True):
            for topic, value in mark:
                tastes.setdefault((bucket, topic), set()).add(value)
    assert all(len(values) == 1 for values in tastes.values())
    assert all(-2.0 <= value <= 2.0 for values in tastes.values() for value in values)


@pytest.mark.parametrize(
    ("aspect", "value"), [("country", "FR"), ("language", "fr"), ("user-agent", "Mobile")]
)
def test_differs_replaces_and_reorders_so_many_entries(aspect: str, value: str) -> None:
    """Against the same viewer of a world without it: n items are others, m stand elsewhere."""
    truth = {"truth": "differs", "aspect": aspect, "value": value, "replace": 4, "reorder": 3,
             "surfaces": ["home"]}  # fmt: skip
    found, other = world(truth), plain()

    def of(here: World, visitor: str, *, has: bool) -> list[str]:
        lang = "fr" if has and aspect == "language" else "en"
        country = "FR" if has and aspect == "country" else "US"
        viewer = here.viewer(visitor, lang=lang, country=country)
        here.arrive(viewer, START, "x Mobile y" if has else "x")
        return ids(here.feed(Surface.HOME, viewer, load="l"))

    one, none = f"{aspect}-one", f"{aspect}-none"
    mine, theirs = of(found, one, has=True), of(other, one, has=True)
    kept = [(a, b) for a, b in zip(mine, theirs, strict=True) if a == b]
    new = set(mine) - set(theirs)
    assert len(new) == 4
    assert len(kept) == len(mine) - 7
    assert len(set(theirs) - set(mine)) == 4
    assert of(found, none, has=False) == of(other, none, has=False)


def test_ads_stand_in_their_slots_at_their_rate_for_their_arm() -> None:
    found = world(
        {"truth": "ads", "rate": 0.5, "slots": [2, 6], "arms": ["treated"], "surfaces": ["home"]},
        {"truth": "ads", "rate": 0.0, "arms": ["control"], "surfaces": ["home"]},
        recommender={"home_shorts_shelf": 0.0},
    )

    def places(arm: str) -> list[int]:
        return [
            entry.slot
            for number in range(200)
            for entry in listed(found, f"{arm}{number}")
            if entry.kind is ItemKind.AD
        ]

    treated = places("treated")
    assert set(treated) == {2, 6}
    assert [treated.count(slot) / 200 for slot in (2, 6)] == pytest.approx([0.5, 0.5], abs=0.12)
    assert places("control") == []


def test_ads_of_a_topic_advertise_videos_about_it() -> None:
    topics = [
        plain().videos[ad.video_id].topic for ad in plain().ads.values() if ad.video_id is not None
    ]
    topic = max(set(topics), key=topics.count)
    found = world({"truth": "ads", "rate": 1.0, "slots": [1], "topic": topic, "surfaces": ["home"]})
    shown = [listed(found, f"treated{n}")[0] for n in range(20)]
    assert {e.kind for e in shown} == {ItemKind.AD}
    assert {e.video.topic for e in shown if e.video is not None} == {topic}


@pytest.mark.sweep(2)
@pytest.mark.parametrize("along", ["popularity", "length"])
@pytest.mark.parametrize("correlation", [0.25, -0.15])
def test_a_correlated_catalogue_has_the_correlation_and_the_same_numbers(
    along: str, correlation: float
) -> None:
    """Pearson's r, counted from the catalogue; views and lengths only changed hands."""
    found = world({"truth": "correlated", "topic": "science", "along": along,
                   "correlation": correlation})  # fmt: skip
    rows = [video for video in found.videos.values() if video.kind is ItemKind.VIDEO]
    value = [math.log10(v.views + 1) if along == "popularity" else float(v.seconds or 0)
             for v in rows]  # fmt: skip
    about = [float(video.topic == "science") for video in rows]
    n = len(rows)
    mean_v, mean_a = sum(value) / n, sum(about) / n
    covariance = sum((v - mean_v) * (a - mean_a) for v, a in zip(value, about, strict=True))
    spread = math.sqrt(
        sum((v - mean_v) ** 2 for v in value) * sum((a - mean_a) ** 2 for a in about)
    )
    assert covariance / spread == pytest.approx(correlation, abs=0.006)
    before = [video for video in plain().videos.values() if video.kind is ItemKind.VIDEO]
    assert sorted(v.views for v in rows) == sorted(v.views for v in before)
    assert sorted(v.seconds or 0 for v in rows) == sorted(v.seconds or 0 for v in before)


def test_a_correlated_channel_has_its_share_of_the_topic() -> None:
    found = world({"truth": "correlated", "topic": "science", "along": "channel",
                   "correlation": 0.5})  # fmt: skip
    owners = [
        video.channel_id for video in found.videos.values()
        if video.topic == "science" and video.kind is ItemKind.VIDEO
    ]  # fmt: skip
    most = max(owners.count(owner) for owner in set(owners))
    assert most / len(owners) == pytest.approx(0.5, abs=0.01)


def test_the_background_lifts_what_others_watched() -> None:
    """The summand is the log of the number of watches, counted by hand over 10,000 users."""
    from mockserver.world.crowd import crowd
    from mockserver.world.seeded import key64

    found = world({"truth": "background", "users": 10_000, "watches": 5, "weight": 2.0},
                  recommender=BARE)  # fmt: skip
    people = crowd(key64(3, "truth", 0), found._arrays, 10_000, 5)
    counts: dict[str, int] = {}
    for row in people.rows.ravel().tolist():
        name = found._arrays.videos[row].id
        counts[name] = counts.get(name, 0) + 1
    assert sum(counts.values()) == 50_000
    most = max(counts.values())
    for entry in listed(found, "treated0"):
        expected = 2.0 * math.log(1 + counts.get(entry.item_id, 0)) / math.log(1 + most)
        assert entry.parts.get("others", 0.0) == pytest.approx(expected)


def test_label_errors_are_as_many_as_said_and_of_the_topics_said() -> None:
    found = world({"truth": "label-errors", "share": 0.1, "unlabelled": 0.05,
                   "topics": ["science", "music", "gaming", "cooking"]})  # fmt: skip
    right, told = plain().labels(), found.labels()
    topics = found.ruling.truths.all[0].topics  # type: ignore[attr-defined]
    mine = [item for item, label in right.items() if label in topics]
    assert len(mine) > 500
    wrong = [item for item in mine if item in told and told[item] != right[item]]
    missing = [item for item in mine if item not in told]
    assert len(wrong) / len(mine) == pytest.approx(0.095, abs=0.04)
    assert len(missing) / len(mine) == pytest.approx(0.05, abs=0.03)
    others = [item for item in right if item not in mine]
    assert [told[item] for item in others] == [right[item] for item in others]


def test_label_errors_of_an_arm_are_in_what_it_alone_was_shown() -> None:
    found = world({"truth": "label-errors", "share": 1.0, "arms": ["treated"]})
    shown: dict[str, set[str]] = {}
    for visitor in ("treated0", "control0"):
        entries = listed(found, visitor)
        shown[visitor] = set(ids(entries))
        found.truth.served(visitor, load="l", surface=Surface.HOME, context=None, entries=entries,
                           lang="en")  # fmt: skip
    right, told = plain().labels(), found.labels()
    wrong = {item for item in right if told[item] != right[item]}
    assert wrong == {i for i in shown["treated0"] - shown["control0"] if i in right}


def test_two_worlds_of_one_seed_hold_the_same_truths() -> None:
    """Determinism, with everything that draws at once; another seed draws otherwise."""
    truths = (
        {"truth": "exposure", "topic": "science", "points": 30},
        {"truth": "buckets", "number": 4, "by": "visit"},
        {"truth": "trend", "videos": 40}, {"truth": "turnover"},
        {"truth": "background", "users": 500, "watches": 3},
        {"truth": "ads", "rate": 0.5, "slots": [1, 3]},
        {"truth": "differs", "aspect": "country", "value": "us", "replace": 2, "reorder": 2},
    )  # fmt: skip
    one, other = world(*truths), world(*truths)
    assert listed(one, "treated0", second=99) == listed(other, "treated0", second=99)
    third = World.build(seed=4, clock="0", truths=list(truths), puppets=dict(PUPPETS))
    assert ids(listed(one, "treated0")) != ids(listed(third, "treated0"))


def test_every_truth_is_told_with_its_parameters() -> None:
    from mockserver.world.truthfile import truths_of

    found = truths_of([
        {"truth": "ads", "rate": 0.1}, {"truth": "policy", "parameter": "geo", "value": 5},
        {"truth": "policy", "parameter": "noise", "value": 5, "from_s": 9},
        {"truth": "differs", "aspect": "sex", "value": "f", "reorder": 2, "arms": ["a"]},
        {"truth": "stall", "share": 0.5},
    ])  # fmt: skip
    assert found.told()[4] == {
        "truth": "stall", "arms": [], "blocks": [], "from_s": 0.0, "until_s": None, "share": 0.5,
        "at_s": 5.0, "for_s": None,
    }  # fmt: skip
