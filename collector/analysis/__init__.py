"""What a run shows: declared outcomes, inference with the puppet as the unit, and the report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

__all__ = ["report_data", "write_report"]


def report_data(run_dir: Path) -> dict[str, Any]:
    """See ``collector.analysis.report.report_data``."""
    from collector.analysis import report  # templates and plots: the linter needs neither

    return report.report_data(run_dir)


def write_report(run_dir: Path, out: Path | None = None) -> Path:
    """See ``collector.analysis.report.write_report``."""
    from collector.analysis import report

    return report.write_report(run_dir, out)
