"""Whether somebody moved the machine's clock while a run went on."""

from __future__ import annotations

from collector.store.steady import moved_s

CLOCK_JUMP_S = 5.0
"""A clock that is off by more than this at once was moved; less is what NTP slews away."""


class ClockWatch:
    """Compares the clock with the steady one, from when it is made."""

    def __init__(self) -> None:
        self._moved_s = moved_s()

    def moved(self) -> str:
        """What to say of a move since this was asked last; empty: there was none."""
        moved = moved_s()
        by_s, self._moved_s = moved - self._moved_s, moved
        if abs(by_s) < CLOCK_JUMP_S:
            return ""
        return (
            f"the machine's clock was moved by {by_s:+.0f} s, or it slept as long; waits and leases"
            " do not follow it"
        )
