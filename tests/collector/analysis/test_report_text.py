"""What a report says, word for word: each kind of run against a text that people have read.

The texts lie in ``tests/data/reports``. A sentence that is changed on purpose changes them:
``REPORT_TEXTS=write python -m pytest tests/collector/analysis/test_report_text.py`` writes them
again, and what the change does to a reader is in the diff. Versions, hashes and folders are left
out.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from places import TESTS
from synthetic_feed import build_feed
from synthetic_run import Made, build, declared

from collector.analysis import figures
from collector.analysis.report import report_data, write_report

TEXTS = TESTS / "data" / "reports"
WRITE = os.environ.get("REPORT_TEXTS") == "write"

#: ``None``: timelines of a feed. With what the run declares beside what it is made of.
KINDS: dict[str, tuple[Made | None, dict[str, Any]]] = {
    "usual": (Made(), {}),
    "crashed": (
        Made(watches=1, lost={"neutral-1": 5, "conspiracy-2": 0}, blocked={"neutral-2": 6}), {},
    ),
    "one arm": (Made(watches=1, arms=("neutral",), control=None), {}),
    "no labels": (Made(watches=1, labels=False), {}),
    "three arms": (
        Made(watches=1, arms=("neutral", "conspiracy", "science"), exposure=("science", "x")), {},
    ),
    "effect": (
        Made(twins=7, effect=0.6, watches=1),
        {"outcomes": ["exposure-share", "rank-overlap", "incidence"]},
    ),
    "bounded": (
        Made(twins=10, effect=0.0, watches=1, truth=False), {"smallest_effect": "30 points"},
    ),
    "feed": (None, {}),
}  # fmt: skip
#: Kinds whose figures are drawn.
DRAWN = ("usual", "three arms")
#: One line each of the page.
LINES = "h1, h2, h3, h4, p, li, tr, dt, dd, figcaption, summary, svg"
LEFT_OUT = (
    (re.compile(r"\b[0-9a-f]{7,}\b"), "HEX"),
    (re.compile(r"[A-Za-z0-9+/_-]{40,}=*"), "KEY"),
    (re.compile(r"\b\d+\.\d+\.\d+\S*"), "VERSION"),
    (re.compile(r"(?<=Python )\S+"), "VERSION"),
    (re.compile(r"/\S*/(?=\S)"), "/FOLDER/"),
)


@pytest.fixture(scope="module")
def reports(
    undrawn: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], tuple[str, dict[str, Any]]]:
    """A kind's page and its numbers."""

    def made(kind: str) -> tuple[str, dict[str, Any]]:
        (told, also), folder = KINDS[kind], tmp_path_factory.mktemp("text") / "run"
        if told is None:
            build_feed(folder)
        else:
            declared(build(folder, told), **also)
        with pytest.MonkeyPatch.context() as patch:
            if kind in DRAWN:
                patch.setattr(figures, "draw", undrawn)
            return write_report(folder).read_text("utf-8"), report_data(folder)

    return made


def lines_of(page: str) -> Iterator[str]:
    """The text of each line of a page, cells divided; of a figure its words, and what is drawn."""
    soup = BeautifulSoup(page, "lxml")
    for each in soup.select("style, script"):
        each.decompose()
    for found in soup.select(LINES):
        if found.find_parent("svg") is not None:
            continue
        if found.name == "svg":
            yield from drawing(found)
        elif found.name == "tr":
            yield " | ".join(plain(cell) for cell in found.select("th, td"))
        elif not found.select(LINES):
            yield f"{found.name}: {plain(found)}"


def plain(found: Tag) -> str:
    text = " ".join(found.get_text(" ").split())
    for pattern, word in LEFT_OUT:
        text = pattern.sub(word, text)
    return text


def drawing(svg: Tag) -> Iterator[str]:
    """The words of a figure in their order, and how many strokes and areas it has of each look."""
    words = [" ".join(each.get_text(" ").split()) for each in svg.select("text")]
    yield "figure: " + " · ".join(word for word in words if word)
    looks = Counter(f"{each.name} {each.get('style', '')}".strip()
                    for each in svg.select("path, use, rect, image"))  # fmt: skip
    yield from (f"  {number} × {look}" for look, number in sorted(looks.items()))


def numbers_of(value: Any, key: str = "") -> Iterator[str]:
    """Every value of the JSON, one a line, with where it stands."""
    if isinstance(value, dict):
        for name in sorted(value):
            yield from numbers_of(value[name], f"{key}.{name}" if key else name)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from numbers_of(each, f"{key}[{number}]")
    else:
        shown = f"{value:.6g}" if isinstance(value, float) else json.dumps(value)
        for pattern, word in LEFT_OUT:
            shown = pattern.sub(word, shown)
        yield f"{key} = {shown}"


def held(text: str, path: Path) -> None:
    """The text is that of the file; with ``REPORT_TEXTS=write`` it becomes that."""
    if WRITE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text.splitlines() == path.read_text("utf-8").splitlines()


@pytest.mark.sweep(1)
@pytest.mark.parametrize("kind", KINDS)
def test_the_page_says_what_was_read_and_agreed(
    kind: str, reports: Callable[[str], tuple[str, dict[str, Any]]]
) -> None:
    """Sentences, tables and figures; and the numbers of ``--json``."""
    page, numbers = reports(kind)
    name = kind.replace(" ", "-")
    held("\n".join(lines_of(page)) + "\n", TEXTS / f"{name}.txt")
    held("\n".join(numbers_of(numbers)) + "\n", TEXTS / f"{name}.json.txt")
