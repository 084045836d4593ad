"""The steps of the scenario language: their names, and how a file writes them.

A step is a mapping with one key, its name: ``- watch: {for: 30s}``; most have a short form,
``- watch: 30s``. Unknown keys are refused, so that a typing error never becomes a treatment that
did not happen.

A verb is one class in ``scenario/verbs``, with its traits (see :mod:`collector.scenario.verb`).
Where the runners need to know no more of it than that, all that is to be added is an action of the
same name: in ``platforms/*/actions.py`` for a browser, in ``adapters/*/browserless.py`` for none.
Who needs a verb's class imports it from its module there. A package adds verbs of its own by entry
point.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Union

from pydantic import BeforeValidator, Field, model_validator

import collector.scenario.verbs  # noqa: F401 - which registers those that ship
from collector.common.opennames import OpenNames
from collector.problems import Fixable, did_you_mean
from collector.scenario.verb import STEPS, VERBS, Step, verb

__all__ = ["EXAMPLES", "STEPS", "AnyStep", "Repeat", "Step", "StepKind"]


class StepKind(OpenNames):
    """The name of a verb: any that is registered. Those that code asks for are written below; no
    other needs a line here.

    >>> StepKind("hover").value, StepKind("watch") is StepKind.WATCH
    ('hover', True)
    """

    VISIT = "visit"
    CONSENT = "consent"
    SEARCH = "search"
    WATCH = "watch"
    FOLLOW = "follow"
    SCROLL = "scroll"
    PAUSE = "pause"
    CAPTURE = "capture"
    SCREENSHOT = "screenshot"
    SNAPSHOT = "snapshot"

    @classmethod
    def registered(cls, name: str) -> bool:
        """Return whether there is a verb of that name."""
        return name in STEPS


@verb
class Repeat(Step):
    """Several rounds of the same steps; ``shuffle`` and ``counterbalance`` order them anew for
    every twin, so that one round (the default then) is enough.

    It takes ``steps`` so many ``times``. The plan writes every round out, and each has its own
    random choices.

    Shuffled orders are random; those of ``counterbalance: true`` come from a Latin square: over as
    many twins as entries (twice that for an odd number) each entry is at each place, and follows
    each other one, equally often. The order depends on the seed and the number of the twin only, so
    in every block each order is taken once in each arm. Entries of several steps are written as a
    ``repeat`` within.

    ::

        - repeat:
            times: 5
            steps:
              - follow: {topic: conspiracy, unseen: true, otherwise: first}
              - watch: {for: 50%, cap: 10m}

    ::

        - repeat:
            counterbalance: true
            steps:
              - search: {query: vaccines, label: vaccines}
              - search: {query: climate, label: climate}
              - repeat: {times: 1, steps: [{search: moon}, {capture: moon}]}
    """

    do: Literal["repeat"]
    example: ClassVar[str] = "- repeat: {times: 3, steps: [{follow: up_next}, {watch: 30s}]}"
    times: Annotated[int, Field(ge=1, le=1000)] = 1
    shuffle: bool = False
    counterbalance: bool = False
    steps: Annotated[list[AnyStep], Field(min_length=1)]

    @model_validator(mode="after")
    def _worth_it(self) -> Repeat:
        if self.shuffle and self.counterbalance:
            raise Fixable("shuffle and counterbalance exclude each other", "keep one of them")
        ordered = self.shuffle or self.counterbalance
        if ordered and len(self.steps) < 2:
            raise Fixable(
                "one entry has one order",
                "write each thing to be ordered as an entry; several steps that belong together as"
                " a repeat of their own",
            )
        if not ordered and "times" not in self.model_fields_set:
            raise Fixable("is missing times", "write repeat: {times: 3, steps: […]}")
        return self


_LIKE = "write it like - watch: 30s"


def _not_one(raw: Mapping[Any, Any]) -> tuple[str, str]:
    """Problem and fix of a step that does not have exactly one key."""
    if not raw:
        return "an empty step", _LIKE
    known = [key for key in raw if key in STEPS]
    hint = _LIKE
    if len(known) > 1:
        hint = "start each step with its own '- '"
    elif known:
        others = ", ".join(str(key) for key in raw if key not in known)
        hint = f"indent {others} below {known[0]}:"
    return f"one step has {len(raw)} keys ({', '.join(map(str, raw))})", hint


def _normalise(raw: object) -> object:
    """``- watch: 30s`` and ``- capture`` as the mapping that the step's class reads."""
    if isinstance(raw, Step):
        return raw
    if isinstance(raw, str):
        name, body = raw, None
    elif isinstance(raw, Mapping):
        if len(raw) != 1:
            raise Fixable(*_not_one(raw))
        ((name, body),) = raw.items()
    else:
        raise Fixable(f"{raw!r} is not a step", _LIKE)
    cls = STEPS.get(name)
    if cls is None:
        raise Fixable(f"unknown step {name!r}", did_you_mean(name, STEPS))
    if body is None:
        if not cls.bare:
            raise Fixable(f"{name} needs something", f"see an example: {EXAMPLES[name]}")
        return {"do": name}
    if isinstance(body, Mapping):
        if "do" in body:
            raise Fixable("unknown key 'do'", "remove it")
        return {"do": name, **body}
    if cls.short is None:
        raise Fixable(f"{name} takes keys", f"see an example: {EXAMPLES[name]}")
    return {"do": name, cls.short: body}


for _point in entry_points(group=VERBS):
    _point.load()

if TYPE_CHECKING:
    AnyStep = Step
else:
    AnyStep = Annotated[
        Union[tuple(STEPS.values())],  # noqa: UP007 - a union of what is registered
        Field(discriminator="do"),
        BeforeValidator(_normalise),
    ]
Repeat.model_rebuild()

#: One line of YAML a verb, for error messages.
EXAMPLES: Mapping[str, str] = {name: cls.example for name, cls in STEPS.items()}
