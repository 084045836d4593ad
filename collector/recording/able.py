"""Whether the installed Playwright can record, asked before a run begins that is to be recorded."""

from __future__ import annotations

from collector.common.errors import UserError


def check_playwright() -> None:
    """Refuse a Playwright that cannot record one step at a time.

    :raises UserError: it cannot.
    """
    # Heavy, and wanted by no other run before its first browser.
    from playwright.sync_api import _generated

    if not hasattr(_generated.Tracing, "start_har"):
        raise UserError(
            "the installed Playwright cannot record an archive a step",
            place="--record",
            fix="install a newer Playwright, or use --record trace",
        )
