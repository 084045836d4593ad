"""The events of one submission, read: timelines, impressions, anomalies. Bad ones are refused.

Protects two rules: one event of an unknown kind refuses the whole submission, as the original did,
before anything is stored; and a private post brings its place and time, never its words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from collector.common.identity import content_id_2019, iso_z, parse_iso
from collector.common.model import Visibility
from collector.platforms.facebook.urls import is_feed

#: Largest numbers and texts that an event may bear.
MOST_ORDER = 100_000
MOST_TEXT = 200
MOST_HTML = 2 * 1024 * 1024
_UUID = re.compile(r"[\w.:-]{1,80}\Z", re.ASCII)


class BadEvent(ValueError):
    """An event that cannot be stored; the message says why."""


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """The beginning of one scroll session. ``id`` is the server's, made of the account, the
    collector's own id and the start; ``start_time`` is an ISO instant; ``nonfeed`` marks a page
    that is not the news feed."""

    id: str
    start_time: str
    nonfeed: bool
    tag_id: str | None


@dataclass(frozen=True, slots=True)
class ImpressionEvent:
    """One post that came into view. ``order`` is its place in the timeline as the collector
    counts, ``time`` is an ISO instant, and a private post has neither ``html`` nor ``html_id``."""

    id: str
    timeline_id: str
    order: int
    time: str
    visibility: Visibility
    html: str | None
    html_id: str | None
    kind: str | None
    came_from: str | None


@dataclass(frozen=True, slots=True)
class AnomalyEvent:
    """A collector's report that something went wrong: counted as processed, and nothing of it
    is stored."""


Event = TimelineEvent | ImpressionEvent | AnomalyEvent


def read_event(event: Any, *, user_id: str, version: str, now: datetime) -> Event:
    """One event. ``now`` stands where a client did not say when. Raises :class:`BadEvent`."""
    if not isinstance(event, Mapping):
        raise BadEvent("an event is not an object")
    match event.get("type"):
        case "timeline":
            return _timeline(event, user_id, now)
        case "impression":
            return _impression(event, user_id, version, now)
        case "anomaly":
            return AnomalyEvent()
    raise BadEvent(f"unknown event type: {str(event.get('type'))[:40]!r}")


def _timeline(event: Mapping[str, Any], user_id: str, now: datetime) -> TimelineEvent:
    location = event.get("location", "")
    if not isinstance(location, str):
        raise BadEvent("location is not text")
    return TimelineEvent(
        id=content_id_2019(uuid=_uuid(event.get("id")), user=user_id),
        start_time=_time(event.get("startTime"), now),
        nonfeed=not is_feed(location),
        tag_id=_short(event.get("tagId")),
    )


def _impression(
    event: Mapping[str, Any], user_id: str, version: str, now: datetime
) -> ImpressionEvent:
    uuid = _uuid(event.get("timelineId"))
    order = event.get("impressionOrder")
    if isinstance(order, bool) or not isinstance(order, int) or not 0 <= order <= MOST_ORDER:
        raise BadEvent("impressionOrder is not a whole number")
    given = event.get("visibility")
    if given not in (Visibility.PUBLIC, Visibility.PRIVATE):
        raise BadEvent("visibility is neither public nor private")
    visibility = Visibility(given)
    html = event.get("html") if visibility is Visibility.PUBLIC else None
    if html is not None and not isinstance(html, str):
        raise BadEvent("html is not text")
    if html and len(html) > MOST_HTML:
        raise BadEvent(f"html is longer than {MOST_HTML} characters")
    html = (html or "").encode("utf-8", "replace").decode() or None
    # The extension of 2019 named a fragment by its bytes alone, later ones by owner and bytes.
    old = version.startswith(("0.", "1."))
    html_id = None
    if html is not None:
        html_id = content_id_2019(html=html) if old else content_id_2019(html=html, user=user_id)
    return ImpressionEvent(
        id=content_id_2019(uuid=uuid, user=user_id, order=str(order)),
        timeline_id=content_id_2019(uuid=uuid, user=user_id),
        order=order,
        # Later extensions call the moment of coming into view ``startTime``.
        time=_time(event.get("impressionTime", event.get("startTime")), now),
        visibility=visibility,
        html=html,
        html_id=html_id,
        kind=_short(event.get("kind")) if visibility is Visibility.PUBLIC else None,
        came_from=_short(event.get("from")) if visibility is Visibility.PUBLIC else None,
    )


def _uuid(value: Any) -> str:
    if not isinstance(value, str) or not _UUID.match(value):
        raise BadEvent("a timeline has no usable id")
    return value


def _time(value: Any, now: datetime) -> str:
    if value is None:
        return iso_z(now)
    if not isinstance(value, str) or len(value) > 64:
        raise BadEvent("a time is not ISO 8601")
    try:
        return iso_z(parse_iso(value))
    except (ValueError, OverflowError) as error:
        raise BadEvent("a time is not ISO 8601") from error


def _short(value: Any) -> str | None:
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        return None
    return str(value)[:MOST_TEXT].encode("utf-8", "replace").decode() or None
