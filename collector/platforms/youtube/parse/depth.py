"""How deep a page's elements are nested, told from the text before any tree is built.

HTML5 tree builders look through all open elements at every ``<div>``: a page of a hundred thousand
nested ones costs them minutes. Real pages are some sixty deep. Counting tags costs a fifth of a
millisecond; only a page that then looks deep is counted exactly.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

#: Deeper pages are refused.
MAX_DEPTH = 2_000

Places = NDArray[np.intp]
"""Offsets in the bytes of a page."""

_LESS, _SLASH, _BANG = ord("<"), ord("/"), ord("!")
_TAGS = re.compile(rb"<(/?)([a-zA-Z][^\s/>]*)")
_VOID = frozenset(
    (
        b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta",
        b"param", b"source", b"track", b"wbr",
    )
)  # fmt: skip


class TooDeep(ValueError):
    """The elements of a page are nested deeper than any real page's."""


def tags_in(data: bytes) -> Places:
    """Where the tags of a page stand: the place of what follows each ``<``. The text must not end
    in one."""
    text = np.frombuffer(data, np.uint8)
    return np.flatnonzero(text[:-1] == _LESS) + 1


def refuse_deep(data: bytes, after: Places | None = None) -> None:
    """Refuse a page that no real one is nested like.

    :raises TooDeep: elements are nested more than ``MAX_DEPTH`` deep.
    """
    after = tags_in(data) if after is None else after
    if _at_most(data, after) > MAX_DEPTH and _exact(data) > MAX_DEPTH:
        raise TooDeep(f"elements nested more than {MAX_DEPTH} deep")


def _at_most(data: bytes, after: Places) -> int:
    """An upper bound of the depth: every tag that does not close counts as one that opens."""
    if not after.size:
        return 0
    following = np.frombuffer(data, np.uint8).take(after)
    steps = np.where(following == _SLASH, -1, np.where(following == _BANG, 0, 1))
    return int(np.cumsum(steps).max())


def _exact(data: bytes) -> int:
    depth = deepest = 0
    for slash, name in _TAGS.findall(data):
        if slash:
            depth = max(depth - 1, 0)
        elif name.lower() not in _VOID:
            depth += 1
            deepest = max(deepest, depth)
    return deepest
