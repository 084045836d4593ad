"""A run on a feed, made without one: a puppet, two loads of the same posts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from collector.common.model import AuthorKind, FeedImpression, Nature, Post, Timeline, Visibility
from collector.store import Store

START = datetime(2026, 3, 4, 8, tzinfo=UTC)
SITE = "https://www.facebook.com"


def _post(post_id: str, name: str, link: str, author: AuthorKind, **more: Any) -> Post:
    return Post(
        Visibility.PUBLIC, nature=Nature.ORGANIC, post_id=post_id, link_type="posts",
        published=START - timedelta(hours=2), source=name, source_link=f"{SITE}{link}",
        author=author, **more,
    )  # fmt: skip


POSTS = (
    _post("1", "El País", "/elpais/", AuthorKind.PAGE),
    _post("2", "scrubbed-name", "/scrubbed.name/", AuthorKind.PERSON),
    _post("3", "scrubbed-name", "/profile.php?id=100000000000000", AuthorKind.PERSON),
    _post("4", "Friends of cheese", "/groups/700000000000123/", AuthorKind.GROUP),
    Post(Visibility.PUBLIC, nature=Nature.SPONSORED, source="Acme", source_link=f"{SITE}/acme/",
         author=AuthorKind.PAGE),
)  # fmt: skip


def build_feed(folder: Path) -> Path:
    """One puppet, two loads of the same five posts and one private post; answers ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    with Store(folder / "store.db") as store, store.transaction():
        store.add_run("r", scenario="feeds", seed=0, plan_hash="x", platform="facebook",
                      site="facebook.localhost", submit_to="none", command="x",
                      scenario_json={"file": "x"}, started=START)  # fmt: skip
        store.add_puppet("left-1", run="r", arm="left", twin=1, block=1)
        for number in range(2):
            begun = START + timedelta(hours=number)
            impressions = [
                FeedImpression(
                    order, Visibility.PUBLIC, begun + timedelta(seconds=order), post=post
                )
                for order, post in enumerate(POSTS, 1)
            ]
            private = FeedImpression(6, Visibility.PRIVATE, begun + timedelta(seconds=6))
            timeline = Timeline(f"t{number}", begun, f"{SITE}/", (*impressions, private))
            store.add_timeline(timeline, run="r", puppet="left-1")
        store.update_run("r", state="finished", finished=START)
    return folder
