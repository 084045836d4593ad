"""Labels by pattern: title or channel says what an item is about, where nobody knows its id."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from synthetic_run import Made, build

import twinwatch
from collector.cli import main
from collector.common.model import Platform
from collector.labelfile import read_label_file, read_labels
from collector.labelpatterns import LabelPattern, LabelPatterns, flaw
from collector.problems import BadFile
from collector.run.patterned import label_shown
from collector.store import Store

HEAD = "video_id,title_pattern,channel_pattern,label"


def table(folder: Path, *rows: str, head: str = HEAD) -> Path:
    path = folder / "own.csv"
    path.write_text("".join(f"{line}\n" for line in (head, *rows)), "utf-8")
    return path


def test_rows_with_a_pattern_are_kept_in_their_order(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "dQw4w9WgXcQ,,,music",
        r",\bworkout\b,,fitness",
        ",,@gym,fitness",
        r',"flat, earth",The ,conspiracy',
    )
    found = read_label_file(path)
    assert found.labels == read_labels(path) == {"dQw4w9WgXcQ": "music"}
    assert found.patterns.rows == (
        LabelPattern("fitness", r"\bworkout\b", ""),
        LabelPattern("fitness", "", "@gym"),
        LabelPattern("conspiracy", "flat, earth", "The"),
    )
    assert found.names == {"music", "fitness", "conspiracy"}


def test_a_file_of_patterns_alone_needs_no_column_of_ids(tmp_path: Path) -> None:
    path = table(tmp_path, "cats?,animals", head="title_pattern,label")
    assert read_label_file(path).patterns.label("My CAT", None, None) == "animals"


@pytest.mark.parametrize(
    ("rows", "line", "said"),
    [
        ((",(a+)+b,,x",), 2, "may take too long"),
        ((",a,,x", r",.*a.*b.*c,,x"), 3, "may take too long"),
        ((",(?=a)b,,x",), 2, "may take too long"),
        ((",[,,x",), 2, "is not a pattern"),
        ((",a*,,x",), 2, "fits a text without a word"),
        ((f",{'a' * 201},,x",), 2, "201 characters"),
        ((",cats,,x", ",dogs,,x", ",cats,,y"), 4, "'y' here and 'x' in line 2"),
        (("dQw4w9WgXcQ,cats,,x",), 2, "an id and with a pattern"),
        ((",,,x",), 2, "without id, pattern or label"),
        ((",cats,,",), 2, "without id, pattern or label"),
    ],
)
def test_what_is_wrong_is_refused_at_its_line(
    tmp_path: Path, rows: tuple[str, ...], line: int, said: str
) -> None:
    with pytest.raises(BadFile) as caught:
        read_label_file(table(tmp_path, *rows))
    (problem,) = caught.value.problems
    assert problem.line == line
    assert said in problem.message
    assert problem.fix


def test_the_same_pattern_twice_with_one_label_is_fine(tmp_path: Path) -> None:
    assert len(read_label_file(table(tmp_path, ",cats,,x", ",cats,,x")).patterns.rows) == 1


def test_posts_have_no_title_to_look_at(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="posts have no titles"):
        read_label_file(table(tmp_path, ",cats,,x"), Platform.FACEBOOK)


def test_two_columns_of_one_kind_are_refused(tmp_path: Path) -> None:
    path = table(tmp_path, "a,b,x", head="title_pattern,title_pattern,label")
    with pytest.raises(BadFile, match="title_pattern twice"):
        read_label_file(path)


@pytest.mark.parametrize(
    "pattern",
    [r"\bworkout\b", "flat earth|chemtrails?|cover-up", "moon.*hoax", r"(very )?fast cars?",
     r"\d+ things", "[^a]b", "colou?r", r"(?i:ab)c", "^The ", r"a{2}b", "(a|b)c", "a.{0,9}b"],
)  # fmt: skip
def test_what_people_write_is_taken(pattern: str) -> None:
    assert flaw(pattern) is None


@pytest.mark.parametrize(
    "pattern",
    [
        "(a|ab|b)*c",
        "(a*)*b",
        r"(\w+\s)+x",
        r"(a)\1",
        "(?<!a)b",
        "x" + "a?" * 7,
        "(x{3}){20}",
        ".*.*a?a?a?a?a?a?b",
        "a*a*a?a?b",
        "(a|aa)" * 7 + "b",
        ".*.*(a|aa)(a|aa)b",
    ],
)
def test_what_may_need_long_is_refused(pattern: str) -> None:
    wrong = flaw(pattern)
    assert wrong is not None
    assert "too long" in wrong[0]


def test_the_first_row_that_fits_counts_whatever_the_language() -> None:
    some = LabelPatterns((LabelPattern("first", "cat"), LabelPattern("second", "chat")))
    rows = [
        {"item_id": "1", "title": "Le chat", "channel_name": None, "channel_href": None},
        {"item_id": "1", "title": "The cat", "channel_name": None, "channel_href": None},
        {"item_id": "2", "title": "Un chat", "channel_name": None, "channel_href": None},
        {"item_id": "3", "title": None, "channel_name": None, "channel_href": None},
    ]
    assert some.labels(rows) == some.labels(rows[::-1]) == {"1": "first", "2": "second"}


def test_both_patterns_of_a_row_have_to_fit() -> None:
    row = LabelPattern("x", title="cat", channel="@zoo")
    assert row.fits("A cat", "The Zoo", "/@zoo")
    assert not row.fits("A cat", "The Zoo", "/@other")
    assert not row.fits("A dog", "The Zoo", "/@zoo")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run whose puppets follow, and whose report compares, a topic that only patterns give."""
    folder = tmp_path_factory.mktemp("patterned")
    table(folder, r",flat earth|moon|cover-up,,secret", r",\b(secret|hidden)\b,,secret")
    scenario = {
        "name": "patterned",
        "labels": "own.csv",
        "analysis": {"exposure": ["secret"], "surfaces": ["home"]},
        "before": [{"visit": "home"}, {"consent": "reject"}],
        "arms": {
            "a": {"steps": [{"search": "flat earth"}, {"follow": {"topic": "secret"}}]},
            "b": {"steps": [{"search": "live concert"}]},
        },
        "after": [{"visit": "home"}],
    }
    (folder / "own.yaml").write_text(json.dumps(scenario, indent=1), "utf-8")
    done = CliRunner().invoke(
        main,
        ["run", str(folder / "own.yaml"), "--driver", "http", "--out", str(folder / "run")],
    )
    assert done.exit_code == 0, done.output
    return folder


def test_a_run_follows_and_keeps_what_the_patterns_say(ran: Path) -> None:
    """By the titles of what was shown, computed here by another way."""
    with Store(ran / "run" / "store.db", create=False, readonly=True) as store:
        shown = {row["item_id"]: row["title"] or "" for row in store.rows(
            "SELECT item_id, title FROM impressions WHERE item_id <> ''")}  # fmt: skip
        labels = {row["item_id"]: row["source"] for row in store.rows("SELECT * FROM labels")}
        (follow,) = store.rows("SELECT * FROM steps WHERE kind = 'follow'")
    words = ("flat earth", "moon", "cover-up")
    expected = {
        item for item, title in shown.items()
        if any(word in title.lower() for word in words)
        or {"secret", "hidden"} & set(re.findall(r"\w+", title.lower()))
    }  # fmt: skip
    assert expected
    assert set(labels) == expected
    assert set(labels.values()) == {"own.csv (patterns)"}
    assert follow["outcome"] == "done", follow["detail"]
    assert follow["detail"].split()[0] in expected


def test_a_pattern_gives_way_to_what_is_named_later(tmp_path: Path) -> None:
    """Labels of a source that stands before the file are overruled, those of a later one and the
    file's own ids are not."""
    run = build(tmp_path / "run", Made(twins=1))
    with Store(run / "store.db") as store:
        shown = {row["item_id"] for row in store.rows("SELECT item_id FROM impressions")}
        store.db.execute("UPDATE impressions SET title = 'a title'")
        store.db.execute("DELETE FROM labels")
        first, second, *rest = sorted(item for item in shown if item)
        store.add_labels({first: "said"}, source="mock")
        store.add_labels({second: "said"}, source="own.csv")
        anything = LabelPatterns((LabelPattern("any", "title"),), "own.csv (patterns)")

        def labels() -> dict[str, str]:
            return {row["item_id"]: row["label"] for row in store.rows("SELECT * FROM labels")}

        label_shown(store, anything)
        assert labels() == {first: "said", second: "said", **dict.fromkeys(rest, "any")}
        label_shown(store, replace(anything, over=("mock",)))
        assert labels() == {first: "any", second: "said", **dict.fromkeys(rest, "any")}


def test_review_takes_them_for_the_files_own(ran: Path) -> None:
    done = CliRunner().invoke(main, ["review", str(ran / "run")])
    assert "labels of" not in done.output


def test_a_report_can_be_made_again_with_patterns(ran: Path, tmp_path: Path) -> None:
    """Of a file that nobody had before the run; its ids win over its patterns."""
    pytest.importorskip("pandas")
    first = next(iter(twinwatch.load(ran / "run").exposure().item_id))
    path = table(tmp_path, f"{first},,,named", ",.,,any")
    topics = twinwatch.load(ran / "run", labels=path).exposure().set_index("item_id").topic
    assert set(topics.drop(first)) == {"any"}
    assert topics[[first]].iloc[0] == "named"


def test_a_topic_that_no_row_gives_is_refused_by_the_plan(ran: Path, tmp_path: Path) -> None:
    table(tmp_path, ",moon,,secrets")
    (tmp_path / "own.yaml").write_text((ran / "own.yaml").read_text("utf-8"), "utf-8")
    done = CliRunner().invoke(main, ["plan", str(tmp_path / "own.yaml")])
    assert done.exit_code == 2
    assert "no label is 'secret'" in done.output


def test_a_dataset_says_that_it_has_no_titles(ran: Path, tmp_path: Path) -> None:
    wanted = ["dataset", "new", "--like", str(ran / "own.yaml"), "--rows", "10"]
    done = CliRunner().invoke(main, [*wanted, "--out", str(tmp_path / "d")])
    assert done.exit_code == 2
    assert "by id only" in done.output


def test_an_export_of_the_labels_can_be_read_back(ran: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(
        main,
        ["export", str(ran / "run"), "--table", "labels", "--format", "csv",
         "--out", str(tmp_path / "labels.csv")],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    with (tmp_path / "labels.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(read_labels(tmp_path / "labels.csv")) == len(list(csv.DictReader(file)))
