"""Of which years a server reads pages, and whether a run will send it such.

The original servers were written for the markup of their time and read nothing, or the wrong thing,
of today's; see docs/real-server.md. Protects the rule that a run whose pages nobody will read says
so before it begins.
"""

from __future__ import annotations

from pathlib import Path

from collector.contract.places import NOWHERE, Place, stays_here
from collector.mock.served import greeted_at
from collector.platforms.registry import spec_of
from collector.scenario.plan import Plan

#: Era of the bundled mock, where nothing else is said.
TODAY = "2026"


def unread(
    plan: Plan, place: Place, target: str | None, era: str | None, ca: Path | None = None
) -> tuple[str, ...]:
    """A sentence where pages go to a server that is not a mock and that cannot read them.

    :param target: root of the API that gets the evidence; ``None``: the run's own mock.
    :param era: of the mock that is browsed; ``None``: what the scenario says.
    :param ca: authorities of a mock behind TLS.
    """
    if target in (None, NOWHERE):
        return ()
    # No other machine is asked whether it is a mock.
    if stays_here(target) and greeted_at(str(target), ca=ca) is not None:
        return ()
    spec = spec_of(plan.platform)
    read = spec.eras_read
    if not read:
        return ()
    if place.is_own_mock:
        pages = era or (plan.scenario.get("mock") or {}).get("era") or TODAY
        fix = f"; for pages that it can read: --era {read[0]}"
    elif place.served is not None:
        pages = str(place.served.world.get("era", TODAY))
        fix = f"; for pages that it can read, serve the mock with --era {read[0]}"
    else:
        pages, fix = "today", ""
    if pages in read:
        return ()
    return (
        f"{target} is not a mock of this package, and the original {spec.server} server reads"
        f" pages of {' and '.join(read)}, not of {pages}: it will keep them and read nothing, or"
        f" the wrong thing, of them{fix}",
    )
