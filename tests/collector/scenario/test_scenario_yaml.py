"""YAML without its surprises: what looks like text stays text, and traps are refused by line."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from work import calls

from collector.problems import BadFile
from collector.yamlfile import parse_yaml


@pytest.mark.parametrize("word", ["on", "off", "yes", "no", "y", "N", "On", "NO"])
def test_words_are_not_booleans(word: str) -> None:
    assert parse_yaml(f"{word}: {word}", place="f").data == {word: word}


@pytest.mark.parametrize(
    "text", ["1:30", "0o17", "0x1F", "007", "1_000", "1e3", ".5", ".inf", ".nan"]
)
def test_odd_numbers_stay_text(text: str) -> None:
    assert parse_yaml(f"a: {text}", place="f").data == {"a": text}


def test_dates_stay_text() -> None:
    assert parse_yaml("a: 2026-01-01", place="f").data == {"a": "2026-01-01"}


def test_plain_values() -> None:
    text = "a: 1\nb: -2.5\nc: true\nd: null\ne:\nf: '1'\ng: |\n  1\n"
    assert parse_yaml(text, place="f").data == {
        "a": 1,
        "b": -2.5,
        "c": True,
        "d": None,
        "e": None,
        "f": "1",
        "g": "1\n",
    }


def test_anchors_and_merges_work_and_own_keys_win() -> None:
    text = "a: &x {k: 1, z: 0}\nb:\n  <<: *x\n  z: 2\nc: *x\n"
    data = parse_yaml(text, place="f").data
    assert data["b"] == {"k": 1, "z": 2}
    assert data["c"] == {"k": 1, "z": 0}


def test_every_value_has_its_line() -> None:
    document = parse_yaml("a:\n  b:\n    - x\n    - y: 1\n", place="f")
    assert document.line_of(("a", "b", 1, "y")) == 4
    assert document.line_of(("a", "b", 0)) == 3
    assert document.line_of(("a", "b", 7, "nowhere")) == 2


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "key 'a' is given twice (first on line 1)"),
        ("a:\n\t- b\n", 2, "a tab where YAML wants spaces"),
        ("a: 1\n---\nb: 2\n", 2, "several documents"),
        ("a: *b\n", 1, "undefined alias"),
        ("a: &a [*a]\n", 1, "an alias that contains itself"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, "is not allowed"),
        ("a: !!python/name:os.system x\n", 1, "is not allowed"),
        ("a: [1, 2\n", 2, "not YAML"),
        ("a: {url: /watch?v=x}\n", 1, "put the address in quotes"),
        ("a: b: c\n", 1, "not YAML"),
        ("? [a, b]\n: c\n", 1, "a key that is not a word"),
        ("a: b\x07\n", 1, "control character U+0007"),
        ("", None, "is empty"),
        ("# nothing\n", None, "is empty"),
    ],
)
def test_traps_are_refused_by_line(text: str, line: int | None, words: str) -> None:
    with pytest.raises(BadFile) as caught:
        parse_yaml(text, place="f.yaml")
    assert caught.value.problems[0].line == line
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"f.yaml:{line}: " if line else "f.yaml: ")
    assert "fix:" in str(caught.value)


def test_all_traps_of_a_kind_are_said_at_once() -> None:
    with pytest.raises(BadFile) as caught:
        parse_yaml("a: 1\na: 2\nb: {c: 1, c: 2}\n", place="f")
    assert [problem.line for problem in caught.value.problems] == [2, 3]


def test_other_encodings_are_refused_and_a_mark_is_not() -> None:
    assert parse_yaml("\ufeffa: é".encode(), place="f").data == {"a": "é"}
    with pytest.raises(BadFile, match=r"f:2: .*not UTF-8 text \(byte 9 is 0xe9\)"):
        parse_yaml("x: 1\na: é".encode("latin-1"), place="f")
    with pytest.raises(BadFile, match="not UTF-8"):
        parse_yaml("a: 1".encode("utf-16"), place="f")


def test_a_bomb_of_aliases_is_refused_before_it_is_counted_out() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]

    def parse() -> None:
        with pytest.raises(BadFile, match="values after following aliases"):
            parse_yaml("\n".join(lines), place="f")

    assert calls(parse) < 1_000_000  # 700,000, most of them to read the text


@pytest.mark.sweep(1)
@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 10_000 + "a", "[" * 60 + "]" * 60])
def test_deep_nesting_is_refused(text: str) -> None:
    with pytest.raises(BadFile):
        parse_yaml(text, place="f")


def test_a_huge_file_is_refused() -> None:
    with pytest.raises(BadFile, match="larger than"):
        parse_yaml("a: " + "x" * 1_000_001, place="f")


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@,? \n\t0123é\u2028", max_size=60))
def test_any_text_is_data_or_a_refusal(text: str) -> None:
    with contextlib.suppress(BadFile):
        parse_yaml(text, place="f")
