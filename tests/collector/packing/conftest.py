"""A run, its pack, and that unpacked: read by tests, changed by none."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from registered_runs import call, make_run

from collector.analysis import figures, plots


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run(tmp_path_factory.mktemp("packed"))


@pytest.fixture(scope="session")
def pack(run: Path) -> Path:
    call("pack", run, "--out", run.parent / "run.zip", "--licence", "CC-BY-4.0")
    return run.parent / "run.zip"


@pytest.fixture(scope="session")
def folder(pack: Path) -> Path:
    """The pack, unpacked."""
    out = pack.parent / "unpacked"
    with zipfile.ZipFile(pack) as source:
        source.extractall(out)
    return out


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty figures in the report of a pack whose figures nobody looks at: most of its time."""
    empty = plots.svg(Figure())
    monkeypatch.setattr(figures, "draw", lambda picture: figures.Drawn(picture, empty, b""))
