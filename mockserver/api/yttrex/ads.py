"""Sponsors out of the small pieces of a page ("leaves") that collectors send for advertisements.

Read with the collector's own reader, as whole pages are. Every leaf is kept whether or not a
sponsor is understood; a field is a value or absent.
"""

from __future__ import annotations

from dataclasses import dataclass

from collector.platforms.youtube.leaves import parse_leaf

_MOST_TEXT = 300


@dataclass(frozen=True, slots=True)
class Sponsor:
    """Who paid for an advert, as far as a leaf says: at most 300 characters of each, the site
    in lower case."""

    name: str | None = None
    site: str | None = None


def sponsor(selector_name: str, html: str) -> Sponsor:
    """Who paid for this leaf, as far as it says; nobody for a link to a channel."""
    leaf = parse_leaf(selector_name, html)
    if not leaf.is_ad:
        return Sponsor()
    name = leaf.fields.get("sponsoredName") or leaf.fields.get("buyer")
    site = leaf.fields.get("sponsoredSite", "")[:_MOST_TEXT].lower().rstrip("/")
    return Sponsor(name[:_MOST_TEXT] if name else None, site or None)
