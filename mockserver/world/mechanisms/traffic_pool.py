"""Every video gets a small audience; what does well there gets a larger one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

import numpy as np

from collector.common.model import Surface
from mockserver.world.arrays import Arrays
from mockserver.world.mechanisms.base import Mechanism
from mockserver.world.seeded import hashed_uniforms, key64
from mockserver.world.viewers import Snapshot

#: Videos tested at once, at most, when the pools are filled: bounds the memory.
_CHUNK = 20_000
#: Testers that are drawn one by one; a larger pool's mean is taken from so many.
_DRAWN = 200


class TrafficPool(Mechanism):
    """Staged traffic pools, as described of short-video platforms (Zhang and Liu 2021, "TikTok's
    algorithmic traffic pool"; the successive-halving test of Karnin, Koren and Somekh 2013 and
    Jamieson and Talwalkar 2016, arXiv:1502.07943, is the same idea with a proof).

    A video has a quality, hashed from the seed: how likely a tester is to finish it, between 0 and
    1. In stage s (from 0) it is shown to ``first * growth ** s`` testers, and rises to stage s + 1
    if the share that finished it is at least ``pass``; there are ``stages``. Stages follow one
    another every ``stage_s`` seconds of its life, so at the world's second t a video of age a has
    had ``(a + t) / stage_s`` of them. ``pool = W[pool] * stage reached / stages``. What the viewer
    finished lifts its topic: ``history = W[history] * mean watched share of the topic's watches``.
    """

    name = "traffic-pool"
    defaults: ClassVar[Mapping[str, float]] = {
        "pool": 4.0, "history": 3.0, "first": 300.0, "growth": 3.0, "pass": 0.5, "stages": 5.0,
        "stage_s": 3600.0,
    }  # fmt: skip

    def __init__(
        self, seed: int, arrays: Arrays, overrides: Mapping[str, float] | None = None
    ) -> None:
        super().__init__(seed, arrays, overrides)
        #: How likely a tester is to finish each video, shape (videos,).
        self.quality = hashed_uniforms(key64(seed, self.name, "quality"), len(arrays))
        self._passed = self._fill()

    def _fill(self) -> np.ndarray:
        """The stage at which each video stops: 0 to ``stages``, shape (videos,)."""
        passed = np.zeros(len(self.arrays))
        going = np.arange(len(self.arrays))
        for stage in range(int(self.params["stages"])):
            testers = self.params["first"] * self.params["growth"] ** stage
            drawn = int(min(max(testers, 1.0), _DRAWN))
            mean = np.empty(len(going))
            for begin in range(0, len(going), _CHUNK):
                rows = going[begin : begin + _CHUNK]
                key = key64(self.seed, self.name, "test", stage, begin)
                tosses = hashed_uniforms(key, len(rows) * drawn).reshape(len(rows), drawn)
                mean[begin : begin + _CHUNK] = (tosses < self.quality[rows, None]).mean(axis=1)
            going = going[mean >= self.params["pass"]]
            passed[going] = stage + 1
        return passed

    def stage(self, at_s: float) -> np.ndarray:
        """The stage that each video has reached at a second of the world's clock."""
        if not self.params["stage_s"]:
            return self._passed
        lived = np.maximum(self.arrays.age_days * 86_400.0 + at_s, 0.0) / self.params["stage_s"]
        return np.asarray(np.minimum(self._passed, np.floor(lived)))

    def own(
        self, surface: Surface, viewer: Snapshot, context_row: int | None, load: str, at_s: float,
        faded: Callable[[float], float],
    ) -> dict[str, np.ndarray]:  # fmt: skip
        """The pool of the video, and what the viewer finishes."""
        del surface, context_row, load
        arrays, stages = self.arrays, max(self.params["stages"], 1.0)
        parts = {"pool": self.stage(at_s) * (self.params["pool"] / stages)}
        watches = self.watches(viewer)
        if watches and self.params["history"]:
            shares, counts = np.zeros(len(arrays.topics)), np.zeros(len(arrays.topics))
            for row, share, age_s in watches:
                shares[arrays.topic[row]] += share * faded(age_s)
                counts[arrays.topic[row]] += 1.0
            mean = shares / np.maximum(counts, 1.0)
            parts["history"] = (self.params["history"] * mean)[arrays.topic_at]
        return parts
