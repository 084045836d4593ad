"""Everything that a scenario names besides itself, looked at before anything is done with it.

``collector plan``, ``scenarios check``, ``run`` and ``dataset new`` ask the same questions here, so
that what one of them refuses no other lets through.
"""

from __future__ import annotations

from collections.abc import Mapping

from collector.mock.labels import check_labels, check_site
from collector.mock.mockworld import world_of
from collector.scenario.elsewhere import elsewhere
from collector.scenario.loader import Loaded
from collector.scenario.models import MOCK


def examine(
    loaded: Loaded,
    *,
    seed: int | None = None,
    site: str | None = None,
    known: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """What weakens a scenario besides its design, a sentence each.

    :param seed: the master seed, in place of the scenario's own.
    :param site: where the puppets browse, in place of what the scenario says.
    :param known: topic by item id of a mock that runs already and shows its truth log.
    :raises UserError: a file of labels, a topic, a world or a parameter that cannot be used.
    """
    it = loaded.scenario
    master = it.seed if seed is None else seed
    bundled = (site or it.site) == MOCK
    check_site(it, bundled=bundled)
    if it.mock is not None:
        world_of(it.snapshot(), master)
    return (
        *check_labels(loaded, seed=master, bundled=bundled, known=known),
        *elsewhere(loaded, site),
    )
