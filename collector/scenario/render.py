"""Steps as data: as a file would have them, and as the plan carries them."""

from __future__ import annotations

from typing import Any

from collector.scenario.steps import STEPS, Repeat, Step


def known_keys(step: str) -> list[str]:
    """The keys that may stand below a step's name."""
    fields = STEPS[step].model_fields
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
