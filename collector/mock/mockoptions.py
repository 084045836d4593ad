"""The bundled mock as a scenario asks for it: its options, and whom its truths hold for.

Protects the rule that the same keys of a scenario make the same mock for a run and for a dataset.
Loads nothing of the mock: its world is made in :mod:`collector.mock.mockworld`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from collector.common.errors import UserError
from collector.files import shared_file
from collector.platforms.registry import PlatformSpec
from collector.scenario.planned import Plan


def host_of(scenario: Mapping[str, Any], spec: PlatformSpec) -> str:
    """What the host name begins with of the site that a plan's scenario has browsed.

    :raises UserError: it asks for a mobile site, and the platform has none.
    """
    if not (scenario.get("mock") or {}).get("mobile"):
        return spec.host
    if spec.mobile_host is None:
        raise UserError(
            f"the mock has no mobile site of {spec.name}",
            place="mock.mobile",
            fix="leave it out",
        )
    return spec.mobile_host


def has_site(platform: str) -> bool:
    """Has the bundled mock a site of a platform? Each is a package of ``mockserver.platforms``.

    >>> has_site("toyboard")
    False
    """
    mock = find_spec("mockserver")
    where = mock.submodule_search_locations if mock is not None else None
    return any(Path(top, "platforms", platform, "face.py").is_file() for top in where or ())


def told_of(scenario: Mapping[str, Any]) -> dict[str, Any]:
    """What a plan's scenario says of the mock itself, key by key. Without ``mobile``: that says
    which of its sites the puppets visit (:func:`host_of`), and the mock serves them all."""
    return {key: value for key, value in (scenario.get("mock") or {}).items() if key != "mobile"}


def options_of(scenario: Mapping[str, Any], folder: Path | None = None) -> dict[str, Any]:
    """Fields of ``mockserver.context.MockConfig`` that a plan's scenario asks for.

    :param folder: where a world that is written out in the scenario is put, for a mock in a process
        of its own.
    """
    told = told_of(scenario)
    world = told.get("world")
    if isinstance(world, Mapping):
        del told["world"]
        if folder is not None:
            path = folder / f"{name_of(world)}.json"
            shared_file(path, json.dumps(world, ensure_ascii=False).encode())
            told["world"] = path
    return told


def name_of(world: Mapping[str, Any]) -> str:
    """The name of a world that is written out: the same keys, the same name."""
    text = json.dumps(world, ensure_ascii=False, sort_keys=True)
    return f"world-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def puppets_of(plan: Plan) -> dict[str, tuple[str, int]]:
    """Puppet → arm and the block of its first session: whom truths hold for."""
    return {each.puppet: (each.arm, each.block) for each in reversed(plan.sessions)}


def holds_truths(scenario: Mapping[str, Any]) -> bool:
    """Whether a plan's scenario says what is true of the mock."""
    return bool((scenario.get("mock") or {}).get("truths"))
