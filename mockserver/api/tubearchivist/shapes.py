"""Stored documents as each profile shows them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from mockserver.api.tubearchivist.profile import V03, V05, Profile, duration_text, shown_date
from mockserver.api.tubearchivist.tables import Document


def thumb(video_id: str) -> str:
    """Give the path of a video's picture in the archive's cache."""
    return f"/cache/videos/{video_id[:1].lower()}/{video_id}.jpg"


def _scored(profile: Profile, found: Document, index: str, score: float) -> Document:
    shown = {key: found[key] for key in sorted(found)}
    if profile is not V03:
        shown["_index"] = index
        shown["_score"] = score
    return shown


def _channel(profile: Profile, document: Document) -> Document:
    found = dict(document)
    art = f"/cache/channels/{found.get('channel_id', '')}"
    found["channel_banner_url"] = f"{art}_banner.jpg"
    found["channel_thumb_url"] = f"{art}_thumb.jpg"
    found["channel_tvart_url"] = False if profile is V03 else f"{art}_tvart.jpg"
    found["channel_last_refresh"] = shown_date(profile, found.get("channel_last_refresh"))
    if profile is V05:
        found.pop("channel_views", None)
        found.setdefault("channel_tabs", ["videos"])
    else:
        found.setdefault("channel_views", 0)
    return {key: found[key] for key in sorted(found)}


def channel(profile: Profile, document: Document, score: float = 0) -> Document:
    """Show a stored channel in a profile.

    :param score: how well it matches a search; v0.3 shows none
    """
    return _scored(profile, _channel(profile, document), "ta_channel", score)


def player(profile: Profile, document: Document) -> Document:
    """``document``: a video's ``player``."""
    found = dict(document)
    found.setdefault("duration_str", duration_text(profile, int(found.get("duration") or 0)))
    return {key: found[key] for key in sorted(found)}


def _media(profile: Profile, document: Document) -> str:
    stored = document.get("media_url")
    owner = document.get("channel") or {}
    if stored is None and profile is V03:
        day = str(document.get("published", "")).replace("-", "")
        title = str(document.get("title", "")).replace("/", "_")
        name = str(owner.get("channel_name", "")).replace("/", "_")
        stored = f"{name}/{day}_{document['youtube_id']}_{title}.mp4"
    elif stored is None:
        stored = f"{owner.get('channel_id', '')}/{document['youtube_id']}.mp4"
    return profile.media_prefix + quote(str(stored))


def video(profile: Profile, document: Document, score: float = 0) -> Document:
    """Show a stored video in a profile, with its channel and player in that profile too.

    :param score: how well it matches a search; v0.3 shows none
    """
    found = dict(document)
    found["media_url"] = _media(profile, document)
    found["channel"] = _channel(profile, document.get("channel") or {})
    found["player"] = player(profile, document.get("player") or {})
    found["vid_thumb_url"] = thumb(str(found["youtube_id"]))
    for key in ("published", "vid_last_refresh"):
        found[key] = shown_date(profile, found.get(key))
    if found.get("subtitles"):
        found["subtitles"] = [
            {**line, "media_url": profile.media_prefix + quote(str(line.get("media_url", "")))}
            for line in found["subtitles"]
        ]
    if profile is V05:
        found.pop("vid_thumb_base64", None)
        found.setdefault("playlist", [])
        found.setdefault("subtitles", [])
        found.setdefault("sponsorblock", None)
    else:
        found.setdefault("vid_thumb_base64", False)
    return _scored(profile, found, "ta_video", score)


def playlist(profile: Profile, document: Document, score: float = 0) -> Document:
    """Show a stored playlist in a profile.

    :param score: how well it matches a search; v0.3 shows none
    """
    found = dict(document)
    found["playlist_thumbnail"] = f"/cache/playlists/{found.get('playlist_id', '')}.jpg"
    found["playlist_last_refresh"] = shown_date(profile, found.get("playlist_last_refresh"))
    if profile is V05 and found.get("playlist_description") is not None:
        found["playlist_description"] = str(found["playlist_description"])
    return _scored(profile, found, "ta_playlist", score)


def queued(profile: Profile, document: Document, score: float = 0) -> Document:
    """Show an item of the download queue in a profile.

    :param score: how well it matches a search; v0.3 shows none
    """
    found = dict(document)
    length = found.pop("duration_s", 0)
    found.setdefault("duration", duration_text(profile, int(length)))
    found["vid_thumb_url"] = thumb(str(found.get("youtube_id", "")))
    found["published"] = shown_date(profile, found.get("published"))
    return _scored(profile, found, "ta_download", score)


def comments(profile: Profile, stored: list[Document]) -> list[Document]:
    """The tree: by parent in v0.5; before, one level deep, a reply under the thread before it."""
    if profile is not V05:
        threads: list[Document] = []
        for comment in stored:
            if comment.get("comment_parent") == "root" or not threads:
                threads.append({**comment, "comment_replies": []})
            else:
                threads[-1]["comment_replies"].append(dict(comment))
        return threads
    nodes = {
        str(comment["comment_id"]): {
            **{key: comment[key] for key in sorted(comment)},
            "comment_replies": [],
        }
        for comment in stored
    }
    roots: list[Document] = []
    for comment in stored:
        node = nodes[str(comment["comment_id"])]
        parent = nodes.get(str(comment.get("comment_parent")))
        (roots if parent is None or parent is node else parent["comment_replies"]).append(node)
    return roots


def subtitle(profile: Profile, document: Document, marked: str, score: float) -> Document:
    """A line of subtitles that was found; ``marked``: the line with its hits marked."""
    shown = dict(document)
    shown["vid_thumb_url"] = thumb(str(document["youtube_id"]))
    if profile is not V03:
        shown["subtitle_line"] = marked
        return _scored(profile, shown, "ta_subtitle", round(score, 2))
    return {
        "_index": "ta_subtitle",
        "_id": document.get("subtitle_fragment_id"),
        "_score": score,
        "source": shown,
        "highlight": {"subtitle_line": [marked]},
    }


def hit(profile: Profile, kind: str, document: Document) -> Document:
    """A search result: the document itself, wrapped in ``source`` in v0.3."""
    shown: dict[str, Any]
    if profile is not V03:
        return {"video": video, "channel": channel, "playlist": playlist}[kind](
            profile, document, 1.0
        )
    key = {"video": "youtube_id", "channel": "channel_id", "playlist": "playlist_id"}[kind]
    shown = dict(document)
    for name in ("published", "vid_last_refresh", "channel_last_refresh", "playlist_last_refresh"):
        if name in shown:
            shown[name] = shown_date(profile, shown[name])
    if kind == "video":
        shown["vid_thumb_url"] = thumb(str(document["youtube_id"]))
        owner = dict(document.get("channel") or {})
        owner["channel_last_refresh"] = shown_date(profile, owner.get("channel_last_refresh"))
        shown["channel"] = owner
        shown["player"] = player(profile, document.get("player") or {})
    return {"_index": f"ta_{kind}", "_id": document[key], "_score": 1.0, "source": shown}
