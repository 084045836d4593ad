"""A captured page, shown without what could act or ask for anything.

Captures are hostile input. The frame that shows one is sandboxed and its policy lets nothing run
and nothing load; a browser follows some hints (preconnect, a prefetch of names) under any policy,
so elements that are instructions to the browser are left out of what is shown. The text as it was
filed is there beside it, as text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from collector.store import Store
from collector.view.pages import POST_TEXT, TIMELINE, Item, batches, topics_of

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
_NAMES = f"""
SELECT item_id, title, channel_name FROM impressions
UNION ALL SELECT post_id, {POST_TEXT}, source FROM feed
"""
_ON_CAPTURES = """
SELECT i.capture AS page, i.surface, i.position, i.kind, i.item_id, i.title, i.channel_name, i.href,
       c.puppet
FROM impressions i JOIN captures c ON c.id = i.capture
WHERE i.item_id IN ({marks}) ORDER BY c.saved_time, c.id
"""
_ON_TIMELINES = f"""
SELECT '{TIMELINE}' || f.timeline AS page, 'feed' AS surface, f.number AS position,
       f.media AS kind, f.post_id AS item_id, {POST_TEXT} AS title, f.source AS channel_name,
       f.permalink AS href, t.puppet
FROM feed f JOIN timelines t ON t.id = f.timeline
WHERE f.post_id IN ({{marks}}) ORDER BY t.started, f.number
"""


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
    pages: int
    """On how many pages it was."""
    puppets: tuple[tuple[str, str], ...]
    """Each puppet that was shown it, and the first page that did."""


def search(store: Store, words: str) -> tuple[list[Found], bool]:
    """Items whose title, channel or id has all the words, those on the most pages first.

    :returns: the items, at most :data:`MOST_FOUND`, and whether there are more.
    """
    parts = words.split()
    if not parts:
        return [], False
    where, values = _where(parts)
    ids = [
        row["item_id"]
        for row in store.rows(
            f"SELECT item_id FROM ({_NAMES}) WHERE item_id IS NOT NULL AND {where}"
            " GROUP BY item_id ORDER BY count(*) DESC, item_id LIMIT ?",
            [*values, MOST_FOUND + 1],
        )
    ]
    more, ids = len(ids) > MOST_FOUND, ids[:MOST_FOUND]
    topics = topics_of(store, ids)
    rows_of: dict[str, list[dict[str, Any]]] = {item: [] for item in ids}
    for some in batches(sorted(ids)):
        marks = ", ".join("?" * len(some))
        for sql in (_ON_CAPTURES, _ON_TIMELINES):
            for row in store.rows(sql.format(marks=marks), some):
                rows_of[row["item_id"]].append(row)
    return [_found(item, rows, topics) for item, rows in rows_of.items()], more


def _found(item: str, rows: list[dict[str, Any]], topics: dict[str, str]) -> Found:
    first = rows[0]
    puppets: dict[str, str] = {}
    for row in rows:
        puppets.setdefault(row["puppet"], row["page"])
    return Found(
        Item(
            surface=first["surface"], position=first["position"], kind=first["kind"] or "",
            id=item, title=first["title"] or "", channel=first["channel_name"] or "",
            href=first["href"] or "", topic=topics.get(item, ""),
        ),
        len({row["page"] for row in rows}),
        tuple(sorted(puppets.items())),
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
