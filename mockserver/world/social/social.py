"""The social half of a world: sources, posts, viewers, timelines, and what was really served.

Made when it is first asked for; the same seed gives the same sources, posts and timelines, byte for
byte, whoever else is there and whenever it is asked.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from mockserver.world.clock import EPOCH, WorldClock
from mockserver.world.journal import Note
from mockserver.world.recipe import Recipe
from mockserver.world.social import ranking
from mockserver.world.social.composing import FIRST_PAGE, NEXT_PAGE, places
from mockserver.world.social.model import Media, Post, Source, Story
from mockserver.world.social.parameters import NULL_PARAMETERS, PREFIX, with_overrides
from mockserver.world.social.publishing import Press
from mockserver.world.social.ranking import Ranking, neighbourhood
from mockserver.world.social.sources import Sources
from mockserver.world.social.viewers import FeedSnapshot, FeedViewer, Timeline
from mockserver.world.social.words import family
from mockserver.world.truthlog import TruthLog

#: Timelines that a viewer may have open at once before the oldest is forgotten.
_OPEN_TIMELINES = 16
#: Sets of candidates kept: viewers of one language that follow the same have one.
_KEPT_CANDIDATES = 32


@dataclass(frozen=True, slots=True)
class Candidates:
    """What a viewer's timeline may be made of."""

    own: tuple[Post, ...]
    """Posts of followed pages, of friends and of groups."""
    suggested: tuple[Post, ...]
    """Posts of pages that the viewer does not follow."""
    ads: tuple[Post, ...]
    friends: tuple[str, ...]
    """Ids of the friends, who may have reacted to something."""


class SocialWorld:
    """One world's feed. Mappings are by id and must not be changed."""

    def __init__(
        self,
        *,
        seed: int,
        recipe: Recipe,
        clock: WorldClock,
        truth: TruthLog,
        overrides: Mapping[str, float],
    ) -> None:
        """:raises UserError: an unknown parameter or an impossible value."""
        self.seed = seed
        self.recipe = recipe
        self.clock = clock
        self.truth = truth
        self.params = with_overrides(overrides)
        self._viewers: dict[str, FeedViewer] = {}
        self.note: Note | None = None
        """Where viewers tell what they do; set before the first of them."""
        self._lock = threading.RLock()
        self._written: dict[str, tuple[Post, ...]] = {}
        self._known: dict[str, Post] = {}
        self._candidates: OrderedDict[tuple[Any, ...], Candidates] = OrderedDict()

    # -- who and what there is -------------------------------------------------------------------

    @cached_property
    def sources(self) -> Sources:
        """Give who publishes on it, made when first asked for."""
        return Sources(self.seed, self.recipe)

    @cached_property
    def _press(self) -> Press:
        return Press(
            self.seed, self.clock.start, self.recipe.words, tuple(self.recipe.topics),
            self._originals, self.sources.members,
        )  # fmt: skip

    @cached_property
    def posts(self) -> Mapping[str, Post]:
        """Every post, private ones and advertisements too."""
        with self._lock:
            return {p.id: p for one in self.sources.everybody() for p in self.posts_of(one)}

    def posts_of(self, source: Source) -> tuple[Post, ...]:
        """What ``source`` has published, newest first."""
        with self._lock:
            found = self._written.get(source.id)
            if found is None:
                made = self._press.posts(source)
                found = tuple(sorted(made, key=lambda post: (post.age_h, post.id)))
                self._written[source.id] = found
                self._known.update((post.id, post) for post in found)
            return found

    def post(self, post_id: str) -> Post | None:
        """A post by id; everything is written first only if nobody has seen it yet."""
        return self._known.get(post_id) or self.posts.get(post_id)

    def _originals(self, source: Source) -> list[Post]:
        """Posts that ``source`` may pass on: of the first pages on its topic, in its language."""
        sharers = [
            page
            for page in self.sources.pages
            if page.lang == source.lang and page.topic == source.topic and page.id != source.id
        ]
        first = sharers[0] if sharers else None
        if first is None or source.vanity == first.vanity or self._is_first(source):
            return []
        return [post for post in self.posts_of(first) if post.media is not Media.SHARE]

    def _is_first(self, source: Source) -> bool:
        """Whether others pass on this page's posts; it then passes on nothing itself."""
        peers = [
            page
            for page in self.sources.pages
            if page.lang == source.lang and page.topic == source.topic
        ]
        return bool(peers) and peers[0].id == source.id

    def source(self, source_id: str) -> Source:
        """Give a source by its id.

        :raises KeyError: there is none
        """
        return self.sources.by_id[source_id]

    def labels(self) -> dict[str, str]:
        """Topic by id of post, page and group; people and advertisers have none."""
        found = {one.id: one.topic for one in (*self.sources.pages, *self.sources.groups)}
        found.update((post.id, post.topic) for post in self.posts.values() if post.topic)
        return found

    # -- viewers and timelines -------------------------------------------------------------------

    def viewer(self, visitor_id: str, *, lang: str | None = None) -> FeedViewer:
        """The viewer of this id, made on first sight; a language that is given replaces its own."""
        with self._lock:
            viewer = self._viewers.get(visitor_id)
            if viewer is None:
                viewer = self._viewers[visitor_id] = FeedViewer(visitor_id, note=self.note)
        if lang is not None and family(lang) != viewer.lang:
            viewer.speaks(family(lang))
        return viewer

    def viewers(self) -> tuple[FeedViewer, ...]:
        """List everybody seen so far, in order of visitor id."""
        with self._lock:
            return tuple(self._viewers[name] for name in sorted(self._viewers))

    def friends(self, viewer: FeedViewer | FeedSnapshot) -> tuple[Source, ...]:
        """List the friends of a viewer: those of a newcomer of its language."""
        return self.sources.friends(viewer.lang, int(self.params["friends"]))

    def groups(self, viewer: FeedViewer | FeedSnapshot) -> tuple[Source, ...]:
        """List the groups that a viewer is in: those of a newcomer of its language."""
        return self.sources.joined(viewer.lang, int(self.params["groups"]))

    @cached_property
    def ranking(self) -> Ranking:
        """Give what scores posts, made when first asked for."""
        return Ranking(
            self.seed,
            self.params,
            neighbourhood(self.recipe.neighbours),
            self.post,
            lambda source: found.topic if (found := self.sources.by_id.get(source)) else None,
        )

    def timeline(
        self, viewer: FeedViewer, load: str, *, start: int = 0, count: int | None = None
    ) -> tuple[Story, ...]:
        """Places ``start`` to ``start + count`` (0-based) of the timeline of one load.

        Composed when first asked for; it stays as it is for that load. An empty tuple: no more.
        """
        size = (NEXT_PAGE if start else FIRST_PAGE) if count is None else count
        with viewer.lock:
            timeline = viewer.timelines.get(load)
            if timeline is None:
                timeline = viewer.timelines[load] = self._compose(viewer, load)
                while len(viewer.timelines) > _OPEN_TIMELINES:
                    viewer.timelines.popitem(last=False)
            return timeline.part(max(start, 0), max(size, 0))

    def candidates(self, viewer: FeedSnapshot) -> Candidates:
        """The posts that may stand in a timeline of this viewer."""
        asked = (viewer.lang, viewer.follows, viewer.silenced)
        with self._lock:
            found = self._candidates.pop(asked, None)
            if found is None:
                found = self._found_for(viewer)
                while len(self._candidates) >= _KEPT_CANDIDATES:
                    self._candidates.popitem(last=False)
            self._candidates[asked] = found
        return found

    def _found_for(self, viewer: FeedSnapshot) -> Candidates:
        friends = self.friends(viewer)
        followed = [self.sources.by_id[one] for one in viewer.follows]
        joined = (*followed, *friends, *self.groups(viewer))
        strange = [
            page
            for page in self.sources.pages
            if page.lang == viewer.lang and page.id not in viewer.follows
        ]
        paying = [one for one in self.sources.advertisers if one.lang == viewer.lang]
        own, suggested, ads = (
            tuple(
                post for one in some if one.id not in viewer.silenced for post in self.posts_of(one)
            )
            for some in (joined, strange, paying)
        )
        return Candidates(own, suggested, ads, tuple(friend.id for friend in friends))

    def _compose(self, viewer: FeedViewer, load: str) -> Timeline:
        snapshot = viewer.snapshot()
        there = self.candidates(snapshot)
        return Timeline(
            places(
                seed=self.seed,
                viewer=snapshot,
                load=load,
                rates=self.ranking.for_viewer(snapshot, load, frozenset(there.friends)),
                params=self.params,
                own=there.own,
                suggested=there.suggested,
                ads=there.ads,
                friends=there.friends,
            )
        )

    def served(
        self,
        viewer: FeedViewer,
        load: str,
        stories: tuple[Story, ...],
        told: Mapping[int, Mapping[str, Any]],
        lang: str,
    ) -> int:
        """Log what was just sent and count it as seen; what was logged before is not again.

        :param told: by slot, what the page says of the post: the fields of ``common.model.Post``
        :returns: how many entries were new
        """
        new = 0
        for story in stories:
            post = story.post
            fresh = self.truth.posted(
                viewer.visitor_id,
                load=load,
                slot=story.slot,
                row={
                    "kind": "ad" if post.sponsored else "post",
                    "item_id": _shown_id(post),
                    "post_id": post.id,
                    "topic": post.topic or None,
                    "title": None,
                    "section": story.reason.value if story.reason else None,
                    "score": round(story.score, 6),
                    "parts": {name: round(part, 6) for name, part in story.parts.items()},
                    "lang": lang,
                    "visibility": "public" if post.public else "private",
                    "media": post.media.value,
                    "source_id": post.source_id,
                    "post": dict(told.get(story.slot, {})),
                },
            )
            if fresh:
                new += 1
                viewer.saw(post.id)
        return new

    # -- proof -----------------------------------------------------------------------------------

    def describe(self) -> dict[str, Any]:
        """Formula and parameters, for reports and ``/_truth/recommender``."""
        return {
            "formula": ranking.__doc__,
            "params": dict(self.params),
            "null_parameters": dict(NULL_PARAMETERS),
            "prefix": PREFIX,
        }

    def dump(self) -> bytes:
        """Every source and post as JSON lines, as if the world had been built at the epoch."""
        shift = EPOCH - self.clock.start
        lines = [json.dumps(asdict(one), ensure_ascii=False) for one in self.sources.everybody()]
        for post in self.posts.values():
            values = asdict(post)
            if post.age_h < 24 * 365:
                values["published"] = post.published + shift
            lines.append(json.dumps(values, ensure_ascii=False, default=str))
        return "\n".join(lines).encode("utf-8")

    def fingerprint(self) -> str:
        """SHA-256 of :meth:`dump`."""
        return hashlib.sha256(self.dump()).hexdigest()


def _shown_id(post: Post) -> str:
    """What a page tells a post by: its number, or an advertisement's link; a private post none."""
    if not post.public:
        return ""
    return post.card.link if post.sponsored and post.card is not None else post.id
