"""Which videos a list holds, and its page.

The archive of the world is listed newest first. A file's documents are listed in the file's order,
as the recorded servers did, unless a sort is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from mockserver.api.tubearchivist import paging, shapes
from mockserver.api.tubearchivist.archive import Archive
from mockserver.api.tubearchivist.envelope import Call, bad, choice, config, refuse
from mockserver.api.tubearchivist.tables import Document
from mockserver.api.tubearchivist.watching import watching

_SORTS: dict[str, Callable[[Document], Any]] = {
    "published": lambda d: str(d.get("published", "")),
    "downloaded": lambda d: number(d.get("date_downloaded")),
    "views": lambda d: number((d.get("stats") or {}).get("view_count")),
    "likes": lambda d: number((d.get("stats") or {}).get("like_count")),
    "duration": lambda d: number(d["player"].get("duration")),
    "mediasize": lambda d: number(d.get("media_size")),
    "width": lambda d: _stream(d, "width"),
    "height": lambda d: _stream(d, "height"),
}
_CHOICES = {
    "sort": tuple(_SORTS),
    "order": ("asc", "desc"),
    "type": ("videos", "streams", "shorts"),
    "watch": ("watched", "unwatched", "continue"),
}


def number(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def _stream(document: Document, key: str) -> float:
    streams = document.get("streams") or ()
    return max((number(s.get(key)) for s in streams if isinstance(s, dict)), default=0.0)


def page_of(call: Call) -> paging.Page:
    """The page asked for. Raises :class:`Refused` 400, or 404 outside what is ever served."""
    size = int(call.user.settings.get("page_size", call.profile.page_size))
    try:
        page = paging.asked(call.args, size)
    except paging.BadPage as error:
        if call.modern:
            refuse(400, {"page": ["A valid integer is required."]})
        bad(str(error))
    if paging.beyond(page):
        refuse(404, {"message": f"no list reaches further than {paging.MOST_HITS} hits"})
    return page


def listed(
    call: Call,
    ids: Sequence[str],
    show: Callable[[str], Document],
    *,
    empty_404: bool = False,
) -> tuple[dict[str, Any], int]:
    """A page of a list. ``empty_404``: the original, too, answers 404 when it is empty."""
    page = page_of(call)
    rows = [show(key) for key in page.of(ids)]
    found: dict[str, Any] = {"data": rows}
    if call.profile.enveloped:
        found["config"] = config(call.archive)
    found["paginate"] = page.as_json(call.profile, len(ids))
    over_run = call.profile.empty_page_404 and page.number >= 2
    return found, 404 if not rows and (empty_404 or over_run) else 200


def shown_video(call: Call, key: str, score: float = 0) -> Document:
    document = call.archive.video(key)
    if document is None:
        raise LookupError(key)
    return shapes.video(call.profile, watching().marked(call.profile, call.user, document), score)


def _sorted(archive: Archive, sort: str, descending: bool) -> list[str]:
    """Ids of all videos by ``sort``; kept until a document changes."""

    def compute() -> list[str]:
        key = _SORTS[sort]
        world = archive.world.videos
        quick: dict[str, Callable[[Any], Any]] = {
            "published": lambda v: v.published,
            "downloaded": lambda v: v.published,
            "views": lambda v: v.views,
            "likes": lambda v: v.likes,
            "duration": lambda v: v.seconds or 0,
            "mediasize": lambda v: v.seconds or 0,
        }
        if archive.standalone:
            rows = [
                (key(document), str(document["youtube_id"])) for document in archive.videos.all()
            ]
            rows.sort(key=lambda row: row[0], reverse=descending)
        elif sort in quick:
            rows = [(quick[sort](world[video_id]), video_id) for video_id in archive.videos.ids()]
            rows.sort(reverse=descending)
        else:
            return _default(archive)
        return [video_id for _, video_id in rows]

    return cast("list[str]", archive.memo(("sort", sort, descending), compute))


def _default(archive: Archive) -> list[str]:
    if archive.standalone:
        return cast("list[str]", archive.memo("all", lambda: list(archive.videos.ids())))
    if not archive.videos.changed:
        return cast("list[str]", archive.memo("all", lambda: list(archive.videos.ids())))
    return _sorted(archive, "published", True)


def choices(call: Call, *names: str) -> dict[str, str]:
    """The filters of a query string that have closed vocabularies. Raises :class:`Refused`."""
    found = {}
    for name in names:
        given = call.args.get(name)
        if given is None:
            continue
        if given not in _CHOICES[name]:
            if call.modern:
                refuse(400, {name: choice(given)})
            bad(f"invalid {name}, it is one of {', '.join(_CHOICES[name])}")
        found[name] = given
    return found


def select(call: Call) -> Sequence[str]:
    """Video ids by channel, playlist, watch, sort, order and type of the query string."""
    asked = choices(call, "watch", "sort", "order", "type")
    watch = asked.pop("watch", None)
    channel, playlist = call.args.get("channel"), call.args.get("playlist")
    key = ("select", channel, playlist, call.modern, *sorted(asked.items()))
    ids = cast(
        "Sequence[str]",
        call.archive.memo(key, lambda: _selected(call, channel, playlist, asked)),
    )
    if watch is None:
        return ids
    if call.user.visitor is None and watch != "continue":
        return cast(
            "Sequence[str]", call.archive.memo((*key, watch), lambda: _by_watch(call, ids, watch))
        )
    return _by_watch(call, ids, watch)


def _selected(
    call: Call, channel: str | None, playlist: str | None, asked: dict[str, str]
) -> Sequence[str]:
    archive = call.archive
    sort, order = asked.get("sort"), asked.get("order")
    ids: Sequence[str]
    if sort is not None or order is not None:
        ids = _sorted(archive, sort or "published", order != "asc")
    else:
        ids = _default(archive)
    if channel is not None:
        wanted = frozenset(archive.by_channel().get(channel, ()))
        ids = [key for key in ids if key in wanted]
    if playlist is not None:
        members = archive.in_playlist(playlist)
        if call.modern and sort is None:
            ids = _playlist_order(archive, playlist, frozenset(members), ids)
        else:
            inside = frozenset(members)
            ids = [key for key in ids if key in inside]
    if "type" in asked:
        ids = [key for key in ids if _type(archive, key) == asked["type"]]
    return ids


def _type(archive: Archive, key: str) -> str:
    video = archive.world.videos.get(key) if not archive.standalone else None
    if video is not None:
        return {"short": "shorts", "live": "streams", "upcoming": "streams"}.get(
            video.kind.value, "videos"
        )
    return str((archive.videos.get(key) or {}).get("vid_type", "videos"))


def _playlist_order(
    archive: Archive, playlist: str, members: frozenset[str], ids: Sequence[str]
) -> list[str]:
    document = archive.playlists.get(playlist)
    entries = [
        str(entry.get("youtube_id")) for entry in (document or {}).get("playlist_entries", ())
    ]
    first = [key for key in entries if key in members]
    known = frozenset(first)
    shown = frozenset(ids)
    return [key for key in first if key in shown] + [
        key for key in ids if key in members and key not in known
    ]


def _by_watch(call: Call, ids: Sequence[str], watch: str) -> list[str]:
    if watch == "continue":
        begun = watching().positions(call.user)
        done = _watched(call)
        return [key for key in ids if key in begun and key not in done]
    done = _watched(call)
    return [key for key in ids if (key in done) == (watch == "watched")]


def _watched(call: Call) -> frozenset[str]:
    archive = call.archive

    def marked() -> frozenset[str]:
        documents = archive.videos.all() if archive.standalone else archive.videos.changed.values()
        return frozenset(
            str(document["youtube_id"])
            for document in documents
            if document["player"].get("watched")
        )

    shared = cast("frozenset[str]", archive.memo("watched", marked))
    return shared | watching().watched_by_visitor(call.profile, call.user)
