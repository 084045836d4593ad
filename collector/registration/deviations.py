"""The words for what a run did otherwise than it was said."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a deviation matters to the registered comparison."""

    CRITICAL = "critical"
    """The comparison is another one than was registered."""
    MAJOR = "major"
    """The comparison stands, but its data are not those that were registered."""
    MINOR = "minor"
    """Conditions differ that should not move the result."""


#: Worst first.
ORDER = tuple(Severity)


class Kind(StrEnum):
    """What differs."""

    PLAN = "plan"
    SCENARIO = "scenario"
    OUTCOME = "outcome"
    SURFACE = "surface"
    LABELS = "labels"
    CURVE = "curve"
    ANALYSIS = "analysis"
    REGISTRATION = "registration"
    ARM = "arm"
    TREATMENT = "treatment"
    TWIN = "twin"
    BLOCK = "block"
    SESSION = "session"
    ORDER = "order"
    SPACING = "spacing"
    START = "start"
    SKEW = "skew"
    BROWSER = "browser"
    PARSER = "parser"
    SOFTWARE = "software"
    PERSONA = "persona"
    SEED = "seed"
    SITE = "site"
    MOCK = "mock"
    STEP = "step"
    PAGE = "page"
    WATCH = "watch"
    CONTAMINATION = "contamination"
    EARLY_STOP = "early stop"
    INTERRUPTION = "interruption"
    EVIDENCE = "evidence"
    DECLARED = "declared"
    """A deviation that was announced with ``--deviate``."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """One thing that the run did otherwise.

    ``where``: the key, puppet, session or file; ``planned`` and ``found``: in words.
    """

    kind: Kind
    severity: Severity
    where: str
    planned: str
    found: str

    @property
    def sentence(self) -> str:
        """For people."""
        return f"{self.where}: planned {self.planned}, found {self.found}"

    def to_dict(self) -> dict[str, str]:
        """JSON-ready."""
        return {
            "kind": self.kind.value,
            "severity": self.severity.value,
            "where": self.where,
            "planned": self.planned,
            "found": self.found,
        }


def short(value: object, most: int = 120) -> str:
    """A value in few words: hashes and long data cut."""
    text = str(value)
    if len(text) == 64 and set(text) <= set("0123456789abcdef"):
        return text[:12] + "…"
    return text if len(text) <= most else text[: most - 1] + "…"
