"""The personal data page in a real browser: alone, by keyboard, on a phone, searched, kept."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fbtrex_tools import TOKEN, bench
from playwright.sync_api import Page

from mockserver.context import MockConfig
from mockserver.serve import serving


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(MockConfig()) as server:
        yield f"{server.url}/personal/{TOKEN}/data"


@pytest.mark.sweep(1)
@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 360, 1200])
def test_alone_and_within_any_width(page: Page, address: str, width: int) -> None:
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    assert complaints == []
    assert requests == [address]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # The largest bar fills its cell: the charts are drawn.
    bars = "Math.max(...[...document.querySelectorAll('#days ~ .charts .bar')].map(b =>"
    full = page.evaluate(
        f"{bars} [...b.children].reduce((n, c) => n + c.offsetWidth, 0) / b.offsetWidth))"
    )
    assert 0.95 < full <= 1.05
    assert page.locator("figure").count() == 3


@pytest.mark.browser
def test_search_by_keyboard_and_download_offline(page: Page, address: str, tmp_path: Path) -> None:
    page.goto(address)
    page.context.set_offline(True)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the timelines"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "words"
    page.keyboard.type("EL país trama")
    assert page.locator("#found").text_content() == "1 found"
    assert page.locator("details:visible").count() == 1
    assert page.locator("li:visible b").all_text_contents() == ["El País"]
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.value") == "sponsored"
    shown = page.locator("li:visible .badge").all_text_contents()
    assert shown
    assert set(shown) == {"sponsored"}
    page.locator("#kind").select_option("")
    first = page.locator("details").first
    for kind in ("CSV", "JSON"):
        with page.expect_download() as waiting:
            first.get_by_role("button", name=f"Download {kind}").press("Enter")
        target = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(target)
        assert target.name == f"timeline-2019-05-02-0833.{kind.lower()}"
        if kind == "CSV":
            assert len(list(csv.reader(io.StringIO(target.read_text("utf-8-sig"))))) == 8
        else:
            assert len(json.loads(target.read_text("utf-8"))) == 7
    page.context.set_offline(False)


def test_the_token_goes_nowhere_and_a_wrong_one_opens_nothing() -> None:
    api = bench()
    reply = api.client.get(f"/fbtrex/personal/{TOKEN}/data")
    assert reply.headers["Referrer-Policy"] == "no-referrer"
    assert reply.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    assert TOKEN not in reply.text
    wrong = api.client.get(f"/fbtrex/personal/{'0' * 40}/data")
    assert wrong.status_code == 403
    assert "opens nothing" in wrong.text
    api.db.close()


def test_hostile_words_stay_words() -> None:
    from facebook_posts import html
    from fbtrex_tools import timeline

    api = bench()
    event = timeline(public=1, private=0)
    event[1]["html"] = html(paragraphs=("</script><img src=x onerror=alert(1)>",), card=None)
    api.post(event)
    text = api.client.get(f"/fbtrex/personal/{api.token()}/data").text
    assert "<img" not in text
    assert text.count("</script>") == 2
    api.db.close()
