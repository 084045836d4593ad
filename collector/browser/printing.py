"""Print a file of ours as a PDF, with the browser that drives puppets and without a puppet.

For ``collector report --pdf``: the page has a layout for paper, and no program but a browser knows
it.
"""

from __future__ import annotations

from pathlib import Path

from collector.browser.driver import driver
from collector.browser.find import find_browser
from collector.common.errors import UserError
from collector.outputs import write_output


def print_pdf(page: Path, out: Path) -> None:
    """Write the HTML file ``page`` as a PDF of A4 sheets, with its style for print.

    The page is opened without a network. Raises :class:`BrowserMissing` where there is no Chromium,
    :class:`UserError` where it cannot print or ``out`` cannot be written.

    >>> print_pdf(Path("runs/mine/report.html"), Path("report.pdf"))  # doctest: +SKIP
    """
    # Heavy: most reports are not printed.
    from playwright.sync_api import Error as PlaywrightError

    binary = find_browser()
    try:
        with driver() as playwright:
            browser = playwright.chromium.launch(executable_path=binary.path)
            try:
                sheet = browser.new_context(offline=True).new_page()
                sheet.goto(page.resolve().as_uri())
                printed = sheet.pdf(format="A4", prefer_css_page_size=True, print_background=True)
            finally:
                browser.close()
    except PlaywrightError as error:
        raise UserError(
            f"{binary} did not print {page}: {error.message[:500]}",
            place=str(out),
            fix="open the page in a browser and print it from there",
        ) from error
    write_output(out, printed, fix="name a file that can be written: --pdf FILE")
