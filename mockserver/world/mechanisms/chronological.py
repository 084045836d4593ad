"""The newest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

import numpy as np

from collector.common.model import Surface
from mockserver.world.mechanisms.base import Mechanism
from mockserver.world.viewers import Snapshot


class Chronological(Mechanism):
    """Reverse-chronological order: ``- W[age] * log2(1 + age in days)``, then what the viewer is
    subscribed to (``W[subscription]``). The baseline of audits of engagement ranking (Huszár and
    others 2022, doi:10.1073/pnas.2025334119; Milli and others 2025): nothing is learnt of anybody.
    """

    name = "chronological"
    defaults: ClassVar[Mapping[str, float]] = {
        "age": 1.0,
        "subscription": 2.0,
        "noise": 0.0,
        "language": 4.0,
    }

    def own(
        self, surface: Surface, viewer: Snapshot, context_row: int | None, load: str, at_s: float,
        faded: Callable[[float], float],
    ) -> dict[str, np.ndarray]:  # fmt: skip
        """Age, and channels that are subscribed to."""
        del surface, context_row, load, faded
        arrays = self.arrays
        age = np.maximum(arrays.age_days + at_s / 86_400.0, 0.0)
        parts = {"recency": -self.params["age"] * np.log2(1.0 + age)}
        numbers = [
            arrays.channel_number[channel]
            for channel in viewer.subscriptions
            if channel in arrays.channel_number
        ]
        if numbers and self.params["subscription"]:
            table = np.zeros(len(arrays.channel_number))
            table[numbers] = self.params["subscription"]
            parts["subscription"] = table[arrays.channel_at]
        return parts
