"""Two puppets' pages side by side, the time of a session, and the curves of its receipts."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser
from synthetic_run import START
from view_tools import texts

from collector.store import Store
from collector.view.clock import Clock
from collector.view.course import courses_of
from collector.view.curves import HEIGHT, WIDTH, arms_of, charts_of
from collector.view.pages import Item, pages_of
from collector.view.sides import Mark, align, longest_rising, shown_to


def items(*names: str) -> list[Item]:
    return [Item("home", n, "video", name, name, "", "", "") for n, name in enumerate(names, 1)]


# ---- side by side --------------------------------------------------------------------------------


def test_items_in_order_are_as_many_as_can_be() -> None:
    """Against all subsets: the longest rising subsequence, of 300 random orders."""
    chance = random.Random(7)
    for _ in range(300):
        values = chance.sample(range(9), chance.randint(0, 8))
        found = [values[at] for at in longest_rising(values)]
        assert found == sorted(found)
        best = max(
            n
            for n in range(len(values) + 1)
            if any(list(some) == sorted(some) for some in combinations(values, n))
        )
        assert len(found) == best


def test_aligned_lists_keep_every_item_once_in_its_order() -> None:
    """300 random pairs: both columns read as the pages do, marks agree with sets of ids."""
    chance = random.Random(8)
    for _ in range(300):
        names = "abcdefghij"
        left = items(*chance.sample(names, chance.randint(0, 8)))
        right = items(*chance.sample(names, chance.randint(0, 8)))
        both = {i.id for i in left} & {i.id for i in right}
        for one in align(left, right):
            cells = [[row[side] for row in one.rows if row[side]] for side in (0, 1)]
            assert [[c.item for c in column if c] for column in cells] == [left, right]
            for column in cells:
                assert {c.item.id for c in column if c and c.mark is not Mark.ALONE} == both
            joined = {a.item.id for a, b in one.rows if a and b and a.item.id == b.item.id
                      and a.mark is Mark.SHARED}  # fmt: skip
            assert len(joined) == one.shared
            assert one.shared + one.moved == len(both)
            assert one.alone == (len(left) - len(both), len(right) - len(both))
            every = len(left) + len(right) - len(both)
            assert one.jaccard == pytest.approx(len(both) / every)


def test_one_item_that_jumped_moved_and_not_the_others() -> None:
    """From the last place to the first; what stands twice or has no id is not shared."""
    (one,) = align(items("a", "b", "c", "d"), items("d", "a", "b", "c"))
    assert {a.item.id: a.mark for a, _ in one.rows if a} == {
        "a": Mark.SHARED, "b": Mark.SHARED, "c": Mark.SHARED, "d": Mark.MOVED,
    }  # fmt: skip
    assert [(b.other, b.places) for _, b in one.rows if b and b.item.id == "d"] == [(4, -3)]
    (odd,) = align(items("a", "a", ""), items("a", ""))
    assert (odd.shared, odd.moved, odd.alone) == (1, 0, (2, 1))


def test_who_else_was_shown_an_item(run: Path) -> None:
    """Counted again from the view ``exposure``, at the home page after the treatment."""
    with Store(run / "store.db", readonly=True) as store:
        arms = arms_of(store.puppets())
        shown, there = shown_to(store, pages_of(store), "after.0", arms)
        rows = list(
            store.rows(
                "SELECT DISTINCT e.item_id, e.arm, e.puppet FROM exposure e JOIN steps s"
                " ON s.session = e.session AND s.step = e.step WHERE s.path = 'after.0'"
            )
        )
    assert there == {"neutral": 3, "conspiracy": 2}  # one was lost before
    for item in {row["item_id"] for row in rows}:
        for arm in there:
            count = sum(row["item_id"] == item and row["arm"] == arm for row in rows)
            assert shown[item].get(arm, 0) == count


def test_the_comparison_page(get: Callable[[str], LexborHTMLParser]) -> None:
    """Chosen puppets and slot, each item with its place and topic, or who else was shown it."""
    tree = get("/compare?a=neutral-1&b=conspiracy-1&slot=after.0")
    assert texts(tree, ".sides th a") == ["neutral-1", "conspiracy-1"]
    left = [row.css("td")[0] for row in tree.css(".sides tbody tr")]
    places = [texts(LexborHTMLParser(cell.html or ""), ".place") for cell in left]
    assert [int(place[0]) for place in places if place] == list(range(1, 25))
    hues = {
        " ".join(node.text().split()): (node.attributes["class"] or "").split()[-1]
        for node in tree.css(".topics li")
    }
    assert len(set(hues.values())) == len(hues) >= 5
    for cell in tree.css(".sides td.hue"):
        about = LexborHTMLParser(cell.html or "").css_first(".about").text().split()[0]
        assert hues[about] in (cell.attributes["class"] or "")
    other = get("/compare?a=neutral-1&b=conspiracy-1&slot=after.0&by=shown")
    assert any(re.search(r"neutral \d of 3", text) for text in texts(other, ".about"))
    nonsense = get("/compare?a=x&b=%3Cscript%3E&slot=%27&by=9")
    assert texts(nonsense, ".sides th a") == ["conspiracy-1", "neutral-1"]


def test_a_page_that_is_no_data_is_not_compared(
    run: Path, get: Callable[[str], LexborHTMLParser]
) -> None:
    """Of a captcha no count and no Jaccard is said, but that the cell is missing."""
    path = "/compare?a=neutral-1&b=conspiracy-1&slot=after.0"
    assert "Jaccard" in get(path).css_first("main").text()
    with Store(run / "store.db") as store:
        (row,) = store.rows(
            "SELECT c.id FROM captures c JOIN steps s USING (session, step)"
            " WHERE c.puppet = 'conspiracy-1' AND s.path = 'after.0'"
        )
        with store.db:
            store.db.execute("UPDATE captures SET status = 'captcha' WHERE id = ?", [row["id"]])
            store.db.execute("DELETE FROM impressions WHERE capture = ?", [row["id"]])
    said = " ".join(get(path).css_first("main").text().split())
    assert "conspiracy-1 has captcha here" in said
    assert "missing cell" in said
    assert "Jaccard" not in said
    assert "only here" not in said


# ---- one session, receipts -----------------------------------------------------------------------


def test_a_clock_goes_through_the_known_moments() -> None:
    """Between them in proportion, outside at the run's speed; a clock set back is not followed."""
    clock = Clock([(10, 1000), (20, 1300), (15, 900), (30, 1400)], speed=5)
    assert [clock.virtual(at) for at in (10, 15, 20, 25, 30)] == [1000, 1150, 1300, 1350, 1400]
    assert (clock.virtual(8), clock.virtual(32)) == (990, 1410)
    assert Clock([]).virtual(7) == 7


def test_a_session_in_the_time_of_its_pages(run: Path) -> None:
    """Pages' clocks run thirty times as fast: captures and steps stand where those clocks say."""
    with Store(run / "store.db") as store:
        rows = list(store.rows("SELECT id, saved_time FROM captures ORDER BY saved_time"))
        for row in rows:
            since = datetime.fromisoformat(row["saved_time"]) - START
            fast = (START + 30 * since).astimezone(UTC).isoformat(timespec="milliseconds")
            moment = fast.replace("+00:00", "Z")
            store.db.execute(
                "UPDATE captures SET client_time = ? WHERE id = ?", [moment, row["id"]]
            )
        (course,) = courses_of(store, "neutral-1")
        steps = store.steps("b01-neutral-1")
    first = datetime.fromisoformat(steps[0]["started"])
    for shown, row in zip(course.steps, steps, strict=True):
        begun = datetime.fromisoformat(row["started"])
        assert shown.start_s == pytest.approx(30 * (begun - first).total_seconds(), abs=0.1)
        assert 0 <= shown.x <= shown.x + shown.width <= 1000.01
    assert [page.seq for _, page in course.captures] == sorted(
        page.seq for _, page in course.captures
    )
    assert len(course.captures) == 7


def test_a_session_in_the_time_that_its_steps_kept(run: Path) -> None:
    """A pause has no capture: only the page's clock of the next step says that an hour passed."""
    hour = START + timedelta(hours=1)
    with Store(run / "store.db") as store:
        for row in store.steps("b01-neutral-1"):
            at = START if row["step"] < 3 else hour
            began = at + timedelta(seconds=row["step"])
            store.add_clock(row["session"], row["step"], began=began, ended=began)
        moved = "UPDATE captures SET client_time = (SELECT began FROM clocks c WHERE"
        store.db.execute(
            f"{moved} c.session = captures.session AND c.step = captures.step)"
            " WHERE session = 'b01-neutral-1'"
        )
        (course,) = courses_of(store, "neutral-1")
    starts = [step.start_s for step in course.steps]
    assert starts == [n if n < 3 else 3600 + n for n in range(len(starts))]


def test_curves_are_the_samples_of_the_receipts(run: Path) -> None:
    """Points scaled back are the samples in the store; all charts have one scale."""
    with Store(run / "store.db", readonly=True) as store:
        charts = charts_of(store, arms_of(store.puppets()))
        samples = {
            (row["session"], row["step"]): json.loads(row["samples"])
            for row in store.rows("SELECT session, step, samples FROM receipts")
        }
    curves = [curve for chart in charts for curve in chart.curves]
    assert {(one.session, one.step) for one in curves} == set(samples)
    assert len({(chart.time_s, chart.position_s) for chart in charts}) == 1
    scale = charts[0]
    for one in curves:
        points = [tuple(map(float, pair.split(","))) for pair in one.points.split()]
        for (x, y), (at, position) in zip(points, samples[one.session, one.step], strict=True):
            assert x / WIDTH * scale.time_s == pytest.approx(at, abs=0.05)
            assert (HEIGHT - y) / HEIGHT * scale.position_s == pytest.approx(position, abs=0.05)
