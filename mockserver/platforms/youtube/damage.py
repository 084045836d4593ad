"""Markup corruption on demand: entries whose renderer has another name, no links, or is missing.

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
_LINK = re.compile(r'\s(?:href|src|srcset|style|content)="[^"]*"|\bcontent-id-[\w-]+')
_FIRST_KEY = re.compile(r'\A\s*+\{"(\w+)":')


def damaged(html: str, data: str, hit: Hit) -> tuple[Markup, str]:
    """An entry's markup and JSON after the damage.

    >>> damaged('<ytd-video-renderer><a href="/watch">T</a></ytd-video-renderer>',
    ...         '{"videoRenderer":{"videoId":"x"}}', Hit.CUT)
    (Markup('<ytd-video-renderer><a>T</a></ytd-video-renderer>'), '{"videoRenderer":{}}')
    """
    if hit is Hit.DROPPED:
        return Markup(""), ""
    html = str(html)  # what is put into Markup is escaped, and tags would become text
    if hit is Hit.RENAMED:
        renamed = _ELEMENT.sub(rf"\1\2-{NEW}-\3", html)
        return Markup(renamed), _RENDERER.sub(rf'"{NEW}\1\2":', data)
    key = _FIRST_KEY.match(data)
    assert key is not None  # an entry is one object, under the name of its renderer
    return Markup(_LINK.sub("", html)), f'{{"{key[1]}":{{}}}}'
