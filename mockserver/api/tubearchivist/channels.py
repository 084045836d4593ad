"""Channels and playlists: lists, items, their videos, subscriptions."""

from __future__ import annotations

from functools import partial
from typing import Any

from mockserver.api.tubearchivist import shapes
from mockserver.api.tubearchivist.archive import Archive
from mockserver.api.tubearchivist.columns import KINDS
from mockserver.api.tubearchivist.described import deleted, item, ok, page_of, subscribing
from mockserver.api.tubearchivist.dispatch import OLD, Endpoint, route
from mockserver.api.tubearchivist.envelope import REQUIRED, Call, bad, choice, refuse, text, truth
from mockserver.api.tubearchivist.listing import listed, shown_video
from mockserver.api.tubearchivist.profile import V03, V04, V05, duration_text
from mockserver.api.tubearchivist.recognise import recognise
from mockserver.openapi.blueprint import ApiBlueprint
from mockserver.openapi.operations import Operation, json_of


def register(bp: ApiBlueprint) -> None:
    """Route channels on ``bp``."""
    # fmt: off
    route(bp, "/channel/", Endpoint("Channel Api List", {"GET": channel_list, "POST": subscribe}, {
        "GET": Operation("Channels", page_of("@ArchiveChannel"), ("page", "filter")),
        "POST": Operation("Subscribe and unsubscribe", ok({"data": "array"}),
                          body=subscribing("channel", "UC9-y-6csu5WGm29I7JiwpnA")),
    }, admin=("POST",)))
    route(bp, "/channel/search/", Endpoint("Channel Api Search", {"GET": channel_search}, {
        "GET": Operation("The channel of an id, address or handle", {
            **item("@ArchiveChannel"), 400: json_of("@ArchiveMessage"),
            404: json_of("@ArchiveMissing")}, ("?q",))}))
    one = "/channel/<slug:channel_id>/"
    route(bp, one, Endpoint("Channel Api", {
        "GET": channel, "POST": change_channel, "DELETE": delete_channel}, {
        "GET": Operation("A channel", item("@ArchiveChannel")),
        "DELETE": Operation("Delete a channel and its videos", deleted("channel")),
    }, admin=("POST", "DELETE"), since={"POST": (V05,), "DELETE": (V04, V05)}))
    route(bp, f"{one}video/", Endpoint("Channel Api Video", {"GET": channel_videos}, {
        "GET": Operation("A channel's videos", page_of("@ArchiveVideo"), ("page",))}), OLD)
    for name, handler in (("aggs", sums), ("nav", what_it_has)):
        route(bp, f"{one}{name}/", Endpoint(f"Channel {name}", {"GET": handler}), (V05,))
    # fmt: on


def sums(call: Call, channel_id: str) -> Any:
    """Number, size and length of the channel's videos."""
    known = call.archive.columns
    count, seconds, size = known.sums(known.alive & known.channels([channel_id]))
    return {
        "total_items": {"value": count},
        "total_size": {"value": size},
        "total_duration": {"value": seconds, "value_str": duration_text(call.profile, seconds)},
    }


def what_it_has(call: Call, channel_id: str) -> Any:
    """Which of a channel's pages have something to show."""
    archive = call.archive
    known = archive.columns
    kinds = known.kind[known.alive & known.channels([channel_id])]
    statuses = {
        document["status"]
        for document in archive.downloads.all()
        if document.get("channel_id") == channel_id
    }
    lists = archive.flags["playlist"].values()
    return {
        "has_pending": "pending" in statuses,
        "has_ignored": "ignore" in statuses,
        "has_playlists": any(flags.channel == channel_id for flags in lists),
        **{f"has_{kind}": bool((kinds == place).any()) for place, kind in enumerate(KINDS)},
    }


def resolve_channel(archive: Archive, given: str) -> str | None:
    """The id of a channel named by id, address or handle; ``None`` when it names none."""
    named = recognise(given)
    if named is None:
        return None
    if named.kind == "channel":
        return named.id
    if named.kind == "handle":
        if not archive.standalone:
            found = archive.world.channel_by_path("/" + named.id)
            return found.id if found is not None else None
        return None
    return None


def channel_list(call: Call) -> Any:
    """Answer channels, a page at a time. ``filter`` chooses by subscription: v0.3 ignores it,
    v0.4 knows ``subscribed`` alone.

    :raises Refused: 400, another filter
    """
    given = None if call.profile is V03 else call.args.get("filter")
    wanted: bool | None = None
    if given:
        known = {"subscribed": True, "unsubscribed": False} if call.modern else {"subscribed": True}
        if given not in known:
            if call.modern:
                refuse(400, {"filter": choice(given)})
            bad(f"invalid url query filder: {given[:200]}")
        wanted = known[given]

    ids = call.archive.chosen("channel", lambda flags: wanted is None or flags.subscribed == wanted)
    return listed(call, ids, lambda key: _shown(call, key))


def _shown(call: Call, key: str, score: float = 0) -> dict[str, Any]:
    document = call.archive.channels.get(key)
    if document is None:
        raise LookupError(key)
    return shapes.channel(call.profile, document, score)


def subscribe(call: Call) -> Any:
    """Subscribe in the background, unsubscribe now; the body comes back."""
    try:
        rows = call.rows()
    except KeyError:
        bad("missing expected data key")
    todo: list[tuple[str, bool]] = []
    for row in rows:
        given = text(row.get("channel_id"))
        on = truth(row.get("channel_subscribed"))
        if given is None or on is None:
            bad("every item needs channel_id and channel_subscribed")
        key = resolve_channel(call.archive, given)
        if key is None:
            bad(f"failed to parse: {given[:100]}")
        todo.append((key, on))
    for key, on in todo:
        if on:
            call.archive.jobs.start("subscribe_to", partial(_subscribe, call.archive, key))
        elif call.profile is not V03:
            call.archive.subscribe_channel(key, False)
    return call.data


def _subscribe(archive: Archive, key: str) -> str:
    return f"subscribed to {key}" if archive.subscribe_channel(key, True) else f"no channel {key}"


def channel_search(call: Call) -> Any:
    """Answer the channel that ``q`` names by id, address or handle. v0.3 never finds one.

    :raises Refused: 400 without ``q`` or for what is not a channel, 404 for an unknown one
    """
    if call.profile is V03:
        call.missing("channel not found")
    query = call.args.get("q")
    if not query:
        if call.modern:
            refuse(400, {"q": [REQUIRED]})
        refuse(400, {"message": "missing expected q parameter", "data": False})
    shown = query[:200]
    named = recognise(query)
    if named is None or (named.kind == "handle" and resolve_channel(call.archive, query) is None):
        message = f"channel not found: {shown}"
        refuse(404, {"error": message} if call.modern else {"message": message, "data": False})
    if named.kind not in {"channel", "handle"}:
        if call.modern:
            refuse(400, {"error": "expected channel data"})
        refuse(400, {"message": "expected type channel", "data": False})
    key = resolve_channel(call.archive, query)
    if key is None or key not in call.archive.channels:
        call.missing(f"channel not found: {shown}")
    return call.item(_shown(call, key))


def channel(call: Call, channel_id: str) -> Any:
    """Answer one channel.

    :raises Refused: 404, unknown
    """
    if channel_id not in call.archive.channels:
        call.missing("channel not found")
    return call.item(_shown(call, channel_id))


def change_channel(call: Call, channel_id: str) -> Any:
    """v0.5: the subscription and what a channel has of its own settings."""
    fields = call.fields()
    if channel_id not in call.archive.channels:
        call.missing("channel not found")
    if "channel_subscribed" in fields:
        on = truth(fields["channel_subscribed"])
        if on is None:
            refuse(400, {"channel_subscribed": ["Must be a valid boolean."]})
        call.archive.subscribe_channel(channel_id, on)
    overwrites = fields.get("channel_overwrites")
    if overwrites is not None:
        known = ("download_format", "autodelete_days", "index_playlists", "integrate_sponsorblock")
        if not isinstance(overwrites, dict) or not set(overwrites) <= set(known):
            refuse(400, {"channel_overwrites": [f"This is an object of {', '.join(known)}."]})
        if any(isinstance(value, (dict, list)) for value in overwrites.values()):
            refuse(400, {"channel_overwrites": ["Values are texts, numbers or booleans."]})
        call.archive.channels.update(channel_id, channel_overwrites=overwrites)
    return _shown(call, channel_id)


def delete_channel(call: Call, channel_id: str) -> Any:
    """The channel and its videos."""
    archive = call.archive
    videos = list(archive.of_channel(channel_id))
    if not archive.channels.remove(channel_id):
        if call.modern:
            call.missing("channel not found")
        return {"channel": channel_id, "state": "not found"}, 404
    for key in videos:
        archive.videos.remove(key)
    return (None, 204) if call.modern else {"channel": channel_id, "state": "delete"}


def channel_videos(call: Call, channel_id: str) -> Any:
    """Answer a channel's videos, a page at a time; none is a 404 with an empty page, as in the
    original."""
    ids = call.archive.of_channel(channel_id)
    return listed(call, ids, lambda key: shown_video(call, key), empty_404=True)
