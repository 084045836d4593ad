"""The local page: coded by keyboard and by touch, saved at once, blind, and closed to others."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from coding_tools import rows_of, truth_of
from playwright.sync_api import Browser, Page, Request, expect
from synthetic_run import Made, build

from collector.cli import main
from collector.coding import write_sheets
from collector.coding.desk import Desk
from collector.coding.page import coding
from collector.evidence import EvidenceStore
from collector.problems import BadFile
from collector.recording.options import Record
from collector.recording.stored import Head, RecordingStore
from collector.store import Store

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP4z8CAB+GTG8HSALfKY52fTcuYAAAAAElF"
    "TkSuQmCC"
)
BOOK = """labels:
  conspiracy: Claims of a secret plot, without evidence that can be checked.
  science: Explains what is known and how.
  music: Songs, concerts, instruments.
  other: None of these.
"""


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run whose first items have hostile titles, and pictures in page and recording."""
    run = build(tmp_path / "run", Made(twins=1, watches=1))
    with Store(run / "store.db") as store:
        store.db.execute(
            "UPDATE impressions SET title = '<img src=x onerror=alert(1)> ' || item_id,"
            " channel_name = '=cmd|calc'"
        )
        captures = list(store.rows("SELECT id FROM captures"))
        html = "".join(
            f'<div><a href="/watch?v={item}">x</a><img src="data:image/png;base64,{PNG}"></div>'
            for item in ("v0000000001", "v0000000002")
        )
        name = EvidenceStore(run / "evidence").put(f"<html>{html}</html>")
        for row in captures:
            store.db.execute("UPDATE captures SET content_hash = ? WHERE id = ?", [name, row["id"]])
    shelf = RecordingStore(run / "recordings" / "s")
    shelf.begin(Head("s", Record.HAR, "mock", "2026-01-01T00:00:00+00:00", True, 1, "b", 1))
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'
    shelf.put_har(0, {"log": {"version": "1.2", "creator": {}, "entries": [{
        "startedDateTime": "2026-01-01T00:00:00Z",
        "request": {"method": "GET", "url": "http://youtube.localhost/vi/v0000000003/hq.jpg?w=1"},
        "response": {"status": 200, "headers": [],
                     "content": {"mimeType": "image/svg+xml", "text": svg}},
    }]}})  # fmt: skip
    return run


@pytest.fixture
def sheet(run: Path, tmp_path: Path) -> Path:
    written = write_sheets(run, tmp_path / "coding", sample=12)
    written.codebook.write_text(BOOK, "utf-8")
    return written.sheets["A"]


@pytest.fixture
def address(run: Path, sheet: Path) -> Iterator[str]:
    with coding(run, Desk(sheet)) as address:
        yield address


def labels_in(sheet: Path) -> list[str]:
    return [row["label"] for row in rows_of(sheet)]


def test_coded_by_keyboard_saved_at_once_and_resumed(
    browser: Browser, run: Path, sheet: Path
) -> None:
    """Digits label and go on, u, n, arrows and z do what they say; a new page goes on there."""
    titles = [row["title"] for row in rows_of(sheet)]
    asked: list[str] = []

    def note_down(request: Request) -> None:
        asked.append(request.url)

    page = browser.new_page()
    problems: list[str] = []
    page.on("request", note_down)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("dialog", lambda dialog: problems.append(dialog.message))
    with coding(run, Desk(sheet)) as address:
        page.goto(address)
        title = page.locator("#title")
        expect(title).to_have_text(titles[0])
        page.keyboard.press("1")
        expect(title).to_have_text(titles[1])
        assert labels_in(sheet)[:2] == ["conspiracy", ""]
        page.keyboard.press("u")
        expect(page.locator("#unsure")).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("n")
        page.keyboard.type("is it = satire? 123")
        page.keyboard.press("Escape")
        page.keyboard.press("2")
        expect(title).to_have_text(titles[2])
        row = rows_of(sheet)[1]
        assert (row["label"], row["unsure"], row["note"]) == (
            "science", "1", "is it = satire? 123",
        )  # fmt: skip
        page.keyboard.press("ArrowLeft")
        expect(title).to_have_text(titles[1])
        expect(page.locator("#labels button[aria-pressed=true] b")).to_have_text("science")
        page.keyboard.press("3")
        expect(title).to_have_text(titles[2])
        assert labels_in(sheet)[1] == "music"
        page.keyboard.press("z")
        expect(title).to_have_text(titles[1])
        assert labels_in(sheet)[:3] == ["conspiracy", "science", ""]
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        expect(title).to_have_text(titles[3])
        expect(page.locator("#progress")).to_have_text("2 of 12 coded, 1 unsure")
    page.close()
    page = browser.new_page()
    page.on("request", note_down)
    with coding(run, Desk(sheet)) as again:
        page.goto(again)
        expect(page.locator("#title")).to_have_text(titles[2])
        for number in range(3, 13):
            page.keyboard.press("4")
            expect(page.locator("#progress")).to_contain_text(
                f"{number} of 12" if number < 12 else "All 12 items are coded"
            )
    page.close()
    assert set(labels_in(sheet)[2:]) == {"other"}
    assert not problems
    hosts = {re.sub(r"^(http://127\.0\.0\.1):\d+/.*", r"\1", url) for url in asked}
    assert hosts == {"http://127.0.0.1"}


def test_nothing_of_the_design_reaches_the_page(run: Path, sheet: Path, address: str) -> None:
    """Arm, puppet, session, rank and count stand in no answer."""
    items = httpx.get(f"{address}items")
    data = items.json()
    assert {key for item in data["items"] for key in item} == {
        "item_id", "url", "kind", "title", "channel", "label", "unsure", "note",
    }  # fmt: skip
    text = items.text + httpx.get(address).text
    assert not re.search(r"neutral|position|rank|puppet|session|b01-", text)


def test_items_of_the_bundled_mock_have_no_link_to_the_real_site(run: Path, sheet: Path) -> None:
    """What it made up is not there, or is somebody else's video; of a real site there is a link."""
    for site, linked in (("mock", False), ("https://www.youtube.com", True)):
        with Store(run / "store.db") as store:
            store.db.execute("UPDATE runs SET site = ?", [site])
        with coding(run, Desk(sheet)) as address:
            found = {item["url"] != "" for item in httpx.get(f"{address}items").json()["items"]}
        assert found == {linked}


def test_pictures_come_from_what_the_run_kept(run: Path, sheet: Path, address: str) -> None:
    """Out of the page, out of the recording, or none, which is no error in a browser's log; each
    under a policy that runs nothing."""
    found = {
        item: httpx.get(f"{address}picture/{item}")
        for item in ("v0000000001", "v0000000003", "v0000000009", "nobody")
    }
    assert [answer.status_code for answer in found.values()] == [200, 200, 204, 204]
    assert found["v0000000001"].headers["content-type"] == "image/png"
    assert found["v0000000001"].content.startswith(b"\x89PNG")
    svg = found["v0000000003"]
    assert svg.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in svg.headers["content-security-policy"]
    assert svg.headers["x-content-type-options"] == "nosniff"


def test_others_are_shut_out(run: Path, sheet: Path, address: str) -> None:
    """Another path, another name, another site, a plain form: refused, and the sheet unchanged."""
    before = sheet.read_bytes()
    item = rows_of(sheet)[0]["item_id"]
    said = {"row": 0, "item_id": item, "label": "music", "unsure": False, "note": ""}
    port = address.split(":")[2].split("/")[0]
    root = f"http://127.0.0.1:{port}"
    for path in ("/", "/items", "/wrong/items", "/wrong/", "/wrong/code"):
        assert httpx.get(root + path).status_code in (404, 405)
    assert httpx.get(address, headers={"Host": f"evil.example:{port}"}).status_code == 403
    good = {"X-Twinwatch": "1"}
    for headers in (
        {},
        {"X-Twinwatch": "0"},
        good | {"Origin": "http://evil.example"},
        good | {"Origin": "null"},
        good | {"Host": "evil.example"},
    ):
        assert httpx.post(f"{address}code", json=said, headers=headers).status_code == 403
    form = httpx.post(f"{address}code", data={"row": "0", "label": "music"}, headers=good)
    assert form.status_code == 403
    bad = httpx.post(f"{address}code", json=said | {"label": "nonsense"}, headers=good)
    assert (bad.status_code, "not in the codebook" in bad.json()["error"]) == (409, True)
    for wrong in ({}, {"row": "0"}, said | {"note": 5}, [1]):
        assert httpx.post(f"{address}code", json=wrong, headers=good).status_code == 400
    huge = httpx.post(f"{address}code", json=said | {"note": "x" * 50_000}, headers=good)
    assert huge.status_code == 413
    assert sheet.read_bytes() == before
    assert httpx.post(f"{address}code", json=said, headers=good).status_code == 200
    assert labels_in(sheet)[0] == "music"
    policy = httpx.get(address).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_what_another_program_wrote_is_kept(run: Path, sheet: Path) -> None:
    """Sorted, with a column more, coded in part elsewhere: the decision finds its row."""
    desk = Desk(sheet)
    first = desk.rows()[0].item_id
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    rows.reverse()
    for row in rows:
        row["mine"] = "kept"
    rows[0]["label"] = "science"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    desk.code(0, first, label="music", unsure=False, note="=1+1")
    after = {row["item_id"]: row for row in rows_of(sheet)}
    assert after[first]["label"] == "music"
    assert after[first]["note"] == "=1+1"
    assert {row["mine"] for row in after.values()} == {"kept"}
    assert sum(row["label"] == "science" for row in after.values()) == 1
    sheet.write_text("a,b\n1,2\n")
    with pytest.raises(BadFile, match="no column item_id"):
        desk.rows()


def test_what_is_not_saved_is_said(page: Page, run: Path, sheet: Path, address: str) -> None:
    """A sheet that vanished: an error on the page, and the item is not shown as coded."""
    page.goto(address)
    expect(page.locator("#progress")).to_have_text("0 of 12 coded")
    sheet.unlink()
    page.keyboard.press("1")
    expect(page.locator("#trouble")).to_contain_text("Not saved")
    expect(page.locator("#progress")).to_have_text("0 of 12 coded")


def test_scores_are_typed(page: Page, run: Path, sheet: Path) -> None:
    """A scale has a field in place of labels; what lies outside is refused with the range."""
    (sheet.parent / "codebook.yaml").write_text("scale: {from: -1, to: 1}\n")
    with coding(run, Desk(sheet)) as address:
        page.goto(address)
        expect(page.locator("#progress")).to_have_text("0 of 12 coded")
        page.keyboard.press("s")
        page.keyboard.type("-0.5")
        page.keyboard.press("Enter")
        expect(page.locator("#progress")).to_have_text("1 of 12 coded")
        page.locator("#score").fill("7")
        page.keyboard.press("Enter")
        expect(page.locator("#trouble")).to_contain_text("from -1 to 1")
    assert labels_in(sheet)[:2] == ["-0.5", ""]


@pytest.mark.sweep(1)
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_it_fits_and_every_button_has_a_name(
    browser: Browser, run: Path, sheet: Path, address: str, width: int
) -> None:
    """No overflow, buttons large enough for a finger, all reached by Tab, by touch too."""
    context = browser.new_context(viewport={"width": width, "height": 800}, has_touch=width < 500)
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#title")).not_to_be_empty()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = page.evaluate(
        "[...document.querySelectorAll('button, input')].filter(e => e.offsetParent)"
        ".map(e => [e.textContent || e.labels[0].textContent, e.getBoundingClientRect().height])"
    )
    assert len(boxes) >= 11
    assert all(name.strip() and height >= 43 for name, height in boxes)
    wanted = page.evaluate(
        "[...document.querySelectorAll('button, input, a[href]')]"
        ".filter(e => e.offsetParent && !e.disabled).length"
    )
    page.evaluate("window.seen = new Set()")
    for _ in range(wanted + 3):
        page.keyboard.press("Tab")
        page.evaluate(
            "document.activeElement.matches('button, input, a')"
            " && window.seen.add(document.activeElement)"
        )
    assert page.evaluate("window.seen.size") == wanted >= 9
    if width < 500:
        page.locator("#labels button").nth(2).tap()
    else:
        page.locator("#labels button").nth(2).click()
    expect(page.locator("#progress")).to_have_text("1 of 12 coded")
    assert labels_in(sheet)[0] == "music"
    context.close()


def test_what_was_coded_here_is_imported(run: Path, sheet: Path) -> None:
    """The sheet of the page is a sheet of the import."""
    desk, truth = Desk(sheet), truth_of(run)
    for number, row in enumerate(desk.rows()):
        known = truth[row.item_id] if truth[row.item_id] in BOOK else "other"
        desk.code(number, row.item_id, label=known, unsure=False, note="")
    done = CliRunner().invoke(main, ["label", "import", str(run), str(sheet), "--json"])
    assert done.exit_code == 1  # twelve of all items are a sample
    assert json.loads(done.stdout)["items"] == 12
