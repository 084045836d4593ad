"""What ``collector power`` found of a design, as a registration states it.

The file is what ``collector power SCENARIO --json`` prints. A registration takes from it how often
audits of this design find an effect and raise a false alarm; who reads it can make it again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from collector.common.errors import UserError
from collector.environment import refusals

_FIX = "make it of this scenario: collector power SCENARIO --json > power.json"
Share = Annotated[float, Field(ge=0, le=1)]


class _Alarms(BaseModel):
    """How often audits without any effect were called one."""

    rate: Share
    upper95: Share


class _Power(BaseModel):
    """The part of the file that is registered; what else it holds is left out."""

    model_config = ConfigDict(extra="ignore")

    design_sha256: str
    how: str
    runs: Annotated[int, Field(ge=1)]
    seed: Annotated[int, Field(ge=0)]
    lost: Share
    block: Annotated[int, Field(ge=1)]
    target: dict[str, str]
    power: dict[str, dict[str, Share]]
    false_effect: dict[str, _Alarms]
    detectable: dict[str, float | None]
    recommended: dict[str, int | None]


def read_power(path: Path, design: str) -> dict[str, Any]:
    """Power by size and twins, false alarms, detectable shifts, and how they were simulated.

    :param path: what ``collector power --json`` printed.
    :param design: the design's hash (:func:`collector.scenario.designhash.design_sha256`).
    :raises UserError: it cannot be read, is none, or is of another design.
    """
    with refusals(path, fix=_FIX):
        text = path.read_text("utf-8", errors="replace")
    try:
        found = _Power.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise UserError(
            f"this is no simulated power: {key + ': ' if key else ''}{first['msg']}",
            place=str(path),
            fix=_FIX,
        ) from None
    if found.design_sha256 != design:
        raise UserError(
            "it is of a scenario with other arms, steps, blocks or outcomes",
            place=str(path),
            fix=_FIX,
        )
    return found.model_dump(exclude={"design_sha256"})
