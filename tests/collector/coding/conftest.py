"""What the bundled mock says that its items are about."""

from __future__ import annotations

import pytest
from label_files import SEED

from mockserver.world import World


@pytest.fixture(scope="session")
def topics() -> dict[str, str]:
    """What the bundled mock of the seed says."""
    world = World.build(seed=SEED)
    found = world.labels()
    world.close()
    return found
