"""A load of the feed in a simulated world: its page, what came into view, the rows it is filed as.

Every post is as high as posts of the mock are on average, so where one lies is an estimate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from collector.adapters.facebook.runner import FeedRunner
from collector.common.model import Impression, PageKind, PageStatus
from collector.datasets.clock import Clock
from collector.datasets.records import COLUMNS, Session, Values
from collector.datasets.site import Page
from collector.scenario.planned import PlannedStep
from mockserver.world.social import Source, Story

#: CSS pixels: where the first post begins, and a post with the gap below it.
TOP, EVERY, GAP = 196, 626, 14

_SURFACE, _ITEM, _EXTRA = map(COLUMNS["impressions"].index, ("surface", "item_id", "extra"))
_POST = COLUMNS["feed"].index("post_id")
#: Columns of what differs from one sight of a post to the next.
_SEEN = tuple(
    map(
        COLUMNS["feed"].index,
        (
            "timeline", "number", "position", "time", "visible_s", "top", "bottom", "delay_s",
        ),
    )
)  # fmt: skip


@dataclass
class PostPage(Page):
    """A page with posts: the feed, which grows, or a source's own."""

    reads: Callable[[Story], Any] | None = None
    """How a post of it is read, in the look that the puppet is sent; ``None``: it lists none."""
    source: Source | None = None
    stories: tuple[Story, ...] = ()
    down: float = 0.0
    """CSS pixels from the top."""

    def impressions(self) -> tuple[Impression, ...]:
        """Return its posts in order, from position 1; none where it has no list."""
        read = self.reads
        if read is None:
            return ()
        return tuple(
            replace(read(story).impression, position=number)
            for number, story in enumerate(self.stories, 1)
        )


@dataclass
class Timeline:
    """What came into view of one load of the feed, while it is recorded and afterwards."""

    page: PostPage
    started: float
    seen: list[tuple[float, int]] = field(default_factory=list)
    """(seconds of the session, place from 0) as they came into view."""
    ended: float | None = None


@dataclass
class TimelinePage(Page):
    """A timeline as it is filed."""

    items: list[Values] = field(default_factory=list)
    counts: int | None = None

    def enter(self, made: Session, capture: str) -> list[str]:
        """Put its posts on record under a capture; each one's surface and id, in order."""
        # Capture, surface and position are the first three columns.
        made.tables["impressions"] += [
            (capture, item[1], place, *item[3:]) for place, item in enumerate(self.items, 1)
        ]
        return [f"{item[_SURFACE]} {item[_ITEM]}" for item in self.items]

    @property
    def counted(self) -> int | None:
        """Return how many impressions count towards the size of the data set; ``None``: all."""
        return self.counts


class TimelineRunner(FeedRunner):
    """Files a timeline as rows: there is no evidence that they could be read from."""

    published = False
    """Count only posts that published data would hold."""

    def _file(
        self, record: dict[str, Any], page: Any, step: PlannedStep, known: Sequence[str]
    ) -> None:
        site: Any = self.actions
        rows: Any = self.filing
        line: Timeline = record["timeline"]
        own = self._next_timeline()
        started = site.clock.written(line.started)
        seen = _Seen(line, own, site.clock, site.height, site.read)
        rows.made.tables["feed"] += seen.rows
        rows.made.add(
            "timelines",
            id=own,
            run=rows.run,
            puppet=rows.puppet,
            session=self.session,
            step=step.index,
            started=started,
            url=line.page.url,
            event=line.page.event,
            impressions=len(line.seen),
        )
        fields = {
            "timelineId": own,
            "startTime": started,
            "load": line.page.event,
            "private": seen.private,
        }
        filed = TimelinePage(
            line.page.url, PageKind.HOME, PageStatus.OK, line.page.event, line.page.number, fields,
            line.page.lang, 1, seen.items, seen.public if self.published else None,
        )  # fmt: skip
        rows.file(filed, step.index)


class _Seen:
    """The rows of a timeline: its posts in line, and what the page of them shows."""

    def __init__(
        self, line: Timeline, own: str, clock: Clock, height: int, reads: Callable[[Story], Any]
    ) -> None:
        self.rows: list[Values] = []
        self.items: list[Values] = []
        self.public = self.private = 0
        ended = line.ended or 0.0
        left = [seconds for seconds, _ in line.seen[max(height // EVERY, 1) :]]
        for number, (seconds, place) in enumerate(line.seen, 1):
            read = reads(line.page.stories[place])
            gone = left[place] if place < len(left) else ended
            top = TOP + place * EVERY
            moment = clock.moment(seconds)
            time, seen_s = clock.written(seconds), round(max(gone - seconds, 0.05), 3)
            bottom = top + EVERY - GAP
            delay_s = (moment - read.published).total_seconds() if read.published else None
            self.public += bool(read.row[_POST])
            self.private += read.private
            row = list(read.row)
            for column, value in zip(
                _SEEN, (own, number, number, time, seen_s, top, bottom, delay_s), strict=True
            ):
                row[column] = value
            self.rows.append(tuple(row))
            item = list(read.item)
            item[_EXTRA] = read.extra % {
                "impressionOrder": number, "impressionTime": f'"{time}"', "visible_s": seen_s,
                "top": top, "bottom": bottom,
            }  # fmt: skip
            self.items.append(tuple(item))
