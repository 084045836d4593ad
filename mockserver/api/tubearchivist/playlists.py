"""Playlists: list, item, videos, subscriptions, and the order of custom ones."""

from __future__ import annotations

from typing import Any

from mockserver.api.tubearchivist import custom, shapes
from mockserver.api.tubearchivist.described import item, ok, page_of, subscribing
from mockserver.api.tubearchivist.dispatch import OLD, Endpoint, route
from mockserver.api.tubearchivist.envelope import REQUIRED, Call, bad, choice, refuse, text, truth
from mockserver.api.tubearchivist.listing import listed, shown_video
from mockserver.api.tubearchivist.profile import V04, V05
from mockserver.api.tubearchivist.recognise import recognise
from mockserver.openapi.blueprint import ApiBlueprint
from mockserver.openapi.operations import Operation, json_of


def register(bp: ApiBlueprint) -> None:
    """Route playlists on ``bp``."""
    # fmt: off
    route(bp, "/playlist/", Endpoint("Playlist Api List", {
        "GET": playlist_list, "POST": subscribe}, {
        "GET": Operation("Playlists", page_of("@ArchivePlaylist"), ("page", "playlist_type")),
        "POST": Operation("Subscribe and unsubscribe", ok({"data": "array"}),
                          body=subscribing("playlist", "PL" + "0" * 32)),
    }, admin=("POST",), since={"POST": (V04, V05)}))
    one = "/playlist/<slug:playlist_id>/"
    route(bp, one, Endpoint("Playlist Api", {"GET": playlist, "POST": change, "DELETE": delete}, {
        "GET": Operation("A playlist", item("@ArchivePlaylist")),
        "POST": Operation("Change a custom playlist", {201: json_of({"success": "boolean"})},
                          body=custom.CHANGE),
        "DELETE": Operation("Delete a playlist", ok({"success": "boolean"})),
    }, admin=("POST", "DELETE"), since={"POST": (V04, V05), "DELETE": (V04, V05)}))
    route(bp, f"{one}video/", Endpoint("Playlist Api Video", {"GET": playlist_videos}, {
        "GET": Operation("A playlist's videos", page_of("@ArchiveVideo"), ("page",))}), OLD)
    # fmt: on


def _shown(call: Call, key: str, score: float = 0) -> dict[str, Any]:
    document = call.archive.playlists.get(key)
    if document is None:
        raise LookupError(key)
    return shapes.playlist(call.profile, document, score)


def playlist_list(call: Call) -> Any:
    """Answer playlists, a page at a time. v0.4 filters by ``playlist_type``; v0.5 by ``type``,
    ``channel`` and ``subscribed``.

    :raises Refused: 400, a filter that is not understood
    """
    kind = channel = None
    subscribed: bool | None = None
    if call.profile is V04:
        kind = call.args.get("playlist_type")
    elif call.modern:
        kind, channel = call.args.get("type"), call.args.get("channel")
        if "subscribed" in call.args:
            subscribed = truth(call.args["subscribed"])
            if subscribed is None:
                refuse(400, {"subscribed": ["Must be a valid boolean."]})
    if kind is not None and kind not in {"regular", "custom"}:
        if call.modern:
            refuse(400, {"type": choice(kind)})
        bad(f"invalid playlist_type {kind[:200]}")

    ids = call.archive.chosen(
        "playlist",
        lambda flags: (
            (kind is None or flags.kind == kind)
            and (channel is None or flags.channel == channel)
            and (subscribed is None or flags.subscribed == subscribed)
        ),
    )
    return listed(call, ids, lambda key: _shown(call, key))


def subscribe(call: Call) -> Any:
    """Subscribe to playlists and unsubscribe, as a job; each is named by id or address.

    :raises Refused: 400, without ``data`` or with an item that is not understood
    """
    try:
        rows = call.rows()
    except KeyError:
        if call.modern:
            refuse(400, {"data": [REQUIRED]})
        bad("missing expected data key")
    todo: list[tuple[str, bool]] = []
    for row in rows:
        given, on = text(row.get("playlist_id")), truth(row.get("playlist_subscribed"))
        if given is None or on is None:
            bad("every item needs playlist_id and playlist_subscribed")
        named = recognise(given)
        if named is not None and named.kind == "playlist":
            given = named.id
        elif given not in call.archive.playlists:
            bad(f"failed to parse: {given[:100]}")
        todo.append((given, on))

    def effect() -> str:
        known = [(key, on) for key, on in todo if key in call.archive.playlists]
        for key, on in known:
            call.archive.playlists.update(key, playlist_subscribed=on)
        return f"changed {len(known)} playlist(s)"

    job = call.archive.jobs.start("subscribe_to", effect)
    if call.modern:
        return {"message": "playlist subscribe task started", "task_id": job.id}
    return call.data


def playlist(call: Call, playlist_id: str) -> Any:
    """Answer one playlist.

    :raises Refused: 404, unknown
    """
    if playlist_id not in call.archive.playlists:
        call.missing("playlist not found")
    return call.item(_shown(call, playlist_id))


def change(call: Call, playlist_id: str) -> Any:
    """v0.5: subscription and order. Before: entries of custom playlists."""
    fields = call.fields()
    if playlist_id not in call.archive.playlists:
        call.missing("playlist not found")
    if call.modern:
        if "playlist_subscribed" in fields:
            on = truth(fields["playlist_subscribed"])
            if on is None:
                refuse(400, {"playlist_subscribed": ["Must be a valid boolean."]})
            call.archive.playlists.update(playlist_id, playlist_subscribed=on)
        if "playlist_sort_order" in fields:
            order = fields["playlist_sort_order"]
            if order not in ("top", "bottom"):
                refuse(400, {"playlist_sort_order": choice(order)})
            call.archive.playlists.update(playlist_id, playlist_sort_order=order)
        return _shown(call, playlist_id)
    custom.act(call, playlist_id)
    return {"success": True}, 201


def delete(call: Call, playlist_id: str) -> Any:
    """Delete a playlist, with its videos if ``delete-videos`` says so; v0.5 answers 204 without
    a body.

    :raises Refused: 404, unknown
    """
    archive = call.archive
    videos = list(archive.in_playlist(playlist_id))
    if not archive.playlists.remove(playlist_id):
        call.missing("playlist not found")
    if truth(call.args.get("delete-videos") or call.args.get("delete_videos")):
        for key in videos:
            archive.videos.remove(key)
    return (None, 204) if call.modern else {"success": True}


def playlist_videos(call: Call, playlist_id: str) -> Any:
    """Answer a playlist's videos in its order, a page at a time; none is a 404 with an empty
    page, as in the original."""
    ids = call.archive.in_playlist(playlist_id)
    return listed(call, ids, lambda key: shown_video(call, key), empty_404=True)
