"""The years of the site's markup: what its classes are called, and how full its pages are.

``2022`` and ``2026`` are small pages that hold what a reader reads. The months ``2025-01``,
``2026-01`` and ``2026-04`` are as full as real pages of that time (6,600 to 15,700 elements:
hidden items of truncated shelves, panels, a miniplayer, what a framework leaves behind), spell
their classes as these had them, and go from page to page by the site's API.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

#: Class names in camel case begin with one of these; what they were called with hyphens, and what
#: in 2025. A longer one comes before a shorter one that it begins with.
_BLOCKS: Final[tuple[tuple[str, str, str], ...]] = tuple(
    (camel, bem, wiz or f"{bem}-wiz")
    for camel, bem, wiz in (
        ("ytLockupMetadataViewModel", "yt-lockup-metadata-view-model", ""),
        ("ytLockupViewModel", "yt-lockup-view-model", ""),
        ("ytContentMetadataViewModel", "yt-content-metadata-view-model", ""),
        ("ytThumbnailBottomOverlayViewModel", "yt-thumbnail-bottom-overlay-view-model", ""),
        ("ytThumbnailHoverOverlayToggleActionsViewModel",
         "yt-thumbnail-hover-overlay-toggle-actions-view-model", ""),
        ("ytThumbnailOverlayProgressBar", "yt-thumbnail-overlay-progress-bar-view-model", ""),
        ("ytThumbnailViewModel", "yt-thumbnail-view-model", ""),
        ("ytCollectionThumbnailViewModel", "yt-collection-thumbnail-view-model", ""),
        ("ytDecoratedAvatarViewModel", "yt-decorated-avatar-view-model", ""),
        ("ytBadgeShape", "yt-badge-shape", "badge-shape-wiz"),
        ("ytAttributedString", "yt-core-attributed-string", "yt-core-attributed-string"),
        ("ytSpecAvatarShape", "yt-spec-avatar-shape", "yt-spec-avatar-shape"),
        ("ytCoreImage", "yt-core-image", "yt-core-image"),
    )
)  # fmt: skip
_CAMEL_TOO = frozenset(block for block, _, _ in _BLOCKS if "ViewModel" in block or "Badge" in block)
_MODIFIERS = re.compile(
    r"(?:Vertical|Horizontal|Compact|Large|Medium|Small|CollectionStack|AspectRatio|Thumbnail[DL]"
    r"|Typography|Ad\Z|(?:Medium|Small)Text|WhiteSpace|Link|FillParent|ContentMode|Loaded)"
)
_CLASS = re.compile(r'(\sclass=")([^"]*yt[A-Z][^"]*)(")')
_IN_CSS = re.compile(r"\.(yt[A-Z]\w*)")
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Za-z])(?=\d)")


@dataclass(frozen=True, slots=True)
class Era:
    """One choice of ``--era``."""

    name: str
    client: str
    """``clientVersion`` in the page's configuration."""
    modern: bool = True
    full: bool = False
    """Pages are as full as real ones, and navigation inside a page asks the site's API."""
    spelling: str = "camel"
    """``camel``, ``bem`` (hyphens), ``wiz`` (hyphens and ``-wiz``), ``both`` (by component)."""


ERAS: Final[Mapping[str, Era]] = {
    era.name: era
    for era in (
        Era("2022", "2.20220401.00.00", modern=False),
        Era("2026", "2.20260622.01.00"),
        Era("2025-01", "2.20250115.01.00", full=True, spelling="wiz"),
        Era("2026-01", "2.20260114.08.00", full=True, spelling="bem"),
        Era("2026-04", "2.20260415.01.00", full=True, spelling="both"),
    )
}


def era_of(name: str) -> Era:
    """The era of a world; one of another site's names is today's."""
    return ERAS.get(name, ERAS["2026"])


def spelled(html: str, era: Era) -> str:
    """Markup with its classes as the era spells them. A second time changes nothing.

    >>> spelled('<a class="x ytLockupMetadataViewModelTitle">', ERAS["2025-01"])
    '<a class="x yt-lockup-metadata-view-model-wiz__title">'
    >>> spelled('<a class="ytLockupViewModelVertical">', ERAS["2026-01"])
    '<a class="yt-lockup-view-model--vertical">'
    """
    if era.spelling == "camel":
        return html
    return _CLASS.sub(
        lambda found: (
            found[1] + " ".join(_class(t, era.spelling) for t in found[2].split(" ")) + found[3]
        ),
        html,
    )


def spelled_css(css: str, era: Era) -> str:
    """A style sheet for :func:`spelled` markup."""
    if era.spelling == "camel":
        return css
    return _IN_CSS.sub(lambda found: "." + _class(found[1], era.spelling), css)


@lru_cache(maxsize=4096)
def _class(token: str, spelling: str) -> str:
    for camel, bem, wiz in _BLOCKS:
        if not token.startswith(camel):
            continue
        if spelling == "both" and camel in _CAMEL_TOO:
            return token
        block = wiz if spelling == "wiz" else bem
        rest = token.removeprefix(camel)
        if rest in ("", "Host"):
            return block
        joint = "--" if _MODIFIERS.match(rest) else "__"
        return f"{block}{joint}{_CAPITAL.sub('-', rest.removeprefix('Host') or rest).lower()}"
    return token
