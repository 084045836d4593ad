"""The download queue."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from mockserver.api.tubearchivist import shapes
from mockserver.api.tubearchivist.archive import Archive
from mockserver.api.tubearchivist.channels import resolve_channel
from mockserver.api.tubearchivist.columns import number
from mockserver.api.tubearchivist.dispatch import Endpoint, route
from mockserver.api.tubearchivist.envelope import REQUIRED, Call, bad, choice, refuse, text
from mockserver.api.tubearchivist.listing import listed
from mockserver.api.tubearchivist.profile import V03
from mockserver.api.tubearchivist.recognise import Named, by_shape, recognise

_STATUSES = ("pending", "ignore")
#: Items of one request.
_MOST_ITEMS = 1000


def register(bp: Blueprint) -> None:
    route(
        bp,
        "/download/",
        Endpoint(
            "Download Api List", {"GET": queue, "POST": add, "DELETE": delete_by_status}, admin=True
        ),
    )
    route(
        bp,
        "/download/<slug:video_id>/",
        Endpoint("Download Api", {"GET": item, "POST": change, "DELETE": delete}, admin=True),
    )


def _shown(call: Call, key: str, score: float = 0) -> dict[str, Any]:
    document = call.archive.downloads.get(key)
    if document is None:
        raise LookupError(key)
    return shapes.queued(call.profile, document, score)


def queue(call: Call) -> Any:
    status, channel = call.args.get("filter"), call.args.get("channel")
    if status is not None and status not in _STATUSES:
        if call.modern:
            refuse(400, {"filter": choice(status)})
        bad(f"invalid url query filder: {status[:200]}")
    rows = []
    for document in call.archive.downloads.all():
        if status is not None and document["status"] != status:
            continue
        if channel is not None and document.get("channel_id") != channel:
            continue
        later = call.modern and not document.get("auto_start")
        rows.append((later, number(document.get("timestamp")), str(document["youtube_id"])))
    rows.sort(key=lambda row: row[:2])
    return listed(call, [key for _, _, key in rows], lambda key: _shown(call, key, 1))


def _named(archive: Archive, given: str) -> Named | None:
    named = recognise(given)
    if named is not None and named.kind == "handle":
        key = resolve_channel(archive, given)
        return Named("channel", key) if key is not None else None
    if named is None and given in archive.playlists:
        return Named("playlist", given)
    return named


def add(call: Call) -> Any:
    """Queue videos, or all of a channel or playlist, in the background."""
    try:
        rows = call.rows()
    except KeyError:
        if call.modern:
            refuse(400, {"data": [REQUIRED]})
        bad("missing expected data key")
    if len(rows) > _MOST_ITEMS:
        bad(f"at most {_MOST_ITEMS} items at once")
    wanted: list[Named] = []
    if call.modern:
        _check_modern(rows)
    for row in rows:
        if "status" not in row:
            bad("every item needs youtube_id and status")
        if row["status"] != "pending":
            continue
        given = text(row.get("youtube_id"))
        named = _named(call.archive, given) if given is not None else None
        if named is None:
            if call.modern:
                continue
            bad(f"failed to parse: {str(row.get('youtube_id'))[:200]}")
        wanted.append(named)
    auto = bool(call.args.get("autostart"))
    job = call.archive.jobs.start("extract_download", lambda: _extract(call.archive, wanted, auto))
    if call.modern:
        return {"message": "add to queue task started", "task_id": job.id}
    return call.data


def _check_modern(rows: list[dict[str, Any]]) -> None:
    complaints: list[dict[str, list[str]]] = []
    for row in rows:
        found: dict[str, list[str]] = {}
        if "youtube_id" not in row:
            found["youtube_id"] = [REQUIRED]
        elif text(row["youtube_id"]) is None:
            found["youtube_id"] = ["Not a valid string."]
        if "status" not in row:
            found["status"] = [REQUIRED]
        elif row["status"] != "pending":
            found["status"] = choice(row["status"])
        complaints.append(found)
    if any(complaints):
        refuse(400, {"data": complaints})


def _extract(archive: Archive, wanted: list[Named], auto: bool) -> str:
    unknown = []
    before = len(archive.downloads.changed)
    for named in wanted:
        keys = [named.id]
        if named.kind == "channel":
            known = archive.columns
            keys = list(known.ordered(known.channels([named.id]) & ~known.alive))
        elif named.kind == "playlist":
            document = archive.playlists.get(named.id)
            entries = document["playlist_entries"] if document is not None else ()
            keys = [str(entry.get("youtube_id")) for entry in entries]
        found = [archive.enqueue(key, auto=auto) for key in keys]
        if not any(found):
            unknown.append(named.id)
    if auto:
        for named in wanted:
            waiting = archive.downloads.get(named.id)
            if waiting is not None and waiting.get("auto_start"):
                archive.download(named.id)
    said = f"added {max(len(archive.downloads.changed) - before, 0)} video(s)"
    return f"{said}; not available: {', '.join(unknown)}" if unknown else said


def delete_by_status(call: Call) -> Any:
    status = call.args.get("filter")
    if status not in _STATUSES:
        if call.modern:
            refuse(400, {"filter": [REQUIRED] if status is None else choice(status)})
        bad(f"invalid url query filter: {False if status is None else status[:200]}")
    table = call.archive.downloads
    for document in list(table.all()):
        if document["status"] == status:
            table.remove(str(document["youtube_id"]))
    return (None, 204) if call.modern else {"message": f"delete queue by status: {status}"}


def item(call: Call, video_id: str) -> Any:
    if video_id not in call.archive.downloads:
        call.missing("Download item not found")
    return call.item(_shown(call, video_id))


def change(call: Call, video_id: str) -> Any:
    fields = call.fields()
    status = fields.get("status")
    known: tuple[str, ...] = (*_STATUSES, "priority")
    if call.modern:
        known = (*known, "ignore-force")
    if call.profile is V03:
        known = _STATUSES
    if status not in known:
        if call.modern:
            refuse(400, {"status": [REQUIRED] if "status" not in fields else choice(status)})
        bad(f"{video_id}: invalid status {str(status)[:100]}")
    table = call.archive.downloads
    if status == "ignore-force":
        _ignore(call.archive, video_id)
    elif video_id not in table:
        if call.modern:
            call.missing("Download item not found")
        if call.profile is not V03:
            refuse(404, {"message": f"{video_id}: item not found 404"})
    elif status == "priority":
        table.update(video_id, status="pending", auto_start=True)
    else:
        table.update(video_id, status=status)
    return fields


def _ignore(archive: Archive, video_id: str) -> None:
    """An ignored item of any id, known or not."""
    named = by_shape(video_id)
    if named is None or named.kind != "video":
        bad("this is no video's id")
    archive.downloads.remove(video_id)
    if archive.standalone or video_id not in archive.world.videos:
        archive.downloads.put(
            video_id,
            {
                "auto_start": False,
                "channel_id": None,
                "channel_indexed": False,
                "channel_name": None,
                "duration": "NA",
                "published": None,
                "status": "ignore",
                "timestamp": int(archive.now()),
                "title": video_id,
                "vid_type": "unknown",
                "youtube_id": video_id,
            },
        )
    else:
        archive.put_in_queue(video_id, status="ignore")


def delete(call: Call, video_id: str) -> Any:
    call.archive.downloads.remove(video_id)
    return (None, 204) if call.modern else {"success": True}
