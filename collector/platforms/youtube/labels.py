"""The accessible label of a card: one sentence with title, channel, age, length and views.

Typical: ``<title> by <channel> 5 months ago 25 minutes 1,113,926 views``. Word order and separators
differ by language, so the label is taken apart from its end: the view count, then what stands after
the channel's name (age and length), and what is left in front is the title. What the label does not
say is ``None``; a label that cannot be taken apart at all is an error for the caller to record.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from collector.platforms.locale.ages import find_age
from collector.platforms.locale.durations import parse_duration
from collector.platforms.locale.patterns import Quantity
from collector.platforms.locale.text import clean
from collector.platforms.youtube.locale.views import ViewCount, find_views

#: "- play Short" in its languages: a last piece after a dash that names the short-video player.
_PLAY_SHORT = re.compile(
    r" ?[-–—] ?[^-–—]{0,40}(?:shorts?|ショート|短片)[^-–—]{0,24}$", re.IGNORECASE
)

#: What stands between title and channel, by language, where anything does.
_SEPARATORS = re.compile(
    r"(?: (?:by|de|von|di|door|av|af|od|от|készítette:|z kanála|de:)|"
    r" ?(?:Автор:|Autor:|上傳者：|上传者：|作成者:|作成者：|投稿者:|게시자:|بواسطة|من|作者：))$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Label:
    """What a label says. ``age`` is ``None`` for what is live or has no age."""

    title: str | None
    views: int | None
    age: Quantity | None
    seconds: int | None
    live: bool


def label_views(
    label: str, languages: Sequence[str], *, title: str, author: str | None = None
) -> ViewCount | None:
    """The view count alone of a label whose title is known; ``None`` if it has none.

    A channel's name may end in a number ("by Destiny 2 501,372 views"), so it is cut off too.
    """
    text = clean(label)
    known = clean(title)
    rest = text[len(known) :] if text.startswith(known) else text
    name = clean(author) if author else ""
    if name and name in rest:
        cut = find_views(rest.partition(name)[2], languages)
        if cut is not None:
            return cut
    return find_views(rest, languages)


def parse_label(
    label: str,
    languages: Sequence[str],
    *,
    author: str | None = None,
    title: str | None = None,
) -> Label | None:
    """A label taken apart, or ``None`` if nothing but a title could be seen in it.

    ``author`` and ``title`` are what the card itself shows; the label is read without them too,
    then the title may keep the channel's name.
    """
    text = _PLAY_SHORT.sub("", clean(label))
    known_title = clean(title) if title else ""
    start = len(known_title) if known_title and text.startswith(known_title) else 0
    views = find_views(text[start:], languages)
    front, after = text, ""
    if views is not None:
        front, after = text[: start + views.start].rstrip(" ,"), text[start + views.end :]
    known_author = clean(author) if author else ""
    head, tail = _split_author(front, known_author, start)
    if not tail and not start and not (known_author and known_author in front):
        tail = front
    tail = f"{tail} {after}"
    age = find_age(tail, languages)
    rest = f"{tail[: age.start]} {tail[age.end :]}" if age is not None else tail
    seconds = parse_duration(rest, languages) if rest.strip() else None
    if views is None and age is None and seconds is None:
        return None
    return Label(
        title=known_title or head or None,
        views=views.value if views is not None else None,
        age=age,
        seconds=seconds,
        live=views is not None and views.live,
    )


def _split_author(text: str, author: str, start: int) -> tuple[str, str]:
    """Title and the piece after the channel's name (empty if the name is not there)."""
    at = text.rfind(author, max(start, 1)) if author else -1
    if at < 0:
        return (text[:start], text[start:]) if start else (text, "")
    title = _SEPARATORS.sub("", text[:at].rstrip()).rstrip()
    return title, text[at + len(author) :].strip()
