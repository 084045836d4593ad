"""A session on the social site, carried out against the world itself: no server, no browser.

A load of the feed is a timeline; it ends, and is filed, when the next load, a wait for the next
slot, a ``capture`` or the session's end comes. How far a scroll brings one down is an estimate:
every post is as high as posts of the mock are on average.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import orjson

from collector.adapters.facebook.runner import until_slot
from collector.addresses import parts_of
from collector.common.model import AuthorKind, PageKind, PageStatus, Visibility
from collector.datasets.records import COLUMNS, Values, values_of
from collector.datasets.seen import SeenPosts
from collector.datasets.simulated import DONE, Result, Simulated, StepFailed
from collector.platforms.facebook import PARSER
from collector.platforms.facebook.account import account_of
from collector.platforms.facebook.urls import SITE_HOSTS
from collector.scenario.planned import PlannedStep
from collector.scenario.steps import StepKind
from collector.session.steps import Lost
from collector.store import Outcome
from collector.store.rows import packed
from collector.store.times import from_iso
from mockserver.platforms.facebook.language import choose as language_of
from mockserver.platforms.facebook.looks import look_of
from mockserver.platforms.facebook.pages import POSTS
from mockserver.platforms.facebook.visits import Visit
from mockserver.world.social import Source, Story

ORIGIN = "http://facebook.localhost"
#: CSS pixels: where the first post begins, and a post with the gap below it.
TOP, EVERY, GAP = 196, 626, 14
#: Screens below the window within which the next part is fetched.
AHEAD = 1.0

_TRUTH = COLUMNS["truth_impressions"]


@dataclass
class _Timeline:
    load: str
    step: PlannedStep | None
    started: float
    stories: tuple[Story, ...] = ()
    down: float = 0.0
    seen: list[tuple[float, int]] = field(default_factory=list)
    """(seconds of the session, place from 0) as they came into view."""


class FeedSession(Simulated):
    """One session of one puppet on a feed."""

    platform = "facebook"
    parser = PARSER

    def __init__(
        self, *args: Any, seen: SeenPosts, labels: Mapping[str, str], published: bool = False,
        **more: Any,
    ) -> None:  # fmt: skip
        """:param published: count posts that published data would hold, in place of all."""
        super().__init__(*args, **more)
        self.seen_posts, self.labels, self.published = seen, labels, published
        self.social = self.world.social
        self.language = language_of(self.planned.persona.locale)
        self.viewer = self.social.viewer(self.visitor, lang=self.language.tag)
        self._visit_of = Visit(
            self.world, self.visitor, self.viewer, self.language,
            look_of(self.world.era, agent=self.planned.persona.user_agent or ""),
            account_of(self.visitor), True, self.world.now(),
        )  # fmt: skip
        self._timeline: _Timeline | None = None
        self._timelines = 0
        self._source: Source | None = None
        self._path = ""
        self._owed: PlannedStep | None = None

    def forget(self) -> None:
        viewer = self.viewer
        with viewer.lock:
            viewer.consented, viewer.loads = None, 0
            viewer.deeds.clear()
            for kept in (viewer.follows, viewer.likes, viewer.hidden):
                kept.clear()
            viewer.seen.clear()
            viewer.timelines.clear()

    def finish(self) -> None:
        self._end()

    # ---- steps that end on a page

    def do_visit(self, step: PlannedStep, following: StepKind | None) -> Result:
        self._end()
        return self._go(_path_of(step.args["url"]), step, following)

    def _go(self, path: str, step: PlannedStep, following: StepKind | None) -> Result:
        self._path, self._source, self._timeline = path, None, None
        load = self._visit_of.next_load()
        self._loads += 1
        parts = parts_of(path)
        status, kind = PageStatus.OK, PageKind.HOME if parts.path == "/" else PageKind.CHANNEL
        if self.viewer.consented is None:
            status = PageStatus.CONSENT
        elif parts.path != "/":
            first, *others = parts.path.strip("/").split("/")
            number = parse_qs(parts.query).get("id", [""])[0]
            if first == "pages" and others:
                first, number = "profile.php", others[-1]
            self._source = self.social.sources.by_path(first, number)
            if self._source is None:
                status = PageStatus.UNAVAILABLE
        self.made.add(
            "truth_pages", time=self.time, puppet=self.puppet, load=load, path=path,
            kind=str(kind), status=str(status), lang=self.language.tag,
        )  # fmt: skip
        wanted = step.args.get("capture", False)
        self.lost = None if status is PageStatus.OK else Lost(step.index, came=True)
        if status is PageStatus.CONSENT and following is StepKind.CONSENT:
            self._owed = step if wanted else None
            return Result(Outcome.DONE, "consent dialog, answered by the next step")
        if status is PageStatus.OK:
            if kind is PageKind.HOME:
                self._begin(load, step if wanted else None)
            return DONE
        if wanted:
            self._file(
                url=ORIGIN + path, kind=str(kind), status=str(status), load=load, fields={},
                items=[], lang=self.language.tag, login=1, step=step.index,
            )  # fmt: skip
        return Result(Outcome.MISSING, f"page status {status}")

    def do_consent(self, step: PlannedStep, following: StepKind | None) -> Result:
        if self.viewer.consented is not None or not self._path:
            return Result(Outcome.DONE, "not asked (no cookie dialog on this page)")
        self.viewer.consent(step.args["choice"])
        owed, self._owed = self._owed, None
        again = owed or step
        return self._go(self._path, again, None)

    def do_refresh(self, step: PlannedStep, following: StepKind | None) -> Result:
        self._end()
        if self._path != "/":
            raise StepFailed("there is no feed to refresh: visit home first")
        load = self._visit_of.next_load()
        self._loads += 1
        self._begin(load, step if step.args["capture"] else None)
        self.lost = None
        return DONE

    def do_capture(self, step: PlannedStep, following: StepKind | None) -> Result:
        if self._timeline is None or self._timeline.step is None:
            raise StepFailed("there is no timeline to capture: visit home or refresh first")
        self._timeline.step = step
        return Result(Outcome.DONE, f"{self._end()} posts seen")

    def do_slot(self, step: PlannedStep, following: StepKind | None) -> Result:
        self._end()
        now = from_iso(self.time)
        wait_s = until_slot(now.hour * 3600 + now.minute * 60 + now.second, step.args)
        self.seconds += wait_s
        return Result(Outcome.DONE, f"waited {wait_s:.0f} s")

    # ---- steps on the page

    def do_scroll(self, step: PlannedStep, following: StepKind | None) -> Result:
        args, line = step.args, self._timeline
        if line is None:
            return Result(Outcome.DONE, "0 posts seen")
        height = self.planned.persona.viewport[1]
        every_s = args["every_s"] or 0.0
        until, ended = args["until"], False
        if args["pixels"] is not None:
            moves = [float(args["pixels"])] * args["times"]
        elif args["screens"] is not None:
            whole, part = divmod(args["screens"], 1)
            moves = [float(height)] * int(whole) + ([height * part] if part else [])
        else:
            moves = []
        for pixels in moves:
            ended = self._down(line, pixels)
            self.seconds += every_s
            if ended or (until is not None and len(line.seen) >= until):
                break
        while not moves and not ended and (until is None or len(line.seen) < until):
            ended = self._down(line, height / 2)
            self.seconds += every_s
        return Result(Outcome.DONE, f"{len(line.seen)} posts seen")

    def do_like(self, step: PlannedStep, following: StepKind | None) -> Result:
        args = step.args
        wanted = []
        shown = self._shown()
        for story in shown[: args.get("top")]:
            item = self.seen_posts.read(story, self.language, self._visit_of.look)
            name = item.row["post_id"]
            if not name or story.post.sponsored:
                continue
            link = (item.row["source_link"] or "").lower().split("/")
            if args.get("topics") and self.labels.get(name) not in args["topics"]:
                continue
            if args.get("source") and args["source"].strip("/").lower() not in link:
                continue
            wanted.append(story.post.id)
        if rank := args.get("rank"):
            wanted = wanted[rank - 1 : rank]
        wanted = wanted[: args.get("count") or 1]
        if not wanted:
            raise StepFailed(f"none of the {len(shown)} posts on the page is one to like")
        for post_id in wanted:
            self.viewer.like(post_id, args["on"])
        return Result(Outcome.DONE, ", ".join(wanted))

    def do_subscribe(self, step: PlannedStep, following: StepKind | None) -> Result:
        if self._source is None or self._source.kind is not AuthorKind.PAGE:
            raise StepFailed("there is no page to follow")
        self.viewer.follow(self._source.id, step.args["on"])
        return DONE

    def do_screenshot(self, step: PlannedStep, following: StepKind | None) -> Result:
        return DONE

    # ---- timelines

    def _begin(self, load: str, step: PlannedStep | None) -> None:
        self._timeline = line = _Timeline(load, step, self.seconds)
        self._fetch(line)
        self._down(line, 0.0)

    def _shown(self) -> tuple[Story, ...]:
        """The posts on the page as it stands."""
        if self._timeline is not None:
            return self._timeline.stories
        if self._source is None:
            raise StepFailed("no page with posts is open")
        posts = [p for p in self.social.posts_of(self._source) if p.public and not p.sponsored]
        return tuple(Story(slot, post) for slot, post in enumerate(posts[:POSTS], 1))

    def _down(self, line: _Timeline, pixels: float) -> bool:
        """Scroll; what comes into view is recorded. True at the end of the feed."""
        height = self.planned.persona.viewport[1]
        whole = TOP + len(line.stories) * EVERY
        while line.down + pixels + (1 + AHEAD) * height > whole and self._fetch(line):
            whole = TOP + len(line.stories) * EVERY
        before = line.down
        line.down = min(line.down + pixels, max(whole - height, 0.0))
        while len(line.seen) < len(line.stories):
            if TOP + len(line.seen) * EVERY >= line.down + height:
                break
            line.seen.append((self.seconds, len(line.seen)))
            self.seconds += 0.05
        return pixels > 0 and line.down == before

    def _fetch(self, line: _Timeline) -> int:
        """The next part of a timeline, on record as served; how many places it has."""
        part = self.social.timeline(self.viewer, line.load, start=len(line.stories))
        line.stories += part
        made, time = self.made.tables["truth_impressions"], self.time
        for story in part:
            post = story.post
            with self.viewer.lock:
                self.viewer.seen[post.id] += 1
            card = post.card.link if post.sponsored and post.card is not None else post.id
            row = {
                "time": time,
                "puppet": self.puppet,
                "load": line.load,
                "surface": "feed",
                "slot": story.slot,
                "kind": "ad" if post.sponsored else "post",
                "item_id": card if post.public else "",
                "topic": post.topic or None,
                "score": round(story.score, 6),
                "parts": _json({name: round(part, 6) for name, part in story.parts.items()}),
                "lang": self.language.tag,
                "extra": _json(
                    {
                        "media": post.media.value,
                        "section": story.reason.value if story.reason else None,
                        "source_id": post.source_id,
                        "visibility": "public" if post.public else "private",
                    }
                ),
            }
            made.append(tuple(map(row.get, _TRUTH)))
        return len(part)

    def _end(self) -> int:
        """End the open timeline and file it; answers how many posts it has."""
        line, self._timeline = self._timeline, None
        if line is None or line.step is None:
            return 0
        self._timelines += 1
        name = f"{self.run}/{self.planned.id}/timeline/{self._timelines}"
        own = str(uuid.uuid5(uuid.NAMESPACE_URL, name))
        height = self.planned.persona.viewport[1]
        left = [seconds for seconds, _ in line.seen[max(height // EVERY, 1) :]]
        items: list[Values] = []
        counted = private = 0
        rows = self.made.tables["feed"]
        for number, (seconds, place) in enumerate(line.seen, 1):
            read = self.seen_posts.read(line.stories[place], self.language, self._visit_of.look)
            gone = left[place] if place < len(left) else self.seconds
            top = TOP + place * EVERY
            time = self.moment(seconds)
            seen_s = round(max(gone - seconds, 0.05), 3)
            bottom = top + EVERY - GAP
            row = {
                **read.row, "timeline": own, "number": number, "position": number, "time": time,
                "visible_s": seen_s, "top": top, "bottom": bottom,
            }  # fmt: skip
            if read.published is not None:
                row["delay_s"] = (from_iso(time) - read.published).total_seconds()
            counted += bool(row["post_id"])
            private += row["visibility"] == Visibility.PRIVATE
            rows.append(tuple(map(row.get, COLUMNS["feed"])))
            extra = {
                **read.extra, "impressionOrder": number, "impressionTime": time,
                "visible_s": seen_s, "top": top, "bottom": bottom,
            }  # fmt: skip
            items.append(values_of("impressions", {**read.item, "extra": packed(extra)}))
        started = self.moment(line.started)
        self.made.add(
            "timelines",
            id=own,
            run=self.run,
            puppet=self.puppet,
            session=self.planned.id,
            step=line.step.index,
            started=started,
            url=ORIGIN + "/",
            event=line.load,
            impressions=len(line.seen),
        )
        fields = {
            "timelineId": own,
            "startTime": started,
            "load": line.load,
            "private": private,
        }
        before = self.made.rows
        self._file(
            url=ORIGIN + "/", kind="home", status="ok", load=line.load, fields=fields, items=items,
            lang=self.language.tag, login=1, step=line.step.index,
        )  # fmt: skip
        if self.published:
            self.made.rows = before + counted
        self._enough()
        return len(line.seen)


def _path_of(target: str) -> str:
    """The address on the site that a scenario means.

    :raises StepFailed: it is another site's
    """
    if target == "home":
        return "/"
    if target.startswith("/"):
        return target
    parts = parts_of(target)
    if parts.host in SITE_HOSTS or parts.host == "facebook.localhost":
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    raise StepFailed(f"{target!r} is not on this site")


def _json(value: Mapping[str, Any]) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
