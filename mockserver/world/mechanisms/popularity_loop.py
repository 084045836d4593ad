"""What is watched is shown, and what is shown is watched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

import numpy as np

from collector.common.model import Surface
from mockserver.world.arrays import Arrays
from mockserver.world.crowd import Crowd
from mockserver.world.mechanisms.base import Mechanism
from mockserver.world.seeded import hashed_uniforms, key64
from mockserver.world.viewers import Snapshot

#: Steps of the loop that are kept at most.
_MOST_STEPS = 10_000


class PopularityLoop(Mechanism):
    """A rich-get-richer loop after Salganik, Dodds and Watts 2006 (doi:10.1126/science.1121066) and
    the feedback loop of Chaney, Stewart and Engelhardt 2018 (doi:10.1145/3240323.3240370).

    Counts begin with the background users' watches (without them: with the videos' own reach). In
    each step ``audience`` users draw a video with odds ``(1 + count) ** power`` and raise its count
    by 1. There are ``steps`` before the world begins and one more in every ``step_s`` seconds of
    its clock. ``popularity = W[popularity] * log(1 + count) / log(1 + largest count)``, the same
    for everybody.
    """

    name = "popularity-loop"
    defaults: ClassVar[Mapping[str, float]] = {
        "popularity": 4.0, "audience": 1000.0, "power": 1.0, "steps": 10.0, "step_s": 600.0,
    }  # fmt: skip

    def __init__(
        self, seed: int, arrays: Arrays, overrides: Mapping[str, float] | None = None
    ) -> None:
        super().__init__(seed, arrays, overrides)
        self._counts = [np.round(10.0 ** (3.0 * arrays.popularity) - 1.0)]
        self._loud: dict[int, np.ndarray] = {}

    def observe(self, crowd: Crowd) -> None:
        """The loop begins with what these watched."""
        super().observe(crowd)
        self._counts = [crowd.counts(len(self.arrays)).astype(np.float64)]
        self._loud.clear()

    def counts(self, at_s: float) -> np.ndarray:
        """Watches of each video at a second of the world's clock: shape (videos,)."""
        return self._counts_after(self._steps(at_s))

    def _steps(self, at_s: float) -> int:
        more = at_s // self.params["step_s"] if self.params["step_s"] else 0.0
        return min(int(self.params["steps"] + more), _MOST_STEPS)

    def _counts_after(self, steps: int) -> np.ndarray:
        audience = int(self.params["audience"])
        while len(self._counts) <= steps:
            before = self._counts[-1]
            sums = np.cumsum((1.0 + before) ** self.params["power"])
            drawn = hashed_uniforms(key64(self.seed, self.name, len(self._counts)), audience)
            chosen = np.searchsorted(sums, drawn * sums[-1]).clip(0, len(before) - 1)
            self._counts.append(before + np.bincount(chosen, minlength=len(before)))
        return self._counts[steps]

    def own(
        self, surface: Surface, viewer: Snapshot, context_row: int | None, load: str, at_s: float,
        faded: Callable[[float], float],
    ) -> dict[str, np.ndarray]:  # fmt: skip
        """How much each video was watched by then."""
        del surface, viewer, context_row, load, faded
        steps = self._steps(at_s)
        loud = self._loud.get(steps)
        if loud is None:
            counts = self._counts_after(steps)
            most = np.log1p(max(float(counts.max(initial=0.0)), 1.0))
            loud = self._loud[steps] = np.log1p(counts) * (self.params["popularity"] / most)
        return {"popularity": loud}
