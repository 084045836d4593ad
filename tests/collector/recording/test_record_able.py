"""A Playwright that cannot record is refused before a run that is to be recorded begins."""

from __future__ import annotations

import pytest
from playwright.sync_api import _generated

from collector.common.errors import UserError
from collector.recording.able import check_playwright


def test_a_playwright_without_archives_a_step_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that is installed can."""
    check_playwright()
    monkeypatch.delattr(_generated.Tracing, "start_har")
    with pytest.raises(UserError, match="cannot record an archive a step") as caught:
        check_playwright()
    assert "--record" in str(caught.value)
    assert "--record trace" in str(caught.value)
