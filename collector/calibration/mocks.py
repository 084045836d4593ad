"""Which of a scenario's mocks the fast model of puppets is.

Protects the rule that a rate is about the platform that the scenario asks for: what the lists of
``shown`` cannot hold is refused before anything is counted, and never left out in silence.
"""

from __future__ import annotations

from collections.abc import Mapping

from collector.common.errors import UserError
from mockserver.world.parameters import NULL_PARAMETERS
from mockserver.world.rates import COMPOSITION
from mockserver.world.ruling import Ruling
from mockserver.world.truths import (
    Background,
    Blocking,
    CarryOver,
    Correlated,
    DeadArm,
    Exposure,
    Forgetting,
    LabelErrors,
    Personalisation,
    Policy,
    Truth,
    Used,
)

SIMULATED = (
    Background, CarryOver, Correlated, Forgetting, LabelErrors, Personalisation, Policy, Used,
)  # fmt: skip
"""Truths that stand in the scores, the past or the labels that a probe notes."""

HARMLESS = ("slow",)
"""Faults that change no page."""

_ELSEWHERE = "leave it out; collector run and collector power --pilot RUN hold it"


class NotCalibrated(UserError):
    """The scenario has something that the fast model of puppets does not know."""


class OutOfReach(NotCalibrated):
    """The treatment does not move the outcome by as much as was asked for."""


def refuse_strange(ruling: Ruling, faults: Mapping[str, float]) -> None:
    """Refuse what bears on a world's pages beside the scores that a probe notes.

    :param ruling: of the world, with the scenario's truths.
    :param faults: shares by name.
    :raises NotCalibrated: naming the key of the first that is not simulated, and what to do.
    """
    for number, truth in enumerate(ruling.truths.all):
        problem = _strange(truth)
        if problem is not None:
            reason, fix = problem
            raise NotCalibrated(
                f"{truth.name}: {reason}", place=f"mock.truths: truths.{number}", fix=fix
            )
    for name, share in faults.items():
        if share and name not in HARMLESS:
            raise NotCalibrated(
                f"{name}: simulated puppets meet no faults",
                place=f"mock.faults.{name}",
                fix=f"leave it out; for lost pages --lost {share:g}",
            )


def _strange(truth: Truth) -> tuple[str, str] | None:
    """Why a truth cannot be simulated in bulk, and the fix; ``None``: it can."""
    if isinstance(truth, Blocking | DeadArm):
        return (
            "simulated puppets are not blocked by the mock",
            "leave it out; for lost pages --lost 0.2, or calibrate --truth with lost: [0, 0.5]",
        )
    if isinstance(truth, Exposure):
        return (
            "lists are simulated from scores, and it puts videos in beside them",
            f"leave it out and give the size: power --points {truth.points:g}, or calibrate --truth"
            f" FILE with points: {truth.points:g}",
        )
    if not isinstance(truth, SIMULATED):
        return "lists are simulated from scores, and it does not stand in these", _ELSEWHERE
    if truth.blocks or truth.from_s or truth.until_s is not None:
        return (
            "simulated puppets know no blocks, from_s or until_s of it",
            "leave these out; for a change in mid-run calibrate --truth FILE with late:",
        )
    if isinstance(truth, LabelErrors) and truth.arms:
        return (
            "labels are simulated as the same in all arms",
            "leave arms out, or calibrate --truth FILE with mislabelled: [0, 0.1]",
        )
    if isinstance(truth, Policy):
        own = truth.parameter.rpartition(".")[2]
        if truth.parameter in COMPOSITION or own == "noise":
            return "rates and noise are simulated as the same for all puppets", _ELSEWHERE
        if truth.arms and own not in NULL_PARAMETERS:
            return (
                "under a null arms differ in what a viewer does alone, and it would stay",
                f"leave arms out, or name one of {', '.join(NULL_PARAMETERS)}; collector run holds"
                " it",
            )
    return None
