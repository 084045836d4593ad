"""Puppets cloned from a moment in the life of a trained one: same past, different ways from there.

Protects the comparison of the arms: clones have the same browser state and the same history on the
site, and on a mock each is a visitor of its own, so that nothing but chance and what is done to
them next can tell them apart.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote

from collector.browser import lineage, snapshot
from collector.browser.lineage import Taken
from collector.browser.snapshot import SUFFIX
from collector.common.errors import UserError
from collector.contract.layout import RunDir, open_run
from collector.contract.places import Place
from collector.problems import did_you_mean
from collector.profile import Origin, Profile, ProfileStore
from collector.scenario.plan import Plan


@dataclass(frozen=True, slots=True)
class Moment:
    """A snapshot of a run's puppet."""

    out: RunDir
    profile: Profile
    taken: Taken


def moment(root: Path, puppet: str, at: str | None = None) -> Moment:
    """A moment in the run at ``root``; ``at`` as :func:`lineage.find` has it. Raises UserError."""
    out = open_run(root)
    profile = ProfileStore(out.profiles).get(puppet)
    own = [each for each in lineage.read(out.snapshots) if each.puppet == puppet]
    if not own:
        raise UserError(
            f"{puppet} has no snapshot",
            place=str(out.snapshots),
            fix="a session that ends well leaves one; a step snapshot: NAME takes one on the way",
        )
    found = lineage.find(own, at)
    if found is None:
        have = ", ".join(f"{each.at} ({each.name})" if each.name else each.at for each in own)
        raise UserError(
            f"{puppet} has no snapshot after step {at}",
            place=str(out.snapshots),
            fix=f"there is one after: {have}",
        )
    return Moment(out, profile, found)


def fork(found: Moment, names: Sequence[str], store: ProfileStore) -> list[Profile]:
    """Make profiles of these names that go on from a moment; all of them or none.

    Raises UserError: a name is taken or cannot be one; SnapshotRefused: it cannot be read.
    """
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UserError(f"{twice[0]!r} is named twice", place="--as", fix="name each clone once")
    made: list[Profile] = []
    try:
        for name in names:
            made.append(_clone(found, name, store))
    except BaseException:
        for each in made:
            shutil.rmtree(each.path, ignore_errors=True)
        raise
    return made


def _clone(found: Moment, name: str, store: ProfileStore) -> Profile:
    taken = found.taken
    digest = hashlib.sha256(f"clone {taken.snapshot} {name}".encode()).digest()
    clone = store.new(
        name,
        found.profile.persona,
        seed=int.from_bytes(digest[:6], "big"),
        # On a mock a visitor of its own; elsewhere its cookies say who it is.
        visitor_id=None if taken.site is not None else taken.visitor,
    )
    try:
        snapshot.restore(found.out.snapshots / f"{taken.snapshot}{SUFFIX}", clone.state_dir)
        Origin(
            snapshot=taken.snapshot,
            run=taken.run,
            plan=taken.plan,
            puppet=taken.puppet,
            session=taken.session,
            at=taken.at,
            site=taken.site,
        ).write(clone.path)
    except BaseException:
        shutil.rmtree(clone.path, ignore_errors=True)
        raise
    return clone


def check_profiles(folder: Path, plan: Plan, place: Place) -> None:
    """Refuse profiles that the puppets of a plan cannot begin from. Raises UserError."""
    store = ProfileStore(folder)
    names = store.names()
    for session in plan.sessions:
        if session.puppet not in names:
            raise UserError(
                f"no profile is called {session.puppet!r}, as a puppet of the scenario is",
                place=str(folder),
                fix=did_you_mean(session.puppet, names)
                if names
                else "make it: collector profiles clone RUN --puppet NAME --as ...",
            )
        profile = store.get(session.puppet)
        profile.keys  # noqa: B018  raises with the reason when it is missing or open to others
        # By which way it goes is the scenario's to say, not the profile's.
        if replace(profile.persona, proxy=None) != replace(session.persona, proxy=None):
            raise UserError(
                f"profile {profile.name!r} is another persona than the scenario's",
                place=str(profile.path / "profile.json"),
                fix="write the persona of the profile into the scenario: "
                f"collector profiles show {quote(str(profile.name))}",
            )
        origin = Origin.read(profile.path)
        if origin is None or origin.site is None:
            continue
        if not place.is_mock:
            raise UserError(
                f"profile {profile.name!r} was made on a mock and cannot be used on another site",
                place=str(profile.path),
                fix="leave --site out",
            )
        if origin.site.get("seed") != plan.seed:
            raise UserError(
                f"profile {profile.name!r} has its past in the world of seed"
                f" {origin.site.get('seed')}, and the scenario is in that of {plan.seed}",
                place="seed",
                fix=f"--seed {origin.site.get('seed')}",
            )
