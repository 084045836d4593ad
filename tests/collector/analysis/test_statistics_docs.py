"""The statistics document tells the truth: its examples run and print what stands below them."""

from __future__ import annotations

import ast
import contextlib
import io
import re

import pytest
from places import ROOT

TEXT = (ROOT / "docs" / "statistics.md").read_text("utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```\n```text\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def printed() -> list[str]:
    """What each block prints, run one after the other as a reader would."""
    names: dict[str, object] = {}
    found = []
    for code, _ in BLOCKS:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(code, "docs/statistics.md", "exec"), names)
        found.append(out.getvalue())
    return found


def test_every_block_shows_its_output() -> None:
    """No Python block stands without the numbers it prints."""
    assert len(BLOCKS) == TEXT.count("```python\n") == TEXT.count("```text\n") >= 12
    assert all(output.strip() for _, output in BLOCKS)


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_the_numbers_below_a_block_are_those_it_prints(number: int, printed: list[str]) -> None:
    """To the last digit."""
    assert printed[number] == BLOCKS[number][1]


def test_the_vocabulary_of_verdicts_is_complete() -> None:
    """Four words, each explained."""
    for verdict in ("withheld", "effect", "no effect larger than X", "undecided"):
        assert f"| **{verdict}** |" in TEXT


def test_every_source_in_the_text_is_in_the_references() -> None:
    """A name and year that the text cites stands in the last part, too."""
    body, references = TEXT.split("## References\n")
    cited = re.findall(r"\b([A-Z][a-z]+)(?:,? (?:and |et al\.)?[A-Z]?[a-z]*)*,? \(?(\d{4})\b", body)
    assert len(cited) > 15
    for name, year in cited:
        assert name in references, name
        assert year in references, (name, year)


def test_the_sentences_that_the_page_of_the_report_explains_are_said() -> None:
    """Each part of them, between what differs from run to run, stands in a text of the code."""
    page = (ROOT / "docs" / "report.md").read_text("utf-8")
    section = page.split("## Its sentences")[1].split("\n## ")[0]
    quoted = re.findall(r"^\| \*([^*]+)\* \|", section, re.M)
    assert len(quoted) >= 9
    texts = "\n".join(
        "".join(part.value for part in node.values if isinstance(part, ast.Constant))
        if isinstance(node, ast.JoinedStr)
        else str(node.value)
        for name in ("judging", "coders")
        for node in ast.walk(ast.parse((ROOT / f"collector/analysis/{name}.py").read_text("utf-8")))
        if isinstance(node, ast.JoinedStr | ast.Constant)
    )
    for sentence in quoted:
        parts = [part for part in re.split(r" *… *|0\.05|±X|, at most", sentence) if len(part) > 8]
        assert parts, sentence
        for part in parts:
            assert part.strip(" ,") in texts, part
