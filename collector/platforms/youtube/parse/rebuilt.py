"""Elements under other names, so that a tree builder leaves them as they were written.

A serialised page is well nested, but HTML5 tree builders (Chromium's, lexbor) rebuild it otherwise:
an anchor inside an anchor or a button inside a button closes everything in between, and the side
column lands outside the watch page. Under other names they nest as written.

The tags are found with numpy: an expression that looks at each ``<`` of a page costs as much as a
quarter of building its tree.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from collector.platforms.youtube.parse.depth import Places, refuse_deep, tags_in

Bytes = NDArray[np.uint8]
_LONG_NAMES = re.compile(rb"(?:button|form|nobr)[\s/>]", re.IGNORECASE)
_TEMPLATE = re.compile(rb"<(/?)template((?:\s[^<>]{0,400})?>)", re.IGNORECASE)
_SPACES = b" \t\n\r\f\v"


def _table(members: bytes) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """True at the members' codes."""
    out = np.zeros(256, np.bool_)
    out[list(members)] = True
    return out


_ENDS = _table(_SPACES + b"/>")
#: First letters of names of one letter, and the first two of longer ones; in both cases.
_SINGLE = _table(b"apAP")
_LONGER, _SECOND = _table(b"bfnBFN"), _table(b"uoUO")
_SLASH, _T, _E = ord("/"), ord("t"), ord("e")
#: Bytes of a template's tag that are looked at for what says that it holds a shadow tree.
_MOST_SAID = 400


def _names(data: bytes, after: Places) -> tuple[Places, Bytes, Bytes]:
    """Where the names of a page's tags stand, and the first and the second byte of each."""
    text = np.frombuffer(data + b"\0\0\0", np.uint8)
    names = after + (text.take(after) == _SLASH)
    return names, text.take(names), text.take(names + 1)


def _hold_a_shadow_tree(data: bytes, templates: list[int]) -> bool:
    """Whether one of the tags whose names stand at these places says so. The word stands on a page
    less often than templates do, so the tag before each is looked at."""
    said = data.find(b"shadow") if templates else -1
    while said >= 0:
        before = bisect_left(templates, said)
        if before:
            at = templates[before - 1]
            end = data.find(b">", at, at + _MOST_SAID)
            if said + len(b"shadow") <= end:
                return True
            if before == len(templates):
                return False
        # In this tag it stands no more: the next template is the next that may say it.
        said = data.find(b"shadow", max(said + 1, templates[before]))
    return False


def _shadows(data: bytes) -> Iterator[bytes]:
    """The pieces of a page in which the templates that hold a shadow tree are plain elements; the
    others' content is seen by nobody."""
    plain: list[bool] = []
    position = 0
    for tag in _TEMPLATE.finditer(data):
        if not tag[1]:
            plain.append(b"shadow" in tag[2])
        if plain[-1] if not tag[1] else plain and plain.pop():
            yield data[position : tag.start()]
            yield b"<" + tag[1] + b"x-template" + tag[2]
            position = tag.end()
    yield data[position:]


def renamed(data: bytes) -> bytes:
    """A page in which anchors are ``x-a``, buttons ``x-button``, and so for all that is rebuilt;
    shadow trees, as some tools save them in templates, are plain elements (a template's content is
    not a part of its document).

    :raises TooDeep: no real page is nested like this.

    >>> renamed(b"<A href=x>y</A><b>z</b>")
    b'<x-A href=x>y</x-A><b>z</b>'
    """
    after = tags_in(data)
    names, first, second = _names(data, after)
    if _hold_a_shadow_tree(data, names[(first == _T) & (second == _E)].tolist()):
        data = b"".join(_shadows(data))
        after = tags_in(data)
        names, first, second = _names(data, after)
    refuse_deep(data, after)
    places = names[_SINGLE.take(first) & _ENDS.take(second)].tolist()
    longer = names[_LONGER.take(first) & _SECOND.take(second)].tolist()
    places += [at for at in longer if _LONG_NAMES.match(data, at)]
    places.sort()
    pieces = [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]
    return b"x-".join(pieces)
