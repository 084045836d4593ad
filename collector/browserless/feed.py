"""A feed as text, and what of it has come into view: where its posts lie, in what order they were
seen, from when and for how long.

Nothing is drawn: a post's height is that of the mock's style sheet for what the post holds. Order,
content and the rule for "seen" are a browser's; tops and bottoms are within some pixels of one's in
the look of 2020, and further off in the others. Nothing leaves a virtualised list.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape, unescape
from itertools import pairwise
from typing import Any

from collector.browserless.document import Document, attribute

#: A feed asks for more when its end comes this close to the viewport (CSS px).
NEAR_PX = 1200

_UNIT = re.compile(r'<(?:div|article) (?=[^<>]*\sdata-slot="\d+")[^<>]*>')
_HIDDEN = re.compile(r"<[^<>]*\sdata-hidden[\s=>]")
_OFFER = re.compile(r'<div class="after-hide"[^<>]*>[^<>]*</div>')
_END = re.compile(r'<div class="feed-end"[^<>]*>(?:(?!<div\b).)*?</div>', re.DOTALL)
_ROOT = '<div id="feed-root">'
_LOAD = re.compile(r'\sdata-feed-load="([^"]*)"')
#: How a post begins that stands in other elements of its unit, and what closes those.
_INSIDE = (
    ('<div class="_5pcr userContentWrapper" role="article" aria-label="Story"', "</div></div>"),
    ('<div class="fbUserContent _5pcr" role="article" aria-label="Story"', "</div></div>"),
    ('<div aria-posinset="', "</div>"),
)

_TOP, _GAP, _END_PX = 196.0, 14.0, 64.0
_PLAIN_PX, _MEDIA_PX, _CARD_PX, _LINE_PX = 232.3, 314.0, 421.0, 20.1
_HIDDEN_PX, _OFFERED_PX = 50.1, 84.2
"""Of what stands where a post was that its viewer has hidden, and while all of its source can be
hidden there, too."""
_COMMENT_PX, _REASON_PX, _TITLE_PX = 59.5, 38.5, 88.0
_TWO_PX, _THREE_PX = 158.0, 472.0
"""Of two and of three pictures."""
_CHARACTERS = 80
"""Of a line of text."""
_CARD_CHARACTERS = 84
_SAID = re.compile(r'data-line="text"(?:(?!data-line=)[^<>])*>([^<]*)')
_WRITTEN = re.compile(
    r"data-ad-comet-preview(?:(?!data-ad-)[^<>])*>((?:(?!data-ad-).)*?)</span>", re.DOTALL
)
_TAG = re.compile(r"<[^<>]*>")
_PARAGRAPH = re.compile(r'<div dir="auto"[^<>]*>((?:(?!<div\b).)*?)</div>', re.DOTALL)
_REASON = re.compile(
    r'aria-labelledby="[^"]*"><div class="[^"]*"><(?:span|h4)|class="_1dwg _5pax"| data-why>'
    r'|class="_5rgs why"'
)
_CARD = re.compile(r'data-line="text"|class="_6m7|data-sigil="m-link-card"')


def height_px(unit: str) -> float:
    """How tall a post is, by what it holds; of a hidden one there is a line left, or two."""
    if _HIDDEN.match(unit):
        return _OFFERED_PX if _OFFER.search(unit) else _HIDDEN_PX
    found = _PLAIN_PX
    pictures = unit.count("<img ") if "data-count=" in unit or 'class="pictures' in unit else 0
    pictures = pictures or unit.count('class="img _5sgi"')
    found += {0: 0.0, 1: _MEDIA_PX, 2: _TWO_PX, 3: _THREE_PX}.get(pictures, 2 * _TWO_PX)
    if "<video" in unit or 'data-sigil="inlineVideo"' in unit:
        found += _MEDIA_PX
    if _CARD.search(unit):
        found += _CARD_PX - _MEDIA_PX * bool(pictures)
        said = _SAID.search(unit)
        found += _LINE_PX * (said is not None and len(unescape(said[1])) > _CARD_CHARACTERS)
    elif 'data-line="title"' in unit:
        found += _MEDIA_PX * (not pictures and "<img " in unit) + _TITLE_PX
    found += _COMMENT_PX * (unit.count("data-comment=") + unit.count('class="comment'))
    found += _REASON_PX * (_REASON.search(unit) is not None)
    written = _WRITTEN.search(unit)
    paragraphs = _PARAGRAPH.findall(written[1]) if written else []
    texts = [unescape(_TAG.sub("", paragraph)) for paragraph in paragraphs]
    lines = sum(math.ceil(len(text) / _CHARACTERS) or 1 for text in texts)
    return found + _LINE_PX * max(lines - 1, 0)


@dataclass
class _Post:
    """A post that came into view. Times in milliseconds of the page's clock, places in CSS px."""

    order: int
    time: int
    top: int
    bottom: int
    html: str
    visible: int = 0
    since: int | None = None

    def hidden(self, now: int) -> None:
        if self.since is not None:
            self.visible += now - self.since
            self.since = None

    def row(self) -> dict[str, Any]:
        return {
            "order": self.order, "time": self.time, "visible": self.visible,
            "top": self.top, "bottom": self.bottom, "html": self.html,
        }  # fmt: skip


@dataclass
class Timeline:
    """One load of the feed, as a browser's recorder would tell it."""

    started: int
    url: str
    load: str | None
    posts: dict[int, _Post] = field(default_factory=dict)
    """By the number of the unit."""

    def look(self, feed: Feed, top: float, height: float, now: int) -> None:
        """Note what is in view: half of a post, or a third of the screen."""
        for number, (begin, end) in enumerate(feed.places()):
            shown = min(end, top + height) - max(begin, top)
            seen = shown >= min((end - begin) / 2, height / 3)
            seen = seen and not _HIDDEN.match(feed.units[number])
            post = self.posts.get(number)
            if post is not None and not seen:
                post.hidden(now)
            elif post is not None:
                post.since = now if post.since is None else post.since
            elif seen:
                order = len(self.posts) + 1
                html = outermost(feed.units[number])
                self.posts[number] = _Post(order, now, round(begin), round(end), html, since=now)

    def close(self, now: int) -> dict[str, Any]:
        """End what is in view at ``now`` (page's clock, ms) and return the timeline as a record."""
        for post in self.posts.values():
            post.hidden(now)
        posts = [post.row() for post in self.posts.values()]
        return {"started": self.started, "url": self.url, "load": self.load, "posts": posts}


def outermost(unit: str) -> str:
    """The element of a unit that is the post, as the parser knows posts."""
    for begins, ends in _INSIDE:
        at = unit.find(begins)
        if at >= 0:
            return unit[at:].rstrip().removesuffix(ends)
    return unit.rstrip()


@dataclass
class Feed:
    """The posts of a page (``units``) and the text around them."""

    before: str
    units: list[str]
    after: str

    @classmethod
    def of(cls, text: str) -> Feed:
        """Take a page's text apart at its posts; without any all of it is ``before``."""
        starts = [match.start() for match in _UNIT.finditer(text)]
        end = _END.search(text)
        if not starts:
            return cls(text, [], "")
        stop = text.rfind("</div>", 0, end.start()) if end else _closing(text, starts[-1])
        bounds = [*starts, stop]
        units = [text[a:b] for a, b in pairwise(bounds)]
        return cls(text[: starts[0]], units, text[stop:])

    @property
    def html(self) -> str:
        """Return the whole text, its posts put back in their place."""
        return self.before + "".join(self.units) + self.after

    def document(self) -> Document:
        """Return the page as a document whose page element is the list of posts."""
        return Document(self.before, "".join(self.units), self.after)

    @property
    def load(self) -> str | None:
        """The site's id of this load of the feed."""
        found = _LOAD.search(self.before)
        return unescape(found[1]) if found else None

    @property
    def cursor(self) -> str | None:
        """What brings more."""
        found = _END.search(self.after)
        return attribute(found[0][: found[0].index(">") + 1], "data-cursor") if found else None

    def places(self) -> list[tuple[float, float]]:
        """Top and bottom of each unit (px)."""
        y, found = _TOP, []
        for unit in self.units:
            tall = height_px(unit)
            found.append((y, y + tall))
            y += tall + _GAP
        return found

    @property
    def bottom(self) -> float:
        """Return where the list ends, CSS px from the top of the page."""
        places = self.places()
        return (places[-1][1] if places else _TOP) + _GAP + _END_PX + 16

    def append(self, html: str, cursor: str | None) -> None:
        """More posts came."""
        self.units += Feed.of(html + "</div>" + _ended(cursor)).units
        self.after = _END.sub(lambda _: _ended(cursor), self.after, count=1)

    def renew(self, html: str) -> None:
        """A new timeline in the same document."""
        whole = self.html
        start = whole.index(_ROOT) + len(_ROOT)
        end = _END.search(whole, start)
        stop = end.end() + len("</div>") if end else start
        new = Feed.of(whole[:start] + html + whole[stop:])
        self.before, self.units, self.after = new.before, new.units, new.after

    def hide(self, number: int, post: str = "", offer: str = "") -> None:
        """The viewer has hidden a post: it stays in its place, folded up. In it stands, as the
        site's script writes it, an ``offer`` to hide all of its source, if there is one."""
        unit = _UNIT.sub(
            lambda match: f'{match[0][:-1]} data-hidden="">', self.units[number], count=1
        )
        if offer:
            at = unit.rindex("</")
            button = (
                '<div class="after-hide" role="button" tabindex="0"'
                f' data-silence="{escape(post)}">{escape(offer)}</div>'
            )
            unit = unit[:at] + button + unit[at:]
        self.units[number] = unit

    def silence(self, number: int) -> None:
        """The viewer has hidden all of a hidden post's source: that is offered no more."""
        self.units[number] = _OFFER.sub("", self.units[number])

    def change(self, number: int | None, tag: Callable[[str], str], which: re.Pattern[str]) -> None:
        """Replace a tag in one unit, or before all of them."""
        text = self.before if number is None else self.units[number]
        text = which.sub(lambda match: tag(match[0]), text, count=1)
        if number is None:
            self.before = text
        else:
            self.units[number] = text


def _ended(cursor: str | None) -> str:
    if cursor is None:
        return '<div class="feed-end"><span>✓</span></div>'
    return f'<div class="feed-end" data-cursor="{cursor}" role="progressbar"></div>'


def _closing(text: str, start: int) -> int:
    """Where the element that begins at ``start`` ends."""
    depth = 0
    for match in re.finditer(r"<(/?)div\b", text[start:]):
        depth += -1 if match[1] else 1
        if depth == 0:
            return start + match.end() + 1
    return len(text)
