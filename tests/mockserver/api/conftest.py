"""A fresh ytTREX for each test, of today and of 2019; tests of other APIs have their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from yttrex_tools import Bench, bench


@pytest.fixture
def api() -> Iterator[Bench]:
    made = bench()
    yield made
    made.db.close()


@pytest.fixture
def old_api() -> Iterator[Bench]:
    made = bench("2019")
    yield made
    made.db.close()
