"""A short way to write the shape of JSON, and JSON Schema made of it.

Protects the rule that a description is data that a person can read beside an answer:

==========================  =======================================================
``"string"``, ``"integer"``  a type of JSON; ``"date-time"`` is a string of ISO 8601
``"string|null"``            one of several
``"@Video"``                 a shape with a name
``{"id": …, "tags?": …}``    an object; ``?`` marks what may be absent
``{"*": …}``                 an object with any names
``[shape]``                  an array
``(shape, shape)``           one of several shapes
``Values("day", "hour")``    one of these values
``Const(…)``                 JSON Schema as it is
==========================  =======================================================

Objects may always hold more than is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Values:
    """One of a few values."""

    values: tuple[Any, ...]

    def __init__(self, *values: Any) -> None:
        object.__setattr__(self, "values", values)


@dataclass(frozen=True)
class Const:
    """JSON Schema as it is."""

    schema: Mapping[str, Any]


Shape = str | dict[str, Any] | list[Any] | tuple[Any, ...] | Values | Const

_TYPES = frozenset({"string", "integer", "number", "boolean", "null", "object", "array"})


def schema(shape: Shape) -> dict[str, Any]:
    """JSON Schema (2020-12) of ``shape``.

    :raises ValueError: a word that is no type

    >>> schema("string|null")
    {'type': ['string', 'null']}
    >>> schema({"id": "string", "n?": "integer"})["required"]
    ['id']
    """
    if isinstance(shape, Values):
        return {"enum": list(shape.values)}
    if isinstance(shape, Const):
        return dict(shape.schema)
    if isinstance(shape, list):
        return {"type": "array", "items": schema(shape[0])}
    if isinstance(shape, tuple):
        return {"anyOf": [schema(each) for each in shape]}
    if isinstance(shape, dict):
        return _object(shape)
    return _words(shape)


def _object(shape: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "object"}
    if "*" in shape:
        made["additionalProperties"] = schema(shape["*"])
    named = {key: value for key, value in shape.items() if key != "*"}
    if named:
        made["properties"] = {key.removesuffix("?"): schema(value) for key, value in named.items()}
    required = [key for key in named if not key.endswith("?")]
    if required:
        made["required"] = required
    return made


def _words(shape: str) -> dict[str, Any]:
    words = shape.split("|")
    if any(word.startswith("@") or word == "date-time" for word in words):
        found = [_word(word) for word in words]
        return found[0] if len(found) == 1 else {"anyOf": found}
    if words == ["any"]:
        return {}
    if not _TYPES.issuperset(words):
        raise ValueError(f"no type: {shape!r}")
    return {"type": words[0] if len(words) == 1 else words}


def _word(word: str) -> dict[str, Any]:
    if word.startswith("@"):
        return {"$ref": f"#/components/schemas/{word[1:]}"}
    if word == "date-time":
        return {"type": "string", "format": "date-time"}
    return _words(word)
