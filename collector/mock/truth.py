"""What the mock says it served and was told, fetched into the run's own store.

With it a run on the mock can be judged: capture must have missed nothing and invented nothing, and
every watch receipt must agree with the beacons that the server received.
"""

from __future__ import annotations

from collections.abc import Mapping

from collector.addresses import parts_of
from collector.common.model import DEFAULT_PLATFORM
from collector.contract.truth import Truth, TruthRefused
from collector.profile import Origin, Persona, Profile
from collector.session.personacheck import of_the_site
from collector.store import Store

__all__ = [
    "SOURCE",
    "Truth",
    "TruthRefused",
    "give_memories",
    "keep_labels",
    "keep_sightings",
    "keep_truth",
]

#: Name under which the mock's topics stand in the table of labels.
SOURCE = "mock"


def keep_labels(store: Store, truth: Truth, platform: str = DEFAULT_PLATFORM) -> int:
    """Enter the mock's topics into the store; returns how many."""
    labels = truth.labels(platform)
    store.add_labels(labels, source=SOURCE)
    return len(labels)


def give_memories(truth: Truth, puppets: Mapping[str, Profile]) -> None:
    """Make the site know of cloned puppets what it knew of those that they were cloned from."""
    for profile in puppets.values():
        origin = Origin.read(profile.path)
        if origin is not None and origin.site is not None:
            truth.remember(profile.visitor_id, origin.site)


def keep_truth(store: Store, truth: Truth, run: str, puppets: Mapping[str, str]) -> None:
    """Enter what the mock served and was told.

    The addresses of its pages are entered as the run captured them, without their viewer: the mock
    logs what it was asked, and a site can name a viewer in an address. Of a page that was not
    captured nothing tells who its viewer is, so its address is left out.

    :param puppets: visitor id → puppet.
    """
    clean = {capture.event: _path(capture.url) for capture in store.captures()}
    store.add_truth(
        impressions=(row for visitor in puppets for row in truth.impressions(visitor=visitor)),
        watches=(row for visitor in puppets for row in truth.watches(visitor=visitor)),
        pages=(
            {**row, "path": clean.get(row["load"])}
            for visitor in puppets
            for row in truth.pages(visitor=visitor)
        ),
        puppets=puppets,
    )
    store.update_run(run, recommender=truth.recommender())


def _path(url: str) -> str:
    """Path and query of an address."""
    parts = parts_of(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def keep_sightings(
    store: Store, truth: Truth, sessions: Mapping[str, str], personas: Mapping[str, Persona]
) -> None:
    """Enter who the site says it saw, against the personas.

    :param sessions: visitor id → the puppet's last session that began.
    :param personas: session → its persona.
    """
    for visitor, session in sessions.items():
        found = of_the_site(personas[session], truth.whoami(visitor))
        store.add_persona_checks(session, [check.row() for check in found])
