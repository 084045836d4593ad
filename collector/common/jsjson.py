"""JSON exactly as JavaScript reads and writes it.

Floor 1. The servers re-serialise what they parsed before they check its signature, and hash JSON
text into ids: our text must be what ``JSON.stringify`` would have written, character for character.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from json.encoder import encode_basestring
from typing import Any, Final

_SAFE_INTEGER = 2**53
_MAX_DEPTH = 200
#: A string of JSON, or a bracket outside of one.
_NESTING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|([\[{])|[\]}]', re.DOTALL)


class _Undefined(Enum):
    UNDEFINED = "undefined"


#: What JavaScript calls ``undefined``: left out of objects, ``…miss!`` in a content id.
UNDEFINED: Final = _Undefined.UNDEFINED


def js_json(value: Any) -> str:
    """``JSON.stringify(value)``, character for character.

    Compact, insertion order (integer-like keys first, as JavaScript objects have them), non-ASCII
    as is, lone surrogates escaped, numbers as doubles print, datetimes as ISO with milliseconds
    and ``Z``. Raises ValueError for a value nested deeper than 200 levels, TypeError for a
    foreign type.
    """
    parts: list[str] = []
    _write(value, parts, 0)
    return "".join(parts)


def _write(value: Any, out: list[str], depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise ValueError(f"JSON nested deeper than {_MAX_DEPTH} levels")
    if value is None or value is UNDEFINED:
        out.append("null")
    elif value is True:
        out.append("true")
    elif value is False:
        out.append("false")
    elif isinstance(value, str):
        out.append(_js_string(value))
    elif isinstance(value, (int, float)):
        out.append(_js_number(value))
    elif isinstance(value, datetime):
        out.append(f'"{iso_z(value)}"')
    elif isinstance(value, Mapping):
        out.append("{")
        first = True
        for key in _js_key_order(value):
            item = value[key]
            if item is UNDEFINED:
                continue
            out.append(_js_string(key) if first else "," + _js_string(key))
            out.append(":")
            _write(item, out, depth + 1)
            first = False
        out.append("}")
    elif isinstance(value, (list, tuple)):
        out.append("[")
        for i, item in enumerate(value):
            if i:
                out.append(",")
            _write(item, out, depth + 1)
        out.append("]")
    else:
        raise TypeError(f"{type(value).__name__} has no JSON form")


def _js_string(text: str) -> str:
    quoted = encode_basestring(text)
    if quoted.isascii():
        return quoted
    try:
        quoted.encode("utf-8")
    except UnicodeEncodeError:
        whole = quoted.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        return re.sub("[\ud800-\udfff]", lambda m: f"\\u{ord(m[0]):04x}", whole)
    return quoted


def _js_key_order(value: Mapping[Any, Any]) -> list[str]:
    keys = list(value)
    if not all(isinstance(key, str) for key in keys):
        raise TypeError("JSON objects have text keys")
    indexes = [k for k in keys if k.isdigit() and k.isascii() and str(int(k[:11])) == k]
    indexes = [k for k in indexes if int(k) < 2**32 - 1]
    if not indexes:
        return keys
    taken = set(indexes)
    return sorted(indexes, key=int) + [k for k in keys if k not in taken]


def _js_number(value: int | float) -> str:
    if isinstance(value, int) and -_SAFE_INTEGER <= value <= _SAFE_INTEGER:
        return str(int(value))
    try:
        number = float(value)
    except OverflowError:
        return "null"
    if not math.isfinite(number):
        return "null"
    if number == 0:
        return "0"
    mantissa, _, exponent = repr(abs(number)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    point = len(whole) + int(exponent or 0)
    digits = whole + ("" if fraction == "0" else fraction)
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    digits = stripped.rstrip("0")
    sign = "-" if number < 0 else ""
    if 0 < point <= 21:
        if len(digits) <= point:
            return sign + digits + "0" * (point - len(digits))
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{'+' if point > 0 else '-'}{abs(point - 1)}"


def iso_z(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and ``Z``: ``2019-05-27T16:32:28.196Z``."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"


def parse_iso(text: str) -> datetime:
    """The aware moment of an ISO text; one without an offset is UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def js_loads(body: bytes | str) -> Any:
    """Parse JSON as ``JSON.parse`` does: strictly. Raises ValueError, also for absurd nesting."""
    refuse_depth(body)
    return json.loads(body, parse_constant=_no_constant, parse_int=_js_int)


def refuse_depth(body: bytes | str) -> None:
    """Raise ValueError where JSON text is nested deeper than 200 levels, before it is parsed.

    Python's parser calls itself a level and ends at the interpreter's own limit; what else is
    called that near to it (a finaliser, a signal's handler) fails then, so it never goes there.

    >>> refuse_depth('[{"a": "[[["}]')
    """
    text = body if isinstance(body, str) else body.decode("utf-8", "replace")
    if text.count("[") + text.count("{") <= _MAX_DEPTH:
        return
    depth = 0
    for found in _NESTING.finditer(text):
        if found[1]:
            depth += 1
            if depth > _MAX_DEPTH:
                raise ValueError("JSON nested too deeply")
        elif not found[0].startswith('"'):
            depth -= 1


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _js_int(text: str) -> int | float:
    if len(text) <= 16:
        return int(text)
    number = float(text)
    return int(number) if abs(number) <= _SAFE_INTEGER else number
