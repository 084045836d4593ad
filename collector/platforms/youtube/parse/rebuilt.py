"""Elements under other names, so that a tree builder leaves them as they were written.

A serialised page is well nested, but HTML5 tree builders (Chromium's, lexbor) rebuild it otherwise:
an anchor inside an anchor or a button inside a button closes everything in between, and the side
column lands outside the watch page. Under other names they nest as written.

The tags are found with numpy: an expression that looks at each ``<`` of a page costs as much as a
quarter of building its tree.
"""

from __future__ import annotations

import re

import numpy as np

from collector.platforms.youtube.parse.depth import refuse_deep, tags_in

_NAMES = (b"a", b"button", b"p", b"form", b"nobr")
_TEMPLATE = re.compile(rb"<(/?)template((?:\s[^<>]{0,400})?>)", re.IGNORECASE)
_LONGEST = max(map(len, _NAMES))
_SPACES = b" \t\n\r\f\v"


def _table(members: bytes) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """True at the members' codes."""
    out = np.zeros(256, np.bool_)
    out[list(members)] = True
    return out


_ENDS = _table(_SPACES + b"/>")
#: First letters of names of one letter, and of longer ones; in both cases.
_SINGLE = _table(b"apAP")
_LONGER = _table(b"bfnBFN")
_SLASH = ord("/")


def _lit(data: bytes) -> bytes:
    """A page whose shadow trees, as some tools save them, are plain elements: a template's content
    is not a part of its document."""
    return _TEMPLATE.sub(rb"<\1x-template\2", data)


def renamed(data: bytes) -> bytes:
    """A page in which anchors are ``x-a``, buttons ``x-button``, and so for all that is rebuilt.

    :raises TooDeep: no real page is nested like this.

    >>> renamed(b"<A href=x>y</A><b>z</b>")
    b'<x-A href=x>y</x-A><b>z</b>'
    """
    if b"shadowroot" in data:
        data = _lit(data)
    text = np.frombuffer(data + b"\0" * (_LONGEST + 2), np.uint8)
    after = tags_in(data)
    refuse_deep(data, after)
    names = after + (text[after] == _SLASH)
    first = text[names]
    single = names[_SINGLE[first] & _ENDS[text[names + 1]]]
    places = single.tolist()
    for at in names[_LONGER[first]].tolist():
        word = data[at : at + _LONGEST + 1].lower()
        for name in _NAMES:
            if word.startswith(name) and (len(word) > (size := len(name))) and _ENDS[word[size]]:
                places.append(at)
    places.sort()
    pieces = [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]
    return b"x-".join(pieces)
