"""The puppets of a run: one profile each, made before anything starts.

Keys and visitor ids follow from the plan's seeds where the run stays on this machine, so that the
same plan shows the same puppets to the same mock and signs with the same keys. Such keys can be
made by anybody who has the plan: evidence that goes elsewhere is signed with random ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from collector.common.identity import KeyPair
from collector.profile import Origin, Profile, ProfileStore, visitor_id_of
from collector.scenario.plan import Plan


def make_puppets(
    plan: Plan,
    folder: Path,
    *,
    reproducible: bool,
    source: Path | None = None,
    life: int = 0,
) -> dict[str, Profile]:
    """A profile for each puppet of the plan, below ``folder``, by name; one that is there is kept.

    :param reproducible: keys from the plan's seeds; only for a mock.
    :param source: a folder with a profile for each puppet, to begin from.
    :param life: which of the visitors that a seed stands for: on a mock that has seen an earlier
        run of the plan the puppets are others to the site.
    """
    profiles = ProfileStore(folder)
    made: dict[str, Profile] = {}
    for session in plan.sessions:
        if session.puppet in made:
            continue
        if (folder / session.puppet).is_dir():
            made[session.puppet] = profiles.get(session.puppet)
            continue
        if source is not None:
            made[session.puppet] = profiles.adopt(ProfileStore(source).get(session.puppet))
            continue
        seed = hashlib.sha256(f"key {session.seed} {session.puppet}".encode()).digest()
        made[session.puppet] = profiles.new(
            session.puppet,
            session.persona,
            seed=session.seed,
            visitor_id=visitor_id_of(session.seed, life),
            keys=KeyPair.generate(seed if reproducible else None),
        )
    return made


def visitors(plan: Plan, life: int = 0) -> tuple[str, ...]:
    """The visitor ids that :func:`make_puppets` gives."""
    seeds = {session.puppet: session.seed for session in reversed(plan.sessions)}
    return tuple(visitor_id_of(seed, life) for seed in seeds.values())


def origins(folder: Path) -> dict[str, dict[str, str]]:
    """What the cloned puppets of a run descend from, by name."""
    found = {each.name: Origin.read(each.path) for each in ProfileStore(folder).list()}
    return {name: origin.in_words() for name, origin in found.items() if origin is not None}


def keys_of(folder: Path) -> Callable[[str], KeyPair]:
    """The key pair of a puppet by its name, read from the run's own profiles."""
    profiles = ProfileStore(folder)
    return lambda puppet: profiles.get(puppet).keys
