"""The truths that a scenario gives the bundled mock, checked against the scenario itself.

Protects the rule that a known answer that cannot be is refused before anything is written: a truth
about an arm that does not exist would make a world without an effect, and the audit of it a lie.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collector.common.errors import UserError
from collector.common.model import DEFAULT_PLATFORM
from collector.platforms.registry import Genre, spec_of
from mockserver.world.truthfile import truths_of
from mockserver.world.truths import Truths

#: What a feed holds of them; it has no clock of its own.
ON_A_FEED = ("blocking", "dead-arm", "label-errors")


def truths_in(scenario: Mapping[str, Any]) -> Truths:
    """The truths of a plan's scenario.

    :raises UserError: an unknown truth, key or arm, a bad value, or a truth that its platform
        does not hold"""
    told = (scenario.get("mock") or {}).get("truths")
    if told is None:
        return Truths()
    found = truths_of(told, "mock.truths")
    feed = spec_of(scenario.get("platform", DEFAULT_PLATFORM)).genre is Genre.FEED
    for number, truth in enumerate(found.all):
        place = f"mock.truths: truths.{number}"
        strange = [arm for arm in truth.arms if arm not in scenario["arms"]]
        if strange:
            raise UserError(
                f"{truth.name}: there is no arm {strange[0]!r}",
                place=f"{place}.arms",
                fix=f"name some of {', '.join(scenario['arms'])}",
            )
        timed = bool(truth.from_s) or truth.until_s is not None
        if feed and (truth.name not in ON_A_FEED or timed or getattr(truth, "topic", None)):
            raise UserError(
                f"{truth.name}: a feed does not hold it" + (" by time or topic" * timed),
                place=place,
                fix=f"on a feed use {', '.join(ON_A_FEED)}, without from_s, until_s and topic",
            )
    return found
