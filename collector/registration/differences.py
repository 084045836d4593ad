"""Where two scenarios differ, and what each difference means for a registered comparison."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collector.registration.deviations import Deviation, Kind, Severity, short

_ABSENT = "nothing"

#: Key of a scenario (the first that fits) → what differs, and how much that matters.
_KEYS: tuple[tuple[str, Kind, Severity], ...] = (
    ("analysis.outcomes", Kind.OUTCOME, Severity.CRITICAL),
    ("analysis.surfaces", Kind.SURFACE, Severity.CRITICAL),
    ("analysis.exposure", Kind.LABELS, Severity.CRITICAL),
    ("analysis.attention", Kind.CURVE, Severity.CRITICAL),
    ("analysis", Kind.ANALYSIS, Severity.CRITICAL),
    ("labels", Kind.LABELS, Severity.CRITICAL),
    ("platform", Kind.SITE, Severity.CRITICAL),
    ("site", Kind.SITE, Severity.CRITICAL),
    ("mock", Kind.MOCK, Severity.CRITICAL),
    ("persona", Kind.PERSONA, Severity.CRITICAL),
    ("before", Kind.TREATMENT, Severity.CRITICAL),
    ("after", Kind.TREATMENT, Severity.CRITICAL),
    ("factors", Kind.ANALYSIS, Severity.CRITICAL),
    ("block", Kind.BLOCK, Severity.MAJOR),
    ("sessions", Kind.SESSION, Severity.MAJOR),
    ("repeat", Kind.SESSION, Severity.MAJOR),
    ("waves", Kind.SESSION, Severity.MAJOR),
    ("on_failure", Kind.SESSION, Severity.MAJOR),
    ("spacing", Kind.SPACING, Severity.MAJOR),
    ("politeness", Kind.SPACING, Severity.MINOR),
    ("registration", Kind.REGISTRATION, Severity.MAJOR),
    ("seed", Kind.SEED, Severity.MINOR),
)

#: The same below an arm.
_ARM_KEYS: Mapping[str, tuple[Kind, Severity]] = {
    "twins": (Kind.TWIN, Severity.MAJOR),
    "persona": (Kind.PERSONA, Severity.CRITICAL),
    "steps": (Kind.TREATMENT, Severity.CRITICAL),
    "description": (Kind.SCENARIO, Severity.MINOR),
}


def meaning(path: tuple[str, ...]) -> tuple[Kind, Severity]:
    """What a difference at this key of a scenario is."""
    if path[0] == "arms":
        key = path[2] if len(path) > 2 else ""
        return _ARM_KEYS.get(key, (Kind.ARM, Severity.CRITICAL))
    dotted = ".".join(path)
    for prefix, kind, severity in _KEYS:
        if dotted == prefix or dotted.startswith(f"{prefix}."):
            return kind, severity
    return Kind.SCENARIO, Severity.MINOR


def leaves(
    one: Any, other: Any, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """(key, value here, value there) wherever two documents differ; lists are compared whole."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in sorted({*one, *other}):
            yield from leaves(one.get(key, _ABSENT), other.get(key, _ABSENT), (*path, str(key)))
    elif one != other:
        yield path, one, other


def scenario_differences(
    planned: Mapping[str, Any], found: Mapping[str, Any], where: str
) -> Iterator[Deviation]:
    """A deviation for each key in which two scenarios differ.

    :param where: what holds the second one, such as ``store.db``.
    """
    for path, was, now in leaves(planned, found):
        kind, severity = meaning(path)
        yield Deviation(kind, severity, f"{'.'.join(path)} ({where})", short(was), short(now))
