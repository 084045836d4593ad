"""The report on paper, by ``collector report --pdf``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from synthetic_run import Made, build

from collector.analysis.report import write_report
from collector.cli import main


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a small run."""
    return write_report(build(tmp_path_factory.mktemp("printed") / "run", Made(watches=2)))


@pytest.mark.slow
@pytest.mark.browser
def test_it_is_printed_on_request(report: Path, tmp_path: Path) -> None:
    """On several sheets of A4, after the page itself was written."""
    page, paper = tmp_path / "page.html", tmp_path / "paper.pdf"
    arguments = ["report", str(report.parent), "--out", str(page), "--pdf", str(paper)]
    told = CliRunner().invoke(main, arguments)
    assert (told.exit_code, told.output.split()) == (0, [str(page), str(paper)])
    printed = paper.read_bytes()
    assert printed.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", printed)) > 3
    sizes = {tuple(map(round, map(float, each.split()))) for each in SHEETS.findall(printed)}
    assert sizes == {(0, 0, 595, 842)}


SHEETS = re.compile(rb"/MediaBox \[([^\]]*)\]")


def test_a_report_that_cannot_be_printed_is_written_and_the_fix_is_said(
    report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.html"
    arguments = ["report", str(report.parent), "--out", str(page), "--pdf", str(tmp_path / "p.pdf")]
    monkeypatch.setenv("TWINWATCH_CHROMIUM", str(tmp_path / "none"))
    told = CliRunner().invoke(main, arguments)
    assert told.exit_code == 2
    assert "unset TWINWATCH_CHROMIUM" in told.output
    assert page.is_file()
    assert CliRunner().invoke(main, [*arguments, "--json"]).exit_code == 2


@pytest.mark.slow
@pytest.mark.browser
def test_a_pdf_where_no_file_can_be_is_refused(report: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    arguments = ["report", str(report.parent), "--out", str(tmp_path / "page.html")]
    told = CliRunner().invoke(main, [*arguments, "--pdf", str(blocked / "p.pdf")])
    assert told.exit_code == 2
    assert "--pdf FILE" in told.output
