"""The catalogue: same seed, same bytes; large, labelled, varied; documented entities there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from places import ROOT
from work import calls

from collector.common.errors import UserError
from collector.common.model import ItemKind
from mockserver.world import EPOCH, LANGUAGES, World, WorldClock, building
from mockserver.world.recipe import SMALL
from mockserver.world.words import NEIGHBOURS, TOPIC_SHARES

_FINGERPRINT = "from mockserver.world import World; print(World.build(seed=7).fingerprint())"


@pytest.fixture(scope="module")
def world() -> World:
    return World.build(seed=1, clock="0")


@pytest.mark.parametrize("later", [timedelta(), timedelta(days=200, seconds=3601)])
def test_a_catalogue_that_is_dated_anew_is_one_made_for_that_day(later: timedelta) -> None:
    """A seed's is made once a process; every entity and its place is as if it had been made again,
    and what a world does to its own is not seen by the next."""
    topics = building.all_topics(SMALL)
    made = building._made(5, SMALL, topics, EPOCH + later)
    for _ in range(2):
        kept = building.build_catalogue(5, SMALL, topics, EPOCH + later)
        assert kept == made
        for name in ("channels", "videos", "playlists", "users", "ads"):
            assert list(getattr(kept, name)) == list(getattr(made, name)), name
        kept.videos.popitem()
        kept.dated.clear()
        kept.comments.clear()


@pytest.mark.slow
def test_same_seed_same_bytes_whatever_the_hash_seed_and_the_day(world: World) -> None:
    printed = {
        subprocess.run(
            [sys.executable, "-c", _FINGERPRINT],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("0", "4242")
    }
    assert printed == {World.build(seed=7, clock="0").fingerprint()}
    assert printed != {world.fingerprint()}


def test_size(world: World) -> None:
    counts = world.counts()
    assert counts["channels"] >= 200
    assert counts["videos"] >= 2000
    assert counts["playlists"] >= 50
    assert counts["users"] >= 200
    assert counts["ads"] >= 20


def test_a_small_world_is_built_quickly() -> None:
    """Half a second on any machine: 750,000 calls of functions for a seed that is not kept yet, 37
    for each of some 20,000 things in it; a search for each among all others makes millions."""
    World.build(seed=3)  # what all worlds share is made once
    assert calls(lambda: World.build(seed=1_000_003)) < 1_000_000


def test_ids_have_the_platforms_shapes(world: World) -> None:
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{11}", name) for name in world.videos)
    assert all(re.fullmatch(r"UC[A-Za-z0-9_-]{22}", name) for name in world.channels)
    assert all(re.fullmatch(r"@[A-Za-z0-9._-]{3,}", c.handle) for c in world.channels.values())
    assert len({c.handle.lower() for c in world.channels.values()}) == len(world.channels)
    assert all(key == item.id for key, item in world.videos.items())


def test_topics_are_labelled_and_none_is_marginal(world: World) -> None:
    assert {"science", "conspiracy", "news-left", "news-right", "gaming", "music"} <= {
        *world.topics
    }
    by_topic = Counter(video.topic for video in world.videos.values())
    assert set(by_topic) == {*world.topics}
    assert min(by_topic.values()) >= 50
    labels = world.labels()
    assert {*world.videos, *world.channels} <= labels.keys()
    assert labels["dQw4w9WgXcQ"] == "music"


def test_every_language_has_titles_in_its_own_script(world: World) -> None:
    by_lang = Counter(video.lang for video in world.videos.values())
    assert set(by_lang) == set(LANGUAGES)
    assert min(by_lang.values()) >= 40
    scripts = {"ja": "[぀-ヿ一-鿿]", "zh-TW": "[一-鿿]", "ar": "[؀-ۿ]", "tr": "[çğıöşüİ]"}
    for lang, script in scripts.items():
        titles = [video.title for video in world.videos.values() if video.lang == lang]
        found = sum(bool(re.search(script, title)) for title in titles)
        assert found > len(titles) * 0.5, lang


def test_views_follow_zipfs_law(world: World) -> None:
    views = sorted((v.views for v in world.videos.values() if not v.pinned), reverse=True)
    assert views[0] > 50 * views[100] > 0
    assert sum(views[:50]) > 0.6 * sum(views)
    assert views[-1] == 0
    assert sum(1 for count in views if count < 1000) >= 15


def test_kinds_lengths_and_ages(world: World) -> None:
    now = world.clock.start
    kinds = Counter(video.kind for video in world.videos.values())
    assert kinds[ItemKind.SHORT] > 100
    assert kinds[ItemKind.LIVE] >= 10
    assert kinds[ItemKind.UPCOMING] >= 5
    for video in world.videos.values():
        assert video.channel_id in world.channels
        if video.kind in {ItemKind.LIVE, ItemKind.UPCOMING}:
            assert video.seconds is None
            assert video.watching
        else:
            assert video.seconds is not None
            assert video.seconds > 0
        assert (video.published > now) == (video.kind is ItemKind.UPCOMING)
        assert 0 <= video.dislikes <= max(video.likes, 1)


def _age_in_words(age: timedelta) -> str:
    seconds = int(age.total_seconds())
    for name, size in (("y", 365 * 86400), ("m", 30 * 86400), ("w", 7 * 86400), ("d", 86400)):
        if seconds >= size:
            return f"{seconds // size}{name}"
    return f"{seconds // 3600}h"


def test_ages_keep_their_words_for_half_an_hour(world: World) -> None:
    for video in world.videos.values():
        if not video.pinned and video.kind is not ItemKind.UPCOMING:
            age = world.clock.start - video.published
            assert _age_in_words(age) == _age_in_words(age + timedelta(minutes=30)), video.id


def test_the_run_date_changes_neither_ages_nor_dump() -> None:
    def frozen(year: int) -> World:
        built = World.build(seed=2)
        clock = WorldClock(wall=lambda: datetime(year, 6, 1, tzinfo=EPOCH.tzinfo))
        return World(
            seed=2, recipe=built.recipe, era="2026", clock=clock, recommender={}, faults={}
        )

    one, other = frozen(2026), frozen(2031)
    assert one.dump() == other.dump()
    some = next(video.id for video in one.videos.values() if not video.pinned)
    assert one.now() - one.videos[some].published == other.now() - other.videos[some].published


@pytest.mark.parametrize(
    ("video_id", "channel_id", "title"),
    [
        (
            "dQw4w9WgXcQ",
            "UCuAXFkgsw1L7xaCfnd5JJOw",
            "Rick Astley - Never Gonna Give You Up (Video)",
        ),
        ("RN8Li7kYNnw", "UCeWkruiHm7NL7OvjPyVshkw", "YMCA (Original Version 1978)"),
        ("NYj3DnI81AQ", "UC9-y-6csu5WGm29I7JiwpnA", None),
        ("qeMFqkcPYcg", None, "Eurythmics - Sweet Dreams (Are Made Of This) (Official Video)"),
        ("Kt-tLuszKBA", None, None),
        ("BXB-PoihfYI", None, None),
        ("chq0kA6kJzs", None, "LEZIONI DI CHITARRA IRRITANTI"),
        ("ZTUVgYoeN_o", None, "My walk with Mr. Darcy"),
        ("ClBli0YWnCs", None, None),
        ("03YbknYlJK0", None, None),
        ("2cdgTWitj_o", None, None),
        ("i2xMvKOLzYM", None, "Original title"),
    ],
)
def test_documented_videos(
    world: World, video_id: str, channel_id: str | None, title: str | None
) -> None:
    video = world.videos[video_id]
    assert channel_id in {None, video.channel_id}
    assert title in {None, video.title}
    assert video.pinned


def test_documented_users_playlists_and_comments(world: World) -> None:
    assert world.users["darcy"].profile["books"] == "Pride and Prejudice"
    assert {item.kind for item in world.users["liz"].subscriptions} == {
        "channel",
        "query",
        "favorites",
    }
    playlist = world.playlists["45C563323B344971"]
    assert playlist.items["i2xMvKOLzYM"].id == "f8bcc0d63a08ada4"
    assert playlist.items["i2xMvKOLzYM"].title == "Customized title"
    assert "PL96C35uN7xGLLeET0dOWaKHkAlPsrkcha" in world.playlists
    first, *rest = world.comments("2cdgTWitj_o")
    assert first.id == "978A9E10911314AC"
    assert any(comment.parent_id == first.id for comment in rest)
    assert world.responses("03YbknYlJK0")[0] in world.videos
    cats = [video for video in world.videos.values() if "cat" in video.tags]
    assert len(cats) >= 30


def test_every_reference_leads_somewhere(world: World) -> None:
    for playlist in world.playlists.values():
        assert {*playlist.video_ids} <= world.videos.keys()
        assert playlist.channel_id in world.channels
        assert playlist.owner in world.users
    for user in world.users.values():
        assert {*user.favorites} <= world.videos.keys()
        assert {*user.contacts} <= world.users.keys()
        assert user.channel_id is None or user.channel_id in world.channels
    owners = {user.channel_id for user in world.users.values()}
    assert world.channels.keys() <= owners
    for ad in world.ads.values():
        assert ad.video_id is None or ad.video_id in world.videos


def test_channels_by_every_path(world: World) -> None:
    rick = world.channels["UCuAXFkgsw1L7xaCfnd5JJOw"]
    assert world.channel_by_path("/channel/UCuAXFkgsw1L7xaCfnd5JJOw") is rick
    assert world.channel_by_path("/@RickAstley/videos") is rick
    assert world.channel_by_path("/user/rickastley") is rick
    assert world.channel_by_path("/c/rickastley") is None
    assert world.channel_by_path("/") is None
    assert world.channel_by_path("/channel") is None
    assert any(c.legacy_path and c.legacy_path.startswith("/c/") for c in world.channels.values())
    for channel in world.channels.values():
        for path in (channel.path, "/" + channel.handle, channel.legacy_path):
            assert path is None or world.channel_by_path(path) is channel


def test_comments_are_threads_in_order(world: World) -> None:
    video = max(world.videos.values(), key=lambda video: video.comment_count * (not video.pinned))
    comments = world.comments(video.id)
    assert comments == world.comments(video.id)
    assert 5 <= len(comments) <= video.comment_count
    roots = [comment for comment in comments if comment.parent_id is None]
    assert len(roots) < len(comments)
    assert all(one.published >= other.published for one, other in pairwise(roots))
    seen: set[str] = set()
    for comment in comments:
        assert comment.author in world.users
        assert comment.parent_id is None or comment.parent_id in seen
        assert video.published <= comment.published
        seen.add(comment.id)
    assert world.comments("unknown-id_") == ()


def test_clocks() -> None:
    ticks = iter([100.0, 110.0])
    clock = WorldClock("60", monotonic=lambda: next(ticks))
    assert clock.now() == EPOCH + timedelta(minutes=10)
    assert WorldClock("0").now() == EPOCH
    for wrong in ("fast", "-1", "nan", "inf", ""):
        with pytest.raises(UserError, match="--clock"):
            WorldClock(wrong)


def test_the_page_of_topics_and_languages_says_what_there_is() -> None:
    """Every topic, language and pair of alike topics of the mock, each with its number."""
    page = (ROOT / "docs" / "reference" / "topics-languages.md").read_text("utf-8")
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|"))
            for line in page.splitlines() if line.startswith("|")]  # fmt: skip
    topics = {row[0].strip("`"): row[1] for row in rows if len(row) == 2 and row[1].endswith("%")}
    assert topics == {topic: f"{100 * share:.0f} %" for topic, share in TOPIC_SHARES.items()}
    languages = {row[1].strip("`"): row[3] for row in rows if len(row) == 5 and "`" in row[1]}
    assert languages == {lang: f"{100 * share:.0f} %" for lang, share in LANGUAGES.items()}
    alike = {
        frozenset(re.findall(r"`([a-z-]+)`", row[0])): row[1]
        for row in rows
        if len(row) == 2 and row[1].startswith("0.")
    }
    assert alike == {frozenset(pair): f"{how:.2f}" for pair, how in NEIGHBOURS.items()}
