"""Counts over the archive. Empty groups are left out, and are null in v0.5."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from mockserver.api.tubearchivist.columns import KINDS
from mockserver.api.tubearchivist.described import LENGTH, WRONG, ok
from mockserver.api.tubearchivist.dispatch import Endpoint, route
from mockserver.api.tubearchivist.envelope import Call, bad, choice, refuse
from mockserver.api.tubearchivist.profile import V04, V05, duration_text
from mockserver.api.tubearchivist.watching import watching
from mockserver.openapi.blueprint import ApiBlueprint
from mockserver.openapi.operations import Operation
from mockserver.openapi.shapes import Shape

_ORDERS = ("doc_count", "duration", "media_size")
_MOST_CHANNELS = 10
_DAYS = 7
_DAY_S = 86_400


def register(bp: ApiBlueprint) -> None:
    """Route the counts on ``bp``: seven paths below ``/stats`` (v0.4 and v0.5)."""
    # fmt: off
    total: dict[str, Shape] = {"doc_count": "integer", "media_size": "integer", **LENGTH}
    counts = ok({"doc_count": "integer", "*": "integer"})
    items: dict[str, Shape] = {**LENGTH, "items": "integer"}
    parts: Shape = {**items, "progress": "number"}
    for name, handler, operation in (
        ("video", videos, Operation("Videos, counted", ok({**total, "active_true?": total}))),
        ("channel", channels, Operation("Channels, counted", counts)),
        ("playlist", playlists, Operation("Playlists, counted", counts)),
        ("download", downloads, Operation("The queue, counted", ok({"*": "integer"}))),
        ("watch", watch, Operation("What was watched, counted", ok(
            {"total": items, "unwatched?": parts, "watched?": parts}))),
        ("downloadhist", history, Operation("Downloads of the last days", ok(
            [{"date": "string", "count": "integer", "media_size": "integer"}]))),
        ("biggestchannels", biggest, Operation("The largest channels", {
            **ok([{"id": "string", "name": "string|null", **total}]), **WRONG}, ("?order",))),
    ):
        endpoint = Endpoint(f"Stats {name}", {"GET": handler}, {"GET": operation})
        route(bp, f"/stats/{name}/", endpoint, (V04, V05))
    # fmt: on


def _groups(call: Call, found: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    if call.modern:
        return {**dict.fromkeys(names), **found}
    return found


def _sum(call: Call, mask: np.ndarray) -> dict[str, Any]:
    count, seconds, size = call.archive.columns.sums(mask)
    return {
        "doc_count": count,
        "media_size": size,
        "duration": seconds,
        "duration_str": duration_text(call.profile, seconds),
    }


def videos(call: Call) -> Any:
    """Count videos, their bytes and their seconds: all, and by kind and activity."""
    known = call.archive.columns
    groups = {f"type_{KINDS[kind]}": known.alive & (known.kind == kind) for kind in (0, 1, 2)}
    groups["active_true"] = known.alive & known.active
    groups["active_false"] = known.alive & ~known.active
    found = {name: _sum(call, mask) for name, mask in groups.items() if mask.any()}
    return {**_sum(call, known.alive), **_groups(call, found, tuple(groups))}


def _flags(call: Call, kind: str) -> dict[str, Any]:
    counted: Counter[str] = Counter()
    flags = call.archive.flags[kind]
    for flag in flags.values():
        counted[f"active_{str(flag.active).lower()}"] += 1
        counted[f"subscribed_{str(flag.subscribed).lower()}"] += 1
    names = ("active_true", "active_false", "subscribed_true", "subscribed_false")
    found = {name: counted[name] for name in names if counted[name]}
    return {"doc_count": len(flags), **_groups(call, found, names)}


def channels(call: Call) -> Any:
    """Count channels: all, and by subscription and activity."""
    return _flags(call, "channel")


def playlists(call: Call) -> Any:
    """Count playlists: all, and by subscription and activity."""
    return _flags(call, "playlist")


def downloads(call: Call) -> Any:
    """Count the download queue by status, and what waits by kind of video."""
    counted: Counter[str] = Counter()
    for document in call.archive.downloads.all():
        counted[str(document["status"])] += 1
        if document["status"] == "pending":
            counted[f"pending_{document.get('vid_type', 'videos')}"] += 1
    names = ("pending", "ignore", "pending_videos", "pending_shorts", "pending_streams")
    return _groups(call, {name: counted[name] for name in names if counted[name]}, names)


def watch(call: Call) -> Any:
    """Count videos and their seconds by whether this user watched them; ``progress`` is the
    share of all seconds, 0–1."""
    known = call.archive.columns
    own = known.mask(watching().watched_by_visitor(call.profile, call.user))
    done = known.alive & (known.watched | own)
    total = known.sums(known.alive)[1]
    found: dict[str, Any] = {"total": _lengths(call, known.alive, None)}
    for name, mask in (("unwatched", known.alive & ~done), ("watched", done)):
        if mask.any() or call.modern:
            found[name] = _lengths(call, mask, total) if mask.any() else None
    return found


def _lengths(call: Call, mask: np.ndarray, total: int | None) -> dict[str, Any]:
    """``total``: the seconds of which these are a part."""
    count, seconds, _ = call.archive.columns.sums(mask)
    found: dict[str, Any] = {
        "duration": seconds,
        "duration_str": duration_text(call.profile, seconds),
    }
    if total is not None:
        found["progress"] = seconds / total if total else 0.0
    found["items"] = count
    return found


def history(call: Call) -> Any:
    """The last seven days on which something was downloaded, newest first."""
    known = call.archive.columns
    downloaded = known.number("downloaded")
    recent = known.alive & (downloaded >= call.archive.now() - _DAYS * _DAY_S)
    days = downloaded // _DAY_S
    found = []
    for day in np.unique(days[recent])[::-1].tolist():
        count, _, size = known.sums(recent & (days == day))
        date = call.archive.moment(day * _DAY_S).date().isoformat()
        found.append({"date": date, "count": count, "media_size": size})
    return found


def biggest(call: Call) -> Any:
    """Answer the largest channels first, by ``order``: videos, seconds or bytes.

    :raises Refused: 400, another order
    """
    order = call.args.get("order", "doc_count")
    if order not in _ORDERS:
        if call.modern:
            refuse(400, {"order": choice(order)})
        bad(f"invalid order parameter {order[:200]}")

    ids, sums = call.archive.columns.by_channel()
    at = _ORDERS.index(order)
    held = [row for row in range(len(ids)) if sums[0][row]]
    top = sorted(held, key=lambda row: (-sums[at][row], ids[row]))[:_MOST_CHANNELS]
    return [
        {
            "id": ids[row],
            "name": (call.archive.channels.get(ids[row]) or {}).get("channel_name"),
            "doc_count": int(sums[0][row]),
            "duration": int(sums[1][row]),
            "duration_str": duration_text(call.profile, int(sums[1][row])),
            "media_size": int(sums[2][row]),
        }
        for row in top
    ]
