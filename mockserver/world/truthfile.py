"""Truth files: a YAML or JSON list of what is true of a world, by arm, block and time. ::

    block_every_s: 60          # seconds of the world's clock between the starts of two blocks
    truths:
      - {truth: personalisation, surfaces: [home], times: 0.5, arms: [treated]}
      - {truth: carry-over, half_life_s: 660}
      - {truth: policy, parameter: home.popularity, value: 0, from_s: 600}
      - {truth: blocking, share: 0.2, arms: [treated]}

The words and their parameters are the dataclasses of :mod:`mockserver.world.truths`. Unknown words
and keys are refused, and every error names the place: ``truth.yaml: truths.1.half_life_s: …``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from collector.common.errors import UserError
from mockserver.world.rates import COMPOSITION
from mockserver.world.truths import (
    AnyTruth,
    Aspect,
    Background,
    Correlated,
    DeadArm,
    Differs,
    Forgetting,
    LabelErrors,
    Policy,
    Truth,
    Truths,
)

_FIX = "compare with the table of truths in docs/mock.md"
#: Truths of the world itself, which nobody sees another half of.
_OF_THE_WORLD = (Correlated, Background)


class TruthFile(BaseModel):
    """The document as written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    block_every_s: Annotated[float, Field(ge=0, lt=1e9, allow_inf_nan=False)] = 60.0
    truths: tuple[AnyTruth, ...] = ()


def read_truths(path: Path) -> dict[str, Any]:
    """What a truth file says, checked; plain data, as it goes into a plan.

    :raises UserError: no such file, not YAML, an unknown truth or key, a bad value
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            "cannot be read as a truth file" if path.exists() else "no such file",
            place=str(path),
            fix="give the path of a YAML or JSON file with a list of truths",
        ) from error
    try:
        data: Any = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "lineno", None)
        line = getattr(mark, "line", None)
        where = f" line {line + 1 if line is not None else mark}" if mark is not None else ""
        raise UserError(
            f"not valid {'JSON' if path.suffix == '.json' else 'YAML'}{where}",
            place=str(path),
            fix=_FIX,
        ) from error
    data = {} if data is None else {"truths": data} if isinstance(data, list) else data
    truths_of(data, str(path))
    assert isinstance(data, dict)  # truths_of refuses anything else
    return data


def truths_of(data: Any, place: str = "truths") -> Truths:
    """The truths that plain data names: a mapping as a truth file is, or the list alone.

    :param place: names the data in errors.
    :raises UserError: an unknown truth or key, a bad value, a truth that contradicts itself
    """
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        data = {"truths": data}
    if not isinstance(data, Mapping):
        raise UserError("truths are a list, or a mapping with truths", place=place, fix=_FIX)
    try:
        found = TruthFile.model_validate(dict(data))
    except ValidationError as error:
        raise _first_error(error, place) from error
    for number, truth in enumerate(found.truths):
        for key, problem, fix in _contradictions(truth):
            raise UserError(
                f"{truth.name}: {problem}", place=f"{place}: truths.{number}.{key}", fix=fix
            )
    return Truths(found.truths, found.block_every_s)


def _first_error(error: ValidationError, place: str) -> UserError:
    first = error.errors(include_url=False)[0]
    parts = [str(part) for part in first["loc"]]
    # pydantic puts the truth's own word behind its number
    where = ".".join(part for number, part in enumerate(parts) if number != 2)
    if first["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return UserError("unknown key", place=f"{place}: {where}", fix=f"remove it, or {_FIX}")
    if first["type"] == "union_tag_invalid":
        words = first["ctx"]["expected_tags"].replace("'", "")
        return UserError(
            f"no truth is called {first['ctx']['tag']!r}",
            place=f"{place}: {where}",
            fix=f"use one of {words}",
        )
    if first["type"] == "union_tag_not_found":
        return UserError("says no truth", place=f"{place}: {where}", fix="begin with truth: NAME")
    return UserError(
        f"{first['msg']} (got {str(first.get('input'))[:60]!r})",
        place=f"{place}: {where}",
        fix=_FIX,
    )


def _contradictions(truth: Truth) -> Iterator[tuple[str, str, str]]:
    """What no single field can know: key, problem, fix."""
    if truth.until_s is not None and truth.until_s <= truth.from_s:
        yield "until_s", "it ends before it begins", "give an until_s beyond from_s"
    partly = bool(truth.blocks or truth.from_s) or truth.until_s is not None
    if partly and isinstance(truth, (*_OF_THE_WORLD, LabelErrors)):
        yield "blocks", "it holds for the whole run", "leave blocks, from_s and until_s out"
    if isinstance(truth, _OF_THE_WORLD) and truth.arms:
        yield "arms", "there is one world for all arms", "leave arms out"
    if isinstance(truth, DeadArm) and not truth.arms:
        yield "arms", "names no arm", "name the arms that die"
    if isinstance(truth, Forgetting) and truth.half_life_watches is truth.half_life_s is None:
        yield "half_life_watches", "has no half-life", "give half_life_watches or half_life_s"
    unseen = isinstance(truth, Differs) and truth.aspect in (Aspect.SEX, Aspect.AGE)
    if unseen and not truth.arms:
        yield "arms", "the site cannot see it", "name the arms whose accounts say so"
    if isinstance(truth, Policy) and truth.parameter in COMPOSITION and truth.value > 1:
        yield "value", f"{truth.value:g} is not a rate", "give a number from 0 to 1"
