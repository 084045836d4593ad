"""Files the items of one verified request: pages parsed, leaves read, everything once.

Protects two rules: an item is stored once however often it is sent, and several captures of one
page are one observation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import zstandard
from flask import request

from collector.common.identity import iso_z
from collector.platforms.youtube.urls import parse_url
from mockserver.api.yttrex import tables
from mockserver.api.yttrex.ads import sponsor
from mockserver.api.yttrex.items import Leaf, Page, Refused, is_leaf, read_item
from mockserver.api.yttrex.observe import Parsed, merge, observe
from mockserver.context import mock


class Batch:
    """Files the items of one verified request."""

    def __init__(self, public_key: str) -> None:
        self.db = mock().db
        self.public_key = public_key
        self.now = self.db.now()
        language = request.headers.get("Accept-Language", "")
        self.blang = language.partition(";")[0].partition(",")[0].strip()[:64] or None
        tag = request.headers.get("X-YTtrex-NonAuthCookieId", "").strip()
        self.research_tag = tag[:256] or None

    def file(self, batch: list[Any]) -> list[dict[str, Any]]:
        """One result an item, in order."""
        places = {True: 0, False: 0}
        results = []
        for item in batch:
            leaf = is_leaf(item)
            place = places[leaf]
            places[leaf] += 1
            result: dict[str, Any] = {"kind": "leaf" if leaf else "html"}
            try:
                read = read_item(
                    item,
                    place,
                    public_key=self.public_key,
                    blang=self.blang,
                    research_tag=self.research_tag,
                )
            except Refused as error:
                results.append(result | {"status": "refused", "reason": str(error)})
                continue
            results.append(
                result | (self._leaf(read) if isinstance(read, Leaf) else self._page(read))
            )
        return results

    def _page(self, page: Page) -> dict[str, Any]:
        origin = page.origin
        if (known := self._known("yttrex_htmls", page)) is not None:
            return known
        parsed = observe(
            page.html,
            origin.href,
            metadata_id=origin.metadata_id,
            client_time=origin.client_time,
            saving_time=self.now,
            blang=origin.blang,
            experiment_id=origin.experiment_id,
            research_tag=origin.research_tag,
        )
        packed = zstandard.compress(page.html.encode())
        with self.db.writing() as connection:
            if (again := self._known("yttrex_htmls", page)) is not None:
                return again
            html_id = self._free_id("yttrex_htmls", page)
            connection.execute(
                "INSERT INTO yttrex_htmls VALUES"
                " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    html_id,
                    origin.fingerprint,
                    origin.metadata_id,
                    self.public_key,
                    origin.href,
                    _nature_json(origin.href),
                    origin.blang,
                    iso_z(origin.client_time),
                    iso_z(self.now),
                    page.size,
                    origin.incremental,
                    origin.place,
                    origin.research_tag,
                    origin.experiment_id,
                    parsed.status,
                    parsed.parser,
                    parsed.problem,
                    packed,
                ],
            )
            if parsed.doc is not None:
                self._observe(page, parsed, parsed.doc)
        return {"status": "stored", "id": html_id, "metadataId": origin.metadata_id}

    def _observe(self, page: Page, parsed: Parsed, doc: dict[str, Any]) -> None:
        """File the observation; several captures of one page are one observation."""
        origin = page.origin
        seen = origin.incremental or 0
        rows = self.db.rows(
            "SELECT seen, doc FROM yttrex_metadata WHERE id = ?", [origin.metadata_id]
        )
        merged: Mapping[str, Any] = doc
        if rows:
            known, known_seen = json.loads(rows[0]["doc"]), rows[0]["seen"]
            # What was captured later stays on top, in whatever order the captures arrive.
            merged = merge(doc, known) if known_seen > seen else merge(known, doc)
            seen = max(seen, known_seen)
        tables.put_metadata(
            self.db,
            merged,
            public_key=self.public_key,
            saving_time=self.now,
            seen=seen,
            kind=parsed.kind,
            research_tag=origin.research_tag,
            experiment_id=origin.experiment_id,
        )

    def _leaf(self, leaf: Leaf) -> dict[str, Any]:
        origin = leaf.origin
        paid = sponsor(leaf.selector_name, leaf.html)
        with self.db.writing() as connection:
            if (known := self._known("yttrex_leaves", leaf)) is not None:
                return known
            leaf_id = self._free_id("yttrex_leaves", leaf)
            connection.execute(
                "INSERT INTO yttrex_leaves VALUES"
                " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    leaf_id,
                    origin.fingerprint,
                    origin.metadata_id,
                    self.public_key,
                    origin.href,
                    leaf.selector_name,
                    _nature_json(origin.href),
                    origin.blang,
                    iso_z(origin.client_time),
                    iso_z(self.now),
                    leaf.offset_top,
                    leaf.offset_left,
                    paid.name,
                    paid.site,
                    origin.research_tag,
                    origin.experiment_id,
                    leaf.html,
                ],
            )
        return {"status": "stored", "id": leaf_id, "metadataId": origin.metadata_id}

    def _known(self, table: str, item: Page | Leaf) -> dict[str, Any] | None:
        rows = self.db.rows(
            f"SELECT id, metadata_id FROM {table} WHERE fingerprint = ?",
            [item.origin.fingerprint],
        )
        if not rows:
            return None
        return {
            "status": "duplicate",
            "id": rows[0]["id"],
            "metadataId": rows[0]["metadata_id"],
        }

    def _free_id(self, table: str, item: Page | Leaf) -> str:
        """The item's id; where other evidence has it already, that of the next free place.

        Ids count bytes and places, not content: two captures of a page with the same length, each
        first in its batch, share one.
        """
        place = item.origin.place
        while self.db.rows(f"SELECT 1 FROM {table} WHERE id = ?", [item.id(place)]):
            place += 1
        return item.id(place)


def _nature_json(href: str) -> str | None:
    named = parse_url(href).as_reference()
    return json.dumps(named, ensure_ascii=False) if named else None
