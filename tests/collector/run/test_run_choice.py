"""Which recommendation is followed: by rank, at random, by topic, unseen, with a way out."""

from __future__ import annotations

from typing import Any

import pytest

from collector.common.model import Impression, ItemKind, Surface
from collector.session.choice import NothingToFollow, candidates, choose

KINDS = {
    "v": ItemKind.VIDEO,
    "a": ItemKind.AD,
    "s": ItemKind.SHORT,
    "m": ItemKind.MIX,
    "l": ItemKind.LIVE,
    "u": ItemKind.UPCOMING,
}


def page(*ids: str, surface: Surface = Surface.RELATED) -> list[Impression]:
    """Items in order; the first letter of an id is its kind."""
    return [
        Impression(position=n, surface=surface, kind=KINDS[name[0]], item_id=name)
        for n, name in enumerate(ids, 1)
    ]


def args(by: str, **given: Any) -> dict[str, Any]:
    wanted = {"by": by, "rank": None, "top": None, "topics": [], "unseen": False}
    return {**wanted, "otherwise": "fail", **given}


def pick(wanted: dict[str, Any], shown: list[Impression], seed: int = 1, **given: Any) -> str:
    known: dict[str, Any] = {"labels": {}, "current": None, "seen": set(), **given}
    return choose(wanted, shown, Surface.RELATED, seed=seed, **known).item_id


SHOWN = page("a1", "v1", "s1", "v2", "m1", "l1", "u1", "v3", "v2")


def test_only_what_can_be_watched_counts_and_once() -> None:
    assert [item.item_id for item in candidates(SHOWN, Surface.RELATED)] == ["v1", "v2", "l1", "v3"]


def test_rank_counts_the_watchable() -> None:
    assert pick(args("rank", rank=1), SHOWN) == "v1"
    assert pick(args("rank", rank=3), SHOWN) == "l1"


def test_a_rank_beyond_the_list_fails_with_the_numbers() -> None:
    with pytest.raises(NothingToFollow, match="rank 9 among 4"):
        pick(args("rank", rank=9), SHOWN)


def test_the_video_of_the_page_is_never_its_own_successor() -> None:
    assert pick(args("rank", rank=1), SHOWN, current="v1") == "v2"
    assert pick(args("up_next"), SHOWN, current="v1") == "v2"


def test_another_surface_is_not_looked_at() -> None:
    with pytest.raises(NothingToFollow):
        pick(args("rank", rank=1), page("v1", surface=Surface.HOME))


def test_random_follows_the_seed_and_stays_in_the_top() -> None:
    picks = {pick(args("random", top=2), SHOWN, seed=seed) for seed in range(40)}
    assert picks == {"v1", "v2"}
    assert pick(args("random"), SHOWN, seed=7) == pick(args("random"), SHOWN, seed=7)


def test_topic_takes_the_first_that_is_about_it() -> None:
    labels = {"v2": "science", "v3": "music"}
    assert pick(args("topic", topics=["music", "science"]), SHOWN, labels=labels) == "v2"
    assert pick(args("topic", topics=["music"]), SHOWN, labels=labels) == "v3"


def test_topic_looks_no_further_than_the_top() -> None:
    with pytest.raises(NothingToFollow, match="none of 2 items is about music"):
        pick(args("topic", topics=["music"], top=2), SHOWN, labels={"v3": "music"})


def test_unseen_passes_over_what_was_watched() -> None:
    assert pick(args("rank", rank=1, unseen=True), SHOWN, seen={"v1", "v2"}) == "l1"


@pytest.mark.parametrize("otherwise", ["first", "random"])
def test_a_way_out_is_taken_only_when_needed(otherwise: str) -> None:
    wanted = args("topic", topics=["music"], otherwise=otherwise)
    assert pick(wanted, SHOWN, labels={"v3": "music"}) == "v3"
    assert pick(wanted, page("v9"), labels={}) == "v9"


@pytest.mark.parametrize("otherwise", ["first", "random"])
def test_a_way_out_that_is_taken_says_what_was_sought(otherwise: str) -> None:
    told: list[str] = []
    wanted = args("topic", topics=["music"], top=3, otherwise=otherwise)
    assert pick(wanted, SHOWN, labels={"v2": "music"}, otherwise=told.append) == "v2"
    assert told == []
    pick(wanted, SHOWN, labels={"v3": "music"}, otherwise=told.append)
    assert told == ["none of 3 items is about music in the list related"]
    unseen = args("rank", rank=1, unseen=True, otherwise=otherwise)
    pick(unseen, SHOWN, seen={"v1", "v2", "l1", "v3"}, otherwise=told.append)
    assert told[1:] == ["no item of rank 1 among 0 unseen in the list related"]


def test_an_empty_list_has_no_way_out() -> None:
    for otherwise in ("first", "random"):
        with pytest.raises(NothingToFollow):
            pick(args("topic", topics=["x"], otherwise=otherwise), page("a1", "s1"))


def test_a_title_or_a_channel_is_picked_by_a_pattern() -> None:
    """The first that has it, in any case; an item without a title has none."""
    told = [("v1", None, "Ann"), ("v2", "Full CONCERT", "Bob"), ("v3", "concert 2", "Ann B.")]
    shown = [
        Impression(n, Surface.RELATED, ItemKind.VIDEO, name, title=title, channel_name=channel)
        for n, (name, title, channel) in enumerate(told, 1)
    ]
    assert pick(args("title", title="concert"), shown) == "v2"
    assert pick(args("title", title=r"concert \d"), shown) == "v3"
    assert pick(args("channel", channel=r"^ann\b.*\.$"), shown) == "v3"
    with pytest.raises(NothingToFollow, match="none of 1 items has a title like 'concert'"):
        pick(args("title", title="concert", top=1), shown)
    assert pick(args("title", title="nothing", otherwise="first"), shown) == "v1"
