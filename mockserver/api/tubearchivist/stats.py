"""Counts over the archive. Empty groups are left out, and are null in v0.5."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

from flask import Blueprint

from mockserver.api.tubearchivist.archive import Archive
from mockserver.api.tubearchivist.dispatch import Endpoint, route
from mockserver.api.tubearchivist.envelope import Call, bad, choice, refuse
from mockserver.api.tubearchivist.profile import V04, V05, duration_text
from mockserver.api.tubearchivist.watching import watching

_ORDERS = ("doc_count", "duration", "media_size")
_MOST_CHANNELS = 10
_DAYS = 7


class _Fact(NamedTuple):
    key: str
    channel: str
    kind: str
    active: bool
    seconds: int
    size: int
    watched: bool
    downloaded: int


def register(bp: Blueprint) -> None:
    for name, handler in (
        ("video", videos),
        ("channel", channels),
        ("playlist", playlists),
        ("download", downloads),
        ("watch", watch),
        ("downloadhist", history),
        ("biggestchannels", biggest),
    ):
        route(bp, f"/stats/{name}/", Endpoint(f"Stats {name}", {"GET": handler}), (V04, V05))


def _facts(archive: Archive) -> list[_Fact]:
    def compute() -> list[_Fact]:
        return list(_gather(archive))

    found: list[_Fact] = archive.memo("facts", compute)
    return found


def _gather(archive: Archive) -> Iterator[_Fact]:
    quick = {} if archive.standalone else archive.world.videos
    for key in archive.videos.ids():
        video = quick.get(key)
        if video is not None and key not in archive.videos.changed:
            seconds = video.seconds or 0
            kind = "shorts" if video.kind.value == "short" else "videos"
            made = int((video.published + timedelta(hours=6)).timestamp())
            size = 65_536 + seconds * 312_500
            yield _Fact(key, video.channel_id, kind, True, seconds, size, False, made)
            continue
        found = archive.videos.get(key) or {}
        player = found["player"]
        yield _Fact(
            key,
            str(found["channel"].get("channel_id", "")),
            str(found.get("vid_type", "videos")),
            bool(found.get("active")),
            _whole(player.get("duration")),
            _whole(found.get("media_size")),
            bool(player.get("watched")),
            _whole(found.get("date_downloaded")),
        )


def _whole(value: Any) -> int:
    return int(value) if isinstance(value, (int, float)) and abs(value) < 1e15 else 0


def _groups(call: Call, found: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    if call.modern:
        return {**dict.fromkeys(names), **found}
    return found


def _sum(call: Call, facts: list[_Fact]) -> dict[str, Any]:
    seconds = sum(fact.seconds for fact in facts)
    return {
        "doc_count": len(facts),
        "media_size": sum(fact.size for fact in facts),
        "duration": seconds,
        "duration_str": duration_text(call.profile, seconds),
    }


def videos(call: Call) -> Any:
    return call.archive.memo(("stats video", call.profile.name), lambda: _videos(call))


def _videos(call: Call) -> dict[str, Any]:
    facts = _facts(call.archive)
    groups: dict[str, list[_Fact]] = defaultdict(list)
    for fact in facts:
        groups[f"type_{fact.kind}"].append(fact)
        groups["active_true" if fact.active else "active_false"].append(fact)
    names = ("type_videos", "type_shorts", "type_streams", "active_true", "active_false")
    found = {name: _sum(call, groups[name]) for name in names if groups[name]}
    return {**_sum(call, facts), **_groups(call, found, names)}


def _flags(call: Call, table: Any, kind: str) -> dict[str, Any]:
    counted: Counter[str] = Counter()
    total = 0
    for document in table.all():
        total += 1
        for name in ("active", "subscribed"):
            counted[f"{name}_{str(bool(document.get(f'{kind}_{name}'))).lower()}"] += 1
    names = ("active_true", "active_false", "subscribed_true", "subscribed_false")
    found = {name: counted[name] for name in names if counted[name]}
    return {"doc_count": total, **_groups(call, found, names)}


def channels(call: Call) -> Any:
    table = call.archive.channels
    return call.archive.memo(("stats channel", call.modern), lambda: _flags(call, table, "channel"))


def playlists(call: Call) -> Any:
    table = call.archive.playlists
    return call.archive.memo(
        ("stats playlist", call.modern), lambda: _flags(call, table, "playlist")
    )


def downloads(call: Call) -> Any:
    counted: Counter[str] = Counter()
    for document in call.archive.downloads.all():
        counted[str(document["status"])] += 1
        if document["status"] == "pending":
            counted[f"pending_{document.get('vid_type', 'videos')}"] += 1
    names = ("pending", "ignore", "pending_videos", "pending_shorts", "pending_streams")
    return _groups(call, {name: counted[name] for name in names if counted[name]}, names)


def watch(call: Call) -> Any:
    facts = _facts(call.archive)
    own = watching().watched_by_visitor(call.profile, call.user)
    groups: dict[bool, list[_Fact]] = {True: [], False: []}
    for fact in facts:
        groups[fact.watched or fact.key in own].append(fact)
    total = sum(fact.seconds for fact in facts)
    found: dict[str, Any] = {"total": _lengths(call, facts, None)}
    for name, done in (("unwatched", False), ("watched", True)):
        if groups[done] or call.modern:
            share = sum(fact.seconds for fact in groups[done]) / total if total else 0.0
            found[name] = _lengths(call, groups[done], share) if groups[done] else None
    return found


def _lengths(call: Call, facts: list[_Fact], share: float | None) -> dict[str, Any]:
    seconds = sum(fact.seconds for fact in facts)
    found: dict[str, Any] = {
        "duration": seconds,
        "duration_str": duration_text(call.profile, seconds),
    }
    if share is not None:
        found["progress"] = share
    found["items"] = len(facts)
    return found


def history(call: Call) -> Any:
    """The last seven days on which something was downloaded, newest first."""
    first = call.archive.now() - _DAYS * 86_400
    days: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for fact in _facts(call.archive):
        if fact.downloaded >= first:
            day = days[call.archive.moment(fact.downloaded).date().isoformat()]
            day[0] += 1
            day[1] += fact.size
    return [
        {"date": day, "count": days[day][0], "media_size": days[day][1]}
        for day in sorted(days, reverse=True)
    ]


def biggest(call: Call) -> Any:
    order = call.args.get("order", "doc_count")
    if order not in _ORDERS:
        if call.modern:
            refuse(400, {"order": choice(order)})
        bad(f"invalid order parameter {order[:200]}")

    def compute() -> list[dict[str, Any]]:
        sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        for fact in _facts(call.archive):
            row = sums[fact.channel]
            row[0] += 1
            row[1] += fact.seconds
            row[2] += fact.size
        at = _ORDERS.index(order)
        top = sorted(sums, key=lambda key: (-sums[key][at], key))[:_MOST_CHANNELS]
        return [
            {
                "id": key,
                "name": (call.archive.channels.get(key) or {}).get("channel_name"),
                "doc_count": sums[key][0],
                "duration": sums[key][1],
                "duration_str": duration_text(call.profile, sums[key][1]),
                "media_size": sums[key][2],
            }
            for key in top
        ]

    return call.archive.memo(("biggest", order, call.profile.name), compute)
