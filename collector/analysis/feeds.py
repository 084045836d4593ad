"""Timelines in numbers: repetition, media, delay, sources and reach, profile by profile.

Definitions, as the published studies have them:

* impressions per post: impressions of public posts, divided by the different posts among them;
* media share: the part of a profile's impressions that are of one kind;
* delay: from publication to coming into view; the median over a profile's impressions;
* source: a page or group; people, whose names are not kept, are one source together;
* reach of a post: the number of profiles that saw it at least once;
* ad share: sponsored impressions among those whose nature is known.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from collector.common.model import AuthorKind
from collector.platforms.registry import spec_of
from collector.store import Store
from collector.store.rows import Row

#: The store's words for media, and those of the published tables.
MEDIA: Mapping[str, str] = {
    "posts": "post", "photo": "photo", "photos": "photo", "videos": "video", "notes": "notes",
}  # fmt: skip
MOST_SOURCES = 10


@dataclass(frozen=True, slots=True)
class Profile:
    """One puppet's timelines."""

    profile: str
    align: str
    impressions: int
    private: int
    timelines: int
    unique_posts: int
    impressions_per_post: float | None
    media: Mapping[str, float]
    """Kind → percent of the impressions of public posts."""
    median_delay_h: float | None
    ad_share: float | None
    sources: int


@dataclass(frozen=True, slots=True)
class Feeds:
    """All timelines of a store."""

    profiles: tuple[Profile, ...]
    reach: Mapping[int, int]
    """Number of profiles → posts that so many saw."""
    impressions: int
    timelines: int
    unique_posts: int
    start: str
    end: str
    sources: Mapping[str, tuple[tuple[str, int], ...]]
    """Profile → its most frequent sources, with their impressions."""
    repeated: int
    """Posts that one profile saw more than once."""
    pages_only: bool
    """True where the store holds nothing but timelines: published data."""


def load_feeds(run_dir: Path) -> Feeds | None:
    """The timelines of a run's folder; ``None`` where there are none.

    :raises UserError: there is no store, or it cannot be read.
    """
    with Store(Path(run_dir) / "store.db", readonly=True) as store:
        if not store.db.table("timelines").exists():
            return None
        rows = list(
            store.rows(
                "SELECT t.puppet, p.arm, t.id, r.platform, f.* FROM timelines t"
                " JOIN puppets p ON p.id = t.puppet JOIN runs r ON r.id = t.run"
                " JOIN feed f ON f.timeline = t.id"
                " ORDER BY t.puppet, t.started, t.id, f.number"
            )
        )
        counted = {
            row["puppet"]: row["n"]
            for row in store.rows("SELECT puppet, count(*) AS n FROM timelines GROUP BY puppet")
        }
        captures = next(store.rows("SELECT count(*) AS n FROM captures"))["n"]
    return _feeds(rows, counted, pages_only=not captures) if counted else None


def _feeds(rows: list[Row], counted: Mapping[str, int], *, pages_only: bool) -> Feeds:
    by_profile: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_profile[row["puppet"]].append(row)
    saw: dict[str, set[str]] = defaultdict(set)
    seen: Counter[tuple[str, str]] = Counter()
    for row in rows:
        if row["post_id"]:
            saw[row["post_id"]].add(row["puppet"])
            seen[row["puppet"], row["post_id"]] += 1
    reach = Counter(len(profiles) for profiles in saw.values())
    times = sorted(row["time"] for row in rows)
    return Feeds(
        profiles=tuple(
            _profile(name, own, counted[name]) for name, own in sorted(by_profile.items())
        ),
        reach={number: reach[number] for number in sorted(reach)},
        impressions=len(rows),
        timelines=sum(counted.values()),
        unique_posts=len(saw),
        start=times[0] if times else "",
        end=times[-1] if times else "",
        sources={name: _sources(own) for name, own in sorted(by_profile.items())},
        repeated=len({post for (_, post), count in seen.items() if count > 1}),
        pages_only=pages_only,
    )


def _sources(rows: list[Row]) -> tuple[tuple[str, int], ...]:
    counted = Counter(name for row in rows if (name := _source(row)))
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return tuple(ranked[:MOST_SOURCES])


def _source(row: Row) -> str | None:
    """A page by its address, a group by its name; people, who are all the same here, together."""
    author = json.loads(row["post"]).get("author") if row["post"] else None
    if author == AuthorKind.PERSON:
        return "people"
    if author == AuthorKind.GROUP and row["source"]:
        return str(row["source"])
    link = str(row["source_link"] or row["source"] or "")
    return link.removeprefix(spec_of(row["platform"]).site).strip("/") or None


def _profile(name: str, rows: list[Row], timelines: int) -> Profile:
    public = [row for row in rows if row["visibility"] == "public"]
    named = [row for row in public if row["post_id"]]
    unique = len({row["post_id"] for row in named})
    media = Counter(MEDIA.get(row["media"], row["media"]) for row in public if row["media"])
    delays = [row["delay_s"] for row in public if row["delay_s"] is not None]
    natures = [row["nature"] for row in public if row["nature"]]
    return Profile(
        profile=name,
        align=rows[0]["arm"],
        impressions=len(rows),
        private=len(rows) - len(public),
        timelines=timelines,
        unique_posts=unique,
        impressions_per_post=round(len(named) / unique, 3) if unique else None,
        media={
            kind: round(100 * count / len(public), 1)
            for kind, count in sorted(media.items(), key=lambda item: (-item[1], item[0]))
        },
        median_delay_h=round(median(delays) / 3600, 2) if delays else None,
        ad_share=round(natures.count("sponsored") / len(natures), 4) if natures else None,
        sources=len({_source(row) for row in public} - {None}),
    )


def feeds_data(feeds: Feeds) -> dict[str, Any]:
    """The numbers as plain data for JSON."""
    return {
        "window": {"start": feeds.start, "end": feeds.end},
        "impressions": feeds.impressions,
        "timelines": feeds.timelines,
        "unique_posts": feeds.unique_posts,
        "posts_seen_again": feeds.repeated,
        "profiles": [asdict(profile) for profile in feeds.profiles],
        "reach": {str(number): count for number, count in feeds.reach.items()},
        "sources": {name: dict(found) for name, found in feeds.sources.items()},
    }
