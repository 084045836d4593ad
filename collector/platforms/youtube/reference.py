"""Observations under the reference collector's field names and shapes.

``selected`` of a home page, ``related`` of a watch page, ``results`` of a search. Every impression
is there, also those that the reference drops (ads, mixes, playlists, channels): ``kind`` says
what it is, and ``index``/``position`` counts all of them from 1 without holes. Values are the
parser's own; what the reference itself would have answered is in ``historic``.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from collector.common.model import Impression, ItemKind, Observation, PageKind
from collector.platforms.youtube import urls
from collector.platforms.youtube.historic.times import before, distance, iso

#: Kinds whose ``item_id`` is a video.
VIDEO_KINDS = frozenset((ItemKind.VIDEO, ItemKind.SHORT, ItemKind.LIVE, ItemKind.UPCOMING))

_LISTS = {
    PageKind.HOME: "selected",
    PageKind.CHANNEL: "selected",
    PageKind.VIDEO: "related",
    PageKind.SEARCH: "results",
}


def to_metadata(
    observation: Observation,
    *,
    id: str,  # noqa: A002 (the reference's field name)
    public_key: str | None = None,
    client_time: datetime | None = None,
    saving_time: datetime | None = None,
    blang: str | None = None,
    experiment_id: str | None = None,
    research_tag: str | None = None,
    kinds: Collection[ItemKind] | None = None,
) -> dict[str, Any]:
    """The reference's metadata document of one page, ready for JSON (times as ISO strings).

    ``kinds`` keeps only impressions of those kinds (positions stay). Optional keys are left out
    where there is no value, as the reference does.
    """
    document: dict[str, Any] = {
        "id": id,
        "type": observation.kind.value,
        "href": observation.url,
        "blang": blang or observation.lang,
        "login": observation.login,
        "nature": urls.parse_url(observation.url).as_reference(),
        "clientTime": _iso(client_time),
        "savingTime": _iso(saving_time),
    }
    for name, value in (
        ("publicKey", public_key),
        ("experimentId", experiment_id),
        ("researchTag", research_tag),
    ):
        if value is not None:
            document[name] = value
    for name, value in observation.fields.items():
        document[name] = _iso(value) if isinstance(value, datetime) else value
    list_name = _LISTS.get(observation.kind, "items" if observation.impressions else None)
    if list_name is not None:
        shape = {"related": _related, "results": _result}.get(list_name, _selected)
        document[list_name] = [
            shape(item, client_time)
            for item in observation.impressions
            if kinds is None or item.kind in kinds
        ]
    return document


def _iso(moment: datetime | None) -> str | None:
    return iso(moment.astimezone(UTC)) if moment is not None else None


def _selected(item: Impression, client_time: datetime | None) -> dict[str, Any]:
    out: dict[str, Any] = {"index": item.position, "kind": item.kind.value, **_ids(item)}
    out |= {
        "verified": bool(item.verified),
        "sectionName": item.section,
        "recommendedSource": item.channel_name,
        "recommendedHref": item.channel_href,
        **_common(item),
        "recommendedLength": item.seconds if item.seconds is not None else -1,
        "thumbnailHref": item.extra.get("thumbnail"),
        **_published(item, client_time),
    }
    return _without_nulls(out, keep=("thumbnailHref", "publicationTime"))


def _related(item: Impression, client_time: datetime | None) -> dict[str, Any]:
    out: dict[str, Any] = {
        "index": item.position,
        "kind": item.kind.value,
        "verified": bool(item.verified),
        "foryou": None,
        **_ids(item),
        "params": urls.query_params(item.href),
        "recommendedSource": item.channel_name,
        **_common(item),
        "recommendedLength": item.seconds,
        "recommendedThumbnail": item.extra.get("thumbnail"),
        "sectionName": item.section,
        **_published(item, client_time),
    }
    return _without_nulls(out, keep=("foryou", "publicationTime"))


def _result(item: Impression, client_time: datetime | None) -> dict[str, Any]:
    params = urls.query_params(item.href)
    out: dict[str, Any] = {
        "position": item.position,
        "kind": item.kind.value,
        "title": item.title,
        "authorName": item.channel_name,
        "authorSource": item.channel_href,
        "sectionName": item.section or "Search results",
        "href": item.href,
        **_ids(item),
        "offset": params.get("t"),
        "playlist": params.get("pp") if "t" not in params else None,
        "views": item.views,
        "arialabel": item.label,
        "isLive": item.is_live,
        "order": item.position - 1,
        "recommendedLength": item.seconds,
        "published": distance(item.age_seconds) if item.age_seconds is not None else None,
        "secondsAgo": item.age_seconds,
    }
    return _without_nulls(out, keep=("published", "secondsAgo"))


def _ids(item: Impression) -> dict[str, Any]:
    """``videoId`` where the item is or plays a video, ``listId`` where it is a list."""
    if item.kind in VIDEO_KINDS:
        return {"videoId": item.item_id}
    ids: dict[str, Any] = {"itemId": item.item_id}
    if item.kind in (ItemKind.MIX, ItemKind.PLAYLIST):
        ids["listId"] = item.item_id
    return ids | {"videoId": urls.video_id(item.href)}


def _common(item: Impression) -> dict[str, Any]:
    return {
        "recommendedTitle": item.title,
        "recommendedDisplayL": item.extra.get("display_length"),
        "recommendedLengthText": item.extra.get("length_text"),
        "recommendedRelativeSeconds": item.age_seconds,
        "recommendedViews": item.views,
        "isLive": item.is_live,
        "label": item.label,
    }


def _published(item: Impression, client_time: datetime | None) -> dict[str, Any]:
    """Time of publication, counted back from the page's clock; months and years by the calendar."""
    if item.age_seconds is None or client_time is None:
        return {"publicationTime": None, "timePrecision": "error"}
    written = item.extra.get("age")
    if written:
        moment = before(client_time, int(written[0]), str(written[1]))
    else:
        moment = client_time - timedelta(seconds=item.age_seconds)
    return {"publicationTime": _iso(moment), "timePrecision": "estimated"}


def _without_nulls(out: dict[str, Any], *, keep: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in out.items() if value is not None or key in keep}
