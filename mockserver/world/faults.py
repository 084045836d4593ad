"""Things that go wrong on demand: named shares, decided by hashing, never by chance.

Whether a fault strikes is a function of (seed, name, visitor, key), so a run repeats exactly, and
a visitor's faults do not depend on who else is there.
"""

from __future__ import annotations

from collections.abc import Mapping

from collector.common.errors import UserError
from mockserver.world.seeded import unit

#: Fault names and what each does.
FAULTS: dict[str, str] = {
    "stall": "a playback stops advancing and buffers for ever",
    "player_error": "a playback shows the player's error overlay",
    "unavailable": "a watch page says that the video is unavailable",
    "captcha": "a page load ends on the unusual-traffic page",
    "login": "a page load ends on the sign-in page",
    "server_error": "a page load answers 500",
    "slow": "a page load or continuation takes seconds",
}


class Faults:
    """The shares of one world; ``shares`` holds every name, 0 unless set."""

    def __init__(self, seed: int, shares: Mapping[str, float] | None = None) -> None:
        """:raises UserError: an unknown name, or a share outside 0–1."""
        self._seed = seed
        self.shares: dict[str, float] = dict.fromkeys(FAULTS, 0.0)
        for name, share in (shares or {}).items():
            if name not in FAULTS:
                raise UserError(
                    f"no fault is called {name!r}", place="faults", fix=f"use {', '.join(FAULTS)}"
                )
            if not 0 <= share <= 1:
                raise UserError(
                    f"{share} is not a share",
                    place=f"faults.{name}",
                    fix="give a number from 0 to 1",
                )
            self.shares[name] = float(share)

    def strikes(self, name: str, visitor: str, key: str) -> bool:
        """Whether fault ``name`` strikes this visitor's load or playback ``key``."""
        share = self.shares[name]
        return share > 0 and unit(self._seed, "fault", name, visitor, key) < share
