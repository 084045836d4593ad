"""What is wrong with a file, all of it at once: the place, the line, the problem and the fix.

Protects the rule that a bad file is refused with the exact place, such as
``arms.flat-earth.steps.3.watch.for``, never with a traceback, and mended in one go.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from collector.common.errors import UserError

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. ``path`` is dotted, ``line`` counts from 1 (``None``: unknown)."""

    message: str
    path: str = ""
    line: int | None = None
    fix: str = ""


class BadFile(UserError):
    """A file that cannot be used: one problem as ``file:line: path: …``, several as a list."""

    def __init__(self, place: str, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        if not self.problems:
            raise ValueError("a BadFile needs at least one problem")
        if len(self.problems) == 1:
            (only,) = self.problems
            where = f"{place}:{only.line}" if only.line else place
            super().__init__(_sentence(only), place=where, fix=only.fix)
            return
        lines = [f"{len(self.problems)} problems"]
        for problem in self.problems:
            head = f"line {problem.line}: " if problem.line else ""
            lines.append(f"  {head}{_sentence(problem)}")
            if problem.fix:
                lines.append(f"    fix: {problem.fix}")
        super().__init__("\n".join(lines), place=place)


def _sentence(problem: Problem) -> str:
    return f"{problem.path}: {problem.message}" if problem.path else problem.message


class Fixable(ValueError):
    """Raised inside a validator: what is wrong, and what to write instead."""

    def __init__(self, message: str, fix: str = "") -> None:
        self.message = message
        self.fix = fix
        super().__init__(message)


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """``did you mean 'watch'?`` or, when nothing is near, the list of what is known."""
    names = list(known)
    near = difflib.get_close_matches(str(word).lower(), names, n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else f"known: {', '.join(names)}"


#: pydantic's error types that have a plainer sentence here.
_PLAIN: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "missing": lambda ctx: "is missing",
    "string_type": lambda ctx: "must be text",
    "int_type": lambda ctx: "must be a whole number",
    "int_parsing": lambda ctx: "must be a whole number",
    "int_from_float": lambda ctx: "must be a whole number",
    "float_type": lambda ctx: "must be a number",
    "float_parsing": lambda ctx: "must be a number",
    "bool_type": lambda ctx: "must be true or false",
    "bool_parsing": lambda ctx: "must be true or false",
    "list_type": lambda ctx: "must be a list",
    "tuple_type": lambda ctx: "must be a list",
    "dict_type": lambda ctx: "must be a mapping of keys to values",
    "model_type": lambda ctx: "must be a mapping of keys to values",
    "model_attributes_type": lambda ctx: "must be a mapping of keys to values",
    "too_short": lambda ctx: f"needs at least {ctx.get('min_length')} entries",
    "too_long": lambda ctx: f"has more than {ctx.get('max_length')} entries",
    "greater_than_equal": lambda ctx: f"must be {ctx['ge']:g} or more",
    "greater_than": lambda ctx: f"must be more than {ctx['gt']:g}",
    "less_than_equal": lambda ctx: f"must be {ctx['le']:g} or less",
    "less_than": lambda ctx: f"must be less than {ctx['lt']:g}",
    "string_too_short": lambda ctx: "must not be empty",
    "string_too_long": lambda ctx: f"must have at most {ctx['max_length']} characters",
    "string_pattern_mismatch": lambda ctx: "holds a character that is not allowed here",
    "finite_number": lambda ctx: "must be a finite number",
    "literal_error": lambda ctx: f"must be {ctx.get('expected')}",
    "enum": lambda ctx: f"must be {ctx.get('expected')}",
}


def problems_of(
    error: ValidationError,
    *,
    model: type[BaseModel],
    line_of: Callable[[Path], int | None] = lambda path: None,
    keys_at: Callable[[Path], Iterable[str] | None] = lambda path: None,
) -> list[Problem]:
    """pydantic's findings as problems, in the order of the file.

    ``line_of`` maps a path to its line; ``keys_at`` names the keys known at a path, for suggestions
    (the model's own fields at the top).
    """
    found = []
    for detail in error.errors(include_url=False):
        loc: Path = tuple(detail["loc"])
        kind = detail["type"]
        context: Mapping[str, Any] = detail.get("ctx", {})
        fix = ""
        if kind == "extra_forbidden":
            known = keys_at(loc[:-1])
            if known is None and len(loc) == 1:
                known = [field.alias or name for name, field in model.model_fields.items()]
            message = "unknown key"
            fix = did_you_mean(loc[-1], known) if known else "remove it"
        elif kind == "value_error" and isinstance(context.get("error"), Fixable):
            message, fix = context["error"].message, context["error"].fix
        elif kind in _PLAIN:
            message = _PLAIN[kind](context)
            value = detail.get("input")
            if kind == "string_type" and isinstance(value, int | float):
                shown = str(value).lower() if isinstance(value, bool) else value
                message, fix = f"must be text, not {shown}", f'put it in quotes: "{shown}"'
            elif kind.startswith(("literal", "enum", "int", "float", "bool")) or "than" in kind:
                message += f", not {value!r}"
            elif kind == "string_pattern_mismatch":
                control = "\\x00" in context.get("pattern", "")
                fix = (
                    "remove line breaks and control characters"
                    if control
                    else "use letters, digits, '.', '_' and '-'; begin with a letter or digit"
                )
        else:
            message = detail["msg"].replace("Input should", "should").removeprefix("Value error, ")
        found.append(Problem(message, dotted(loc), line_of(loc), fix))
    return sorted(found, key=lambda problem: problem.line or 0)


def dotted(loc: Path) -> str:
    """A place in a file as people write it.

    >>> dotted(("arms", "a", "steps", 3))
    'arms.a.steps.3'
    """
    return ".".join(str(part) for part in loc)
