"""A site of hand-made pages with the mock's player, and a puppet on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser_bench import Bench, puppet, serving
from playwright.sync_api import Playwright

from collector.browser.running import PuppetBrowser


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with serving() as one:
        yield one


@pytest.fixture(scope="module")
def mine(
    bench: Bench, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PuppetBrowser]:
    """A puppet whose time is virtual."""
    folder = tmp_path_factory.mktemp("virtual")
    with puppet(folder, bench, virtual=True, playwright=playwright) as one:
        yield one
