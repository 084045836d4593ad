"""Exploit what paid, explore at random now and then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

import numpy as np

from collector.common.model import Surface
from mockserver.world.mechanisms.base import Mechanism
from mockserver.world.seeded import hashed_uniforms, key64
from mockserver.world.viewers import Snapshot


class EpsilonGreedy(Mechanism):
    """An epsilon-greedy bandit whose arms are topics (Sutton and Barto 2018, section 2.2; on news
    recommendation Li, Chu, Langford and Schapire 2010, doi:10.1145/1772690.1772758).

    The value of a topic is the mean reward of the viewer's watches of it, the reward of a watch its
    watched share, with ``prior`` pulls of ``optimism`` before the first:
    ``Q(t) = (prior * optimism + sum of rewards) / (prior + pulls)``.
    ``history = W[history] * (Q(t) - optimism)``. In each list each video explores with probability
    ``epsilon``: then it has ``exploration = W[explore] * a uniform number``, and no history.
    """

    name = "epsilon-greedy"
    defaults: ClassVar[Mapping[str, float]] = {
        "history": 6.0, "epsilon": 0.1, "explore": 6.0, "prior": 2.0, "optimism": 0.3,
        "popularity": 1.0,
    }  # fmt: skip

    def values(
        self, viewer: Snapshot, faded: Callable[[float], float] = lambda _: 1.0
    ) -> np.ndarray:
        """``Q`` of every topic for a viewer: shape (topics,)."""
        arrays, prior = self.arrays, self.params["prior"]
        reward = np.full(len(arrays.topics), prior * self.params["optimism"])
        pulls = np.full(len(arrays.topics), prior)
        for row, share, age_s in self.watches(viewer):
            weight = faded(age_s)
            reward[arrays.topic[row]] += share * weight
            pulls[arrays.topic[row]] += weight
        return np.asarray(
            np.where(pulls > 0, reward / np.maximum(pulls, 1e-12), self.params["optimism"])
        )

    def explores(self, surface: Surface, viewer: Snapshot, load: str) -> np.ndarray:
        """Which videos explore in a list: bool of shape (videos,)."""
        key = key64(self.seed, self.name, "toss", viewer.visitor_id, surface.value, load)
        return np.asarray(hashed_uniforms(key, len(self.arrays)) < self.params["epsilon"])

    def own(
        self, surface: Surface, viewer: Snapshot, context_row: int | None, load: str, at_s: float,
        faded: Callable[[float], float],
    ) -> dict[str, np.ndarray]:  # fmt: skip
        """Value of the topic, or a chance."""
        del context_row, at_s
        arrays = self.arrays
        gain = self.params["history"] * (self.values(viewer, faded) - self.params["optimism"])
        exploit = gain[arrays.topic_at]
        parts = {"popularity": arrays.popularity * self.params["popularity"], "history": exploit}
        if self.params["epsilon"]:
            chosen = np.flatnonzero(self.explores(surface, viewer, load))
            exploit[chosen] = 0.0
            chance = np.zeros(len(arrays))
            key = key64(self.seed, self.name, "chance", viewer.visitor_id, surface.value, load)
            chance[chosen] = hashed_uniforms(key, len(chosen)) * self.params["explore"]
            parts["exploration"] = chance
        return parts
