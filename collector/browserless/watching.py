"""A watch on the computed player, with the receipt that a browser's watch would have brought.

Every end of a watch is classified by the same rules as in a browser; what differs is only where the
seconds come from.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from collector.browser import receipts
from collector.browserless.player import Phase, Player
from collector.common.model import Receipt

#: Page seconds moved at most between two looks at whether the run was stopped.
STEP_S = 10.0

_TINY_S = 1e-6


@dataclass
class _Reading:
    """What the receipt's script would have noted."""

    watched_s: float = 0.0
    ad_s: float = 0.0
    stalled_s: float = 0.0
    quiet_s: float = 0.0
    elapsed_s: float = 0.0
    duration_s: float | None = None
    played: bool = False
    samples: list[tuple[float, float]] = field(default_factory=list)


def watch(
    player: Player | None,
    let_pass: Callable[[float], None],
    *,
    video_id: str,
    planned_s: float | None,
    share: float | None,
    cap_s: float,
    progress: Callable[[float], None] | None,
) -> Receipt:
    """Watch ``planned_s`` media seconds, a ``share`` (0–1), or to the end, at most ``cap_s``.

    :param player: of the page; ``None`` for a page without one.
    :param let_pass: moves the page's clock, and the player with it.
    """
    if player is None:
        let_pass(receipts.PLAYER_LIMIT_S)
        return receipts.no_player(video_id, planned_s, "no player on the page")
    reading, limit_s = _Reading(), None if planned_s is None else min(planned_s, cap_s)
    _begin(reading, player)
    player.play()
    error = player.error
    while error is None:
        if limit_s is None and share is not None and reading.duration_s is not None:
            limit_s = min(share * reading.duration_s, cap_s)
        left_s = (cap_s if limit_s is None else limit_s) - reading.watched_s
        if left_s <= _TINY_S:
            player.pause()
            break
        if player.phase is Phase.ENDED:
            break
        step_s = min(STEP_S, player.next_s(), receipts.STALL_LIMIT_S - reading.quiet_s)
        _pass(reading, player, let_pass, min(step_s, left_s) if _in_video(player) else step_s)
        if progress is not None:
            progress(reading.watched_s)
        error = player.error or _given_up(reading)
        if error is None and _stands_still(reading):
            break
    player.counted_s = player.played_s
    return receipts.receipt(
        _state(reading, player, video_id), planned_s=limit_s, cap_s=cap_s, error=error
    )


def _begin(reading: _Reading, player: Player) -> None:
    """What was played before belongs to this watch, unless an earlier one counted it."""
    if player.phase is Phase.AD:
        reading.ad_s = player.ad_s
    else:
        reading.watched_s = player.played_s - player.counted_s
        reading.played = player.moving
        _note_length(reading, player)
    _sample(reading, player, 0.0)


def _pass(
    reading: _Reading, player: Player, let_pass: Callable[[float], None], step_s: float
) -> None:
    """Let time pass, during which only one thing happens."""
    in_ad, moving, playing = player.phase is Phase.AD, player.moving, not player.paused
    played_s, ad_s, at_s = player.played_s, player.ad_s, player.at_s
    let_pass(step_s)
    reading.watched_s += player.played_s - played_s
    reading.ad_s += player.ad_s - ad_s
    reading.played = reading.played or (moving and not in_ad)
    if moving:
        reading.quiet_s = 0.0
    else:
        reading.quiet_s += step_s
        reading.stalled_s += step_s if playing else 0.0
    if not in_ad:
        for second in range(math.floor(reading.elapsed_s) + 1, _whole(reading, step_s) + 1):
            moved_s = second - reading.elapsed_s if moving else 0.0
            _sample(reading, player, float(second), at_s + moved_s)
    reading.elapsed_s += step_s
    if player.phase in (Phase.CONTENT, Phase.ENDED):
        _note_length(reading, player)


def _whole(reading: _Reading, step_s: float) -> int:
    return math.floor(reading.elapsed_s + step_s + _TINY_S)


def _sample(reading: _Reading, player: Player, second: float, at_s: float | None = None) -> None:
    if player.phase is not Phase.AD or at_s is not None:
        reading.samples.append((second, round(player.at_s if at_s is None else at_s, 3)))


def _note_length(reading: _Reading, player: Player) -> None:
    if player.length_s and player.config["fault"] != "player_error":
        reading.duration_s = player.length_s


def _in_video(player: Player) -> bool:
    return player.phase is Phase.CONTENT


def _given_up(reading: _Reading) -> str | None:
    if reading.ad_s > receipts.AD_LIMIT_S:
        return f"adverts for more than {receipts.AD_LIMIT_S:g} s"
    if _stands_still(reading) and reading.watched_s < receipts.ADVANCED_S:
        return f"playback did not advance for {receipts.STALL_LIMIT_S:g} s"
    return None


def _stands_still(reading: _Reading) -> bool:
    """It has not advanced for so long that nobody waits on. What was watched before counts."""
    return reading.quiet_s >= receipts.STALL_LIMIT_S - _TINY_S


def _state(reading: _Reading, player: Player, video_id: str) -> dict[str, Any]:
    return {
        "videoId": video_id,
        "nextVideoId": None,
        "watched": round(reading.watched_s, 3),
        "ad": round(reading.ad_s, 3),
        "stalled": round(reading.stalled_s, 3),
        "duration": reading.duration_s,
        "ended": player.phase is Phase.ENDED,
        "error": None,
        "rates": [1] if reading.played else [],
        "visible": 1.0,
        "samples": reading.samples,
    }
