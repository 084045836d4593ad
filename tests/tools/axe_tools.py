"""axe, the accessibility checker of Deque Systems, put into a page; it comes with a Python package
(axe-playwright-python, MIT; axe itself MPL-2.0) and is not a part of this project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

#: Of axe's four, those that keep somebody out.
SERIOUS = frozenset({"serious", "critical"})
EVERY = SERIOUS | {"moderate", "minor"}


def violations(page: Page, impacts: frozenset[str] = SERIOUS) -> list[str]:
    """What axe finds on the page as it stands, a line a rule and place.

    The test is left out where axe is not installed."""
    axe = pytest.importorskip(
        "axe_playwright_python", reason="axe is not installed (pip install twinwatch[dev])"
    )
    script = Path(axe.__file__).with_name("axe.min.js").read_text("utf-8")
    page.evaluate(script)
    found: dict[str, Any] = page.evaluate("axe.run()")
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}: {node['html'][:200]}"
        for rule in found["violations"] if rule["impact"] in impacts
        for node in rule["nodes"][:3]
    ]  # fmt: skip
