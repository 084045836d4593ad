"""Steps as data: as a file would have them, and as the plan carries them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import yaml
from pydantic import ValidationError

from collector.scenario.durations import format_duration
from collector.scenario.steps import STEPS, Repeat, Step


def known_keys(step: str) -> list[str]:
    """The keys that may stand below a step's name; none where there is no such step."""
    fields = STEPS[step].model_fields if step in STEPS else {}
    return [field.alias or name for name, field in fields.items() if name != "do"]


def written(step: Step) -> dict[str, Any]:
    """A step as the file would have it: ``{"watch": {"for": "30s"}}``, defaults left out."""
    if isinstance(step, Repeat):
        how = {name: True for name in ("shuffle", "counterbalance") if getattr(step, name)}
        steps = [written(each) for each in step.steps]
        return {"repeat": {"times": step.times, **how, "steps": steps}}
    fields = step.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"do"})
    return {step.kind: fields or None}


def args_of(step: Step) -> dict[str, Any]:
    """A step's arguments as the plan carries them: JSON-ready, every key present, times in seconds.

    Its keys are those of the file; one that is a time ends in ``_s`` here. What else differs says
    the verb's own :meth:`~collector.scenario.verb.Step.arguments`, in ``scenario/verbs``.
    """
    return step.arguments()


def spelled(kind: str, args: Mapping[str, Any]) -> str:
    """What a planned step was asked, as a scenario spells it, without the verb and its defaults.

    A verb that is not known here, or not so, has its arguments as the plan carries them.

    >>> spelled("pause", {"for_s": 60.0})
    '1m'
    >>> spelled("follow", {"by": "rank", "rank": 2, "topics": [], "from": None, "unseen": True})
    'rank: 2, unseen: true'
    """
    said = {name: value for name, value in args.items() if value not in (None, "", [], {})}
    likely = _keys_of({name: value for name, value in said.items() if value is not False})
    for keys in (likely, likely | _keys_of({k: v for k, v in said.items() if v is False})):
        step = _step_of(kind, {name: keys[name] for name in keys if name in known_keys(kind)})
        if step is not None and _same(args_of(step), args):
            keys = written(step)[kind] or {}
            short = STEPS[kind].short
            return _flow(keys[short] if short and [*keys] == [short] else keys)
    return _flow(likely)


def _keys_of(args: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of the file for arguments of a plan."""
    found: dict[str, Any] = {}
    for name, value in args.items():
        if name == "by":
            found |= {} if args.get({"topic": "topics"}.get(value, value)) else {value: True}
        elif name == "topics":
            found["topic"] = value
        elif name == "percent":
            found["for"] = f"{value:g}%"
        elif name == "until_end":
            found |= {"for": "end"} if value else {}
        elif name.endswith("_s") and isinstance(value, int | float):
            found[name.removesuffix("_s")] = format_duration(timedelta(seconds=value))
        else:
            found[name] = value
    return found


def _step_of(kind: str, keys: Mapping[str, Any]) -> Step | None:
    if kind not in STEPS:
        return None
    try:
        return STEPS[kind].model_validate({"do": kind, **keys})
    except ValidationError:
        return None


def _same(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """Whether two steps ask the same; older plans lack arguments that nobody had given."""
    return all((ours.get(n) or None) == (theirs.get(n) or None) for n in {*ours, *theirs})


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        value = {
            name: int(one) if isinstance(one, float) and one.is_integer() else one
            for name, one in value.items()
        }
    text = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=float("inf")
    )
    text = text.removesuffix("\n").removesuffix("\n...")
    return text[1:-1] if isinstance(value, Mapping) else text
