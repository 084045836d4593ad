"""The element table: all that can be read. Adding a renderer is one file in ``renderers``.

Everything that has to know a card by name reads this table: the parser, the page's status, the
scripts that look at a page from inside, the driver without a browser and its layout, and the reader
of the site's JSON. A file in ``renderers`` that has ``TAGS`` is a renderer (see :class:`Renderer`);
the others are what renderers share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, Protocol, cast

from collector.platforms.youtube.parse import renderers
from collector.platforms.youtube.parse.card import Card, Reading
from collector.platforms.youtube.parse.payload import Json
from collector.platforms.youtube.parse.renderers import ad
from collector.platforms.youtube.parse.tree import Node, cores

Reader = Callable[[Node, Reading], Card | None]
SentReader = Callable[[str, Json, Reading], Card | None]


class Renderer(Protocol):
    """What a renderer's file has. Selectors name anchors ``x-a``: ``parse/tree.py`` says why."""

    __name__: str
    __file__: str
    TAGS: tuple[str, ...]
    """The elements that it reads."""
    KEYS: tuple[str, ...]
    """Their names in the site's JSON."""

    def read(self, node: Node, reading: Reading) -> Card | None:
        """Return the card of an element of ``TAGS``, or ``None`` after noting why there is none."""

    def read_sent(self, key: str, value: Json, reading: Reading) -> Card | None:
        """Return the card of a value under a key of ``KEYS``, or ``None`` after noting why."""


_PARTS = ("TAGS", "KEYS", "read", "read_sent")


def renderers_of(modules: Iterable[ModuleType]) -> Iterator[Renderer]:
    """The renderers among ``modules``.

    :raises TypeError: a file has ``TAGS`` and lacks another part of a :class:`Renderer`

    >>> [each.TAGS[0] for each in renderers_of([ad])]
    ['ytd-ad-slot-renderer']
    """
    for module in modules:
        missing = [name for name in _PARTS if not hasattr(module, name)]
        if "TAGS" in missing:
            continue
        if missing:
            raise TypeError(f"{module.__file__}: a renderer must have {' and '.join(missing)}")
        yield cast(Renderer, module)


def table_of(rows: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Name → its reader.

    :raises ValueError: two renderers read one name
    """
    made: dict[str, Any] = {}
    for name, reader in rows:
        if name in made:
            raise ValueError(
                f"{name} is read by {made[name].__module__} and by {reader.__module__}: "
                "take it out of one of them"
            )
        made[name] = reader
    return made


#: All renderers, by the names of their files.
RENDERERS: tuple[Renderer, ...] = tuple(
    renderers_of(
        import_module(f"{renderers.__name__}.{each.name}")
        for each in iter_modules(renderers.__path__)
    )
)

#: Tag of an element → its reader.
READERS: dict[str, Reader] = table_of((tag, each.read) for each in RENDERERS for tag in each.TAGS)

#: Name of an item in the site's JSON → its reader.
SENT_READERS: dict[str, SentReader] = table_of(
    (key, each.read_sent) for each in RENDERERS for key in each.KEYS
)

#: Elements that wrap exactly one item and say nothing themselves.
WRAPPERS = frozenset(("ytd-rich-item-renderer", "ytm-rich-item-renderer"))

#: What stands in lists and is no item: more to come, chips, words of the site, searches to try.
NOT_ITEMS = frozenset(
    (
        "ytd-continuation-item-renderer", "ytd-ghost-grid-renderer", "ytd-message-renderer",
        "ytd-background-promo-renderer", "ytd-feed-nudge-renderer",
        "ytd-search-refinement-card-renderer", "ytd-feed-filter-chip-bar-renderer",
        "yt-chip-cloud-renderer", "yt-related-chip-cloud-renderer",
        "ytd-horizontal-card-list-renderer", "ytd-search-sub-menu-renderer",
        "ytd-search-header-renderer", "yt-search-query-correction", "yt-did-you-mean-renderer",
        "yt-showing-results-for-renderer", "yt-including-results-for-renderer",
        "ytd-info-panel-container-renderer", "ytd-clarification-renderer",
        "ytd-info-panel-content-renderer", "ytd-emergency-onebox-renderer", "tp-yt-paper-spinner",
        "ytd-button-renderer", "yt-button-view-model", "ytd-item-section-header-renderer",
        "ytd-feed-tabbed-header-renderer", "ytd-compact-autoplay-renderer",
        "ytd-channel-about-metadata-renderer", "ytd-recognition-shelf-renderer",
        "ytd-statement-banner-renderer", "ytd-compact-station-renderer",
        "ytd-people-also-ask-renderer", "ytd-exploratory-results-renderer",
        "ytd-did-you-mean-renderer", "ytd-inline-survey-renderer",
        "ytd-single-option-survey-renderer", "ytd-alert-with-button-renderer", "ytd-alert-renderer",
        "yt-alert-renderer", "yt-alert-with-actions-renderer", "ytd-talk-to-recs-flow-renderer",
        "ytd-browse-feed-actions-renderer", "chip-bar-view-model", "yt-chip-bar-view-model",
        "ytm-continuation-item-renderer", "ytm-background-promo-renderer", "ytm-message-renderer",
        "ytd-channel-sub-menu-renderer", "ytd-expandable-tab-renderer", "ytd-live-chat-frame",
        "dom-if", "dom-repeat", "ps-dom-if", "ps-dom-repeat", "template", "script", "style",
    )
)  # fmt: skip

ITEM_TAGS = frozenset(READERS) | WRAPPERS
AD_TAGS = frozenset(ad.TAGS)

#: Elements that put a title over several items.
SHELF_TAGS = frozenset(
    (
        "ytd-rich-shelf-renderer",
        "ytd-rich-section-renderer",
        "ytd-shelf-renderer",
        "ytd-reel-shelf-renderer",
        "ytd-expanded-shelf-contents-renderer",
        "grid-shelf-view-model",
        "ytd-channel-featured-content-renderer",
        "ytm-reel-shelf-renderer",
        "ytm-rich-shelf-renderer",
        "ytm-shelf-renderer",
    )
)

_NO_ITEM_CORES = frozenset(core for tag in NOT_ITEMS if "-" in tag for core in cores(tag)[:1])
_SHELF_CORES = frozenset(core for tag in SHELF_TAGS for core in cores(tag)[:1])
_AD_WORDS = frozenset(("ad", "ads", "advert", "promoted", "sponsored"))


@lru_cache(maxsize=4096)
def is_no_item(tag: str) -> bool:
    """True for what stands in lists and is no item, also where its name has another beginning or
    end than the site gives it today."""
    return tag in NOT_ITEMS or any(core in _NO_ITEM_CORES for core in cores(tag))


@lru_cache(maxsize=4096)
def is_shelf(tag: str) -> bool:
    """The same of what puts a title over several items."""
    return tag in SHELF_TAGS or any(core in _SHELF_CORES for core in cores(tag))


@lru_cache(maxsize=4096)
def says_ad(tag: str) -> bool:
    """True for an element whose name says that it is paid for.

    >>> says_ad("ytd-next-ad-card"), says_ad("ytd-radio-renderer")
    (True, False)
    """
    return not _AD_WORDS.isdisjoint(tag.split("-")[1:])
