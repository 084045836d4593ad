"""From one plan to as many sessions as a dataset needs: waves of it, each with more twins.

The first wave is the scenario's plan, byte for byte; wave ``n`` is the plan of the seed that the
master seed and ``n`` give, and its puppets are further twins of their arms: nobody appears twice.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from collector.scenario.loader import Loaded
from collector.scenario.plan import Plan, PlannedSession, derive_seed, make_plan


class Waves:
    """The sessions of a scenario, wave after wave, without an end."""

    def __init__(self, loaded: Loaded, seed: int) -> None:
        """:raises UserError: the scenario cannot be planned under this seed."""
        self.loaded = loaded
        self.plan: Plan = make_plan(loaded, seed)
        self._blocks = max(session.block for session in self.plan.sessions)
        self._twins = Counter(session.arm for session in self.plan.sessions)

    def seed_of(self, number: int) -> int:
        """The plan's seed in wave ``number``, from 0."""
        return derive_seed(self.plan.seed, "wave", number) if number else self.plan.seed

    def wave(self, number: int) -> tuple[PlannedSession, ...]:
        """The sessions of one wave, in the order in which they begin."""
        if number == 0:
            return self.plan.sessions
        plan = make_plan(self.loaded, self.seed_of(number))
        return tuple(self._moved(session, number) for session in plan.sessions)

    def _moved(self, session: PlannedSession, number: int) -> PlannedSession:
        block = session.block + number * self._blocks
        twin = session.twin + number * self._twins[session.arm]
        puppet = f"{session.arm}-{twin}"
        return replace(session, id=f"b{block:02d}-{puppet}", block=block, twin=twin, puppet=puppet)
