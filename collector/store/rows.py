"""Between the dataclasses of ``collector.common.model`` and the rows of the store. No I/O.

Written out column by column, not structured by a library (cattrs, pydantic): columns are not
fields. A viewport is two columns, an observation counts its impressions, a post is unfolded for
SQL and kept whole beside it, a truth is 0, 1 or NULL, a moment has milliseconds and a ``Z``. A
converter would need a hook for each of these; what is left to it is ``name=row["name"]``, which
mypy checks. A row that a worker sends again is compared with the stored one, value by value
(``collector.fleet.rows``), so how a value is written may not follow a library's version.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from collector.common.model import (
    AuthorKind,
    Capture,
    FeedImpression,
    Impression,
    ItemKind,
    Nature,
    Observation,
    PageKind,
    PageStatus,
    ParseError,
    Platform,
    Post,
    Reason,
    Receipt,
    ReceiptStatus,
    Surface,
    Unparsed,
    Visibility,
)
from collector.store.tables import TABLES
from collector.store.times import from_iso, to_iso

Row = dict[str, Any]


def packed(value: Any) -> str:
    """JSON text: stable key order, non-ASCII as it is."""
    return _encoder.encode(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    raise TypeError(f"cannot be stored as JSON: {type(value).__name__}")


_encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=_plain)


def unpacked(text: str | None, empty: Any) -> Any:
    """The JSON of a column as data; ``empty`` where there is none."""
    return json.loads(text) if text else empty


def storable(value: Any) -> Any:
    """A value as a column holds it: moments and what is nested as text, truth values as 0 or 1."""
    if isinstance(value, datetime):
        return to_iso(value)
    if isinstance(value, Mapping | list | tuple):
        return packed(value)
    if isinstance(value, bool):
        return int(value)
    return value


def _flag(value: bool | None) -> int | None:
    return None if value is None else int(value)


def _bool(value: int | None) -> bool | None:
    return None if value is None else bool(value)


def from_capture(capture: Capture) -> Row:
    """A capture as a row of ``captures``."""
    return {
        "id": capture.id,
        "run": capture.run,
        "puppet": capture.puppet,
        "session": capture.session,
        "step": capture.step,
        "seq": capture.seq,
        "page_uuid": capture.page_uuid,
        "platform": str(capture.platform),
        "url": capture.url,
        "kind": str(capture.kind),
        "status": str(capture.status),
        "content_hash": capture.content_hash,
        "size": capture.size,
        "client_time": to_iso(capture.client_time),
        "saved_time": to_iso(capture.saved_time),
        "viewport_width": capture.viewport[0],
        "viewport_height": capture.viewport[1],
        "languages": packed(list(capture.languages)),
        "event": capture.event,
        "versions": packed(dict(capture.versions)),
    }


def to_capture(row: Mapping[str, Any]) -> Capture:
    """The capture of a row. Raises ValueError: a word that this version does not know."""
    return Capture(
        id=row["id"],
        run=row["run"],
        puppet=row["puppet"],
        session=row["session"],
        step=row["step"],
        seq=row["seq"],
        page_uuid=row["page_uuid"],
        platform=Platform(row["platform"]),
        url=row["url"],
        kind=PageKind(row["kind"]),
        status=PageStatus(row["status"]),
        content_hash=row["content_hash"],
        size=row["size"],
        client_time=from_iso(row["client_time"]),
        saved_time=from_iso(row["saved_time"]),
        viewport=(row["viewport_width"], row["viewport_height"]),
        languages=tuple(unpacked(row["languages"], [])),
        event=row["event"],
        versions=unpacked(row["versions"], {}),
    )


def from_check(session: str, check: Mapping[str, Any]) -> Row:
    """What was seen of a puppet's persona."""
    return {
        "session": session,
        "seen_by": check["seen_by"],
        "name": check["name"],
        "claimed": None if check["claimed"] is None else packed(check["claimed"]),
        "seen": None if check["seen"] is None else packed(check["seen"]),
        "agrees": None if check["agrees"] is None else int(check["agrees"]),
    }


def from_receipt(session: str, step: int, receipt: Receipt) -> Row:
    """A receipt as a row of ``receipts``; times in seconds."""
    return {
        "session": session,
        "step": step,
        "video_id": receipt.video_id,
        "status": str(receipt.status),
        "planned_s": receipt.planned_s,
        "watched_s": receipt.watched_s,
        "duration_s": receipt.duration_s,
        "ad_s": receipt.ad_s,
        "stalled_s": receipt.stalled_s,
        "rate": receipt.rate,
        "visible_share": receipt.visible_share,
        "ended": int(receipt.ended),
        "error": receipt.error,
        "next_video_id": receipt.next_video_id,
        "samples": packed([list(pair) for pair in receipt.samples]),
    }


def to_receipt(row: Mapping[str, Any]) -> Receipt:
    """The receipt of a row."""
    return Receipt(
        video_id=row["video_id"],
        status=ReceiptStatus(row["status"]),
        planned_s=row["planned_s"],
        watched_s=row["watched_s"],
        duration_s=row["duration_s"],
        ad_s=row["ad_s"],
        stalled_s=row["stalled_s"],
        rate=row["rate"],
        visible_share=row["visible_share"],
        ended=bool(row["ended"]),
        error=row["error"],
        next_video_id=row["next_video_id"],
        samples=tuple((t, p) for t, p in unpacked(row["samples"], [])),
    )


def from_observation(capture: str, observation: Observation) -> Row:
    """What was read from a capture as a row of ``observations``; its items have their own table."""
    return {
        "capture": capture,
        "parser": observation.parser,
        "platform": str(observation.platform),
        "kind": str(observation.kind),
        "status": str(observation.status),
        "url": observation.url,
        "lang": observation.lang,
        "login": _flag(observation.login),
        "fields": packed(dict(observation.fields)),
        "impressions": len(observation.impressions),
        "unparsed": len(observation.unparsed),
    }


def from_impression(capture: str, item: Impression) -> Row:
    """One item of a capture's lists as a row of ``impressions``."""
    return {
        "capture": capture,
        "surface": str(item.surface),
        "position": item.position,
        "kind": str(item.kind),
        "item_id": item.item_id,
        "href": item.href,
        "title": item.title,
        "channel_name": item.channel_name,
        "channel_href": item.channel_href,
        "views": item.views,
        "seconds": item.seconds,
        "age_seconds": item.age_seconds,
        "is_live": int(item.is_live),
        "verified": _flag(item.verified),
        "section": item.section,
        "label": item.label,
        "renderer": item.renderer,
        "extra": packed(dict(item.extra)),
    }


def to_impression(row: Mapping[str, Any]) -> Impression:
    """The item of a row."""
    return Impression(
        position=row["position"],
        surface=Surface(row["surface"]),
        kind=ItemKind(row["kind"]),
        item_id=row["item_id"],
        href=row["href"],
        title=row["title"],
        channel_name=row["channel_name"],
        channel_href=row["channel_href"],
        views=row["views"],
        seconds=row["seconds"],
        age_seconds=row["age_seconds"],
        is_live=bool(row["is_live"]),
        verified=_bool(row["verified"]),
        section=row["section"],
        label=row["label"],
        renderer=row["renderer"],
        extra=unpacked(row["extra"], {}),
    )


def to_observation(
    row: Mapping[str, Any],
    impressions: list[Mapping[str, Any]],
    unparsed: list[Mapping[str, Any]],
) -> Observation:
    """The observation of a row, with the rows of its items and of what could not be read."""
    return Observation(
        platform=Platform(row["platform"]),
        kind=PageKind(row["kind"]),
        status=PageStatus(row["status"]),
        url=row["url"],
        lang=row["lang"],
        login=_bool(row["login"]),
        parser=row["parser"],
        fields=unpacked(row["fields"], {}),
        impressions=tuple(to_impression(item) for item in impressions),
        unparsed=tuple(
            Unparsed(u["renderer"], u["field"], ParseError(u["error"]), u["sample"])
            for u in unparsed
        ),
    )


def from_feed(timeline: str, number: int, seen: FeedImpression) -> Row:
    """One post that a timeline showed as a row of ``feed_impressions``."""
    post = seen.post
    delay = (seen.time - post.published).total_seconds() if post and post.published else None
    return {
        "timeline": timeline,
        "number": number,
        "position": seen.order,
        "time": to_iso(seen.time),
        "visibility": str(seen.visibility),
        "visible_s": seen.visible_s,
        "top": seen.top,
        "bottom": seen.bottom,
        "content_hash": seen.content_hash,
        "post_id": post and post.post_id,
        "permalink": post and post.permalink,
        "media": post and post.link_type,
        "nature": str(post.nature) if post and post.nature else None,
        "reason": str(post.reason) if post and post.reason else None,
        "source": post and post.source,
        "source_link": post and post.source_link,
        "published": to_iso(post.published) if post and post.published else None,
        "delay_s": delay,
        "reactions": sum(post.reactions.values()) if post and post.reactions else None,
        "comments": post and post.comments,
        "shares": post and post.shares,
        "post": packed(asdict(post)) if post else None,
    }


def to_feed(row: Mapping[str, Any]) -> FeedImpression:
    """The post of a row."""
    return FeedImpression(
        order=row["position"],
        visibility=Visibility(row["visibility"]),
        time=from_iso(row["time"]),
        content_hash=row["content_hash"],
        post=_to_post(unpacked(row["post"], None)),
        visible_s=row["visible_s"],
        top=row["top"],
        bottom=row["bottom"],
    )


def _to_post(found: dict[str, Any] | None) -> Post | None:
    if found is None:
        return None
    return Post(
        **found
        | {
            "visibility": Visibility(found["visibility"]),
            "nature": found["nature"] and Nature(found["nature"]),
            "published": found["published"] and from_iso(found["published"]),
            "author": found["author"] and AuthorKind(found["author"]),
            "reason": found["reason"] and Reason(found["reason"]),
            "texts": tuple(found["texts"]),
            "captions": tuple(found["captions"]),
            "shared": _to_post(found["shared"]),
            "unparsed": tuple(
                Unparsed(u["renderer"], u["field"], ParseError(u["error"]), u["sample"])
                for u in found["unparsed"]
            ),
        }
    )


def from_truth(row: Mapping[str, Any], puppets: Mapping[str, str], table: str) -> Row:
    """A row of the mock's log under the table's columns; what has no column goes into ``extra``."""
    columns = TABLES[table].columns.keys() - {"puppet", "extra"}
    found: Row = {name: storable(row.get(name)) for name in columns}
    found["puppet"] = puppets.get(str(row.get("visitor")))
    if "extra" in TABLES[table].columns:
        found["extra"] = packed({k: v for k, v in row.items() if k not in columns | {"visitor"}})
    return found
