"""Reads a report's page back: what a reader sees of the verdicts, held against its numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bs4 import BeautifulSoup, Tag

WORDS = ("effect", "no effect larger than X", "undecided", "withheld")
SURFACES = {"home": "home page", "related": "related list", "search": "search results"}
BARE = re.compile(r"no effect(?! larger than (?:[\d.]|X\b))", re.IGNORECASE)
"""“No effect” without a bound."""


def words_of(tag: Tag | None) -> str:
    assert tag is not None
    return " ".join(tag.get_text(" ").split())


def number_of(text: str) -> float:
    """``+4.2 points`` → 0.042; a real minus is one."""
    found = re.match(r"[+-]?[\d.]+", text.replace("−", "-"))
    assert found, text
    return float(found[0]) / (100 if "points" in text else 1)


def rows_of(soup: BeautifulSoup) -> list[dict[str, str]]:
    """The rows of the table of verdicts by the names of its columns; ``why`` is the row below."""
    table = soup.select_one("#verdicts table")
    if table is None:
        return []
    names = [words_of(cell) for cell in table.select("thead th")]
    found = []
    for row in table.select("tbody tr.outcome"):
        cells = [words_of(cell) for cell in row.find_all(["th", "td"], recursive=False)]
        below = row.find_next_sibling("tr")
        assert isinstance(below, Tag)
        found.append(dict(zip(names, cells, strict=True)) | {"why": words_of(below)})
    return found


def check_verdicts(soup: BeautifulSoup, numbers: Mapping[str, Any]) -> None:
    """Every verdict of the numbers stands on the page exactly once, with its word and numbers; the
    headline is that of the numbers; nothing claims an absence without a bound.

    :raises AssertionError: the page says something else.
    """
    text = words_of(soup.body)
    assert not BARE.search(text), BARE.search(text)
    assert "at the limit" not in text
    assert "as clearly as" not in text
    headline = words_of(soup.select_one("#summary .verdict"))
    assert headline == " ".join(numbers["headline"]["text"].split())
    rows, verdicts = rows_of(soup), numbers["verdicts"]
    assert len(rows) == len(verdicts)
    for row, verdict in zip(rows, verdicts, strict=True):
        check_row(row, verdict)


def check_row(row: Mapping[str, str], verdict: Mapping[str, Any]) -> None:
    assert row["outcome"] == verdict["outcome"]
    assert row["surface"] == SURFACES[verdict["surface"]]
    assert row["arm against control"] == f"{verdict['arm']} against {verdict['control']}"
    if verdict["verdict"] == "no effect larger than X":
        assert row["verdict"].startswith("no effect larger than ")
        limit = number_of(row["verdict"].removeprefix("no effect larger than "))
        assert abs(limit - verdict["smallest_effect"]) < 1e-6
        assert verdict["simultaneous"] is not None
        assert "simultaneous interval is" in row["why"]
    else:
        assert row["verdict"] == verdict["verdict"]
    check_numbers(row, verdict)
    reason = verdict["reason"]
    assert reason[1:] in row["why"]
    for note in verdict["notes"]:
        assert f"Note: {note}." in row["why"]
    if verdict["verdict"] == "undecided" and verdict["detectable"] is not None:
        assert "in 80 of 100 runs" in row["why"]
    if verdict["twins_needed"] is not None:
        assert f"{verdict['twins_needed']} twin" in row["why"]


def check_numbers(row: Mapping[str, str], verdict: Mapping[str, Any]) -> None:
    assert row["puppets"] == "{1} + {0}".format(*verdict["puppets"])
    if verdict["estimate"] is None:
        assert row["difference"] == row["interval"] == row["p"] == row["p (adjusted)"] == "–"
        return
    assert row["difference"][0] in "+−"
    assert abs(number_of(row["difference"]) - verdict["estimate"]) < 1e-3
    for name, key in (("p", "p"), ("p (adjusted)", "p_adjusted")):
        if verdict[key] < 0.001:
            assert row[name] == "< 0.001"
        else:
            assert abs(float(row[name]) - verdict[key]) < 6e-4
    if verdict["unit"] == "similarity":
        assert row["interval"] == "none of a likeness"
    elif not verdict["bounded"]:
        assert row["interval"] == "unbounded"
    else:
        low, high = row["interval"].split(" to ")
        ends = (number_of(low + " points"), number_of(high))
        assert max(abs(a - b) for a, b in zip(ends, verdict["interval"], strict=True)) < 1e-3
