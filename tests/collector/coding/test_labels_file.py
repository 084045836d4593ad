"""Labels of one's own: read as they were meant, or refused with the line, before anything runs."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from label_files import scenario, table

from collector.common.errors import UserError
from collector.common.model import Platform
from collector.datasets import DatasetSpec, build
from collector.export.text import safe_cell
from collector.labelfile import read_labels
from collector.mock.examine import examine
from collector.scenario.loader import Loaded, load_scenario
from collector.store import Store


@pytest.mark.parametrize(
    ("written", "item"),
    [
        ("dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        (" dQw4w9WgXcQ ", "dQw4w9WgXcQ"),
        ("-hostDSH013", "-hostDSH013"),
        ("'-hostDSH013", "-hostDSH013"),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        ("http://youtube.localhost:8000/watch?v=dQw4w9WgXcQ&t=3s", "dQw4w9WgXcQ"),
        ("www.youtube.com/watch?list=PLabcdefgh&v=dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        ("https://youtu.be/dQw4w9WgXcQ?si=x", "dQw4w9WgXcQ"),
        ("https://www.youtube.com/shorts/dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        ("https://www.youtube.com/embed/dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        ("/watch?v=dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        ("UC1234567890123456789012", "UC1234567890123456789012"),
        ("https://www.youtube.com/channel/UC1234567890123456789012", "UC1234567890123456789012"),
        ("https://www.youtube.com/@someone/videos", "/@someone"),
        ("https://www.youtube.com/playlist?list=PLabcdefghij", "PLabcdefghij"),
    ],
)
def test_what_names_an_item_is_read_as_its_id(tmp_path: Path, written: str, item: str) -> None:
    assert read_labels(table(tmp_path, f"{written},music")) == {item: "music"}


@pytest.mark.parametrize(
    "written",
    ["1.23E+10", "1,23E+10", "dQw4w9WgXc", "dQw4w9WgXcQQ", "https://example.org/", "a b c d e f",
     "https://www.youtube.com/watch", "http://[x", "=HYPERLINK(1)", "not-an-id", "🎵"],
)  # fmt: skip
def test_what_is_no_id_is_refused_with_its_line(tmp_path: Path, written: str) -> None:
    path = table(tmp_path, "dQw4w9WgXcQ,music", f'"{written}",music')
    with pytest.raises(UserError, match="is not an id") as refused:
        read_labels(path)
    assert refused.value.place == f"{path}:3"
    assert refused.value.fix
    if "E+" in written:
        assert "spreadsheet" in refused.value.fix


def test_two_labels_for_one_item_are_refused_with_both_lines(tmp_path: Path) -> None:
    rows = ("dQw4w9WgXcQ,music", "https://youtu.be/dQw4w9WgXcQ,sports")
    with pytest.raises(UserError, match=r":3: .*'sports' here and 'music' in line 2"):
        read_labels(table(tmp_path, *rows))
    same = table(tmp_path, "dQw4w9WgXcQ,music", "dQw4w9WgXcQ,music")
    assert read_labels(same) == {"dQw4w9WgXcQ": "music"}


@pytest.mark.parametrize(
    ("head", "rows", "said"),
    [
        ("video_id;label", ["dQw4w9WgXcQ;music"], "parted by semicolons"),
        ("video_id\tlabel", ["dQw4w9WgXcQ\tmusic"], "parted by tabs"),
        ("id,topic", ["dQw4w9WgXcQ,music"], "the columns are id, topic"),
        ("dQw4w9WgXcQ,music", [], "the columns are dQw4w9WgXcQ, music"),
        ("", [], "the columns are missing"),
        ("video_id,item_id,label", [], "video_id and item_id"),
        ("video_id,label,score", [], "label and score"),
        ("video_id,label,label", [], "label twice"),
    ],
)
def test_a_table_of_another_shape_is_refused_at_its_first_line(
    tmp_path: Path, head: str, rows: list[str], said: str
) -> None:
    path = table(tmp_path, *rows, head=head)
    with pytest.raises(UserError, match=said) as refused:
        read_labels(path)
    assert refused.value.place == f"{path}:1"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("dQw4w9WgXcQ,", "without id or label"),
        (",music", "without id or label"),
        ("dQw4w9WgXcQ", "1 cells, not 2"),
        ("dQw4w9WgXcQ,music,sports", "3 cells, not 2"),
        ('dQw4w9WgXcQ,"a\u0007b"', "is not a label"),
        (f"dQw4w9WgXcQ,{'x' * 101}", "is not a label"),
    ],
)
def test_a_row_that_means_nothing_is_refused_with_its_line(
    tmp_path: Path, row: str, said: str
) -> None:
    path = table(tmp_path, "aQw4w9WgXcQ,music", "", row)
    with pytest.raises(UserError, match=said) as refused:
        read_labels(path)
    assert refused.value.place == f"{path}:4"


def test_all_that_is_wrong_is_said_at_once_up_to_a_point(tmp_path: Path) -> None:
    path = table(tmp_path, *(f"bad{n},x" for n in range(50)))
    with pytest.raises(UserError) as refused:
        read_labels(path)
    assert "line 2: 'bad0' is not an id" in str(refused.value)
    assert "and 30 more lines" in str(refused.value)


def test_an_empty_table_and_one_that_is_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no label"):
        read_labels(table(tmp_path))
    path = tmp_path / "labels.csv"
    path.write_bytes("video_id,label\na,ä\n".encode("utf-16"))
    with pytest.raises(UserError, match="UTF-8"):
        read_labels(path)


def test_ids_in_small_letters_are_noticed(tmp_path: Path, topics: dict[str, str]) -> None:
    videos = [item for item in topics if len(item) == 11][:40]
    rows = [f"{item.lower()},x" for item in videos]
    with pytest.raises(UserError, match="not one capital letter"):
        read_labels(table(tmp_path, *rows))
    assert len(read_labels(table(tmp_path, f"{videos[0]},x", *rows[1:]))) == 40


def test_scores_are_numbers(tmp_path: Path) -> None:
    head = "video_id,score"
    path = table(tmp_path, "dQw4w9WgXcQ,-0.5", "aQw4w9WgXcQ,'-1", "bQw4w9WgXcQ,1e-3", head=head)
    assert list(read_labels(path).values()) == ["-0.5", "-1", "1e-3"]
    for bad in ("good", "nan", "inf", "1,5"):
        with pytest.raises(UserError, match=r"is not a score|cells"):
            read_labels(table(tmp_path, f"dQw4w9WgXcQ,{bad}", head=head))


def test_ids_of_a_feed(tmp_path: Path) -> None:
    rows = (
        "https://www.facebook.com/permalink.php?story_fbid=123456789&id=987654321,left",
        "8585811569,right",
    )
    found = read_labels(table(tmp_path, *rows), Platform.FACEBOOK)
    assert found == {"123456789": "left", "8585811569": "right"}
    with pytest.raises(UserError, match="is not an id"):
        read_labels(table(tmp_path, "8.58E+09,x"), Platform.FACEBOOK)


def test_what_an_export_writes_is_read_back_to_the_last_id(
    tmp_path: Path, topics: dict[str, str]
) -> None:
    """One id in 64 begins with a dash, which a spreadsheet would run."""
    assert any(item.startswith("-") for item in topics)
    path = tmp_path / "labels.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["item_id", "label", "source"])
        rows.writerows(
            [safe_cell(item), safe_cell(topic), "mock"] for item, topic in topics.items()
        )
    assert read_labels(path) == topics


def test_the_labels_of_a_dataset_make_the_round_trip(tmp_path: Path) -> None:
    out = tmp_path / "made"
    build(DatasetSpec(load_scenario("quick"), 40, out, processes=1))
    with Store(out / "store.db", readonly=True) as store:
        there = {row["item_id"]: row["label"] for row in store.rows("SELECT * FROM labels")}
    assert read_labels(out / "csv/labels.csv") == there


# ---- ids against the world


def loaded(tmp_path: Path, *rows: str) -> Loaded:
    table(tmp_path, *rows)
    return load_scenario(scenario(tmp_path))


def test_how_many_ids_exist_is_said(tmp_path: Path, topics: dict[str, str]) -> None:
    there = list(topics)[:3]
    (said,) = examine(loaded(tmp_path, *(f"{item},x" for item in there), "aaaaaaaaaaA,x"))
    assert "3 of 4 ids of labels.csv are in this world" in said
    assert "aaaaaaaaaaA (line 5)" in said
    assert examine(loaded(tmp_path, *(f"{item},x" for item in there))) == ()


def test_ids_of_another_world_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"labels.csv:2: none of its 2 ids is in this world"):
        examine(loaded(tmp_path, "aaaaaaaaaaA,x", "bbbbbbbbbbB,x"))


def test_an_id_in_other_letters_is_refused_with_the_right_one(
    tmp_path: Path, topics: dict[str, str]
) -> None:
    one, other = [item for item in topics if len(item) == 11 and item != item.swapcase()][:2]
    with pytest.raises(UserError, match=rf"labels.csv:3: there is no '{one.swapcase()}'.*'{one}'"):
        examine(loaded(tmp_path, f"{other},x", f"{one.swapcase()},x"))


def test_on_a_site_that_is_not_known_ids_are_not_judged(tmp_path: Path) -> None:
    site = "http://127.0.0.1:9"
    assert examine(loaded(tmp_path, "aaaaaaaaaaA,x"), site=site) == ()
