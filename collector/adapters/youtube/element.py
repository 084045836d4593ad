"""Cuts the application element out of a stored page, exactly as the browser serialised it.

What is signed and sent must be the bytes that were captured: the text is cut, never parsed and
written again.
"""

from __future__ import annotations

from collector.platforms.youtube.markup import TOKEN

#: The application of the site, and of the mobile one.
_NAMES = ("ytd-app", "ytm-app")


def app_element(html: str) -> str:
    """The outer HTML of the page's application; the whole text where there is none.

    >>> app_element("<body><ytd-app id=a><p>x</p></ytd-app></body>")
    '<ytd-app id=a><p>x</p></ytd-app>'
    """
    name = next((name for name in _NAMES if f"<{name}" in html), None)
    if name is None:
        return html
    opening, closing = f"<{name}", f"</{name}>"
    if html.count(opening) == 1 and html.count(closing) == 1 and "<script" not in html:
        start, end = html.index(opening), html.index(closing) + len(closing)
        return html[start:end] if start < end else html
    start, depth = -1, 0
    for token in TOKEN.finditer(html):
        if (token[3] or "").lower() != name:
            continue
        if not token[2]:
            start = token.start() if depth == 0 else start
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                return html[start : token.end()]
    return html
