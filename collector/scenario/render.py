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

    ========== =====================================================================================
    visit      ``url`` (a path of the site, or an absolute URL), ``label``, ``capture``
    consent    ``choice``
    search     ``query``, ``label``, ``capture``
    watch      ``video`` (id or None: the page's), ``for_s`` | ``percent`` | ``until_end``,
               ``cap_s``, ``label``, ``capture`` (of the page it opens; false without ``video``)
    follow     ``by`` (rank, random, topic, title, channel, up_next), ``rank``, ``top``,
               ``topics``, ``unseen``, ``from`` (home, related, search or None: the page's own
               list), ``otherwise``, the pattern of ``title`` or ``channel`` where it is given,
               ``label``, ``capture``
    scroll     ``screens`` | ``until`` | ``end`` | ``pixels`` (with ``times``), ``every_s``;
               ``cap_s`` (real seconds) and ``capture`` (false) where they are given
    refresh    ``label``, ``capture``; slot ``per_day``, ``minute``, ``first_hour``
    like       ``on``; on a feed also ``topics``, ``source``, ``rank``, ``top``, ``count``
    subscribe  ``on``
    not_interested  ``rank``, ``from``; picked otherwise, and dont_recommend_channel and hover: as
               follow, without ``label`` and ``capture``
    pause_history  ``on``; open_channel ``tab``, ``label``, ``capture``
    pause      ``for_s``; capture ``label``; screenshot and snapshot ``name``; click ``selector``
    keypress   ``key``, ``times``, ``delay_s`` (waited before each press)
    ========== =====================================================================================
    """
    return step.arguments()
