"""What the arms of a scenario differ in, and what it says they should differ in.

Protects the rule that an effect has one name: arms may differ in the factors that the scenario
declares and in nothing else. A factor is one key or several that belong together, such as the
language with the time zone that goes with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import combinations
from operator import ne

from collector.profile import Persona
from collector.scenario.models import Scenario
from collector.scenario.render import written

STEPS = "steps"
PERSONA = "persona"

#: What of a persona is for people only: no site can see it.
_NAMES = frozenset({"display_name", "place", "interests"})
#: Every key that arms can differ in.
KEYS = (STEPS, *(f"{PERSONA}.{k}" for k in Persona.__dataclass_fields__ if k not in _NAMES))


def differences(scenario: Scenario, one: str, other: str) -> tuple[str, ...]:
    """The keys that two arms differ in: ``steps``, ``persona.locale``, …, in the order of KEYS."""
    found = []
    ours, theirs = scenario.arms[one].steps, scenario.arms[other].steps
    if [written(step) for step in ours] != [written(step) for step in theirs]:
        found.append(STEPS)
    mine, yours = scenario.persona_of(one).to_dict(), scenario.persona_of(other).to_dict()
    names = dict.fromkeys((*mine, *yours))
    found += [f"{PERSONA}.{name}" for name in names if mine.get(name) != yours.get(name)]
    return tuple(key for key in found if key in KEYS)


def pairs(scenario: Scenario) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(arm, arm, what they differ in) for every pair of arms, in the order of the file; for
    thousands of arms too: what an arm is made of is written out once, not once a pair."""
    seen: list[dict[str, int]] = [{} for _ in KEYS]
    made: dict[str, tuple[int, ...]] = {}
    for name, arm in scenario.arms.items():
        persona = scenario.persona_of(name).to_dict()
        found = {STEPS: [written(step) for step in arm.steps]}
        found |= {f"{PERSONA}.{key}": value for key, value in persona.items()}
        texts = [json.dumps(found.get(key), ensure_ascii=False, sort_keys=True) for key in KEYS]
        made[name] = tuple(
            known.setdefault(text, len(known)) for known, text in zip(seen, texts, strict=True)
        )
    told: dict[tuple[bool, ...], tuple[str, ...]] = {}
    for one, other in combinations(made, 2):
        differ = tuple(map(ne, made[one], made[other]))
        if differ not in told:
            told[differ] = tuple(key for key, yes in zip(KEYS, differ, strict=True) if yes)
        yield one, other, told[differ]


def covers(key: str) -> frozenset[str]:
    """The keys that a declared one stands for: ``persona`` is all of a persona."""
    if key == PERSONA:
        return frozenset(one for one in KEYS if one.startswith(f"{PERSONA}."))
    return frozenset({key})


def declared(scenario: Scenario) -> Mapping[str, frozenset[str]]:
    """Factor → the keys that it covers."""
    return {
        name: frozenset().union(*map(covers, keys))
        for name, keys in (scenario.factors or {}).items()
    }


def undeclared(scenario: Scenario) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(arm, arm, keys): pairs of arms that differ in more than any factor declares."""
    if scenario.factors is None:
        return
    known = frozenset().union(*declared(scenario).values())
    for one, other, keys in pairs(scenario):
        more = tuple(key for key in keys if key not in known)
        if more:
            yield one, other, more


def alone(scenario: Scenario) -> dict[str, bool]:
    """Factor → do two arms differ in it and in no other?"""
    factors = declared(scenario)
    found = dict.fromkeys(factors, False)
    for _, _, differ in pairs(scenario):
        at_work = [name for name, keys in factors.items() if not keys.isdisjoint(differ)]
        if len(at_work) == 1:
            found[at_work[0]] = True
    return found


def in_words(keys: tuple[str, ...]) -> str:
    """``steps``, ``a and b``, ``a, b and c``."""
    *most, last = keys
    return f"{', '.join(most)} and {last}" if most else last
