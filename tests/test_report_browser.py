"""The report in a real browser: no error, no request, every part visible, nothing overflows."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from synthetic_run import Made, build

from collector.analysis.report import write_report

OVERFLOW = """() => [...document.querySelectorAll('body *')].filter(e => {
  if (e.closest('.scroll') || e.closest('svg')) return false;
  const box = e.getBoundingClientRect();
  return box.width && box.right > document.documentElement.clientWidth + 1;
}).map(e => e.outerHTML.slice(0, 80))"""

OVERLAP = """() => {
  const clashes = [];
  for (const svg of document.querySelectorAll('figure svg')) {
    const texts = [...svg.querySelectorAll('text')]
      .map(t => [t.textContent, t.getBoundingClientRect()]);
    for (let i = 0; i < texts.length; i++) for (let j = i + 1; j < texts.length; j++) {
      const [a, b] = [texts[i][1], texts[j][1]];
      const x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (x > 1 && y > 3) clashes.push([texts[i][0], texts[j][0]]);
    }
  }
  return clashes;
}"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Made(
        arms=("neutral", "conspiracy", "science"),
        twins=3,
        exposure=("conspiracy", "science"),
        lost={"neutral-2": 6},
        stalls={"science-1": 5},
    )
    return write_report(build(tmp_path_factory.mktemp("report") / "run", made))


def opened(page: Page, report: Path) -> tuple[list[str], list[str]]:
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(report.as_uri())
    return complaints, requests


@pytest.mark.browser
@pytest.mark.parametrize(
    ("width", "scheme"), [(1200, "light"), (1200, "dark"), (380, "light"), (800, "dark")]
)
def test_it_opens_cleanly_at_every_width(
    report: Path, browser: Browser, width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    complaints, requests = opened(page, report)
    assert complaints == []
    assert [url for url in requests if not url.startswith("data:")] == [report.as_uri()]
    assert page.evaluate(OVERFLOW) == []
    assert page.evaluate(OVERLAP) == []
    for link in page.locator("nav a").all():
        target = page.locator(str(link.get_attribute("href")))
        assert target.is_visible()
        assert target.locator("h2").inner_text()
    assert page.locator("figure svg").count() >= 4
    background, ink = page.evaluate(
        "() => (s => [s.backgroundColor, s.color])(getComputedStyle(document.body))"
    )
    assert (background == "rgb(255, 255, 255)") == (scheme == "light")
    axis = page.locator("figure svg text").first
    assert axis.evaluate("e => getComputedStyle(e).fill") == ink
    context.close()


@pytest.mark.browser
def test_it_prints(report: Path, browser: Browser) -> None:
    page = browser.new_page()
    opened(page, report)
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.close()
