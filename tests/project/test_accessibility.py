"""axe finds no serious violation on any page that a command makes, light or dark.

The site of the documents is looked at where it is built (test_docs_site.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_tools import violations
from playwright.sync_api import Browser, Page
from synthetic_run import Made, build

from collector.analysis.report import write_report
from collector.analysis.sidebyside import as_html, compare_runs
from collector.coding import write_sheets
from collector.coding.desk import Desk
from collector.coding.page import coding
from collector.view import viewing
from mockserver.serve import Server

pytestmark = pytest.mark.browser
SCHEMES = ("light", "dark")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Made(
        twins=3, watches=2, length=6, lost={"neutral-2": 3}, stalls={"conspiracy-1": 1}
    )  # fmt: skip
    return build(tmp_path_factory.mktemp("axe") / "run", made)


@pytest.fixture(scope="module")
def report(run: Path) -> Path:
    return write_report(run)


@pytest.fixture(scope="module")
def comparison(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs side by side."""
    folder = tmp_path_factory.mktemp("comparison")
    other = build(folder / "other", Made(twins=3, watches=2, length=6, seed=2))
    (folder / "compare.html").write_text(as_html(compare_runs(run, other)), "utf-8")
    return folder / "compare.html"


@contextmanager
def looked_at(browser: Browser, scheme: str, width: int = 1280) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"  # type: ignore[arg-type]
    )  # fmt: skip
    yield context.new_page()
    context.close()


def test_what_axe_finds_is_found(browser: Browser) -> None:
    """The check can fail: grey on white, and a picture without words."""
    with looked_at(browser, "light") as page:
        page.set_content('<html lang="en"><title>t</title><main><h1>t</h1>'
                         '<p style="color:#bbb">pale</p><img src="data:,"></main>')  # fmt: skip
        found = " ".join(violations(page))
    assert "color-contrast" in found
    assert "image-alt" in found


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report(report: Path, browser: Browser, scheme: str) -> None:
    with looked_at(browser, scheme) as page:
        page.goto(report.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        assert violations(page) == []


@pytest.mark.slow
@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.slow), "dark"])
def test_two_runs_side_by_side(comparison: Path, browser: Browser, scheme: str) -> None:
    with looked_at(browser, scheme) as page:
        page.goto(comparison.as_uri())
        assert violations(page) == []


@pytest.mark.slow
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_the_page_of_a_run(run: Path, browser: Browser, scheme: str, width: int) -> None:
    with viewing(run) as address, looked_at(browser, scheme, width) as page:
        for path in ("", "puppet/neutral-2", "compare", "compare?by=shown", "receipts", "numbers",
                     "page/b01-neutral-1-0", "search?q=v", "page/none"):  # fmt: skip
            page.goto(address + path)
            assert violations(page) == [], path


@pytest.mark.sweep(1)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_page_to_code_on(run: Path, browser: Browser, tmp_path: Path, scheme: str) -> None:
    written = write_sheets(run, tmp_path / "coding", sample=5)
    words = "labels:\n  one: The first of two.\n  two: The other of two.\n"
    written.codebook.write_text(words, "utf-8")
    with (
        coding(run, Desk(written.sheets["A"])) as address,
        looked_at(browser, scheme) as page,
    ):
        page.goto(address)
        assert violations(page) == []


@pytest.mark.sweep(1)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_mocks_first_page(mock_server: Server, browser: Browser, scheme: str) -> None:
    with looked_at(browser, scheme) as page:
        page.goto(mock_server.url)
        assert violations(page) == []
