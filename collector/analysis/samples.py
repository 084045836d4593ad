"""One comparison of two arms: a value a puppet, its arm, and the stratum its label may move in."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from collector.analysis.exchanges import Floats, Size


class NothingToCompareError(ValueError):
    """No stratum holds puppets of both arms: neither estimate nor test nor interval exists."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Values of the puppets of two arms. Arrays of shape (puppets,), in any order."""

    values: Floats
    """One finite number a puppet: the puppet is the unit of inference, never the item."""
    treated: NDArray[np.bool_]
    """Whether the puppet is of the arm that is compared with the control."""
    strata: NDArray[np.intp]
    """Within which labels are exchanged: the block, or block and levels of the other factors."""
    against_zero: bool = False
    """The control side is no puppets but the number 0, so that an exchange turns a sign."""

    def __post_init__(self) -> None:
        if not self.values.shape == self.treated.shape == self.strata.shape:
            raise ValueError("values, treated and strata must have one entry a puppet")
        if not np.isfinite(self.values).all():
            raise ValueError("a puppet without a value must be left out, not be NaN or infinite")

    @classmethod
    def of(
        cls,
        values: Mapping[str, float],
        treated: Mapping[str, bool],
        strata: Mapping[str, Hashable],
    ) -> Self:
        """From mappings of the puppet's name; puppets without a value are not in the sample."""
        names = list(values)
        numbers = {stratum: n for n, stratum in enumerate(dict.fromkeys(strata.values()))}
        return cls(
            np.array([values[name] for name in names], dtype=np.float64),
            np.array([treated[name] for name in names], dtype=np.bool_),
            np.array([numbers[strata[name]] for name in names], dtype=np.intp),
        )

    def in_use(self) -> Sample:
        """The puppets of strata that hold both arms, ordered by stratum.

        The others drop out of estimate, test and interval alike: without a counterpart of the same
        moment a puppet says nothing about the arms.
        """
        kept = _in_use(self.treated, self.strata)
        order = kept[np.argsort(self.strata[kept], kind="stable")]
        return replace(
            self,
            values=self.values[order],
            treated=self.treated[order],
            strata=self.strata[order],
        )

    @property
    def sizes(self) -> tuple[Size, ...]:
        """(treated, control) puppets of each stratum, by number of the stratum."""
        return sizes_of(self.treated, self.strata)

    @property
    def comparable(self) -> bool:
        """At least one stratum holds both arms."""
        return bool(len(_in_use(self.treated, self.strata)))


def sizes_of(treated: NDArray[np.bool_], strata: NDArray[np.intp]) -> tuple[Size, ...]:
    """(treated, control) puppets of each stratum, by number of the stratum."""
    return tuple(
        (int(np.sum(treated[strata == each])), int(np.sum(~treated[strata == each])))
        for each in np.unique(strata)
    )


def _in_use(treated: NDArray[np.bool_], strata: NDArray[np.intp]) -> NDArray[np.intp]:
    both = np.intersect1d(strata[treated], strata[~treated])
    return np.flatnonzero(np.isin(strata, both))
