"""Markup corruption on demand: entries whose renderer has another name, ends early or is missing.

It is what a redesign does to a parser, in a known share: the truth log has the entry whole, and
says what was done to it.
"""

from __future__ import annotations

import re

from markupsafe import Markup

from mockserver.world.truths import Hit

#: Put into the names of custom elements and of the JSON's renderers: nobody knows such.
NEW = "next"

_ELEMENT = re.compile(r"(</?)(ytd|ytm|yt)-([a-z0-9-]+)")
_RENDERER = re.compile(r'"([a-z]\w*)(Renderer|ViewModel)":')
_OUTER = re.compile(r"\s*<([a-z][a-z0-9-]*)([^>]*)>")
_FIRST_KEY = re.compile(r'\s*\{"(\w+)":')


def damaged(html: str, data: str, hit: Hit) -> tuple[Markup, str]:
    """An entry's markup and JSON after the damage.

    >>> damaged('<ytd-video-renderer id="v"><a>T</a></ytd-video-renderer>',
    ...         '{"videoRenderer":{"videoId":"x"}}', Hit.CUT)
    (Markup('<ytd-video-renderer id="v"></ytd-video-renderer>'), '{"videoRenderer":{}}')
    """
    if hit is Hit.DROPPED:
        return Markup(""), ""
    if hit is Hit.RENAMED:
        renamed = _ELEMENT.sub(rf"\1\2-{NEW}-\3", html)
        return Markup(renamed), _RENDERER.sub(rf'"{NEW}\1\2":', data)
    outer, key = _OUTER.match(html), _FIRST_KEY.match(data)
    assert outer is not None  # an entry is one element, and one object
    assert key is not None
    return Markup(f"<{outer[1]}{outer[2]}></{outer[1]}>"), f'{{"{key[1]}":{{}}}}'
