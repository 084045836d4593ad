"""Pictures of a post, and what the site's machine says is on them, without the names of people."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bs4.element import Tag

from collector.platforms.facebook.parse.reading import attr, emoji
from collector.platforms.locale.text import clean

_SQUARE = re.compile(r"/[pcs](\d{2,4})x(\d{2,4})/")
_STATIC = re.compile(r"/rsrc\.php/|^data:|/images/emoji|/emoji")
#: Two or more capitalised words in a row, in scripts that have capitals.
_NAME = re.compile(
    r"(?<!\w)[^\W\d_a-zà-ÿ][\w’'-]{1,40}"
    r"(?: (?:de |van |von |del |della |di )?[^\W\d_a-zà-ÿ][\w’'-]{1,40}){1,8}"
)
_HAS_CASE = re.compile(r"[A-Za-zÀ-ÿĀ-žΑ-ωА-я]")
_MOST_CAPTION = 500
#: Larger than any portrait beside a name, CSS pixels.
_PORTRAIT = 80


def is_picture(img: Tag) -> bool:
    """True for a picture of the post: no portrait, no emoji, no icon of the site."""
    src = attr(img, "src") or attr(img, "data-src")
    if _STATIC.search(src) or emoji(img):
        return False
    size = _SQUARE.search(src)
    if size and abs(int(size[1]) - int(size[2])) <= 2:
        return False
    width, height = _pixels(img, "width"), _pixels(img, "height")
    small = width is not None and height is not None and max(width, height) <= _PORTRAIT
    return not small and attr(img, "role") != "presentation"


def is_painted(tag: Tag) -> bool:
    """True for a picture as the mobile site has it: the background of an element with a role."""
    return attr(tag, "role") == "img" and "background-image" in attr(tag, "style")


def _pixels(img: Tag, name: str) -> int | None:
    text = attr(img, name).removesuffix("px")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def captions(images: Iterable[Tag], people: Iterable[str] = ()) -> tuple[str, ...]:
    """The pictures' descriptions, each once, names taken out."""
    known = [name for name in people if name]
    told = (attr(img, "alt" if img.name == "img" else "aria-label") for img in images)
    found = [unnamed(clean(text)[:_MOST_CAPTION], known) for text in told]
    return tuple(dict.fromkeys(text for text in found if text))


def unnamed(caption: str, people: Iterable[str] = ()) -> str:
    """A description without the parts that name somebody; empty if little else is in it.

    >>> unnamed("Image may contain: Maria Rossi, smiling, text")
    'Image may contain: smiling, text'
    """
    head, colon, listed = caption.partition(":")
    if not colon:
        head, listed = "", caption
    names = [name.casefold() for name in people]
    parts = re.split(r"(,|، |、|，| and | e | et | y | und | ve )", listed)
    kept: list[str] = []
    for i in range(0, len(parts), 2):
        part = parts[i]
        if any(name in part.casefold() for name in names) or _looks_named(part):
            continue
        if kept and i:
            kept.append(parts[i - 1])
        kept.append(part if kept else part.lstrip())
    rest = "".join(kept).strip()
    if not rest:
        return ""
    return f"{head}: {rest}" if colon and not _looks_named(head) else rest


def _looks_named(text: str) -> bool:
    """Capitalised words in a row; scripts without capitals tell nothing."""
    return _HAS_CASE.search(text) is not None and _NAME.search(text) is not None
