"""Inline SVG icons, drawn for this site; every card carries its own copies, as on the real one."""

# ruff: noqa: E501 - outlines

from __future__ import annotations

from markupsafe import Markup

#: Outlines in a 24 × 24 box.
PATHS: dict[str, str] = {
    "menu": "M3 6h18v1.6H3V6zm0 5.2h18v1.6H3v-1.6zm0 5.2h18V18H3v-1.6z",
    "search": "M10.5 3a7.5 7.5 0 1 0 4.55 13.46l4.74 4.74 1.41-1.41-4.74-4.74A7.5 7.5 0 0 0 10.5 3z"
    "m0 1.6a5.9 5.9 0 1 1 0 11.8 5.9 5.9 0 0 1 0-11.8z",
    "mic": "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zm-6.5 8h1.6a4.9 4.9 0 0 0 9.8 0h1.6"
    "a6.5 6.5 0 0 1-5.7 6.45V21h-1.6v-3.55A6.5 6.5 0 0 1 5.5 11z",
    "close": "M6.3 5.2 12 10.9l5.7-5.7 1.1 1.1-5.7 5.7 5.7 5.7-1.1 1.1-5.7-5.7-5.7 5.7-1.1-1.1 "
    "5.7-5.7-5.7-5.7 1.1-1.1z",
    "more": "M12 16.5a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3zm0-6a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3z"
    "m0-6a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3z",
    "bell": "M12 3a6 6 0 0 1 6 6v4.6l2 2.4v1H4v-1l2-2.4V9a6 6 0 0 1 6-6zm0 1.6A4.4 4.4 0 0 0 7.6 9v5.2"
    "l-1 1.2h10.8l-1-1.2V9A4.4 4.4 0 0 0 12 4.6zM10 18.5h4a2 2 0 0 1-4 0z",
    "create": "M4 6h11v4.2l5-2.7v9l-5-2.7V18H4V6zm1.6 1.6v8.8h7.8V7.6H5.6zM8.7 9h1.6v2.2h2.2v1.6h-2.2V15"
    "H8.7v-2.2H6.5v-1.6h2.2V9z",
    "user": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 1.6a7.4 7.4 0 0 1 5.3 12.6C16.2 15.7 14.2 15 12 15"
    "s-4.2.7-5.3 2.2A7.4 7.4 0 0 1 12 4.6zm0 2.3a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
    "home": "M12 3.6 3.8 10v10.4h6v-6h4.4v6h6V10L12 3.6zm0 2 6.6 5.2v8h-2.8v-6H8.2v6H5.4v-8L12 5.6z",
    "shorts": "M14.6 3.4 6.2 8.2a3.4 3.4 0 0 0 .3 6l.6.3-.6.4a3.4 3.4 0 0 0 3.4 5.9l8.1-4.8a3.4 3.4 0 0 0"
    "-.3-6l-.6-.3.6-.4a3.4 3.4 0 0 0-3.1-5.9zM10 9.4l5 2.6-5 2.8V9.4z",
    "subscriptions": "M6 4h12v1.5H6V4zM4.5 7h15v1.5h-15V7zM3 10h18v10H3V10zm1.6 1.6v6.8h14.8v-6.8H4.6z"
    "M10.5 12.5l4.2 2.5-4.2 2.5v-5z",
    "history": "M12.5 4a8 8 0 1 1-7.7 10.2l1.5-.4a6.4 6.4 0 1 0 .6-5.2l2.1-.1v1.6l-4.8.2-.2-4.9h1.6l.1 1.9"
    "A8 8 0 0 1 12.5 4zm-.7 3.5h1.5v4.3l3.4 2-.8 1.3-4.1-2.4V7.5z",
    "library": "M4 6h1.6v13.4H18V21H4V6zm4-3h13v13H8V3zm1.6 1.6v9.8h9.8V4.6H9.6zM13 6.8l4.4 2.7L13 12.2V6.8z",
    "clock": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 1.6a7.4 7.4 0 1 1 0 14.8 7.4 7.4 0 0 1 0-14.8z"
    "m-.8 2.6h1.6v4.5l3.6 2.1-.8 1.4-4.4-2.6V7.2z",
    "queue": "M3 5h14v1.6H3V5zm0 4h14v1.6H3V9zm0 4h9v1.6H3V13zm12-1 6 3.6-6 3.6V12z",
    "like": "M9.5 20.5h8.2c.9 0 1.6-.6 1.8-1.4l1.4-7c.3-1.3-.7-2.6-2-2.6h-4.6l.9-4.1a1.9 1.9 0 0 0-3.3"
    "-1.7L7.5 8.6v.9H3.2v11h6.3zm0-1.6H7.5V9.3l5.6-4.7-1.2 6.5h7c.3 0 .5.3.5.5l-1.4 7c0 .2-.2.3-.4.3H9.5z",
    "dislike": "M14.5 3.5H6.3c-.9 0-1.6.6-1.8 1.4l-1.4 7c-.3 1.3.7 2.6 2 2.6h4.6l-.9 4.1a1.9 1.9 0 0 0 "
    "3.3 1.7l4.4-4.9v-.9h4.3v-11h-6.3zm0 1.6h2v9.6l-5.6 4.7 1.2-6.5h-7c-.3 0-.5-.3-.5-.5l1.4-7c0-.2.2-.3"
    ".4-.3h8.1z",
    "share": "M14 5.2 21 12l-7 6.8v-4.1c-4.6.1-7.9 1.4-10.4 4.3.8-5 3.9-8.6 10.4-9.5V5.2zm1.6 3.8v2l-1.4"
    ".1c-3.6.4-6 1.8-7.4 3.9 2.2-1.2 4.8-1.8 8-1.8h.8v1.9l3-3-3-3.1z",
    "save": "M3 6h13v1.6H3V6zm0 4.4h13V12H3v-1.6zm0 4.4h8v1.6H3v-1.6zm13.4-2.3H18v3.7h3.7v1.6H18v3.7h-1.6"
    "v-3.7h-3.7v-1.6h3.7v-3.7z",
    "download": "M11.2 4h1.6v8.4l3.3-3.3 1.1 1.1L12 15.5l-5.2-5.3 1.1-1.1 3.3 3.3V4zM5 18h14v1.6H5V18z",
    "block": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 1.6c1.7 0 3.3.6 4.6 1.6L6.2 16.6A7.4 7.4 0 0 1 12 4.6z"
    "m0 14.8c-1.7 0-3.3-.6-4.6-1.6L17.8 7.4A7.4 7.4 0 0 1 12 19.4z",
    "flag": "M5 3h8l.6 1.6H20v10h-6.6l-.6-1.6H6.6v8H5V3zm1.6 1.6v6.8h7.3l.6 1.6h3.9V6.2h-5.9l-.6-1.6H6.6z",
    "minus": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 1.6a7.4 7.4 0 1 1 0 14.8 7.4 7.4 0 0 1 0-14.8z"
    "M7 11.2h10v1.6H7v-1.6z",
    "verified": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm-1.6 13.2L6.2 12l1.2-1.2 3 3 6.2-6.2L17.8 8.8l-7.4 7.4z",
    "filter": "M3 6.2h18v1.6H3V6.2zm3 5h12v1.6H6v-1.6zm3.4 5h5.2v1.6H9.4v-1.6z",
    "chevron": "M6.2 9.2 12 15l5.8-5.8 1.1 1.1-6.9 7-6.9-7 1.1-1.1z",
    "play": "M7 4.2v15.6L20 12 7 4.2z",
    "gear": "m10.2 3-.4 2.3c-.5.2-1 .5-1.5.8l-2.1-.8-1.8 3.1 1.8 1.5a7 7 0 0 0 0 1.8l-1.8 1.5 1.8 3.1 2.1-.8"
    "c.5.3 1 .6 1.5.8l.4 2.7h3.6l.4-2.3c.5-.2 1-.5 1.5-.8l2.1.8 1.8-3.1-1.8-1.5a7 7 0 0 0 0-1.8l1.8-1.5-1.8"
    "-3.1-2.1.8c-.5-.3-1-.6-1.5-.8L13.8 3h-3.6zM12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6z",
    "note": "M12 4v9.3a3.4 3.4 0 1 0 1.6 2.9V8h4.4V4h-6zm-1.8 14.6a1.8 1.8 0 1 1 0-3.6 1.8 1.8 0 0 1 0 3.6z",
    "broadcast": "M12 9.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM7.1 7.1 8.2 8.2a5.4 5.4 0 0 0 0 7.6l-1.1 1.1a7 7 0 "
    "0 1 0-9.8zm9.8 0a7 7 0 0 1 0 9.8l-1.1-1.1a5.4 5.4 0 0 0 0-7.6l1.1-1.1z",
    "sort": "M3 6h18v1.6H3V6zm0 5.2h12v1.6H3v-1.6zm0 5.2h6V18H3v-1.6z",
    "out": "M5 4h7v1.6H6.6v12.8H12V20H5V4zm10.5 3.6L20 12l-4.5 4.4-1.1-1.1 2.5-2.5H9.5v-1.6h7.4l-2.5-2.5 1.1-1.1z",
}  # fmt: skip

#: 2026 wraps its icons in a span of this class and a sized box; 2022 in ``yt-icon``.
_MODERN = (
    '<span class="ytIconWrapperHost" style="width: 24px; height: 24px;"><span class="yt-icon-shape '
    'ytSpecIconShapeHost"><div style="width: 100%; height: 100%; display: block; fill: currentcolor;">'
    '<svg xmlns="http://www.w3.org/2000/svg" height="24" viewBox="0 0 24 24" width="24" '
    'focusable="false" aria-hidden="true" style="pointer-events: none; display: inherit; width: 100%; '
    'height: 100%;"><path d="{path}"></path></svg></div></span></span>'
)
_CLASSIC = (
    '<svg viewBox="0 0 24 24" preserveAspectRatio="xMidYMid meet" focusable="false" '
    'class="style-scope yt-icon" style="pointer-events: none; display: block; width: 100%; '
    'height: 100%;"><g class="style-scope yt-icon"><path d="{path}" class="style-scope yt-icon">'
    "</path></g></svg>"
)


def modern(name: str) -> Markup:
    """An icon as today's components nest it."""
    return Markup(_MODERN.replace("{path}", PATHS[name]))


def classic(name: str) -> Markup:
    """The inside of 2022's ``yt-icon``."""
    return Markup(_CLASSIC.replace("{path}", PATHS[name]))
