"""The text of a page without its markup: what somebody who looks at it can read."""

from __future__ import annotations

from html import unescape

#: What nobody sees the text of.
_UNSEEN = frozenset(("script", "style", "template"))


def text_of(html: str) -> str:
    """The words of a page, one space between them, in one pass over it; entities are resolved.

    Comments, scripts, styles and templates are nobody's words. A ``<`` that begins no tag is text.

    :param html: a page, a part of one, or text without markup.

    >>> text_of("<!-- a <b> --><title>Hotel</title><script>x < y</script><p>Log in, 1 < 2 &amp; 3")
    'Hotel Log in, 1 < 2 & 3'
    """
    first, *pieces = html.split("<")
    found, until = [first], ""
    for piece in pieces:
        if not until and not (piece[:1].isalpha() or piece[:1] in ("/", "!", "?")):
            found.append(f"<{piece}")
            continue
        tag, _, text = piece.partition(">")
        name = (tag.split(maxsplit=1) or [""])[0].casefold()
        if until == "-->" or (not until and tag.startswith("!--")):
            _, ended, text = piece.partition("-->")
            until = "" if ended else "-->"
        elif until:
            until = "" if name == until else until
        elif name in _UNSEEN:
            until = f"/{name}"
        if not until:
            found.append(text)
    return " ".join(unescape(" ".join(found)).split())
