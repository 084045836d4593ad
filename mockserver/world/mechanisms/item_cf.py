"""Who watched this also watched that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

import numpy as np

from collector.common.model import Surface
from mockserver.world.arrays import Arrays
from mockserver.world.crowd import Crowd, crowd
from mockserver.world.mechanisms.base import Mechanism
from mockserver.world.viewers import Snapshot


class ItemFiltering(Mechanism):
    """Item-based collaborative filtering after Sarwar, Karypis, Konstan and Riedl 2001
    (doi:10.1145/371920.372071) and Linden, Smith and York 2003 (doi:10.1109/MIC.2003.1167344).

    Two videos are as similar as the cosine of their columns in the matrix of background users by
    videos: ``sim(i, j) = |U_i and U_j| / sqrt(|U_i| |U_j|)``, ``U_i`` those who watched i.
    ``history = W[history] * sum over the viewer's last recent watches w of share watched(w) *
    sim(w, v) / (1 + their number)``; on related lists ``W[neighbours] * sim(context, v)`` beside
    it. ``popularity = W[popularity] * log(1 + |U_v|) / log(1 + largest)`` breaks the cold start.
    Without background users of its own the world's 2,000 are taken, 15 watches each.
    """

    name = "item-cf"
    defaults: ClassVar[Mapping[str, float]] = {
        "history": 8.0,
        "neighbours": 4.0,
        "popularity": 1.0,
        "recent": 20.0,
    }

    def __init__(
        self, seed: int, arrays: Arrays, overrides: Mapping[str, float] | None = None
    ) -> None:
        super().__init__(seed, arrays, overrides)
        self._taught = False

    def observe(self, crowd: Crowd) -> None:
        """Index who watched what, by user and by video."""
        super().observe(crowd)
        users, watches = crowd.rows.shape
        pairs = np.unique(
            np.repeat(np.arange(users, dtype=np.int64), watches) * len(self.arrays)
            + crowd.rows.ravel()
        )
        user, row = np.divmod(pairs, len(self.arrays))
        self._rows = row
        self._user_starts = np.searchsorted(user, np.arange(users + 1))
        order = np.argsort(row, kind="stable")
        self._users = user[order]
        self._row_starts = np.searchsorted(row[order], np.arange(len(self.arrays) + 1))
        fans = np.diff(self._row_starts).astype(np.float64)
        self._norm = 1.0 / np.sqrt(np.maximum(fans, 1.0))
        most = np.log1p(max(float(fans.max(initial=0.0)), 1.0))
        self._popular = np.log1p(fans) * (self.params["popularity"] / most)
        self._taught = True

    def similar(self, row: int) -> np.ndarray:
        """``sim(row, v)`` of every video: shape (videos,); 1 for itself if anybody watched it."""
        found = np.zeros(len(self.arrays))
        self._add_similar(found, row, 1.0)
        return found

    def _add_similar(self, found: np.ndarray, row: int, weight: float) -> None:
        """Add ``weight * sim(row, v)`` to ``found``: only what its watchers watched is touched."""
        users = self._users[self._row_starts[row] : self._row_starts[row + 1]]
        if not len(users):
            return
        starts, ends = self._user_starts[users], self._user_starts[users + 1]
        together = np.concatenate(
            [self._rows[start:end] for start, end in zip(starts, ends, strict=True)]
        )
        rows, counts = np.unique(together, return_counts=True)
        found[rows] += counts * (self._norm[rows] * (self._norm[row] * weight))

    def own(
        self, surface: Surface, viewer: Snapshot, context_row: int | None, load: str, at_s: float,
        faded: Callable[[float], float],
    ) -> dict[str, np.ndarray]:  # fmt: skip
        """Neighbours of what was watched, and of the video on the page."""
        del surface, load, at_s
        if not self._taught:
            self.observe(crowd(self.seed, self.arrays, 2000, 15))
        parts = {"popularity": self._popular}
        recent = int(self.params["recent"])
        watches = self.watches(viewer)[-recent:] if recent else []
        if watches and self.params["history"]:
            liked = np.zeros(len(self.arrays))
            for row, share, age_s in watches:
                weight = self.params["history"] * share * faded(age_s) / (1 + len(watches))
                self._add_similar(liked, row, weight)
            parts["history"] = liked
        if context_row is not None and self.params["neighbours"]:
            parts["neighbours"] = self.similar(context_row) * self.params["neighbours"]
        return parts
