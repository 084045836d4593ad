"""YAML read strictly, with the line of every value.

Protects scenario and persona files from YAML's surprises: a key given twice, ``on``/``yes``/``no``
turned into booleans, ``1:30`` turned into 90, dates, aliases that blow up, tabs, other encodings.
What looks like text stays text; only ``true``, ``false``, ``null`` and plain decimal numbers are
more.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

import yaml

from collector.problems import BadFile, Path, Problem

#: No scenario or persona is near this long; a file that is was not meant.
MAX_BYTES = 1_000_000
#: Values after aliases are followed.
MAX_VALUES = 100_000
#: Levels of nesting.
MAX_DEPTH = 40

_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NULL = {"", "~", "null", "Null", "NULL"}
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})", re.ASCII)
_FLOAT = re.compile(r"\A[-+]?(0|[1-9][0-9]*)\.[0-9]+", re.ASCII)
_PLAIN_TAGS = {
    f"tag:yaml.org,2002:{name}"
    for name in ["str", "int", "float", "bool", "null", "timestamp", "merge", "value", "map", "seq"]
}


@dataclass(frozen=True, slots=True)
class Document:
    """The data of a file and, for every path in it, the line (from 1)."""

    data: Any
    lines: dict[Path, int]

    def line_of(self, path: Path) -> int | None:
        """The line of ``path``, or of the nearest thing around it."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[:-1]
        return self.lines.get(())


def read_yaml(path: FilePath) -> Document:
    """A YAML file. Raises BadFile with the place of everything that is wrong."""
    try:
        with path.open("rb") as handle:
            raw = handle.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadFile(
            str(path), [Problem(f"cannot be read: {error.strerror}", fix="check the path")]
        ) from error
    return parse_yaml(raw, place=path.name)


def parse_yaml(raw: bytes | str, *, place: str) -> Document:
    """YAML text. ``place`` names the file in errors. Raises BadFile."""
    text = decode(raw, place=place)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise BadFile(place, [_syntax(error)]) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        problem = f"holds the control character U+{ord(text[error.position]):04X}"
        raise BadFile(place, [Problem(problem, line=line, fix="remove that character")]) from error
    except RecursionError as error:
        raise BadFile(place, [_too_deep(None)]) from error
    if node is None:
        raise BadFile(place, [Problem("is empty", fix="copy a ready-made one and change it")])
    reader = _Reader()
    data = reader.value(node, (), 0)
    if reader.problems:
        raise BadFile(place, reader.problems)
    return Document(data, reader.lines)


def decode(raw: bytes | str, *, place: str) -> str:
    """UTF-8 text of a file, a byte-order mark allowed. Raises BadFile."""
    size = len(raw)
    if size > MAX_BYTES:
        raise BadFile(
            place,
            [Problem(f"is larger than {MAX_BYTES:,} bytes", fix="split it, or check the path")],
        )
    if isinstance(raw, str):
        return raw.removeprefix("\ufeff")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = Problem(
            f"is not UTF-8 text (byte {error.start + 1} is 0x{raw[error.start]:02x})",
            line=raw.count(b"\n", 0, error.start) + 1,
            fix="save it as UTF-8",
        )
        raise BadFile(place, [problem]) from error


def _syntax(error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else None
    words = " ".join(part for part in (error.context, error.problem) if part)
    if "'\\t'" in words or (mark and mark.buffer and mark.buffer[mark.pointer :][:1] == "\t"):
        return Problem("a tab where YAML wants spaces", line=line, fix="indent with spaces")
    if "undefined alias" in words:
        return Problem(words, line=line, fix="define the anchor (&name) above its use (*name)")
    if "but got '?'" in words:
        return Problem(
            "a ? inside { } or [ ]", line=line, fix='put the address in quotes: "/watch?v=ID"'
        )
    if "expected a single document" in words:
        return Problem("holds several documents", line=line, fix="remove the line '---'")
    return Problem(
        f"not YAML: {words}",
        line=line,
        fix="check the indentation, colons and quotes near that line",
    )


def _too_deep(line: int | None) -> Problem:
    return Problem(f"nested deeper than {MAX_DEPTH} levels", line=line, fix="flatten it")


class _Reader:
    """Turns YAML nodes into data, noting lines and problems on the way."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []
        self.count = 0
        self.open: set[int] = set()

    def value(self, node: yaml.Node, path: Path, depth: int) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        self.count += 1
        if self.count > MAX_VALUES:
            if self.count == MAX_VALUES + 1:
                self.refuse(
                    f"more than {MAX_VALUES:,} values after following aliases",
                    path,
                    node,
                    "use fewer aliases (*name)",
                )
            return None
        if depth > MAX_DEPTH:
            if not any("nested deeper" in problem.message for problem in self.problems):
                self.problems.append(_too_deep(line))
            return None
        if node.tag not in _PLAIN_TAGS:
            self.refuse(f"the tag {node.tag} is not allowed", path, node, "remove the tag")
            return None
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node)
        if id(node) in self.open:
            self.refuse("an alias that contains itself", path, node, "remove the alias")
            return None
        self.open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [
                    self.value(child, (*path, index), depth + 1)
                    for index, child in enumerate(node.value)
                ]
            return self.mapping(node, path, depth)
        finally:
            self.open.discard(id(node))

    def mapping(self, node: yaml.Node, path: Path, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.refuse("a key that is not a word", path, key_node, "write key: value")
                continue
            key = key_node.value
            if key == "<<" and key_node.style is None:
                for extra in self.merge(value_node, path, depth):
                    merged = extra | merged
                continue
            if key in result:
                first = self.lines.get((*path, key), 0)
                self.refuse(
                    f"key {key!r} is given twice (first on line {first})",
                    path,
                    key_node,
                    "keep one of them",
                )
                continue
            self.lines[(*path, key)] = key_node.start_mark.line + 1
            result[key] = self.value(value_node, (*path, key), depth + 1)
        return merged | result

    def merge(self, node: yaml.Node, path: Path, depth: int) -> list[dict[str, Any]]:
        parts = node.value if isinstance(node, yaml.SequenceNode) else [node]
        found = []
        for part in parts:
            data = self.value(part, path, depth + 1)
            if isinstance(data, dict):
                found.append(data)
            elif data is not None:
                self.refuse("<< takes a mapping", path, part, "write <<: *name of a mapping")
        return found

    @staticmethod
    def scalar(node: yaml.ScalarNode) -> Any:
        text: str = node.value
        if node.style is not None:  # quoted or a block
            return text
        if text in _NULL:
            return None
        if text in _BOOL:
            return _BOOL[text]
        if _INT.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text) and math.isfinite(float(text)):
            return float(text)
        return text

    def refuse(self, message: str, path: Path, node: yaml.Node, fix: str) -> None:
        where = ".".join(str(part) for part in path)
        self.problems.append(Problem(message, where, node.start_mark.line + 1, fix))
