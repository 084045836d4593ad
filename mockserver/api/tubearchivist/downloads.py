"""The download queue."""

from __future__ import annotations

from functools import partial
from typing import Any

from mockserver.api.tubearchivist import shapes
from mockserver.api.tubearchivist.archive import Archive
from mockserver.api.tubearchivist.channels import resolve_channel
from mockserver.api.tubearchivist.columns import number
from mockserver.api.tubearchivist.described import WRONG, ok, page_of
from mockserver.api.tubearchivist.described import item as one
from mockserver.api.tubearchivist.dispatch import Endpoint, route
from mockserver.api.tubearchivist.envelope import REQUIRED, Call, bad, choice, refuse, text
from mockserver.api.tubearchivist.listing import listed
from mockserver.api.tubearchivist.profile import V03, V05
from mockserver.api.tubearchivist.queueing import (
    STATUSES,
    STORED,
    change_many,
    delete_by_status,
    filtered,
    groups,
)
from mockserver.api.tubearchivist.recognise import Named, by_shape, recognise
from mockserver.openapi.blueprint import ApiBlueprint
from mockserver.openapi.operations import Body, Operation
from mockserver.openapi.shapes import Values

#: With which statuses an item may come; the second, in v0.5, is ignored whatever it is.
_ADDED = ("pending", "ignore-force")
_MOST_FORCED = 20_000
#: Items of one request.
_MOST_ITEMS = 1000


def register(bp: ApiBlueprint) -> None:
    """Route the download queue on ``bp``."""
    # fmt: off
    route(bp, "/download/", Endpoint("Download Api List", {
        "GET": queue, "POST": add, "DELETE": delete_by_status, "PATCH": change_many}, {
        "GET": Operation("What waits to be downloaded", page_of("@ArchiveQueued"),
                         ("page", "?filter", "channel")),
        "POST": Operation("Queue videos, or all of a channel or playlist", ok({"data": "array"}),
                          body=Body(
            {"data": [{"youtube_id": "string", "status": Values("pending")}]},
            {"data": [{"youtube_id": "NYj3DnI81AQ", "status": "pending"}]})),
        "DELETE": Operation("Empty the queue of one status",
                            {**ok({"message": "string"}), **WRONG}, ("?filter",)),
    }, admin=True, since={"PATCH": (V05,)}))
    route(bp, "/download/aggs/", Endpoint("Download Aggs", {"GET": groups}, admin=True), (V05,))
    waiting = {"video_id": "$download"}
    route(bp, "/download/<slug:video_id>/", Endpoint("Download Api", {
        "GET": item, "POST": change, "DELETE": delete}, {
        "GET": Operation("What waits", one("@ArchiveQueued"), examples=waiting),
        "POST": Operation("Ignore it, or have it again", ok({"status": "string"}), body=Body(
            {"status": Values("pending", "ignore", "priority")}, {"status": "ignore"}),
            examples=waiting),
        "DELETE": Operation("Forget it", ok({"success": "boolean"}), examples=waiting),
    }, admin=True))
    # fmt: on


def _shown(call: Call, key: str, score: float = 0) -> dict[str, Any]:
    document = call.archive.downloads.get(key)
    if document is None:
        raise LookupError(key)
    return shapes.queued(call.profile, document, score)


def queue(call: Call) -> Any:
    """Answer what waits, a page at a time, oldest first; in v0.5 what starts by itself comes
    before the rest."""
    rows = []
    for document in filtered(call, STATUSES):
        later = call.modern and not document.get("auto_start")
        rows.append((later, number(document.get("timestamp")), str(document["youtube_id"])))
    rows.sort(key=lambda row: row[:2])
    return listed(call, [key for _, _, key in rows], lambda key: _shown(call, key))


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
        if row["status"] not in _ADDED or (row["status"] != "pending" and not call.modern):
            continue
        given = text(row.get("youtube_id"))
        named = _named(call.archive, given) if given is not None else None
        if named is None:
            if call.modern:
                continue
            bad(f"failed to parse: {str(row.get('youtube_id'))[:200]}")
        if row["status"] == "pending":
            wanted.append(named)
        else:
            _ignore(call.archive, named.id)
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
        elif row["status"] not in _ADDED:
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
            _fetch(archive, named.id)
    said = f"added {max(len(archive.downloads.changed) - before, 0)} video(s)"
    return f"{said}; not available: {', '.join(unknown)}" if unknown else said


def item(call: Call, video_id: str) -> Any:
    """Answer one item of the queue.

    :raises Refused: 404, it is not in the queue
    """
    if video_id not in call.archive.downloads:
        call.missing("Download item not found")
    return call.item(_shown(call, video_id))


def change(call: Call, video_id: str) -> Any:
    """Set an item's status. v0.5's ``ignore-force`` also ignores videos that were never queued.

    :raises Refused: 400 for a status that the profile does not know, 404 for an item that is not
    queued
    """
    fields = call.fields()
    status = fields.get("status")
    known: tuple[str, ...] = (*STATUSES, "priority")
    if call.modern:
        known = (*known, "ignore-force")
    if call.profile is V03:
        known = STATUSES
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
    else:
        table.update(video_id, **STORED[status])
        if status == "priority":
            job = partial(_fetch, call.archive, video_id)
            call.archive.jobs.start("download_pending", job)
    return fields


def _fetch(archive: Archive, key: str) -> str:
    """Download what is to be downloaded first."""
    if archive.standalone:
        return "this archive knows no videos but its own"
    waiting = archive.downloads.get(key)
    if waiting is None or not waiting.get("auto_start"):
        return "nothing to download"
    return f"downloaded {int(archive.download(key))} video(s)"


def _ignore(archive: Archive, video_id: str) -> None:
    """An ignored item of any id, known or not."""
    named = by_shape(video_id)
    if named is None or named.kind != "video":
        bad("the id must be a video's")
    if len(archive.downloads.changed) >= _MOST_FORCED:
        bad("the queue is full")
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
    """Forget one item. That it never was there is no error; v0.5 answers 204 without a body."""
    call.archive.downloads.remove(video_id)
    return (None, 204) if call.modern else {"success": True}
