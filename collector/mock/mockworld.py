"""The world of the bundled mock as a scenario asks for it, with its labels, topics and languages.

Protects the rule that a known answer that cannot be is refused before anything is written. Loads
the mock's world, with NumPy but without Flask.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from collector.mock.mockoptions import name_of, told_of
from collector.mock.mocktruths import truths_in
from mockserver.platforms.visited import of
from mockserver.world import World
from mockserver.world.building import all_topics
from mockserver.world.recipe import SIZES
from mockserver.world.worldfile import recipe_of


def world_of(scenario: Mapping[str, Any], seed: int, *, clock: str = "real") -> World:
    """The world of a plan's scenario. Raises UserError: an unknown parameter, a bad value."""
    told = told_of(scenario)
    if "truths" in told:
        told["truths"] = truths_in(scenario)
    world = told.pop("world", "small")
    if isinstance(world, Mapping):
        recipe = recipe_of(dict(world), Path(f"{name_of(world)}.json"))
        return World.build(seed=seed, recipe=recipe, clock=clock, **told)
    return World.build(seed=seed, size=world, clock=clock, **told)


def labels_of(world: World, platform: str) -> dict[str, str]:
    """Topic by item id on one of the world's sites."""
    return of(platform).labels(world)


def speaks(platform: str, locale: str) -> bool:
    """Has the mock's site the language of a locale? Otherwise it answers in English."""
    return of(platform).speaks(locale)


def topics_of(scenario: Mapping[str, Any]) -> frozenset[str]:
    """The topics that items of a plan's scenario are made about, without making the items."""
    world = (scenario.get("mock") or {}).get("world", "small")
    if isinstance(world, Mapping):
        return frozenset(all_topics(recipe_of(dict(world), Path(f"{name_of(world)}.json"))))
    return frozenset(all_topics(SIZES[world]))
