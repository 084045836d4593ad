"""Partial answers: the parameter ``fields`` says which elements and attributes are wanted.

Its language is that of paths: ``entry(id,link[@rel='self'])`` wants the ids and the own links of
entries, ``entry/media:group/media:title`` titles, ``@gd:etag`` an attribute, ``*`` anything. A
condition in brackets compares an attribute, an element's text or ``text()`` with a value
(``=``, ``!=``, ``<``, ``<=``, ``>``, ``>=``), or asks whether it is there; ``and``, ``or`` and
``not()`` join them. What leads to something wanted is kept with it; of what is not named nothing.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mockserver.api.gdata.errors import FeedError

MOST_FIELDS = 2000
MOST_NAMES = 100
_DEEPEST = 20

_TOKEN = re.compile(
    r"(?<!\s)\s*(?:(?P<name>@?(?:[A-Za-z_][\w.\-]*:)?(?:[A-Za-z_][\w.\-]*(?:\(\))?|\*))"
    r"|(?P<number>-?\d+(?:\.\d+)?)|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|(?P<sign>!=|<=|>=|[=<>()\[\],/]))",
    re.ASCII,
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge,
}  # fmt: skip

Spelled = Callable[[str], str]
"""From a name in lxml's notation to the one that a client writes: ``media:title``."""


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison: the values at ``path`` and the value they are compared with."""

    path: tuple[str, ...]
    sign: str = ""
    """Empty: whether there are any."""
    value: str = ""

    def holds(self, element: Any, spelled: Spelled) -> bool:
        """Tell whether one of the values at the path, below ``element``, compares as asked; without
        a sign, whether there are any."""
        found = _values(element, self.path, spelled)
        if not self.sign:
            return bool(found)
        return any(_compared(each, self.sign, self.value) for each in found)


@dataclass(frozen=True, slots=True)
class Joined:
    """``and``, ``or`` (of any number) or ``not`` (of one)."""

    how: str
    parts: tuple[Condition, ...]

    def holds(self, element: Any, spelled: Spelled) -> bool:
        """Tell whether the parts hold for ``element``: all (``and``), one of them (``or``), the one
        not (``not``)."""
        found = (part.holds(element, spelled) for part in self.parts)
        if self.how == "not":
            return not next(found)
        return all(found) if self.how == "and" else any(found)


Condition = Test | Joined


@dataclass(frozen=True, slots=True)
class Node:
    """One name of a path; without ``inside`` all of it is wanted."""

    name: str
    conditions: tuple[Condition, ...] = ()
    inside: Wanted = ()


Wanted = tuple[Node, ...]


def parse_fields(text: str) -> Wanted:
    """What ``fields`` asks for.

    :raises FeedError: 400, not in the language
    """
    if len(text) > MOST_FIELDS:
        raise FeedError(400, f"Invalid value for fields parameter: at most {MOST_FIELDS} letters.")
    tokens: list[tuple[str, str]] = []
    place = 0
    while place < len(text.rstrip()):
        found = _TOKEN.match(text, place)
        if not found:
            raise _invalid(text, place)
        tokens.append((str(found.lastgroup), str(found[str(found.lastgroup)])))
        place = found.end()
    if sum(kind == "name" for kind, _ in tokens) > MOST_NAMES:
        raise FeedError(400, f"Invalid value for fields parameter: at most {MOST_NAMES} names.")
    reader = _Reader(tokens)
    wanted = reader.wanted()
    if reader.place != len(tokens):
        raise _invalid(text, len(text))
    return wanted


def _invalid(text: str, place: int) -> FeedError:
    return FeedError(
        400, f"Invalid value for fields parameter: {text[:60]!r}, near character {place + 1}."
    )


class _Reader:
    """Recursive descent; too deep is as wrong as anything else."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.place = 0
        self._depth = 0

    def _next(self) -> tuple[str, str]:
        return self.tokens[self.place] if self.place < len(self.tokens) else ("end", "")

    def _take(self, value: str) -> bool:
        if self._next() == ("sign", value):
            self.place += 1
            return True
        return False

    def _need(self, value: str) -> None:
        if not self._take(value):
            self._fail()

    def _fail(self) -> None:
        raise FeedError(
            400, f"Invalid value for fields parameter, near {self._next()[1] or 'its end'!r}."
        )

    def _name(self) -> str:
        kind, value = self._next()
        if kind != "name":
            self._fail()
        self.place += 1
        return value

    def wanted(self) -> Wanted:
        self._depth += 1
        if self._depth > _DEEPEST:
            self._fail()
        nodes = [self._node()]
        while self._take(","):
            nodes.append(self._node())
        self._depth -= 1
        return tuple(nodes)

    def _node(self) -> Node:
        names = [self._named()]
        while self._take("/"):
            names.append(self._named())
        inside: Wanted = ()
        if self._take("("):
            inside = self.wanted()
            self._need(")")
        for name, conditions in reversed(names):
            inside = (Node(name, conditions, inside),)
        return inside[0]

    def _named(self) -> tuple[str, tuple[Condition, ...]]:
        name, conditions = self._name(), []
        while self._take("["):
            conditions.append(self._either())
            self._need("]")
        return name, tuple(conditions)

    def _either(self) -> Condition:
        return self._joined("or", lambda: self._joined("and", self._single))

    def _joined(self, how: str, part: Callable[[], Condition]) -> Condition:
        parts = [part()]
        while self._next() == ("name", how):
            self.place += 1
            parts.append(part())
        return parts[0] if len(parts) == 1 else Joined(how, tuple(parts))

    def _single(self) -> Condition:
        self._depth += 1
        if self._depth > _DEEPEST:
            self._fail()
        found = self._bare()
        self._depth -= 1
        return found

    def _bare(self) -> Condition:
        if self._take("("):
            inside = self._either()
            self._need(")")
            return inside
        path = [self._name()]
        if path == ["not"] and self._take("("):
            inside = self._either()
            self._need(")")
            return Joined("not", (inside,))
        while self._take("/"):
            path.append(self._name())
        kind, sign = self._next()
        if kind != "sign" or sign not in _COMPARE:
            return Test(tuple(path))
        self.place += 1
        kind, value = self._next()
        if kind not in {"text", "number"}:
            self._fail()
        self.place += 1
        return Test(tuple(path), sign, value[1:-1] if kind == "text" else value)


def _compared(found: str, sign: str, value: str) -> bool:
    """As numbers where both are, as text otherwise."""
    try:
        return _COMPARE[sign](float(found), float(value))
    except ValueError:
        return _COMPARE[sign](found, value)


def _values(element: Any, path: tuple[str, ...], spelled: Spelled) -> list[str]:
    here = [element]
    for name in path:
        if name == "text()":
            return [each.text or "" for each in here]
        if name.startswith("@"):
            return [
                value
                for each in here
                for key, value in each.attrib.items()
                if _same(name[1:], spelled(key))
            ]
        here = [child for each in here for child in each if _same(name, spelled(child.tag))]
    return [each.text or "" for each in here]


def _same(wanted: str, name: str) -> bool:
    return wanted in {"*", name} or (wanted.endswith(":*") and name.startswith(wanted[:-1]))


def prune(element: Any, wanted: Wanted, spelled: Spelled) -> None:
    """Take out of ``element`` what is not wanted; of elements wanted in part, the rest."""
    for key in element.attrib:
        name = spelled(key)
        if not any(node.name[0] == "@" and _same(node.name[1:], name) for node in wanted):
            del element.attrib[key]
    if not any(node.name == "text()" for node in wanted):
        element.text = None
    for child in list(element):
        name = spelled(child.tag)
        fitting = [
            node
            for node in wanted
            if _same(node.name, name) and all(c.holds(child, spelled) for c in node.conditions)
        ]
        if not fitting:
            element.remove(child)
        elif all(node.inside for node in fitting):
            prune(child, tuple(inner for node in fitting for inner in node.inside), spelled)
            if not (len(child) or child.attrib or child.text):
                element.remove(child)


def prune_object(data: dict[str, Any], wanted: Wanted) -> dict[str, Any]:
    """Of the compact JSON ``data`` what is wanted; paths may begin with ``data``.

    :raises FeedError: 400, a condition, for which it has no attributes
    """
    inside = [node for node in wanted if node.name == "data"]
    if any(not node.inside for node in inside):
        return data
    rest = tuple(node for node in wanted if node.name != "data")
    return _object(data, (*(inner for node in inside for inner in node.inside), *rest))


def _object(data: dict[str, Any], wanted: Wanted) -> dict[str, Any]:
    if any(node.conditions for node in wanted):
        raise FeedError(400, "Invalid value for fields parameter: alt=jsonc has no conditions.")
    made = {}
    for name, value in data.items():
        fitting = [node for node in wanted if node.name in {"*", name}]
        if not fitting:
            continue
        inner = tuple(part for node in fitting for part in node.inside)
        if not all(node.inside for node in fitting):
            made[name] = value
        elif isinstance(value, dict):
            made[name] = _object(value, inner)
        elif isinstance(value, list):
            made[name] = [
                _object(each, inner) if isinstance(each, dict) else each for each in value
            ]
    return made
