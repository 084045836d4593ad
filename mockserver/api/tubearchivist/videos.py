"""Videos: list, item, comments, similar ones, positions and sponsor segments."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from mockserver.api.tubearchivist import shapes
from mockserver.api.tubearchivist.archive import Archive
from mockserver.api.tubearchivist.described import WRONG, deleted, item, ok, page_of
from mockserver.api.tubearchivist.dispatch import OLD, Endpoint, route
from mockserver.api.tubearchivist.envelope import Call, bad, config, refuse
from mockserver.api.tubearchivist.listing import listed, select, shown_video
from mockserver.api.tubearchivist.profile import V04, V05
from mockserver.api.tubearchivist.watching import LEAST_KEPT_S, is_finished, watching
from mockserver.openapi.blueprint import ApiBlueprint
from mockserver.openapi.operations import PAGE, Body, Operation, json_of

_MOST_SIMILAR = 6
#: How many found videos are compared, and how long a query may be.
_CANDIDATES, _MOST_QUERY = 40, 500
_WORD = re.compile(r"\w+")


def register(bp: ApiBlueprint) -> None:
    """Route videos, their comments, positions and segments on ``bp``."""
    # fmt: off
    route(bp, "/video/", Endpoint("Video Api List", {"GET": video_list}, {
        "GET": Operation("Videos", page_of("@ArchiveVideo"), (
            "page", "channel", "playlist", "watch", "sort", "order", "type"))}))
    one = "/video/<slug:video_id>/"
    route(bp, one, Endpoint("Video Api", {"GET": video, "DELETE": delete}, {
        "GET": Operation("A video", item("@ArchiveVideo")),
        "DELETE": Operation("Delete a video from the archive", deleted("video")),
    }, admin=("DELETE",), since={"DELETE": (V04, V05)}))
    route(bp, f"{one}comment/", Endpoint("Video Comment", {"GET": comments}, {
        "GET": Operation("A video's comments",
                         ok({"data": ["@ArchiveComment"], "config": "@ArchiveConfig"}))}))
    route(bp, f"{one}similar/", Endpoint("Video Similar", {"GET": similar}, {
        "GET": Operation("Videos with similar titles", {
            **ok({"data": ["@ArchiveVideo"], "config": "@ArchiveConfig"}),
            404: json_of({"data": ["any"]}) | dict(PAGE)})}))
    route(bp, f"{one}progress/", Endpoint("Video Progress", {
        "GET": position, "POST": keep_position, "DELETE": forget_position}, {
        "GET": Operation("Where one stopped watching", ok(
            {"youtube_id": "string", "user_id": "integer", "position": "number|string"})),
        "POST": Operation("Keep where one stopped", ok("object"),
                          body=Body({"position": "number"}, {"position": 100})),
        "DELETE": Operation("Forget where one stopped",
                            {**ok({"progress-reset": "string"}), **WRONG}),
    }, since={"GET": OLD}))
    route(bp, f"{one}sponsor/", Endpoint("Video Sponsor", {"GET": segments, "POST": sponsor}, {
        "GET": Operation("Segments that are advertisements",
                         ok({"segments?": ["object"], "is_enabled": "boolean"})),
        "POST": Operation("Vote on a segment or propose one (simulated)",
                          ok({"success": "boolean"}), body=Body(
            ({"vote": {"uuid": "string", "yourVote": "integer"}},
             {"segment": {"startTime": "number", "endTime": "number"}}),
            {"segment": {"startTime": 5, "endTime": 10}})),
    }), OLD)
    route(bp, f"{one}nav/", Endpoint("Video Nav", {"GET": navigation}), (V05,))
    # fmt: on


def video_list(call: Call) -> Any:
    """Answer videos, filtered and sorted as the query says, a page at a time. Where nothing was
    begun, v0.5's ``watch=continue`` is a bare list."""
    ids = select(call)
    if call.modern and call.args.get("watch") == "continue" and not ids:
        return []
    return listed(call, ids, lambda key: shown_video(call, key))


def video(call: Call, video_id: str) -> Any:
    """Answer one video.

    :raises Refused: 404, unknown
    """
    if video_id not in call.archive.videos:
        call.missing("video not found")
    return call.item(shown_video(call, video_id))


def delete(call: Call, video_id: str) -> Any:
    """Delete a video from the archive. v0.5 answers 204 without a body, the others say what
    happened; 404 for an unknown one."""
    found = call.archive.videos.remove(video_id)
    if call.modern:
        return (None, 204) if found else ({"error": "video not found"}, 404)
    state = "delete" if found else "not found"
    return {"video": video_id, "state": state}, 200 if found else 404


def comments(call: Call, video_id: str) -> Any:
    """Answer a video's comments.

    :raises Refused: 404, unknown video
    """
    stored = call.archive.comments(video_id)
    if stored is None:
        call.missing("video not found")
    return call.item(shapes.comments(call.profile, stored))


def similar(call: Call, video_id: str) -> Any:
    """The same for everybody: by words of title and tags alone."""
    ids = neighbours(call.archive, video_id)
    rows = [shown_video(call, key, 1.0) for key in ids]
    if call.modern:
        return rows
    return {"data": rows, "config": config(call.archive)}, 200 if rows else 404


def neighbours(archive: Archive, video_id: str) -> list[str]:
    """Up to six other videos that share words of the title, or tags: most words first."""
    document = archive.videos.get(video_id)
    if document is None:
        return []

    own, tags = _about(document["title"], document.get("tags"))
    candidates: Iterable[tuple[str, Any, Any]]
    if archive.standalone:
        candidates = (
            (str(other["youtube_id"]), other["title"], other.get("tags"))
            for other in archive.videos.all()
        )
    else:
        query = " ".join([str(document["title"]), *sorted(tags)])[:_MOST_QUERY]
        found = archive.world.search(query, limit=_CANDIDATES)
        candidates = ((video.id, video.title, video.tags) for video in found)
    scored = []
    for number, (key, other_title, other_tags) in enumerate(candidates):
        if key == video_id or key not in archive.videos:
            continue
        words, other = _about(other_title, other_tags)
        shared = len(own & words)
        if shared or tags & other:
            scored.append((-shared, number, key))
    return [key for _, _, key in sorted(scored)[:_MOST_SIMILAR]]


def _about(title: Any, tags: Any) -> tuple[frozenset[str], frozenset[str]]:
    """Words of a title, and tags, in lower case."""
    known = tags if isinstance(tags, (list, tuple)) else ()
    return (
        frozenset(_WORD.findall(str(title).lower())),
        frozenset(str(tag).lower() for tag in known),
    )


def position(call: Call, video_id: str) -> Any:
    """Answer where this user stopped watching, in seconds."""
    return {
        "youtube_id": video_id,
        "user_id": call.user.id,
        "position": watching().position(call.user, video_id),
    }


def keep_position(call: Call, video_id: str) -> Any:
    """Store where this user stopped, in seconds. The older profiles take any small value and
    any id; v0.5 takes a number and a known video, and marks a finished one as watched.

    :raises Refused: 400, another type of value; 404, v0.5 only, an unknown video
    """
    fields = call.fields()
    given = fields.get("position", 0)
    if not call.modern:
        simple = given is None or isinstance(given, (bool, int, float))
        if not (simple or (isinstance(given, str) and len(given) <= 64)) or len(video_id) > 64:
            bad("position is a number of seconds")
        watching().keep(call.user, video_id, given)
        return fields
    try:
        if isinstance(given, (bool, list, dict)) or given is None:
            raise ValueError
        seconds = float(given)
        if not abs(seconds) < 1e9:
            raise ValueError
    except (ValueError, OverflowError):
        refuse(400, {"position": ["A valid number is required."]})
    document = call.archive.videos.get(video_id)
    if document is None:
        call.missing("video not found")
    length = document["player"].get("duration") or 0
    if is_finished(call.profile, seconds, length):
        watching().mark(call.profile, call.user, video_id, True)
        document = call.archive.videos.get(video_id) or document
    elif seconds > LEAST_KEPT_S:
        watching().keep(call.user, video_id, seconds)
    return {**shapes.player(call.profile, document["player"]), "position": seconds}


def forget_position(call: Call, video_id: str) -> Any:
    """Delete this user's position in a video; v0.5 answers 204 without a body.

    :raises Refused: 400, the id is too long to be a video's
    """
    if len(video_id) > 64:
        bad("the id must be a video's")
    watching().forget(call.user, video_id)
    return (None, 204) if call.modern else {"progress-reset": video_id}


def segments(call: Call, video_id: str) -> Any:
    """Answer the sponsor segments stored with a video, or null.

    :raises Refused: 404, unknown video
    """
    document = call.archive.videos.get(video_id)
    if document is None:
        refuse(404, {"message": "video not found"})
    return document.get("sponsorblock"), 200


def sponsor(call: Call, video_id: str) -> Any:
    """A vote or a new segment: looked at, and not kept."""
    fields = call.fields()
    documented = call.profile is V04
    if fields.get("segment"):
        segment = fields["segment"]
        if not isinstance(segment, dict):
            bad("segment is an object with startTime and endTime")
        start, end = (_seconds(segment.get(key)) for key in ("startTime", "endTime"))
        if start is None or end is None:
            bad("segment needs startTime and endTime in seconds")
        if documented and (start < 0 or end < start):
            bad("endTime can't be before startTime")
        return {"success": True}
    vote = fields.get("vote")
    if not isinstance(vote, dict):
        bad("send either a segment or a vote")
    if "uuid" not in vote or "yourVote" not in vote:
        bad("vote needs uuid and yourVote")
    value = vote["yourVote"]
    if documented and (isinstance(value, bool) or value not in (0, 1, 20)):
        bad("yourVote is 0 (down), 1 (up) or 20 (undo)")
    return {"success": True}


def _seconds(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def navigation(call: Call, video_id: str) -> Any:
    """What comes before and after, in each playlist of the video."""
    document = call.archive.videos.get(video_id)
    if document is None:
        call.missing("video not found")
    found = []
    for playlist_id in document.get("playlist") or ():
        playlist = call.archive.playlists.get(playlist_id)
        if playlist is None:
            continue
        entries = [e for e in playlist["playlist_entries"] if e.get("downloaded")]
        ids = [entry.get("youtube_id") for entry in entries]
        if len(ids) < 2 or video_id not in ids:
            continue
        at = ids.index(video_id)
        found.append(
            {
                "playlist_meta": {
                    "current_idx": entries[at].get("idx"),
                    "playlist_id": playlist_id,
                    "playlist_name": playlist["playlist_name"],
                    "playlist_channel": playlist.get("playlist_channel"),
                },
                "playlist_previous": _neighbour(entries, at - 1),
                "playlist_next": _neighbour(entries, at + 1),
            }
        )
    return found


def _neighbour(entries: list[dict[str, Any]], at: int) -> dict[str, Any] | None:
    if not 0 <= at < len(entries):
        return None
    entry = entries[at]
    return {**entry, "vid_thumb": shapes.thumb(str(entry.get("youtube_id", "")))}
