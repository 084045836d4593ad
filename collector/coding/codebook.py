"""The words that coders may use, each with its definition: ``codebook.yaml``.

.. code-block:: yaml

    labels:
      conspiracy: Claims of a secret plot, without evidence that can be checked.
      other: None of these.

or, for scores, ``scale: {from: -1, to: 1}``. Labels may be numbers (``-1``, ``0``, ``1``); ``1.0``
in a sheet is then the label ``1``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from collector.common.words import composed, is_plain
from collector.problems import BadFile, Problem, did_you_mean
from collector.yamlfile import read_yaml

FILE = "codebook.yaml"
_LONGEST = 100
_MOST = 500


@dataclass(frozen=True)
class Codebook:
    """Labels with definitions, or a scale; neither: any label is taken."""

    labels: Mapping[str, str] = field(default_factory=dict)
    """Label → definition, in the order of the keys 1, 2, … of the page."""
    scale: tuple[float, float] | None = None

    @property
    def numeric(self) -> bool:
        """Labels are numbers, so that distances between them mean something."""
        return self.scale is not None or (
            bool(self.labels) and all(_number(label) is not None for label in self.labels)
        )

    def canonical(self, written: str) -> str | None:
        """The label as the codebook has it, or ``None`` if it has none such."""
        written = composed(written)
        if written in self.labels:
            return written
        # a table with semicolons has its numbers with a comma
        number = _number(written.replace(",", ".") if self.scale else written)
        if self.scale is not None:
            low, high = self.scale
            return None if number is None or not low <= number <= high else f"{number:.15g}"
        if number is not None:
            return next((label for label in self.labels if _number(label) == number), None)
        if not self.labels and len(written) <= _LONGEST and is_plain(written):
            return written
        return None

    def fix(self, written: str) -> str:
        """What to write instead."""
        if self.scale is not None:
            return f"write a number from {self.scale[0]:g} to {self.scale[1]:g}"
        known = did_you_mean(written, self.labels) if self.labels else "it has none"
        return f"{known}; a label of your own goes into {FILE}, with its definition"

    def as_data(self) -> dict[str, Any]:
        """Return what the file holds: ``labels`` with definitions, or ``scale`` and its ends."""
        if self.scale is not None:
            return {"scale": {"from": self.scale[0], "to": self.scale[1]}}
        return {"labels": dict(self.labels)}


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def read_codebook(path: Path) -> Codebook:
    """A codebook. Raises BadFile with the line of what is wrong."""
    document = read_yaml(path)

    def bad(message: str, at: tuple[str | int, ...], fix: str) -> BadFile:
        where = ".".join(map(str, at))
        return BadFile(str(path), [Problem(message, where, document.line_of(at), fix)])

    data = document.data
    if not isinstance(data, dict) or set(data) - {"labels", "scale"} or len(data) != 1:
        raise bad("must have the key labels, or the key scale", (), "see docs/coding.md")
    if "scale" in data:
        ends = data["scale"]
        if not isinstance(ends, dict) or set(ends) != {"from", "to"}:
            raise bad("must have from and to", ("scale",), "write scale: {from: -1, to: 1}")
        low, high = (float(x) if isinstance(x, int | float) else math.nan for x in ends.values())
        if list(ends) == ["to", "from"]:
            low, high = high, low
        if not low < high:
            raise bad("must be two numbers, the smaller first", ("scale",), "from: -1, to: 1")
        return Codebook(scale=(low, high))
    labels = data["labels"]
    if isinstance(labels, list):
        for at, label in enumerate(labels):
            if isinstance(label, bool) or not isinstance(label, str | int | float):
                raise bad("a label must be text", ("labels", at), "put it in quotes")
        labels = {str(label): "" for label in labels}
    if not isinstance(labels, dict) or not labels:
        raise bad("must be labels with their definitions", ("labels",), "write label: definition")
    if len(labels) > _MOST:
        raise bad(f"has more than {_MOST} labels", ("labels",), "code fewer things at once")
    for label, definition in labels.items():
        if not label.strip() or len(label) > _LONGEST or not is_plain(label):
            raise bad(f"{label[:20]!r} is not a label", ("labels", label), "write a short word")
        if definition is not None and not isinstance(definition, str | int | float):
            raise bad("a definition must be text", ("labels", label), "put it in quotes")
    return Codebook({composed(label): str(text or "") for label, text in labels.items()})


def draft(labels: Sequence[str]) -> str:
    """The text of a codebook to be filled in, with the labels that a scenario compares."""
    lines = [
        "# The labels that coders may give, each with its definition: say what counts and what",
        "# does not, so that two people would decide alike. Add and remove labels as you need.",
        "# Numbers are labels too (-1: against, 0: neither, 1: for). For scores on a scale write,",
        "# in place of labels:",
        "#   scale: {from: -1, to: 1}",
        "labels:",
        *(f"  {_quoted(label)}: to be defined" for label in labels),
    ]
    if "other" not in labels:
        lines.append("  other: none of these")
    return "\n".join(lines) + "\n"


def _quoted(label: str) -> str:
    plain = label.replace("-", "").replace("_", "").isalnum() and not label.startswith("-")
    return label if plain else '"' + label.replace("\\", "\\\\").replace('"', '\\"') + '"'
