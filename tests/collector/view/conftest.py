"""A run that each test may change, and its page."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser
from synthetic_run import build
from view_tools import MADE, TOKEN, client_of


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("built") / "run", MADE)


@pytest.fixture
def run(built: Path, tmp_path: Path) -> Path:
    """Its own for each test: some change it."""
    return Path(shutil.copytree(built, tmp_path / "run"))


@pytest.fixture
def get(run: Path) -> Callable[[str], LexborHTMLParser]:
    client = client_of(run)

    def asked(path: str) -> LexborHTMLParser:
        answer = client.get(f"/{TOKEN}{path}")
        assert answer.status_code == 200, path
        return LexborHTMLParser(answer.get_data(as_text=True))

    return asked
