"""A captured page, shown without what could act or ask for anything.

Captures are hostile input. The frame that shows one is sandboxed and its policy lets nothing run
and nothing load; a browser follows some hints (preconnect, a prefetch of names) under any policy,
so elements that are instructions to the browser are left out of what is shown. The text as it was
filed is there beside it, as text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from collector.store import Store
from collector.view.pages import Item, batches, topics_of

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'self'; sandbox"
)
_INSTRUCTIONS = (
    "script, link, base, meta[http-equiv], iframe, frame, frameset, object, embed, applet, portal,"
    " fencedframe, noscript"
)
_LOADING = frozenset({"src", "srcset", "poster", "background", "ping", "manifest", "autofocus"})
MOST_FOUND = 200
"""Items that a search shows."""


def shown(html: str) -> str:
    """A page's HTML without scripts, links to other files, refreshes, frames and handlers."""
    tree = LexborHTMLParser(html)
    for node in tree.css(_INSTRUCTIONS):
        node.decompose()
    for node in tree.css("*"):
        for name, value in list(node.attributes.items()):
            inline = (value or "").strip().lower().startswith(("data:image/", "#"))
            loads = name in _LOADING or (node.tag != "a" and name in ("href", "xlink:href"))
            if name.startswith("on") or (loads and not inline):
                del node.attrs[name]
    return "<!doctype html>" + (tree.html or "")


@dataclass(frozen=True, slots=True)
class Found:
    """One item that a search found."""

    item: Item
    shown: int
    """How often it was shown."""
    puppets: tuple[tuple[str, str], ...]
    """Each puppet that was shown it, and the first page that did."""


def search(store: Store, words: str) -> tuple[list[Found], bool]:
    """Items whose title, channel or id has all the words, the most shown first.

    :returns: the items, at most :data:`MOST_FOUND`, and whether there are more.
    """
    parts = words.split()
    if not parts:
        return [], False
    where, values = _where(parts)
    ids = [
        row["item_id"]
        for row in store.rows(
            "SELECT item_id FROM impressions i WHERE item_id IS NOT NULL"
            f" AND {where} GROUP BY item_id ORDER BY count(*) DESC, item_id LIMIT ?",
            [*values, MOST_FOUND + 1],
        )
    ]
    more, ids = len(ids) > MOST_FOUND, ids[:MOST_FOUND]
    topics = topics_of(store, ids)
    place = {item: number for number, item in enumerate(ids)}
    found = [_found(item, list(rows), topics) for item, rows in groupby(
        _shown(store, ids), key=lambda row: str(row["item_id"]))]  # fmt: skip
    return sorted(found, key=lambda one: place[one.item.id]), more


def _shown(store: Store, ids: list[str]) -> Iterator[dict[str, Any]]:
    for some in batches(sorted(ids)):
        yield from store.rows(
            "SELECT i.*, c.puppet FROM impressions i JOIN captures c ON c.id = i.capture"
            f" WHERE i.item_id IN ({', '.join('?' * len(some))})"
            " ORDER BY i.item_id, c.puppet, c.saved_time",
            some,
        )


def _found(item: str, rows: list[dict[str, Any]], topics: dict[str, str]) -> Found:
    first = rows[0]
    puppets: dict[str, str] = {}
    for row in rows:
        puppets.setdefault(row["puppet"], row["capture"])
    return Found(
        Item(
            surface=first["surface"], position=first["position"], kind=first["kind"] or "",
            id=item, title=first["title"] or "", channel=first["channel_name"] or "",
            href=first["href"] or "", topic=topics.get(item, ""),
        ),
        len(rows),
        tuple(puppets.items()),
    )  # fmt: skip


def _where(parts: list[str]) -> tuple[str, list[str]]:
    one = (
        "(coalesce(title, '') LIKE ? ESCAPE '\\' OR coalesce(channel_name, '') LIKE ? ESCAPE '\\'"
        " OR item_id = ?)"
    )
    values: list[str] = []
    for part in parts:
        safe = part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        values += [f"%{safe}%", f"%{safe}%", part]
    return " AND ".join([one] * len(parts)), values
