"""What the TubeArchivist API's operations share: shapes, parameters, security, in its v0.4 profile.
The operations themselves stand at their routes."""

from __future__ import annotations

from mockserver.api.tubearchivist import bp
from mockserver.api.tubearchivist.described import LENGTH, MISSING
from mockserver.openapi.operations import Description, Param, json_of
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
        "player": {"watched": "boolean", "position?": "number|string", **LENGTH},
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

DESCRIPTION = Description(
    "TubeArchivist",
    "/tubearchivist/api",
    "The archive, as v0.4.7 served it. Also at the root under /api, and under the host name "
    "tubearchivist.local; other generations are under /tubearchivist/v0.3/api and v0.5/api.",
    PARAMETERS,
    SHAPES,
    bp.operations,
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
    with_parts=MISSING,
    with_body={
        400: json_of(("@ArchiveMessage", "@ArchiveDetail")),
        413: json_of("@ArchiveDetail"),
        415: json_of("@ArchiveDetail"),
    },
    always={403: json_of("@ArchiveDetail"), 406: json_of("@ArchiveDetail")},
)
