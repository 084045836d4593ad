"""The report in a real browser: no error, no request, every part visible, nothing overflows."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from synthetic_run import Made, build

from collector.analysis.report import write_report

OVERFLOW = """() => [...document.querySelectorAll('body *')].filter(e => {
  if (e.closest('svg') !== null && e.tagName !== 'svg') return false;
  const head = e.closest('thead');
  if (head && getComputedStyle(head).position === 'absolute') return false; // not shown
  const box = e.getBoundingClientRect();
  const edge = document.documentElement.clientWidth;
  return (box.width && (box.right > edge + 1 || box.left < -1)) || e.scrollWidth > e.clientWidth + 1
    && getComputedStyle(e).overflowX !== 'visible' && e.clientWidth > 0;
}).map(e => e.outerHTML.slice(0, 80))"""
"""What runs over the page's edge, or is cut or scrolled inside a box of its own."""

DRAWN = """() => [...document.querySelectorAll('figure svg')].flatMap(svg => {
  const frame = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter(t => {
    const box = t.getBoundingClientRect();
    return box.left < frame.left - 1 || box.right > frame.right + 1
      || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
  }).map(t => t.textContent);
})"""
"""Words of a figure that are cut at its edge."""

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
def report(whole_reports: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three arms, a long name without a place to break it, more steps than fit one matrix; of the
    certificate's audits, few."""
    made = Made(
        arms=("neutral", "conspiracy", "watches_science_and_nothing_else_all_day"),
        twins=4,
        watches=8,
        exposure=("conspiracy", "science"),
        lost={"neutral-2": 6},
        stalls={"conspiracy-1": 5},
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("collector.analysis.certificate._counts", lambda usable: (20, 8))
        return write_report(build(tmp_path_factory.mktemp("report") / "run", made))


def opened(page: Page, report: Path) -> tuple[list[str], list[str]]:
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(report.as_uri())
    return complaints, requests


@pytest.mark.sweep(1)
@pytest.mark.browser
@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (800, "dark")]
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
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(OVERLAP) == []
    assert page.evaluate(DRAWN) == []
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
    """On A4 with its margins (182 mm, 688 px) nothing is cut, and the matrix is in parts."""
    page = browser.new_page(viewport={"width": 688, "height": 1000})
    opened(page, report)
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("details:not([open])").count() > 2
    hidden = page.evaluate(
        "[...document.querySelectorAll('details > :not(summary)')]"
        ".filter(e => !e.checkVisibility() || !e.offsetHeight).map(e => e.outerHTML.slice(0, 200))"
    )
    assert hidden == [], "what is folded on the screen is not on paper"
    assert page.evaluate(OVERFLOW) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 688
    assert page.locator("table.matrix").count() == 3
    page.close()


@pytest.mark.browser
def test_on_a_phone_each_cell_stands_under_the_name_of_its_column(
    report: Path, browser: Browser
) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    opened(page, report)
    cell = page.locator("#verdicts td[data-label=verdict]").first
    assert cell.evaluate("e => getComputedStyle(e, '::before').content") == '"verdict"'
    assert not page.locator("#verdicts thead th").first.is_visible() or page.locator(
        "#verdicts thead"
    ).first.evaluate("e => e.getBoundingClientRect().width <= 1")
    page.close()
