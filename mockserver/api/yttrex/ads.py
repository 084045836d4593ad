"""Sponsors out of the small pieces of a page ("leaves") that collectors send for advertisements.

Every leaf is kept whether or not a sponsor is understood; a field is a value or absent.
"""

from __future__ import annotations

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

#: (selector of the name, selector of the site) by the collector's name of the leaf.
_FIELDS: dict[str, tuple[tuple[str, str], ...]] = {
    "overlay": (("", ".ytp-ad-button-link"),),
    "toprightpict": (("#header", "#domain"),),
    "adbadge": (("h3", "#website-text"), ("#header", "#domain")),
    "searchAds": (("h3", "#website-text"),),
    "banner": (("span", ""),),
}


@dataclass(frozen=True, slots=True)
class Sponsor:
    name: str | None = None
    site: str | None = None


def sponsor(selector_name: str, html: str) -> Sponsor:
    """Who paid for this leaf, as far as it says."""
    patterns = _FIELDS.get(selector_name)
    if patterns is None:
        return Sponsor()
    tree = LexborHTMLParser(html)
    for name_at, site_at in patterns:
        found = Sponsor(_first(tree, name_at), _site(_first(tree, site_at)))
        if found.name or found.site:
            return found
    return Sponsor()


def _first(tree: LexborHTMLParser, selector: str) -> str | None:
    if not selector:
        return None
    for node in tree.css(selector):
        text = " ".join(node.text().split())
        if text:
            return text[:300]
    return None


def _site(text: str | None) -> str | None:
    return text.lower().rstrip("/") if text else None
