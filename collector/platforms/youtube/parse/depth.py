"""How deep a page's elements are nested, told from the text before any tree is built.

HTML5 tree builders look through all open elements at every ``<div>``: a page of a hundred thousand
nested ones costs them minutes. Real pages are some sixty deep. Counting tags costs a fifth of a
millisecond; only a page that then looks deep is counted exactly.
"""

from __future__ import annotations

import re

import numpy as np

#: Deeper pages are refused.
MAX_DEPTH = 2_000

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


def refuse_deep(data: bytes) -> None:
    """:raises TooDeep: elements are nested more than ``MAX_DEPTH`` deep."""
    if _at_most(data) > MAX_DEPTH and _exact(data) > MAX_DEPTH:
        raise TooDeep(f"elements nested more than {MAX_DEPTH} deep")


def _at_most(data: bytes) -> int:
    """An upper bound of the depth: every tag that does not close counts as one that opens."""
    text = np.frombuffer(data, np.uint8)
    after = np.flatnonzero(text[:-1] == _LESS) + 1
    if not after.size:
        return 0
    following = text[after]
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
