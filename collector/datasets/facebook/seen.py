"""What a feed shows of a post: the mock's own markup, read by the parser of real pages.

As in a run, people are taken out before anything is kept and a private post leaves nothing but its
place. Each post is read once for each look, language and reason; whether this viewer liked it is
left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from collector.common.model import FeedImpression, Impression, Visibility
from collector.datasets.records import Values, values_of
from collector.datasets.texts import template_of
from collector.platforms.facebook.parse.feed import impression_of
from collector.platforms.facebook.parse.post import post_in
from collector.platforms.facebook.parse.reading import parse_tree
from collector.platforms.facebook.privacy import people_in, without_people
from collector.store.rows import from_feed, from_impression
from mockserver.platforms.facebook.language import Language
from mockserver.platforms.facebook.looks import Look
from mockserver.platforms.facebook.posts import view
from mockserver.platforms.facebook.rendering import macro
from mockserver.platforms.facebook.visits import Visit
from mockserver.world import World
from mockserver.world.social import FeedViewer, Story

#: What differs from one sight of a post to the next, in the ``extra`` of its row.
VIEWED = ("impressionOrder", "impressionTime", "visible_s", "top", "bottom")


@dataclass(frozen=True)
class Read:
    """One post as a feed's reader has it; when and where it was seen is empty."""

    row: Values
    """Its row of ``feed``."""
    published: datetime | None
    private: bool
    item: Values
    """Its row of ``impressions``."""
    extra: str
    """What stands in that row's ``extra``: takes the values of :data:`VIEWED` by name."""
    impression: Impression
    """What a step sees of it; its position is empty too."""


class SeenPosts:
    """Posts of one world, read."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[tuple[str, str, str, str | None, bool], Read] = {}

    def read(self, story: Story, language: Language, look: Look) -> Read:
        """Return what a place of a timeline shows, as a reader has it; it is read once."""
        reason = story.reason.value if story.reason else None
        key = (look.name, language.tag, story.post.id, reason, bool(story.people))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._read(story, language, look)
        return found

    def _read(self, story: Story, language: Language, look: Look) -> Read:
        nobody = FeedViewer("nobody", lang=language.tag, consented="reject")
        visit = Visit(
            self._world,
            "nobody",
            nobody,
            language,
            look,
            "100000000000000",
            True,
            self._world.now(),
        )
        html = str(
            macro(
                language.tag, look.name, f"{look.name}/unit.html", "unit",
                view(visit, story, "load"), visit,
            )
        )  # fmt: skip
        when, hints = self._world.now(), [language.tag]
        tree = parse_tree(html)
        clean = without_people(html, people_in(tree))
        if clean != html:
            tree = parse_tree(clean)
        post = post_in(tree, when=when, languages=hints)
        if post is None:
            raise RuntimeError(f"the post {story.post.id} cannot be read back")
        private = post.visibility is Visibility.PRIVATE
        impression = impression_of(post, 1)
        seen = FeedImpression(
            order=1,
            visibility=post.visibility,
            time=when,
            post=None if private else post,
        )
        return Read(
            row=values_of("feed", from_feed("", 1, seen)),
            published=None if private else post.published,
            private=private,
            item=values_of("impressions", from_impression("", impression)),
            extra=template_of(impression.extra, VIEWED),
            impression=impression,
        )
