"""Known truths: what a platform may do, and what a report has to say of it.

A truth changes the summands of the mock's own formula (as ``recommender:`` of a scenario does), the
labels, or which pages are lost. Under a *null* the treatment moves nothing: an "effect" is false.
Under an *effect* its size is set in points: the weight of the viewer's history is found at which
the arms differ by so much. What is *broken* has to be withheld.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from collector.common.errors import UserError
from collector.yamlfile import Document, read_yaml
from mockserver.world.parameters import NULL_PARAMETERS, PARAMETERS
from mockserver.world.social.parameters import NULL_PARAMETERS as FEED_NULL
from mockserver.world.social.parameters import PARAMETERS as FEED_PARAMETERS

_T = TypeVar("_T")


class Kind(StrEnum):
    """What a truth asks of a report."""

    NULL = "null"
    EFFECT = "effect"
    BROKEN = "broken"


@dataclass(frozen=True)
class Truth:
    """One way in which the platform, the labels or the network may be."""

    name: str
    kind: Kind
    about: str
    scale: Mapping[str, float] = field(default_factory=dict)
    """Summand (``popularity``), or one surface's (``home.history``) → factor on it."""
    late: Mapping[str, float] = field(default_factory=dict)
    """The same for the blocks of the second half, on top of ``scale``: a change in mid-run."""
    points: float | None = None
    """Difference in exposure share (0–1) on the first tested surface that the factor on what a
    viewer did is set to, in the direction in which it moves; ``None``: as ``scale`` says."""
    correlated: float = 0.0
    """Added to the score of videos with the declared label, in weights of popularity."""
    mislabelled: tuple[float, float] = (0.0, 0.0)
    """Share of the items whose label is wrong, in the control and in the other arms."""
    lost: tuple[float, float] = (0.0, 0.0)
    """Share of the pages that are lost, in the control and in the other arms."""

    def factor(self, surface: str, part: str, *, late: bool) -> float:
        """What the summand of a surface is multiplied with."""
        found = self.scale.get(part, 1.0) * self.scale.get(f"{surface}.{part}", 1.0)
        if late:
            found *= self.late.get(part, 1.0) * self.late.get(f"{surface}.{part}", 1.0)
        return found

    def with_lost(self, share: float) -> Truth:
        """The same where so many pages of all arms alike are lost besides."""
        if not share:
            return self
        control, treated = self.lost
        both = (1 - (1 - control) * (1 - share), 1 - (1 - treated) * (1 - share))
        return replace(self, name=f"{self.name}, {100 * share:g} % lost", lost=both)


_NULL = {**NULL_PARAMETERS, "carry_over": 0.0, **FEED_NULL}

TRUTHS: Mapping[str, Truth] = {
    truth.name: truth
    for truth in (
        Truth("null", Kind.NULL, "nothing that a viewer does moves what it is shown", _NULL),
        Truth(
            "null-loss", Kind.NULL, "null; 20 % of all pages are lost, whatever the arm", _NULL,
            lost=(0.2, 0.2),
        ),
        Truth(
            "null-drift", Kind.NULL, "null; popularity counts three times as much from mid-run on",
            _NULL, late={"popularity": 3.0},
        ),
        Truth(
            "null-buckets", Kind.NULL, "null; test groups of the platform with ten times the taste",
            {**_NULL, "bucket_effect": 10.0},
        ),
        Truth(
            "null-catalogue", Kind.NULL, "null; videos with the label are the popular ones", _NULL,
            correlated=1.5,
        ),
        Truth(
            "null-labels", Kind.NULL, "null; 10 % of the labels are wrong, in all arms alike",
            _NULL, mislabelled=(0.1, 0.1),
        ),
        Truth("effect-5", Kind.EFFECT, "5 points by what was watched", points=0.05),
        Truth("effect-10", Kind.EFFECT, "10 points by what was watched", points=0.10),
        Truth("effect-20", Kind.EFFECT, "20 points by what was watched", points=0.20),
        Truth("as-is", Kind.EFFECT, "the mock's own recommender"),
        Truth(
            "step", Kind.BROKEN, "the effect ends in mid-run",
            late=dict.fromkeys(_NULL, 0.0),
        ),
        Truth(
            "differential-loss", Kind.BROKEN, "null; half of the pages of one arm are lost", _NULL,
            lost=(0.0, 0.5),
        ),
        Truth(
            "loss-20", Kind.EFFECT, "20 points; 20 % of all pages are lost", points=0.20,
            lost=(0.2, 0.2),
        ),
    )
}  # fmt: skip
"""By name, in the order of the table."""


def truth_of(name: str) -> Truth:
    """A truth by its name, or from a YAML file with the fields of ``Truth``.

    :raises UserError: there is none of that name, or the file has something else.
    """
    if name in TRUTHS:
        return TRUTHS[name]
    path = Path(name)
    if not path.is_file():
        raise UserError(
            f"no truth is called {name!r}",
            place="--truth",
            fix=f"use one of {', '.join(TRUTHS)}, or a YAML file",
        )
    document = read_yaml(path)
    data = document.data
    if isinstance(data, list) or (isinstance(data, dict) and "truths" in data):
        raise UserError(
            "this is a truth file of the mock, and --truth takes a truth of the calibration",
            place=name,
            fix="put it into the scenario, mock: {truths: FILE}; docs/calibration.md has the keys",
        )
    if not isinstance(data, dict):
        raise UserError("a truth is a mapping of keys to values", place=name, fix="name: mine …")
    return _read(document, path)


_FIXES = {
    "kind": f"use one of {', '.join(Kind)}",
    "scale": "give summands of the recommender and factors, such as {history: 0.5}",
    "late": "give summands of the recommender and factors, such as {popularity: 3}",
    "points": "give the difference in points, such as 10",
    "correlated": "give weights of popularity, such as 1.5",
    "mislabelled": "give a share from 0 to 1, or one of each arm: [0, 0.1]",
    "lost": "give a share from 0 to 1, or one of each arm: [0, 0.5]",
}
"""Key of a file of a truth → what may stand there."""


def _read(document: Document, path: Path) -> Truth:
    data: Mapping[str, Any] = document.data
    known = {"name", "about", *_FIXES}

    def place(*key: str) -> str:
        line = document.line_of(key)
        return f"{path}{f':{line}' if line else ''}: {'.'.join(key)}"

    for key in data:
        if key not in known:
            raise UserError(
                f"a truth has no key {key!r}",
                place=place(str(key)),
                fix=f"use {', '.join(sorted(known))}",
            )

    def taken(key: str, read: Callable[[Any], _T], otherwise: _T) -> _T:
        if data.get(key) is None:
            return otherwise
        try:
            return read(data[key])
        except _NoParameter as error:
            raise UserError(str(error), place=place(key, error.name), fix=_FIXES[key]) from error
        except (TypeError, ValueError) as error:
            raise UserError(
                f"this is not a truth: {error}", place=place(key), fix=_FIXES[key]
            ) from error

    none: dict[str, float] = {}
    return Truth(
        name=str(data.get("name", path.stem)),
        kind=taken("kind", Kind, Kind.EFFECT),
        about=str(data.get("about", "")),
        scale=taken("scale", _factors, none),
        late=taken("late", _factors, none),
        points=taken("points", _points, None),
        correlated=taken("correlated", _number, 0.0),
        mislabelled=taken("mislabelled", _pair, (0.0, 0.0)),
        lost=taken("lost", _pair, (0.0, 0.0)),
    )


class _NoParameter(ValueError):
    """The recommender has no parameter ``name``."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the recommender has no parameter {name!r}")
        self.name = name


def _factors(told: Any) -> dict[str, float]:
    if not isinstance(told, Mapping):
        raise ValueError(f"{told!r} names no summand")
    found = {str(name): _number(value) for name, value in told.items()}
    for name in found:
        if name.rpartition(".")[2] not in (*PARAMETERS, *_NULL, *FEED_PARAMETERS):
            raise _NoParameter(name)
    return found


def _number(told: Any) -> float:
    try:
        found = float(told)
    except (TypeError, ValueError):
        found = math.nan
    if not math.isfinite(found):
        raise ValueError(f"{told!r} is no number")
    return found


def _points(told: Any) -> float | None:
    return _number(told) / 100


def _pair(told: Any) -> tuple[float, float]:
    """One share of all arms, or that of the control and that of the others."""
    shares = told if isinstance(told, list) else [told, told]
    if len(shares) != 2:
        raise ValueError(f"{told!r} are {len(shares)} shares, not two")
    one, other = shares
    return _share(one), _share(other)


def _share(told: Any) -> float:
    share = _number(told)
    if not 0 <= share <= 1:
        raise ValueError(f"{told!r} is not a share from 0 to 1")
    return share
