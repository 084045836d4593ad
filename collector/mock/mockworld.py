"""The bundled mock as a scenario asks for it: its options, its world, its labels.

Protects two rules: a known answer that cannot be is refused before anything is written, and the
same keys of a scenario make the same mock for a run and for a dataset.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collector.common.errors import UserError
from collector.common.model import Platform
from collector.platforms.registry import PlatformSpec
from collector.scenario.planned import Plan

if TYPE_CHECKING:
    from mockserver.world import World


def host_of(scenario: Mapping[str, Any], spec: PlatformSpec) -> str:
    """What the host name begins with of the site that a plan's scenario has browsed.

    :raises UserError: it asks for a mobile site, and the platform has none.
    """
    if not (scenario.get("mock") or {}).get("mobile"):
        return spec.host
    if spec.mobile_host is None:
        raise UserError(
            f"the mock has no mobile site of {spec.name}",
            place="mock.mobile",
            fix="leave it out",
        )
    return spec.mobile_host


def options_of(scenario: Mapping[str, Any], folder: Path | None = None) -> dict[str, Any]:
    """Fields of ``mockserver.context.MockConfig`` that a plan's scenario asks for.

    :param folder: where a world that is written out in the scenario is put, for a mock in a process
        of its own.
    """
    told = dict(scenario.get("mock") or {})
    told.pop("mobile", None)
    world = told.get("world")
    if isinstance(world, Mapping):
        del told["world"]
        if folder is not None:
            path = folder / f"{name_of(world)}.json"
            path.write_text(json.dumps(world, ensure_ascii=False), "utf-8")
            told["world"] = path
    return told


def name_of(world: Mapping[str, Any]) -> str:
    """The name of a world that is written out: the same keys, the same name."""
    text = json.dumps(world, ensure_ascii=False, sort_keys=True)
    return f"world-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def world_of(scenario: Mapping[str, Any], seed: int, *, clock: str = "real") -> World:
    """The world of a plan's scenario. Raises UserError: an unknown parameter, a bad value."""
    # The mock and NumPy, for scenarios whose labels are its own.
    from collector.mock.mocktruths import truths_in
    from mockserver.world import World
    from mockserver.world.worldfile import recipe_of

    told = dict(scenario.get("mock") or {})
    told.pop("mobile", None)
    if "truths" in told:
        told["truths"] = truths_in(scenario)
    world = told.pop("world", "small")
    if isinstance(world, Mapping):
        recipe = recipe_of(dict(world), Path(f"{name_of(world)}.json"))
        return World.build(seed=seed, recipe=recipe, clock=clock, **told)
    return World.build(seed=seed, size=world, clock=clock, **told)


def puppets_of(plan: Plan) -> dict[str, tuple[str, int]]:
    """Puppet → arm and the block of its first session: whom truths hold for."""
    return {each.puppet: (each.arm, each.block) for each in reversed(plan.sessions)}


def holds_truths(scenario: Mapping[str, Any]) -> bool:
    """Whether a plan's scenario says what is true of the mock."""
    return bool((scenario.get("mock") or {}).get("truths"))


def labels_of(world: World, platform: str) -> dict[str, str]:
    """Topic by item id on one of the world's sites."""
    feed = platform == Platform.FACEBOOK
    return world.mislabelled(world.social.labels()) if feed else world.labels()


def speaks(platform: str, locale: str) -> bool:
    """Has the mock's site the language of a locale? Otherwise it answers in English."""
    if platform == Platform.FACEBOOK:
        # The mock, for scenarios that name a language.
        from mockserver.platforms.facebook.language import BY_TAG

        return locale.partition("-")[0].lower() in BY_TAG
    # As above.
    from mockserver.platforms.youtube.i18n import choose

    language, _ = choose(locale)
    return language.tag != "en" or locale.partition("-")[0].lower() == "en"


def topics_of(scenario: Mapping[str, Any]) -> frozenset[str]:
    """The topics that items of a plan's scenario are made about, without making the items."""
    # The mock and NumPy, for scenarios whose labels are its own.
    from mockserver.world.building import all_topics
    from mockserver.world.recipe import SIZES
    from mockserver.world.worldfile import recipe_of

    world = (scenario.get("mock") or {}).get("world", "small")
    if isinstance(world, Mapping):
        return frozenset(all_topics(recipe_of(dict(world), Path(f"{name_of(world)}.json"))))
    return frozenset(all_topics(SIZES[world]))
