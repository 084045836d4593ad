"""A mock in the process of the test, as a run is handed one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from collector.contract.mocksite import MockSite
from mockserver.context import MockConfig
from mockserver.serve import serving


@contextmanager
def mock_site(*, seed: int) -> Iterator[MockSite]:
    """A mock server for the time of the block; the same ``seed`` shows and ranks the same."""
    with serving(MockConfig(seed=seed), demo=False) as server:
        yield MockSite.of(server)
