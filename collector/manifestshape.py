"""What the members of ``manifest.json`` are, for a file that somebody may have edited.

Protects the rule that bad input gets one sentence with file and key: whoever reads a manifest finds
in it what its writer (:mod:`collector.run.manifest`) puts there, or is told what is wrong. What an
older or newer version adds or leaves out is no mistake.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from collector.egress import Egress
from collector.problems import BadFile, Fixable, Problem, problems_of

_FIX = "put the file back from a copy of the run's folder"


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="allow", allow_inf_nan=False)


def _moment(text: str) -> str:
    try:
        aware = datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        aware = False
    if not aware:
        raise Fixable(f"must be a moment with its offset (ISO 8601), not {text!r}", _FIX)
    return text


_Moment = Annotated[str, AfterValidator(_moment)]
#: What an older version does not write; it never writes ``null`` for it.
_ABSENT: Any = None
_Kept = Literal["off", "on", "retain-on-failure"]


class _Options(_Shape):
    """As ``RunOptions.to_dict`` writes them."""

    site: str | None = _ABSENT
    submit_to: str = _ABSENT
    out: str | None = _ABSENT
    seed: int | None = _ABSENT
    workers: Annotated[int, Field(ge=1)] | None = _ABSENT
    driver: Literal["chromium", "http"] = _ABSENT
    executor: Literal["local", "dask"] = _ABSENT
    scheduler: str | None = _ABSENT
    ledger: str = _ABSENT
    headed: bool = _ABSENT
    speed: str | None = _ABSENT
    tracing: _Kept = _ABSENT
    video: _Kept = _ABSENT
    screenshot: Literal["off", "on", "only-on-failure"] = _ABSENT
    record: Literal["off", "har", "trace"] = _ABSENT
    record_limit: int = _ABSENT
    page_budget: int = _ABSENT
    memory_mb: int = _ABSENT
    profiles: str | None = _ABSENT
    purpose: str = _ABSENT
    command: str = _ABSENT
    mock_options: dict[str, Any] = _ABSENT
    proxy: Annotated[Any, AfterValidator(Egress.of)] = _ABSENT
    ca: str | None = _ABSENT


class _Start(_Shape):
    block: int
    part: int = _ABSENT
    sessions: list[str] = _ABSENT
    started: dict[str, float] = _ABSENT
    skew_ms: float | None = _ABSENT


class _Resumed(_Shape):
    at: str
    versions: dict[str, str] = _ABSENT


class _Seeds(_Shape):
    master: int = _ABSENT
    sessions: dict[str, int] = _ABSENT


class _Environment(_Shape):
    world: dict[str, Any] | None = _ABSENT


class _Manifest(_Shape):
    purpose: str = _ABSENT
    run: str = _ABSENT
    scenario: str = _ABSENT
    scenario_sha256: str = _ABSENT
    plan_hash: str = _ABSENT
    experiment_id: str | None = _ABSENT
    seeds: _Seeds = _ABSENT
    site: str = _ABSENT
    submit_to: str = _ABSENT
    command: str = _ABSENT
    state: str = _ABSENT
    begun: bool = _ABSENT
    started: _Moment = _ABSENT
    finished: _Moment = _ABSENT
    versions: dict[str, str] = _ABSENT
    environment: _Environment = _ABSENT
    prereg: dict[str, Any] | None = _ABSENT
    labels: str | None = _ABSENT
    labels_sha256: str | None = _ABSENT
    warnings: list[str] = _ABSENT
    options: _Options = _ABSENT
    origin: str = _ABSENT
    profiles: dict[str, dict[str, str]] | None = _ABSENT
    mock_port: int | None = _ABSENT
    resumed: list[_Resumed] = _ABSENT
    blocks: list[_Start] = _ABSENT
    problems: dict[str, str] = _ABSENT
    attrition: dict[str, dict[str, int]] = _ABSENT
    skew_ms: dict[str, float | None] = _ABSENT
    spacing: dict[str, Any] = _ABSENT
    late_s: dict[str, float] = _ABSENT
    recordings: dict[str, dict[str, Any]] = _ABSENT


def check_shape(found: Mapping[str, Any], path: Path) -> None:
    """Refuse a manifest with a member that is of another type than the program writes.

    :param path: of the file, for the error.
    :raises BadFile: with every member that is wrong.

    >>> check_shape({"mock_port": 8000, "warnings": []}, Path("manifest.json"))
    """
    try:
        _Manifest.model_validate(found)
    except ValidationError as error:
        raise BadFile(str(path), _mended(problems_of(error, model=_Manifest))) from error


def check_needed(found: Mapping[str, Any], path: Path, names: Iterable[str]) -> None:
    """Refuse a manifest that lacks what a run that goes on, or is done again, needs of it.

    :raises BadFile: with every one of ``names`` that is missing, or ``null``.
    """
    lacks = [Problem("is missing", name, fix=_FIX) for name in names if found.get(name) is None]
    if lacks:
        raise BadFile(str(path), lacks)


def _mended(problems: Iterable[Problem]) -> list[Problem]:
    return [Problem(each.message, each.path, each.line, each.fix or _FIX) for each in problems]
