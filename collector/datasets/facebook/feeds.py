"""The social site as a puppet meets it in the world: no server, no browser.

A load of the feed is a timeline, which the runner ends and files as in a run
(:mod:`collector.datasets.facebook.timelines`); how far a scroll brings one down is an estimate.
"""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from collector.addresses import parts_of
from collector.common.model import AuthorKind, PageKind, PageStatus
from collector.datasets.facebook.seen import SeenPosts
from collector.datasets.facebook.timelines import EVERY, TOP, PostPage, Timeline, TimelineRunner
from collector.datasets.records import COLUMNS
from collector.datasets.simulated import Simulated
from collector.datasets.site import BLANK, Site
from collector.datasets.texts import json_text
from collector.platforms.acting import (
    ActionFailed,
    NotAsked,
    Settled,
    address_on,
)
from collector.platforms.facebook import PARSER
from collector.platforms.facebook.account import account_of
from collector.platforms.facebook.actions import SITE_HOSTS
from collector.platforms.scrolling import FeedScrolling
from mockserver.platforms.facebook.language import choose as language_of
from mockserver.platforms.facebook.looks import look_of
from mockserver.platforms.facebook.pages import POSTS
from mockserver.platforms.facebook.visits import Visit
from mockserver.world.social import Story

ORIGIN = "http://facebook.localhost"
#: Screens below the window within which the next part is fetched.
AHEAD = 1.0

_TRUTH = COLUMNS["truth_impressions"]


class FeedSite(FeedScrolling, Site):
    """One puppet's browser on the social site, and its actions."""

    platform: ClassVar[str] = "facebook"
    parser: ClassVar[str] = PARSER
    page: PostPage

    def __init__(self, *args: Any, seen: SeenPosts, visitor: str) -> None:
        super().__init__(*args)
        self._seen_posts = seen
        self.social = self.world.social
        self.language = language_of(self.planned.persona.locale)
        self.viewer = self.social.viewer(visitor, lang=self.language.tag)
        self._visit = Visit(
            self.world, visitor, self.viewer, self.language,
            look_of(self.world.era, agent=self.planned.persona.user_agent or ""),
            account_of(visitor), True, self.world.now(),
        )  # fmt: skip
        self.page = PostPage(BLANK, PageKind.OTHER, PageStatus.UNKNOWN)
        self._open: Timeline | None = None
        self._done: list[Timeline] = []

    def forget(self) -> None:
        """Make the world's viewer as new, so that the same puppet can be simulated again."""
        viewer = self.viewer
        with viewer.lock:
            viewer.consented, viewer.loads = None, 0
            viewer.deeds.clear()
            for kept in (viewer.follows, viewer.likes, viewer.hidden):
                kept.clear()
            viewer.seen.clear()
            viewer.timelines.clear()

    def read(self, story: Story) -> Any:
        """A post as its reader has it, in the look that this puppet is sent."""
        return self._seen_posts.read(story, self.language, self._visit.look)

    # ---- going somewhere

    def visit(self, target: str) -> Settled:
        """Open the page of an address, which is there at once."""
        self._document(address_on(ORIGIN, target, SITE_HOSTS).removeprefix(ORIGIN))
        return self.settle()

    def refresh(self) -> Settled:
        """Ask for new posts in the page: a new timeline without a new document."""
        page = self.page
        if page.kind is not PageKind.HOME or page.status is not PageStatus.OK:
            raise ActionFailed("this page has no way to ask for new posts")
        self._close()
        self._load(page.url.removeprefix(ORIGIN))
        self._begin()
        return self.settle()

    # ---- the consent dialog

    def consent_asked(self) -> bool:
        """Return whether a page is open and the viewer has not answered about cookies yet."""
        return self.viewer.consented is None and self.page.url != BLANK

    def consent(self, choice: str) -> Settled:
        """Answer the cookie dialog; the page loads anew."""
        if not self.consent_asked():
            raise NotAsked("no cookie dialog on this page")
        self.viewer.consent(choice)
        self._document(self.page.url.removeprefix(ORIGIN))
        return self.settle()

    # ---- the page's clock

    def second_of_day(self) -> float:
        """Seconds since midnight where the persona is."""
        now = self.clock.now().astimezone(ZoneInfo(self.planned.persona.timezone))
        return now.hour * 3600 + now.minute * 60 + now.second

    def skip(self, seconds_s: float) -> None:
        """Let so many seconds pass on the page."""
        self.let_pass(seconds_s)

    # ---- moving down the feed

    def seen(self) -> int:
        """How many posts of this timeline have come into view."""
        return len(self._open.seen) if self._open else 0

    def take(self) -> list[dict[str, Any]]:
        """End the timeline, if one is open, and hand over what was recorded."""
        self._close()
        found, self._done = self._done, []
        return [{"posts": line.seen, "timeline": line} for line in found]

    def viewer_name(self) -> str | None:
        """Nothing names the viewer in what the world hands over."""
        return None

    def _screen_px(self) -> int:
        return self.height

    def _turn(self, pixels: int, every_s: float) -> bool:
        if self._open is None:
            return True
        ended = self._down(self._open, pixels)
        self.let_pass(every_s)
        return ended

    # ---- buttons

    def like(self, on: bool = True, *, nth: int = 0) -> None:
        """Like the ``nth`` post (0-based) of those on the page."""
        self.viewer.like(self.page.stories[nth].post.id, on)

    def not_interested(self, *, nth: int) -> None:
        """Hide the ``nth`` post (0-based) of those on the page."""
        self.viewer.hide(self.page.stories[nth].post.id)

    def dont_recommend_channel(self, *, nth: int) -> None:
        """Hide the ``nth`` post (0-based) of those on the page, then all of its source."""
        self.not_interested(nth=nth)
        self.viewer.silence(self.page.stories[nth].post.source_id)

    def subscribe(self, on: bool = True) -> None:
        """Follow the page that is shown."""
        source = self.page.source
        if source is None or source.kind is not AuthorKind.PAGE:
            raise ActionFailed("this page has no follow button")
        self.viewer.follow(source.id, on)

    # ---- pages

    def _document(self, path: str) -> None:
        self._open, self._done = None, []  # a recorder goes with its document
        page = self._load(path)
        parts = parts_of(path)
        page.kind = PageKind.HOME if parts.path == "/" else PageKind.CHANNEL
        if self.viewer.consented is None:
            page.status = PageStatus.CONSENT
        elif page.kind is not PageKind.HOME:
            self._of_source(page, parts.path, parse_qs(parts.query).get("id", [""])[0])
        self.log_page(path, page.kind, page.status, page.event, self.language.tag)
        if page.status is PageStatus.OK and page.kind is PageKind.HOME:
            self._begin()

    def _load(self, path: str) -> PostPage:
        load = self._visit.next_load()
        self.loads += 1
        self.page = PostPage(
            ORIGIN + path, PageKind.HOME, PageStatus.OK, load, self.loads, lang=self.language.tag,
            login=1, reads=self.read,
        )  # fmt: skip
        return self.page

    def _of_source(self, page: PostPage, path: str, number: str) -> None:
        """The page of whoever the address names, with the posts that it shows to strangers."""
        first, *others = path.strip("/").split("/")
        if first == "pages" and others:
            first, number = "profile.php", others[-1]
        page.source = source = self.social.sources.by_path(first, number)
        if source is None:
            page.status = PageStatus.UNAVAILABLE
            return
        posts = [p for p in self.social.posts_of(source) if p.public and not p.sponsored]
        page.stories = tuple(Story(slot, post) for slot, post in enumerate(posts[:POSTS], 1))

    # ---- timelines

    def _begin(self) -> None:
        self._open = line = Timeline(self.page, self.clock.seconds)
        self._fetch(line.page)
        self._down(line, 0.0)

    def _close(self) -> None:
        if self._open is not None:
            self._open.ended = self.clock.seconds
            self._done.append(self._open)
            self._open = None

    def _down(self, line: Timeline, pixels: float) -> bool:
        """Scroll; what comes into view is recorded. True at the end of the feed."""
        page, height = line.page, self.height
        whole = TOP + len(page.stories) * EVERY
        while page.down + pixels + (1 + AHEAD) * height > whole and self._fetch(page):
            whole = TOP + len(page.stories) * EVERY
        before = page.down
        page.down = min(page.down + pixels, max(whole - height, 0.0))
        while len(line.seen) < len(page.stories):
            if TOP + len(line.seen) * EVERY >= page.down + height:
                break
            line.seen.append((self.clock.seconds, len(line.seen)))
            self.clock.seconds += 0.05
        return pixels > 0 and page.down == before

    def _fetch(self, page: PostPage) -> int:
        """The next part of a timeline, on record as served; how many places it has."""
        part = self.social.timeline(self.viewer, page.event, start=len(page.stories))
        page.stories += part
        made, time = self.made.tables["truth_impressions"], self.clock.written()
        for story in part:
            post = story.post
            with self.viewer.lock:
                self.viewer.seen[post.id] += 1
            card = post.card.link if post.sponsored and post.card is not None else post.id
            row = {
                "time": time,
                "puppet": self.planned.puppet,
                "load": page.event,
                "surface": "feed",
                "slot": story.slot,
                "kind": "ad" if post.sponsored else "post",
                "item_id": card if post.public else "",
                "topic": post.topic or None,
                "score": round(story.score, 6),
                "parts": json_text({name: round(part, 6) for name, part in story.parts.items()}),
                "lang": self.language.tag,
                "extra": json_text(
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


class FeedSession(Simulated):
    """One session of one puppet on a feed."""

    runner = TimelineRunner
    reads = SeenPosts

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.steps.published = self.published  # type: ignore[attr-defined]

    def open_site(self) -> FeedSite:
        """Return the social site as this session's puppet meets it."""
        return FeedSite(
            self.world, self.planned, self.clock, self.made, seen=self.seen,
            visitor=self.known.visitor,
        )  # fmt: skip
