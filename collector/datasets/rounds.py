"""From one plan to as many sessions as a dataset needs: rounds of it, each with more twins.

The first round is the scenario's plan, byte for byte; round ``n`` is the plan of the seed that the
master seed and ``n`` give, and its puppets are further twins of their arms: nobody appears twice.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from collector.scenario.loader import Loaded
from collector.scenario.plan import derive_seed, make_plan
from collector.scenario.planned import Plan, PlannedSession


class Rounds:
    """The sessions of a scenario, round after round, without an end."""

    def __init__(self, loaded: Loaded, seed: int) -> None:
        """:raises UserError: the scenario cannot be planned under this seed."""
        self.loaded = loaded
        self.plan: Plan = make_plan(loaded, seed)
        self._blocks = max(session.block for session in self.plan.sessions)
        puppets = {(session.arm, session.puppet) for session in self.plan.sessions}
        self._twins = Counter(arm for arm, _ in puppets)

    def seed_of(self, number: int) -> int:
        """The plan's seed in round ``number``, from 0."""
        return derive_seed(self.plan.seed, "round", number) if number else self.plan.seed

    def sessions(self, number: int) -> tuple[PlannedSession, ...]:
        """The sessions of one round, in the order in which they begin."""
        if number == 0:
            return self.plan.sessions
        plan = make_plan(self.loaded, self.seed_of(number))
        return tuple(self._moved(session, number) for session in plan.sessions)

    def _moved(self, session: PlannedSession, number: int) -> PlannedSession:
        block = session.block + number * self._blocks
        twin = session.twin + number * self._twins[session.arm]
        puppet = f"{session.arm}-{twin}"
        # What stands behind the puppet's name tells several sessions of one apart.
        behind = session.id.removeprefix(f"b{session.block:02d}-{session.puppet}")
        return replace(
            session, id=f"b{block:02d}-{puppet}{behind}", block=block, twin=twin, puppet=puppet
        )
