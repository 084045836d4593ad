"""A label is the same word whichever keyboard wrote it: accents whole or apart, joined letters."""

from __future__ import annotations

from pathlib import Path
from unicodedata import normalize

import pytest

from collector.coding.codebook import Codebook, read_codebook
from collector.common.model import Impression, ItemKind, Surface
from collector.labelfile import read_label_file
from collector.problems import BadFile
from collector.scenario.loader import load_scenario
from collector.session.choice import choose

#: With accents, with letters that are joined or parted, and signs of several characters.
WORDS = ["café", "tiếng-việt", "می\u200cخواهم", "क्\u200dष", "👩\u200d🔬", "μουσική"]


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_label_of_a_file(tmp_path: Path, word: str, form: str) -> None:
    path = tmp_path / "own.csv"
    rows = ["video_id,title_pattern,label", f"dQw4w9WgXcQ,,{word}", f",{word},{word}"]
    path.write_text(normalize(form, "\n".join(rows)), "utf-8")
    found = read_label_file(path)
    whole = normalize("NFC", word)
    assert found.names == {whole}
    for title in (normalize("NFC", word), normalize("NFD", word)):
        assert found.patterns.label(f"a {title} b", None, None) == whole


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_label_of_a_codebook(tmp_path: Path, word: str, form: str) -> None:
    path = tmp_path / "codebook.yaml"
    for text in (f'labels: {{"{word}": what it is}}', f'labels: ["{word}"]'):
        path.write_text(normalize(form, text), "utf-8")
        book = read_codebook(path)
        for written in (normalize("NFC", word), normalize("NFD", word)):
            assert book.canonical(written) == normalize("NFC", word)


def test_what_yaml_made_of_a_label_is_refused_with_its_line(tmp_path: Path) -> None:
    """``true`` in a list would have become the label ``True``, which no sheet has."""
    path = tmp_path / "codebook.yaml"
    for label in ("true", "null", "[a]"):
        path.write_text(f"labels:\n- other\n- {label}\n", "utf-8")
        with pytest.raises(BadFile) as refused:
            read_codebook(path)
        assert refused.value.problems[0].line == 3
        assert "quotes" in refused.value.problems[0].fix


def test_numbers_of_a_table_with_semicolons() -> None:
    """On a scale; where labels are words or whole numbers a comma is no part of one."""
    assert Codebook(scale=(-1, 1)).canonical("-0,5") == "-0.5"
    assert Codebook(scale=(-1, 1)).canonical("1,000,000") is None
    assert Codebook(labels={"1": "", "15": ""}).canonical("1,5") is None


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("shown", ["NFC", "NFD"])
def test_a_title_is_followed_whatever_its_accents_are(form: str, shown: str) -> None:
    item = Impression(
        surface=Surface.HOME,
        position=1,
        kind=ItemKind.VIDEO,
        item_id="dQw4w9WgXcQ",
        title=normalize(shown, "Le CAFÉ"),
    )
    args = {
        "by": "title", "title": normalize(form, "café"), "top": None, "topics": (),
        "unseen": False, "from": None, "otherwise": "fail", "rank": 1,
    }  # fmt: skip
    found = choose(args, [item], Surface.HOME, seed=1, labels={}, current=None, seen=())
    assert found is item


def test_topics_and_exposures_of_a_scenario(tmp_path: Path) -> None:
    word = normalize("NFD", "café")
    path = tmp_path / "s.yaml"
    path.write_text(
        f"name: s\nseed: 1\nlabels: later\nanalysis: {{exposure: [{word}]}}\n"
        f"arms:\n  a: {{steps: [{{visit: home}}, {{follow: {{topic: {word}}}}}]}}\n",
        "utf-8",
    )
    scenario = load_scenario(path).scenario
    assert scenario.analysis.exposure == ["café"]
    assert scenario.arms["a"].steps[1].arguments()["topics"] == ["café"]
