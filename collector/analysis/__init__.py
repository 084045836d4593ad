"""What a run shows: metrics, inference with the puppet as the unit, and the report."""

from __future__ import annotations

from collector.analysis.report import report_data, write_report

__all__ = ["report_data", "write_report"]
