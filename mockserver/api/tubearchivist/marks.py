"""The watched mark of a video, or of all videos of a channel or playlist."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockserver.api.tubearchivist.described import ok
from mockserver.api.tubearchivist.dispatch import Endpoint, route
from mockserver.api.tubearchivist.envelope import REQUIRED, Call, bad, refuse, text, truth
from mockserver.api.tubearchivist.profile import V04, V05
from mockserver.api.tubearchivist.recognise import by_shape
from mockserver.api.tubearchivist.watching import watching
from mockserver.openapi.blueprint import ApiBlueprint
from mockserver.openapi.operations import Body, Operation, json_of


def register(bp: ApiBlueprint) -> None:
    """Route ``/watched/`` on ``bp``."""
    # fmt: off
    # No document writes this path without its slash, and the recorded servers did nothing there.
    route(bp, "/watched/", Endpoint("Watched", {"POST": mark}, {
        "POST": Operation("Mark as watched, or not", {
            **ok("@ArchiveMessage"), 404: json_of("@ArchiveMessage")}, body=Body(
            {"id": "string", "is_watched": "boolean"},
            {"id": "dQw4w9WgXcQ", "is_watched": True}))}, needs_slash=True), (V04, V05))
    # fmt: on


def mark(call: Call) -> Any:
    """Set or clear the watched mark of a video, or of every video of a channel or playlist.

    :raises Refused: 400, ``id`` or ``is_watched`` is missing or of another type; 404, unknown
    """
    fields = call.fields()
    given, on = fields.get("id"), fields.get("is_watched")
    if call.modern:
        complaints = {name: [REQUIRED] for name in ("id", "is_watched") if name not in fields}
        if not complaints and truth(on) is None:
            complaints["is_watched"] = ["Must be a valid boolean."]
        if not complaints and text(given) is None:
            complaints["id"] = ["Not a valid string."]
        if complaints:
            refuse(400, complaints)
    elif given is None or given == "" or on is None:
        bad("missing id or is_watched")
    key, wanted = text(given), truth(on)
    if key is None or wanted is None:
        bad("id is a text and is_watched a boolean")
    archive = call.archive
    named = by_shape(key)
    ids: Sequence[str] = ()
    if key in archive.playlists:
        ids = archive.in_playlist(key)
    elif named is None or named.kind == "handle":
        bad("this is not an id of a video, channel or playlist")
    elif named.kind == "video":
        if not watching().mark(call.profile, call.user, key, wanted):
            refuse(404, {"message": "video not found"})
    else:
        known = archive.channels if named.kind == "channel" else archive.playlists
        if key not in known:
            refuse(404, {"message": f"{named.kind} not found"})
        ids = archive.of_channel(key)
    for video_id in tuple(ids):
        document = archive.videos.get(video_id)
        if document is not None and bool(document["player"].get("watched")) != wanted:
            watching().mark(call.profile, call.user, video_id, wanted)
    return {"id": key, "is_watched": wanted} if call.modern else {"message": "success"}
