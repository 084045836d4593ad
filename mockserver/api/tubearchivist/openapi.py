"""The operations of the TubeArchivist API, in its v0.4 profile."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.api.tubearchivist.users import ADMIN, PASSWORD
from mockserver.openapi.operations import (
    NO_BODY,
    PAGE,
    Body,
    Description,
    Media,
    Needs,
    Operation,
    Param,
    json,
)
from mockserver.openapi.operations import part as _part
from mockserver.openapi.shapes import Shape, Values

_SCORED: dict[str, Shape] = {"_index": "string", "_score": "number"}
_CHANNEL: dict[str, Shape] = {
    "channel_active": "boolean",
    "channel_banner_url": "string",
    "channel_description": "string|boolean|null",
    "channel_id": "string",
    "channel_last_refresh": "string|integer|null",
    "channel_name": "string",
    "channel_subs": "integer",
    "channel_subscribed": "boolean",
    "channel_tags": "array|boolean|null",
    "channel_thumb_url": "string",
    "channel_tvart_url": "string|boolean",
    "channel_views": "integer",
}
_LENGTH: dict[str, Shape] = {"duration": "integer", "duration_str": "string"}
_SUM: dict[str, Shape] = {"doc_count": "integer", "media_size": "integer", **_LENGTH}
_CONFIG: Shape = {"enable_cast": "boolean", "downloads": {"*": "boolean|integer|string"}}

SHAPES: dict[str, Shape] = {
    "ArchiveDetail": {"detail": "string"},
    "ArchiveMessage": {"message": "string"},
    "ArchiveMissing": ({"data": Values(False), "config": "@ArchiveConfig"}, "@ArchiveMessage"),
    "ArchiveConfig": _CONFIG,
    "ArchivePages": {
        "page_size": "integer",
        "page_from": "integer",
        "prev_pages": (["integer"], Values(False)),
        "current_page": "integer",
        "max_hits": "boolean",
        "params": "string",
        "last_page": "integer|boolean",
        "next_pages": ["integer"],
        "total_hits": "integer",
    },
    "ArchiveChannel": _CHANNEL,
    "ArchiveVideo": {
        "active": "boolean",
        "channel": "@ArchiveChannel",
        "date_downloaded": "integer",
        "media_url": "string",
        "player": {"watched": "boolean", "position?": "number|string", **_LENGTH},
        "published": "string|integer|null",
        "stats": {"view_count": "integer|null", "like_count?": "integer|null"},
        "tags?": "array|null",
        "title": "string",
        "vid_last_refresh": "string|integer|null",
        "vid_thumb_url": "string",
        "vid_type?": "string",
        "youtube_id": "string",
        "playlist?": "array|null",
        "streams?": "array|null",
        "sponsorblock?": "object|null",
        **_SCORED,
    },
    "ArchivePlaylist": {
        "playlist_active": "boolean",
        "playlist_channel": "string|null",
        "playlist_channel_id": "string|null",
        "playlist_description": "string|boolean|null",
        "playlist_entries": [
            {
                "youtube_id": "string",
                "title": "string",
                "uploader": "string|null",
                "idx": "integer",
                "downloaded": "boolean",
            }
        ],
        "playlist_id": "string",
        "playlist_last_refresh": "string|integer|null",
        "playlist_name": "string",
        "playlist_subscribed": "boolean",
        "playlist_thumbnail": "string",
        "playlist_type": "string",
        **_SCORED,
    },
    "ArchiveQueued": {
        "channel_id": "string|null",
        "channel_name": "string|null",
        "published": "string|integer|null",
        "status": Values("pending", "ignore"),
        "timestamp": "integer",
        "title": "string",
        "vid_thumb_url": "string",
        "youtube_id": "string",
        **_SCORED,
    },
    "ArchiveComment": {
        "comment_id": "string",
        "comment_text": "string",
        "comment_timestamp": "integer",
        "comment_time_text": "string",
        "comment_likecount": "integer",
        "comment_author": "string",
        "comment_parent": "string",
        "comment_replies?": ["@ArchiveComment"],
    },
    "ArchiveSnapshot": {
        "id": "string",
        "state": Values("SUCCESS", "IN_PROGRESS"),
        "es_version": "string",
        "start_date": "string",
        "end_date": "string",
        "end_stamp": "integer",
        "duration_s": "integer",
    },
    "ArchiveTask": {
        "status": "string",
        "result": "string|null",
        "traceback": "null",
        "date_done": "string|null",
        "name": "string",
        "task_id": "string",
    },
    "ArchiveBackup": {
        "filename": "string",
        "file_path": "string",
        "file_size": "integer",
        "timestamp": "string",
        "reason": "string",
    },
    "ArchiveTasks": (["@ArchiveTask"], Values(False)),
}

PARAMETERS = {
    "video_id": _part("a video's id", "$video"),
    "channel_id": _part("a channel's id", "$channel"),
    "playlist_id": _part("a playlist's id", "$playlist"),
    "name": _part("the name of a snapshot or a task"),
    "filename": _part("a backup's file"),
    "key": _part("a task's id"),
    "page": Param("integer", "from 1; past the end is 404"),
    "channel": Param("string", "only this channel's"),
    "playlist": Param("string", "only this playlist's"),
    "watch": Param(Values("watched", "unwatched", "continue"), "only what was watched, or not"),
    "sort": Param(Values("published", "downloaded", "views", "likes", "duration", "filesize"),
                  "the order"),
    "order": Param(Values("asc", "desc"), "its direction"),
    "type": Param(Values("videos", "streams", "shorts"), "only this type"),
    "filter": Param(Values("subscribed"), "only those subscribed to"),
    "?filter": Param(Values("pending", "ignore"), "only this status", "ignore"),
    "?q": Param("string", "an id, address or handle", "$channel", required=True),
    "playlist_type": Param(Values("regular", "custom"), "only this type"),
    "?type": Param(Values("video", "channel", "playlist"), "only this kind"),
    "id": Param("string", "only this one; needs its type"),
    "extract_videos": Param("string", "anything: the videos of channels and playlists too"),
    "task_name": Param("string", "whose schedule, or whom it tells", "update_subscribed"),
    "url": Param("string", "only this address"),
    "query": Param("string", "what to search for", "cat", required=True),
    "?order": Param(Values("doc_count", "duration", "media_size"), "by what"),
}  # fmt: skip

_NONE: tuple[Needs, ...] = ({},)
_MISSING = {404: json("@ArchiveMissing") | dict(PAGE)}
_WRONG = {400: json(("@ArchiveMessage", "@ArchiveDetail"))}


def _item(shape: str) -> Media:
    return json({"data": shape, "config": "@ArchiveConfig"})


def _page_of(shape: str) -> dict[int, Media]:
    """A page of a list, an empty one past the end, a page that is no number."""
    page = {"data": [shape], "config": "@ArchiveConfig", "paginate": "@ArchivePages"}
    return {200: json(page), 404: json((page, "@ArchiveMessage")) | dict(PAGE), **_WRONG}


def _get(
    path: str,
    about: str,
    answers: dict[int, Media],
    query: tuple[str, ...] = (),
    examples: Mapping[str, str] | None = None,
) -> Operation:
    return Operation("GET", path, about, answers, query, examples=examples or {})


def _ok(shape: Shape) -> dict[int, Media]:
    return {200: json(shape)}


def _send(
    method: str,
    path: str,
    about: str,
    answers: dict[int, Media],
    body: Shape,
    given: object,
    query: tuple[str, ...] = (),
    examples: Mapping[str, str] | None = None,
) -> Operation:
    sent = Body(body, given)
    return Operation(method, path, about, answers, query, sent, examples=examples or {})


_CREDENTIALS = {"username": ADMIN, "password": PASSWORD}
_REFUSED: Media = json({"*": "any"})
_VIDEO = "/video/{video_id}/"
_QUEUED = {"video_id": "$download"}
_COUNTS: Shape = {"doc_count": "integer", "*": "integer"}
_PROGRESS: Shape = {"youtube_id": "string", "user_id": "integer", "position": "number|string"}
_ACTION: Shape = {
    "action": Values("create", "remove", "up", "down", "top", "bottom"),
    "video_id": "string",
}
_CREATE = {"action": "create", "video_id": "dQw4w9WgXcQ"}
_BEGUN: Shape = {"message": "string", "task_id": "string|null"}
_SCHEDULE: Shape = {"name": "string", "schedule": "string", "config": "object"}
_NEW = {"task_id": "string", "status": "string", "task_name": "string"}
_SETTINGS: Shape = {"user_id": "integer", "page_size?": "integer", "sort_by?": "string"}


def _snapshots(path: str) -> tuple[Operation, ...]:
    return (
        _get(path, "Snapshots of the archive",
             _ok({"next_exec": "integer", "next_exec_str": "string", "expire_after": "string",
                  "snapshots": ["@ArchiveSnapshot"]})),
        Operation("POST", path, "Take one", _ok({"snapshot_name": "string"})),
        _get(f"{path}{{name}}/", "A snapshot", _ok("@ArchiveSnapshot")),
        Operation("POST", f"{path}{{name}}/", "Restore it",
                  {**_ok({"accepted": "boolean"}), **_WRONG}),
        Operation("DELETE", f"{path}{{name}}/", "Remove it",
                  {**_ok({"acknowledged": "boolean"}), **_WRONG}),
    )  # fmt: skip


def _tasks(named: str, by_id: str) -> tuple[Operation, ...]:
    return (
        _get(named, "Every task", _ok("@ArchiveTasks")),
        _get(f"{named}{{name}}/", "Tasks of a name", _ok("@ArchiveTasks"),
             examples={"name": "download_pending"}),
        Operation("POST", f"{named}{{name}}/", "Start a task",
                  {**_ok({"message": _NEW}), **_WRONG}, examples={"name": "download_pending"}),
        _get(f"{by_id}{{key}}/", "A task", _ok("@ArchiveTask")),
        _send("POST", f"{by_id}{{key}}/", "Stop a task", _ok({"message": "string"}),
              {"command": Values("stop", "kill")}, {"command": "stop"}),
    )  # fmt: skip


def _cookie(path: str) -> tuple[Operation, ...]:
    return (
        _get(path, "Whether there is a cookie",
             _ok({"cookie_enabled": "boolean", "status": "boolean", "validated?": "integer",
                  "validated_str?": "string"})),
        Operation("POST", path, "Validate it", _ok({"cookie_validated": "boolean"})),
        _send("PUT", path, "Import one",
              {**_ok({"cookie_import": "string", "cookie_validated": "boolean"}), 400: _REFUSED},
              {"cookie": "string"}, {"cookie": "# Netscape HTTP Cookie File"}),
    )  # fmt: skip


OPERATIONS = (
    _get("/video/", "Videos", _page_of("@ArchiveVideo"),
         ("page", "channel", "playlist", "watch", "sort", "order", "type")),
    _get(_VIDEO, "A video", {200: _item("@ArchiveVideo")}),
    Operation("DELETE", _VIDEO, "Delete a video from the archive",
              {200: json({"video": "string", "state": "string"}),
               404: json({"video": "string", "state": "string"}) | dict(PAGE)}),
    _get(f"{_VIDEO}comment/", "A video's comments",
         {200: json({"data": ["@ArchiveComment"], "config": "@ArchiveConfig"})}),
    _get(f"{_VIDEO}similar/", "Videos with similar titles",
         {200: json({"data": ["@ArchiveVideo"], "config": "@ArchiveConfig"}),
          404: json({"data": ["any"]}) | dict(PAGE)}),
    _get(f"{_VIDEO}progress/", "Where one stopped watching", _ok(_PROGRESS)),
    _send("POST", f"{_VIDEO}progress/", "Keep where one stopped",
          {200: json("object")}, {"position": "number"}, {"position": 100}),
    Operation("DELETE", f"{_VIDEO}progress/", "Forget where one stopped",
              {**_ok({"progress-reset": "string"}), **_WRONG}),
    _get(f"{_VIDEO}sponsor/", "Segments that are advertisements",
         {200: json({"segments?": ["object"], "is_enabled": "boolean"})}),
    _send("POST", f"{_VIDEO}sponsor/", "Vote on a segment or propose one (simulated)",
          _ok({"success": "boolean"}),
          ({"vote": {"uuid": "string", "yourVote": "integer"}},
           {"segment": {"startTime": "number", "endTime": "number"}}),
          {"segment": {"startTime": 5, "endTime": 10}}),
    _get("/channel/", "Channels", _page_of("@ArchiveChannel"), ("page", "filter")),
    _send("POST", "/channel/", "Subscribe and unsubscribe", _ok({"data": "array"}),
          {"data": [{"channel_id": "string", "channel_subscribed": "boolean"}]},
          {"data": [{"channel_id": "UC9-y-6csu5WGm29I7JiwpnA", "channel_subscribed": True}]}),
    _get("/channel/search/", "The channel of an id, address or handle",
         {200: _item("@ArchiveChannel"), 400: json("@ArchiveMessage"),
          404: json("@ArchiveMissing")}, ("?q",)),
    _get("/channel/{channel_id}/", "A channel", {200: _item("@ArchiveChannel")}),
    Operation("DELETE", "/channel/{channel_id}/", "Delete a channel and its videos",
              {200: json({"channel": "string", "state": "string"}),
               404: json({"channel": "string", "state": "string"}) | dict(PAGE)}),
    _get("/channel/{channel_id}/video/", "A channel's videos", _page_of("@ArchiveVideo"),
         ("page",)),
    _get("/playlist/", "Playlists", _page_of("@ArchivePlaylist"), ("page", "playlist_type")),
    _send("POST", "/playlist/", "Subscribe and unsubscribe", _ok({"data": "array"}),
          {"data": [{"playlist_id": "string", "playlist_subscribed": "boolean"}]},
          {"data": [{"playlist_id": "PL" + "0" * 32, "playlist_subscribed": True}]}),
    _get("/playlist/{playlist_id}/", "A playlist", {200: _item("@ArchivePlaylist")}),
    _send("POST", "/playlist/{playlist_id}/", "Change a custom playlist",
          {201: json({"success": "boolean"})},
          _ACTION, _CREATE),
    _send("POST", "/playlist/custom/", "Make a playlist of one's own",
          {200: _item("@ArchivePlaylist")}, {"playlist_name": "string"}, {"playlist_name": "mine"}),
    _send("POST", "/playlist/custom/{playlist_id}/", "Change it: as above, the playlist comes back",
          {200: _item("@ArchivePlaylist")}, _ACTION, _CREATE),
    Operation("DELETE", "/playlist/{playlist_id}/", "Delete a playlist",
              _ok({"success": "boolean"})),
    _get("/playlist/{playlist_id}/video/", "A playlist's videos", _page_of("@ArchiveVideo"),
         ("page",)),
    _get("/download/", "What waits to be downloaded", _page_of("@ArchiveQueued"),
         ("page", "?filter", "channel")),
    _send("POST", "/download/", "Queue videos, or all of a channel or playlist",
          _ok({"data": "array"}),
          {"data": [{"youtube_id": "string", "status": Values("pending")}]},
          {"data": [{"youtube_id": "NYj3DnI81AQ", "status": "pending"}]}),
    Operation("DELETE", "/download/", "Empty the queue of one status",
              {**_ok({"message": "string"}), **_WRONG}, ("?filter",)),
    _get("/download/{video_id}/", "What waits", {200: _item("@ArchiveQueued")}, examples=_QUEUED),
    _send("POST", "/download/{video_id}/", "Ignore it, or have it again",
          _ok({"status": "string"}), {"status": Values("pending", "ignore", "priority")},
          {"status": "ignore"}, examples=_QUEUED),
    Operation("DELETE", "/download/{video_id}/", "Forget it", _ok({"success": "boolean"}),
              examples=_QUEUED),
    *_snapshots("/snapshot/"),
    *_snapshots("/appsettings/snapshot/"),
    _get("/backup/", "Backup files, newest first", _ok(["@ArchiveBackup"])),
    Operation("POST", "/backup/", "Make one", _ok(_BEGUN)),
    _get("/backup/{filename}/", "A backup file", _ok("@ArchiveBackup")),
    Operation("POST", "/backup/{filename}/", "Restore it", _ok(_BEGUN)),
    Operation("DELETE", "/backup/{filename}/", "Delete it", _ok({"message": "string"})),
    _get("/schedule/", "When tasks are to run", _ok([_SCHEDULE])),
    Operation("DELETE", "/schedule/", "Forget a task's schedule",
              {**_ok({"success": "boolean"}), **_WRONG, 404: json("@ArchiveMessage")},
              ("task_name",)),
    _get("/schedule/notification/", "Whom tasks tell",
         _ok({"*": {"urls": ["string"], "title": "string"}})),
    Operation("DELETE", "/schedule/notification/", "Tell nobody, or not this one",
              {**_ok({"success": "boolean"}), **_WRONG}, ("task_name", "url")),
    _get("/task/", "Whether something runs", _ok({"rescan": "boolean", "downloading": "boolean"})),
    _send("POST", "/task/", "Start something", _ok({"success": "boolean", "task": "string"}),
          {"run": Values("download_pending", "rescan_pending")}, {"run": "rescan_pending"}),
    *_tasks("/task-name/", "/task-id/"),
    *_tasks("/task/by-name/", "/task/by-id/"),
    _get("/notification/", "What runs now",
         {**_ok([{"title": "string", "group": "string", "level": "string", "id": "string",
                  "messages": ["string"], "progress": "number"}]), **_WRONG}),
    _get("/refresh/", "How much waits to be refreshed",
         {**_ok({"total_queued": "integer", "type": "string", "state": "string|boolean",
                 "id?": "string"}), 400: json({"status": "string"})}, ("?type", "id")),
    _send("POST", "/refresh/", "Refresh videos, channels, playlists", _ok("object"),
          {"video?": ["string"], "channel?": ["string"], "playlist?": ["string"]},
          {"video": ["dQw4w9WgXcQ"]}, ("extract_videos",)),
    *_cookie("/cookie/"),
    *_cookie("/appsettings/cookie/"),
    _get("/search/", "Search videos, channels and playlists",
         {**_ok({"results": {"video_results": ["@ArchiveVideo"],
                             "channel_results": ["@ArchiveChannel"],
                             "playlist_results": ["@ArchivePlaylist"],
                             "fulltext_results": ["any"]}, "queryType": "string"}), **_WRONG},
         ("query",)),
    _send("POST", "/watched/", "Mark as watched, or not",
          {200: json("@ArchiveMessage"), 404: json("@ArchiveMessage")},
          {"id": "string", "is_watched": "boolean"},
          {"id": "dQw4w9WgXcQ", "is_watched": True}),
    _get("/ping/", "Whether the token is right",
         _ok({"response": Values("pong"), "user": "integer", "version": "string"})),
    *(
        Operation("POST", path, about, {**found, 400: _REFUSED}, security=_NONE,
                  body=Body({"username": "string", "password": "string"}, _CREDENTIALS))
        for path, about, found in (
            ("/login/", "A user's token", _ok({"token": "string", "user_id": "integer"})),
            ("/user/login/", "Begin a session", {204: NO_BODY}),
        )
    ),
    _get("/config/user/", "One's settings that were changed", _ok(_SETTINGS)),
    _send("POST", "/config/user/", "Change one's settings",
          {**_ok(_SETTINGS), 400: json(("@ArchiveDetail", "@ArchiveMessage"))},
          {"page_size?": "integer", "sort_by?": "string"}, {"page_size": 20}),
    _get("/stats/video/", "Videos, counted", _ok({**_SUM, "active_true?": _SUM})),
    _get("/stats/channel/", "Channels, counted", _ok(_COUNTS)),
    _get("/stats/playlist/", "Playlists, counted", _ok(_COUNTS)),
    _get("/stats/download/", "The queue, counted", _ok({"*": "integer"})),
    _get("/stats/watch/", "What was watched, counted",
         _ok({"total": {**_LENGTH, "items": "integer"},
              "unwatched?": {**_LENGTH, "items": "integer", "progress": "number"},
              "watched?": {**_LENGTH, "items": "integer", "progress": "number"}})),
    _get("/stats/downloadhist/", "Downloads of the last days",
         _ok([{"date": "string", "count": "integer", "media_size": "integer"}])),
    _get("/stats/biggestchannels/", "The largest channels",
         {**_ok([{"id": "string", "name": "string|null", **_SUM}]), **_WRONG}, ("?order",)),
    _get("/appsettings/token/", "One's token", _ok({"token": "string"})),
    Operation("DELETE", "/token/", "Take back one's token and get another", _ok("object")),
)  # fmt: skip

DESCRIPTION = Description(
    "TubeArchivist",
    "/tubearchivist/api",
    "The archive, as v0.4.7 served it. Also at the root under /api, and under the host name "
    "tubearchivist.local; other generations are under /tubearchivist/v0.3/api and v0.5/api.",
    PARAMETERS,
    SHAPES,
    OPERATIONS,
    schemes={
        "archiveToken": {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "The word Token, a space, and the token that /login/ gives.",
        },
        "archiveSession": {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "Given by /user/login/; changes need the header X-CSRFToken too.",
        },
    },
    security=({"archiveToken": []}, {"archiveSession": []}),
    with_parts=_MISSING,
    with_body={
        400: json(("@ArchiveMessage", "@ArchiveDetail")),
        413: json("@ArchiveDetail"),
        415: json("@ArchiveDetail"),
    },
    always={403: json("@ArchiveDetail"), 406: json("@ArchiveDetail")},
)
