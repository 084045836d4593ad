"""The feed's world and ranking: the same from the same seed, and as the written formula says."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from collector.common.errors import UserError
from collector.common.model import Reason
from mockserver.world import World
from mockserver.world.clock import WorldClock
from mockserver.world.recipe import Recipe
from mockserver.world.social import FeedViewer, SocialWorld, Story
from mockserver.world.social.parameters import PARAMETERS
from mockserver.world.social.publishing import shown_exactly
from mockserver.world.truthlog import TruthLog


@pytest.fixture(scope="module")
def social() -> SocialWorld:
    return _with()


def _with(seed: int = 3, clock: str = "0", **overrides: float) -> SocialWorld:
    time = WorldClock(clock)
    return SocialWorld(
        seed=seed, recipe=Recipe(), clock=time, truth=TruthLog(time.now), overrides=overrides
    )


def _viewer(social: SocialWorld, name: str = "v", *pages: str) -> FeedViewer:
    viewer = social.viewer(name, lang="en")
    for page in pages:
        source = social.sources.by_path(page)
        assert source is not None
        viewer.follow(source.id)
    return viewer


def _ids(stories: tuple[Story, ...]) -> list[str]:
    return [story.post.id for story in stories]


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes_whatever_the_clock(social: SocialWorld) -> None:
    assert _with(clock="real").fingerprint() == social.fingerprint()
    assert _with(seed=4).fingerprint() != social.fingerprint()


def test_ids_are_unique_and_pages_can_be_named_by_a_scenario(social: SocialWorld) -> None:
    everybody = list(social.sources.everybody())
    assert len({one.id for one in everybody}) == len(everybody)
    assert sum(len(social.posts_of(one)) for one in everybody) == len(social.posts)
    for path in ("newsleft.en.1", "conspiracy.it.3", "elpais", "CatalunyaDiari"):
        assert social.sources.by_path(path) is not None


def test_the_documented_post_is_there(social: SocialWorld) -> None:
    post = social.post("10156260262981570")
    assert post is not None
    assert post.reactions == {"LIKE": 29, "ANGRY": 18, "HAHA": 8}
    assert post.permalink == "/elpais/posts/10156260262981570"


def test_every_kind_of_post_is_published(social: SocialWorld) -> None:
    kinds = Counter(post.media.value for post in social.posts.values())
    assert set(kinds) == {"status", "photo", "video", "link", "event", "note", "share"}
    assert any(not post.public for post in social.posts.values())
    assert any(post.sponsored for post in social.posts.values())
    assert any(picture.people for post in social.posts.values() for picture in post.pictures)
    shared = [post for post in social.posts.values() if post.shared_id]
    assert all(post.shared_id in social.posts for post in shared)


def test_counts_survive_being_abbreviated(social: SocialWorld) -> None:
    for post in social.posts.values():
        for count in (*post.reactions.values(), post.comments, post.shares):
            assert shown_exactly(count) == count


def test_a_timeline_does_not_depend_on_who_else_asks_or_when() -> None:
    alone, crowded = _with(), _with()
    for name in ("x", "y"):
        crowded.timeline(_viewer(crowded, name, "music.en.1"), f"{name}1")
    first = crowded.timeline(_viewer(crowded, "v", "music.en.1"), "load")
    assert _ids(alone.timeline(_viewer(alone, "v", "music.en.1"), "load")) == _ids(first)


def test_parts_of_one_load_continue_each_other(social: SocialWorld) -> None:
    viewer = _viewer(social, "parts", "music.en.1")
    whole = social.timeline(viewer, "a", count=60)
    assert _ids(whole[:8]) == _ids(social.timeline(viewer, "a", start=0))
    assert _ids(whole[8:14]) == _ids(social.timeline(viewer, "a", start=8))
    assert [story.slot for story in whole] == list(range(1, 61))
    assert len(set(_ids(whole))) == 60
    assert social.timeline(viewer, "a", start=10_000) == ()


def test_scores_are_the_sum_of_their_parts_and_the_parts_are_the_formula() -> None:
    social = _with(noise=0)
    viewer = _viewer(social, "v", "science.en.1")
    liked = social.posts_of(social.sources.by_id[next(iter(viewer.follows))])[0]
    viewer.like(liked.id)
    params = PARAMETERS
    mass = params["prior"] + params["like"] + params["follow"]
    checked = 0
    for story in social.timeline(viewer, "f", count=60):
        assert math.isclose(story.score, sum(story.parts.values()), abs_tol=1e-9)
        post = story.post
        if post.sponsored:
            continue
        recency = params["recency"] * 2 ** (-post.age_h / params["half_life_hours"])
        assert math.isclose(story.parts["recency"], recency)
        assert math.isclose(story.parts["media"], params[f"media_{post.media.value}"])
        if post.source_id == liked.source_id and post.topic == liked.topic:
            weight = (params["like"] + params["follow"]) / mass
            assert math.isclose(story.parts["affinity"], params["affinity"] * weight)
            checked += 1
    assert checked


def test_liking_a_page_brings_more_of_it() -> None:
    shares = []
    for liked in ("newsleft.en.1", "newsright.en.1"):
        social = _with()
        viewer = _viewer(social, "v", "newsleft.en.1", "newsright.en.1")
        source = social.sources.by_path(liked)
        assert source is not None
        for post in social.posts_of(source)[:5]:
            viewer.like(post.id)
        topics = Counter(s.post.topic for s in social.timeline(viewer, "l", count=40))
        shares.append(topics["news-left"] / (topics["news-left"] + topics["news-right"]))
    assert shares[0] > shares[1] + 0.2


def test_without_affinity_and_repetition_deeds_change_nothing_but_the_noise() -> None:
    def posts(like: bool) -> list[str]:
        social = _with(affinity=0, repetition=0, noise=0)
        viewer = _viewer(social, "v", "newsleft.en.1", "newsright.en.1")
        if like:
            source = social.sources.by_path("newsleft.en.1")
            assert source is not None
            viewer.like(social.posts_of(source)[0].id)
        return _ids(social.timeline(viewer, "n", count=40))

    assert posts(like=True) == posts(like=False)


def test_what_was_seen_before_comes_later() -> None:
    social = _with()
    viewer = _viewer(social, "v", "music.en.1", "pets.en.1")
    first = social.timeline(viewer, "one", count=16)
    assert social.served(viewer, "one", first, {}, "en") == 16
    assert social.served(viewer, "one", first, {}, "en") == 0, "a retry is not seen twice"
    again = set(_ids(first)) & set(_ids(social.timeline(viewer, "two", count=16)))
    forgetful = _with(repetition=0)
    other = _viewer(forgetful, "v", "music.en.1", "pets.en.1")
    before = forgetful.timeline(other, "one", count=16)
    forgetful.served(other, "one", before, {}, "en")
    kept = set(_ids(before)) & set(_ids(forgetful.timeline(other, "two", count=16)))
    assert len(again) < len(kept)


@pytest.mark.parametrize("rate", [0.0, 0.12, 0.4])
def test_the_ad_rate_is_the_share_of_paid_places(rate: float) -> None:
    social = _with(ad_rate=rate)
    places = [
        story
        for number in range(12)
        for story in social.timeline(_viewer(social, f"v{number}", "music.en.1"), "a", count=40)
    ]
    paid = [story for story in places if story.post.sponsored]
    # Never at the first two places nor twice running; 24 advertisements are all there are.
    expected = rate * (38 / 40) / (1 + rate)
    assert len(paid) / len(places) == pytest.approx(expected, abs=0.06)
    assert all(story.slot > 2 for story in paid)


def test_suggested_posts_and_friends_reactions_say_why_they_are_there(social: SocialWorld) -> None:
    viewer = _viewer(social, "why", "music.en.1")
    stories = social.timeline(viewer, "w", count=100)
    reasons = {story.reason for story in stories}
    assert reasons == {None, Reason.FRIEND, Reason.SUGGESTED}
    friends = {friend.id for friend in social.friends(viewer)}
    for story in stories:
        if story.reason is Reason.FRIEND:
            assert set(story.people) <= friends
            assert story.people
        if story.reason:
            assert story.post.public
            assert story.post.source_id not in viewer.follows


def test_without_friends_and_groups_there_are_no_private_posts() -> None:
    social = _with(friends=0, groups=0)
    stories = social.timeline(_viewer(social, "v", "music.en.1"), "z", count=100)
    assert all(story.post.public for story in stories)
    assert Reason.FRIEND not in {story.reason for story in stories}


def test_hidden_posts_do_not_come_back(social: SocialWorld) -> None:
    viewer = _viewer(social, "hider", "music.en.1")
    first = social.timeline(viewer, "h1", count=10)[0].post.id
    viewer.hide(first)
    assert first not in _ids(social.timeline(viewer, "h2", count=128))


@pytest.mark.parametrize(
    ("name", "value"), [("feed.afinity", 1.0), ("feed.ad_rate", 1.5), ("feed.prior", 0.0)]
)
def test_impossible_parameters_are_refused(name: str, value: float) -> None:
    with pytest.raises(UserError, match=r"feed has no parameter|not a possible value"):
        World.build(seed=3, clock="0", recommender={name: value})


def test_the_video_site_keeps_its_own_parameters() -> None:
    world = World.build(seed=3, clock="0", recommender={"feed.affinity": 0, "history": 0})
    assert world.social.params["affinity"] == 0
    assert world.recommender.params["history"] == 0
    assert world.describe()["feed"]["params"]["affinity"] == 0  # type: ignore[index]


def test_the_formula_and_its_parameters_can_be_read(social: SocialWorld) -> None:
    told = social.describe()
    assert "affinity" in str(told["formula"])
    assert told["params"] == PARAMETERS
    for name in PARAMETERS:
        assert name.split("_")[0] in str(told["formula"]) or name in ("friends", "groups")
