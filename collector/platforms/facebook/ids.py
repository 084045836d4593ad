"""The ids that people write in a file of labels: an id, or the one in an address of the site."""

from __future__ import annotations

import re

from collector.platforms.facebook.urls import post_link

_POST = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", re.ASCII)
_ADDRESS = re.compile(r"https?://|/|(?:www\.|m\.)?facebook\.com/", re.I)
#: What a spreadsheet makes of a long number.
_NUMBER = re.compile(r"\A[-+]?\d+(?:[.,]\d+)?[eE][-+]?\d+")


def id_in(written: str) -> str | None:
    """The id of a post, a page or a group."""
    if _ADDRESS.match(written):
        link = post_link(re.sub(r"^(?!https?://|/)", "https://", written, flags=re.I))
        return None if link is None else link.post_id
    return written if _POST.fullmatch(written) and not _NUMBER.fullmatch(written) else None
