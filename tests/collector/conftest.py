"""A run that has begun and holds nothing: its folder and its store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.contract.layout import RunDir, new_run
from collector.store import Store


@pytest.fixture
def out(tmp_path: Path) -> RunDir:
    return new_run(tmp_path / "run")


@pytest.fixture
def store(out: RunDir) -> Iterator[Store]:
    with Store(out.store) as opened:
        opened.add_run("r", scenario="s", seed=1, plan_hash="0" * 64)
        yield opened
