"""Are two scenarios of one design? What a file with simulated audits is about, told by a hash."""

from __future__ import annotations

import hashlib
import json

from collector.scenario.models import Scenario

#: What audits of a design depend on. Whose labels and which site are not among it: power is
#: simulated on the mock before anybody has seen, or labelled, a page of the real platform.
_PARTS = (
    "platform", "block", "before", "arms", "after", "analysis", "factors", "sessions", "repeat",
    "waves", "spacing", "mock",
)  # fmt: skip


def design_sha256(scenario: Scenario) -> str:
    """Hex SHA-256 of the parts of a scenario by which its audits are simulated.

    Two scenarios that differ in their name, seed, site, persona, labels or registration have the
    same; another number of twins or sessions, step, outcome, block size or mock gives another.
    """
    told = scenario.model_dump(mode="json", include=set(_PARTS))
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode("utf-8")).hexdigest()
