"""Playlists that users make: created, and their entries added, taken out and moved."""

from __future__ import annotations

import secrets
import string
from typing import Any

from mockserver.api.tubearchivist import shapes
from mockserver.api.tubearchivist.archive import Archive
from mockserver.api.tubearchivist.described import item
from mockserver.api.tubearchivist.dispatch import Endpoint, route
from mockserver.api.tubearchivist.envelope import REQUIRED, Call, bad, choice, refuse, text
from mockserver.api.tubearchivist.profile import V04, V05
from mockserver.api.tubearchivist.tables import Document
from mockserver.openapi.blueprint import ApiBlueprint
from mockserver.openapi.operations import Body, Operation
from mockserver.openapi.shapes import Values

ACTIONS = ("create", "remove", "up", "down", "top", "bottom")
_MOST_ENTRIES = 1000
_MOST_PLAYLISTS = 10_000
_MOST_NAME = 200
#: What changes a custom playlist, for the description.
CHANGE = Body(
    {
        "action": Values("create", "remove", "up", "down", "top", "bottom"),
        "video_id": "string",
    },
    {"action": "create", "video_id": "dQw4w9WgXcQ"},
)
_LETTERS = string.ascii_letters + string.digits


def register(bp: ApiBlueprint) -> None:
    """Route the playlists that users make on ``bp`` (v0.4 and v0.5)."""
    # fmt: off
    create_one = Endpoint("Playlist Custom List", {"POST": create}, {
        "POST": Operation("Make a playlist of one's own", item("@ArchivePlaylist"),
                          body=Body({"playlist_name": "string"}, {"playlist_name": "mine"}))},
        admin=True)
    route(bp, "/playlist/custom/", create_one, (V04, V05))
    change_one = Endpoint("Playlist Custom", {"POST": change}, {
        "POST": Operation("Change it: as above, the playlist comes back",
                          item("@ArchivePlaylist"), body=CHANGE)}, admin=True)
    route(bp, "/playlist/custom/<slug:playlist_id>/", change_one, (V04, V05))
    # fmt: on


def _refused(call: Call, field: str, reasons: list[str]) -> None:
    if call.modern:
        refuse(400, {field: reasons})
    bad(f"{field}: {' '.join(reasons)}")


def create(call: Call) -> Any:
    """An empty playlist of the name that is given."""
    fields = call.fields()
    name = text(fields.get("playlist_name"), most=_MOST_NAME)
    if name is None:
        missing = "playlist_name" not in fields
        _refused(call, "playlist_name", [REQUIRED if missing else "Not a valid name."])
    table = call.archive.playlists
    if len(table.changed) >= _MOST_PLAYLISTS:
        _refused(call, "playlist_name", ["There are too many playlists."])
    key = "TA_playlist_" + "".join(secrets.choice(_LETTERS) for _ in range(8))
    table.put(
        key,
        {
            "playlist_active": False,
            "playlist_channel": None,
            "playlist_channel_id": None,
            "playlist_description": False,
            "playlist_entries": [],
            "playlist_id": key,
            "playlist_last_refresh": int(call.archive.now()),
            "playlist_name": name,
            "playlist_sort_order": "top",
            "playlist_subscribed": False,
            "playlist_type": "custom",
        },
    )
    return _shown(call, key)


def _shown(call: Call, key: str) -> Any:
    return call.item(shapes.playlist(call.profile, call.archive.playlists.get(key) or {}))


def change(call: Call, playlist_id: str) -> Any:
    """Add, take out or move the entry ``video_id`` as the body's ``action`` says; the playlist
    comes back.

    :raises Refused: 404 for an unknown playlist; 400 for one that the archive did not make, or an
    action that cannot be done
    """
    if playlist_id not in call.archive.playlists:
        call.missing("playlist not found")
    act(call, playlist_id)
    return _shown(call, playlist_id)


def act(call: Call, playlist_id: str) -> None:
    """Do the body's ``action`` with its ``video_id``. Raises :class:`Refused` 400."""
    fields = call.fields()
    archive = call.archive
    document = archive.playlists.get(playlist_id) or {}
    if document.get("playlist_type") != "custom":
        message = f"playlist with ID {playlist_id} is not custom"
        refuse(400, {"error" if call.modern else "message": message})
    action, key = fields.get("action"), text(fields.get("video_id"))
    if action not in ACTIONS:
        _refused(call, "action", [REQUIRED] if "action" not in fields else choice(action))
    if key is None:
        _refused(call, "video_id", [REQUIRED])
    entries = _acted(archive, document, str(action), str(key))
    if entries is None:
        message = "the playlist or the archive has no such video, or the playlist is full"
        refuse(400, {"error" if call.modern else "message": message})
    for number, entry in enumerate(entries):
        entry["idx"] = number
    archive.playlists.update(playlist_id, playlist_entries=entries)
    video = archive.videos.get(str(key))
    if video is not None and action in {"create", "remove"}:
        lists = [name for name in video.get("playlist") or () if name != playlist_id]
        archive.videos.update(
            str(key), playlist=[*lists, playlist_id] if action == "create" else lists
        )


def _acted(
    archive: Archive, document: Document, action: str, key: str
) -> list[dict[str, Any]] | None:
    """The entries after the action; ``None`` when it cannot be done."""
    entries = [dict(entry) for entry in document["playlist_entries"]]
    at = next((i for i, entry in enumerate(entries) if entry.get("youtube_id") == key), None)
    if action == "create":
        video = archive.videos.get(key)
        if video is None or len(entries) >= _MOST_ENTRIES:
            return None
        if at is None:
            entries.append(
                {
                    "youtube_id": key,
                    "title": video["title"],
                    "uploader": video["channel"].get("channel_name"),
                    "downloaded": True,
                }
            )
        return entries
    if at is None:
        return None
    entry = entries.pop(at)
    places = {"up": max(at - 1, 0), "down": at + 1, "top": 0, "bottom": len(entries)}
    if action != "remove":
        entries.insert(places[action], entry)
    return entries
