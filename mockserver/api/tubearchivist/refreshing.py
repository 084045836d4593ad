"""The refresh queue: items wait, and are refreshed one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockserver.api.tubearchivist.archive import Archive
from mockserver.api.tubearchivist.described import ok
from mockserver.api.tubearchivist.dispatch import Endpoint, route
from mockserver.api.tubearchivist.envelope import Call, choice, refuse
from mockserver.api.tubearchivist.jobs import Waiting
from mockserver.api.tubearchivist.profile import V03
from mockserver.openapi.blueprint import ApiBlueprint
from mockserver.openapi.operations import Body, Operation, json_of

_KINDS = ("video", "channel", "playlist")
#: Items of one request that are queued; the rest is left out.
_MOST_ITEMS = 1000
#: Items that wait altogether.
_MOST_WAITING = 10_000


def register(bp: ApiBlueprint) -> None:
    """Route the refresh queue on ``bp``."""
    # fmt: off
    route(bp, "/refresh/", Endpoint("Refresh", {"GET": progress, "POST": refresh}, {
        "GET": Operation("How much waits to be refreshed", {
            **ok({"total_queued": "integer", "type": "string", "state": "string|boolean",
                  "id?": "string"}), 400: json_of({"status": "string"})}, ("?type", "id")),
        "POST": Operation("Refresh videos, channels, playlists", ok("object"),
                          ("extract_videos",), Body(
            {"video?": ["string"], "channel?": ["string"], "playlist?": ["string"]},
            {"video": ["dQw4w9WgXcQ"]})),
    }, admin=True))
    # fmt: on


def progress(call: Call) -> Any:
    """How much waits: altogether, of one kind, or whether one item does."""
    if call.profile is V03:
        return {"status": False}
    kind, key = call.args.get("type"), call.args.get("id")
    if kind is not None and kind not in _KINDS:
        refuse(400, {"type": choice(kind)} if call.modern else {"status": "Bad Request"})
    if key is not None and kind is None:
        refuse(
            400,
            {"error": "specified id also needs type"} if call.modern else {"status": "Bad Request"},
        )
    waiting = [item for item in call.archive.refreshing if kind is None or item.kind == kind]
    found: dict[str, Any] = {"total_queued": len(waiting), "type": kind or "all"}
    if key is not None:
        found["id"] = key
        found["state"] = "in_queue" if any(item.key == key for item in waiting) else False
    else:
        found["state"] = "running" if waiting else "empty"
    if call.modern:
        return {"state": found["state"], "total_queued": found["total_queued"]}
    return found


def refresh(call: Call) -> Any:
    """Queue items under either spelling of their kind; the body comes back."""
    fields = call.fields()
    items: dict[tuple[str, str], None] = {}
    for kind in _KINDS:
        for name in (kind, kind + "s"):
            given = fields.get(name)
            for key in given if isinstance(given, list) else ():
                if isinstance(key, str) and 0 < len(key) <= 64:
                    items[(kind, key)] = None
    if call.args.get("extract_videos"):
        for kind, key in tuple(items):
            for video in _videos(call.archive, kind, key):
                items[("video", video)] = None
    job_id = _queue(call.archive, list(items)[:_MOST_ITEMS])
    if call.modern:
        return {"message": "reindex task started", "task_id": job_id}
    return fields


def _videos(archive: Archive, kind: str, key: str) -> Sequence[str]:
    if kind == "channel":
        return archive.of_channel(key)
    return archive.in_playlist(key) if kind == "playlist" else ()


def _queue(archive: Archive, items: list[tuple[str, str]]) -> str:
    """One task for all; each item is due a delay after the one before it. Returns its id."""
    queue = archive.refreshing
    items = items[: max(_MOST_WAITING - len(queue), 0)]
    job = archive.jobs.start(
        "check_reindex",
        lambda: f"refreshed {len(items)} item(s)",
        times=len(queue) + len(items),
    )
    due = max([archive.now(), *(waiting.due for waiting in list(queue)[-1:])])
    for kind, key in items:
        due += archive.jobs.delay_s
        queue.append(Waiting(kind, key, due, job))
    archive.advance()
    return job.id
