"""What the tests of the analysis need not wait for: the disk, and figures that nobody looks at."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module", autouse=True)
def unsynced() -> Iterator[None]:
    """Runs that are made up for a test need not survive a loss of power."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture(scope="module")
def undrawn() -> Iterator[Callable[..., Any]]:
    """Reports with empty figures, from here to the end of the file: drawing them takes most of a
    report's time. Their names and numbers are as ever. Gives what draws them."""
    from collector.analysis import figures

    def empty(picture: figures.Picture, own: Path | None = None) -> figures.Drawn:
        return figures.Drawn(picture, "<svg></svg>", b"")

    draw = figures.draw
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "draw", empty)
        yield draw


@pytest.fixture
def drawn(undrawn: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """This test's reports have their figures."""
    monkeypatch.setattr("collector.analysis.figures.draw", undrawn)


@pytest.fixture(scope="module")
def told(undrawn: Callable[..., Any]) -> Callable[[Path], tuple[str, dict[str, Any]]]:
    """The page of a run without its figures, and its numbers, both of one judgement."""
    from collector.analysis.certificate import certify
    from collector.analysis.judging import judge
    from collector.analysis.load import load_run
    from collector.analysis.report import report_data, write_report
    from collector.analysis.truth import check

    def made(folder: Path) -> tuple[str, dict[str, Any]]:
        data = load_run(folder)
        judgement = judge(data)
        certificate = certify(data, judgement, check(data) if data.has_truth else None)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("collector.analysis.report.load_run", lambda *_: data)
            for module in ("report", "page"):
                patch.setattr(f"collector.analysis.{module}.judge", lambda _: judgement)
                patch.setattr(f"collector.analysis.{module}.certify", lambda *_: certificate)
            return write_report(folder).read_text("utf-8"), report_data(folder)

    return made
