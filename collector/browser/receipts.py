"""From the player's own readings to a receipt: did the treatment happen?

A watch counts only when the player's clock advanced. Published tools record watches that never
happened, because an exception was swallowed or a missing play button was slept over; here every end
of a watch is classified from what was measured, and nothing is assumed.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from typing import Any

from collector.common.model import Receipt, ReceiptStatus

#: A planned second counts as reached this much early: the grain of real media clocks.
TOLERANCE_S = 0.25
#: Playback shorter than this is no playback.
ADVANCED_S = 0.1
#: Seconds without any progress after which a watch is given up.
STALL_LIMIT_S = 30.0
#: Seconds that a page gets to show a player.
PLAYER_LIMIT_S = 10.0
#: Watching to the end stops here when nothing else is said: a live stream has no end.
CAP_S = 4 * 3600.0
#: Seconds of adverts in one watch after which it is given up.
AD_LIMIT_S = 600.0

#: Calls of the page's script, which leaves no name on ``window``. A document that replaced the one
#: being watched answers ``{gone: true}``.
_CALL = "const a = window[Symbol.for('twinwatch.receipt')]; if (!a) return {gone: true};"
STATE = f"() => {{ {_CALL} return a.state(); }}"
WAIT = f"async (s) => {{ {_CALL} await a.wait(s); return a.state(); }}"
PLAY = f"async () => {{ {_CALL} return {{refused: await a.play()}}; }}"
SET_PLANNED = f"(s) => {{ {_CALL} a.setPlanned(s); return a.state(); }}"
CLOSE = f"() => {{ {_CALL} a.close(); return {{}}; }}"
PLAYER_BOX = """() => {
  const all = [...document.querySelectorAll("#movie_player, video")];
  const found = all.find((e) => !e.closest("[hidden]"));
  const box = found?.getBoundingClientRect();
  return box && box.width > 0 ? [box.x + box.width / 2, box.y + box.height / 2] : null;
}"""


def classify(
    *, watched_s: float, planned_s: float | None, ended: bool, error: str | None
) -> ReceiptStatus:
    """The receipt's verdict; ``planned_s=None`` means to the end.

    >>> classify(watched_s=30.0, planned_s=30.0, ended=False, error=None)
    <ReceiptStatus.COMPLETE: 'complete'>
    >>> classify(watched_s=12.0, planned_s=30.0, ended=False, error=None)
    <ReceiptStatus.SHORT: 'short'>
    >>> classify(watched_s=0.0, planned_s=30.0, ended=False, error=None)
    <ReceiptStatus.FAILED: 'failed'>
    """
    if error is not None or watched_s < ADVANCED_S:
        return ReceiptStatus.FAILED
    if ended or (planned_s is not None and watched_s >= planned_s - TOLERANCE_S):
        return ReceiptStatus.COMPLETE
    return ReceiptStatus.SHORT


def receipt(
    state: Mapping[str, Any],
    *,
    planned_s: float | None,
    cap_s: float,
    error: str | None = None,
    next_video_id: str | None = None,
) -> Receipt:
    """The receipt of a watch from the last ``state()`` of ``receipt.js``."""
    duration: float | None = state["duration"]
    error = error or state["error"]
    target = planned_s if planned_s is not None else min(duration or cap_s, cap_s)
    rates = state["rates"]
    return Receipt(
        video_id=state["videoId"],
        status=classify(
            watched_s=state["watched"],
            planned_s=planned_s if planned_s is not None else cap_s,
            ended=state["ended"],
            error=error,
        ),
        planned_s=float(target),
        watched_s=float(state["watched"]),
        duration_s=None if duration is None else float(duration),
        ad_s=float(state["ad"]),
        stalled_s=float(state["stalled"]),
        rate=float(statistics.median(rates)) if rates else 0.0,
        visible_share=float(state["visible"]),
        ended=state["ended"],
        error=error,
        next_video_id=next_video_id or state["nextVideoId"],
        samples=tuple((float(at), float(time)) for at, time in state["samples"]),
    )


def no_player(video_id: str, planned_s: float | None, error: str) -> Receipt:
    """The receipt of a watch that could not begin."""
    return Receipt(
        video_id=video_id,
        status=ReceiptStatus.FAILED,
        planned_s=float(planned_s or 0.0),
        watched_s=0.0,
        duration_s=None,
        ad_s=0.0,
        stalled_s=0.0,
        rate=0.0,
        visible_share=0.0,
        ended=False,
        error=error,
        next_video_id=None,
        samples=(),
    )
