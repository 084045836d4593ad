"""A dataset that is not whole is told where it is not: file, line or row, column."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from collector.cli import main
from collector.datasets import DatasetSpec, build, check
from collector.datasets.errors import NoDataset
from collector.export import Format
from collector.profile import visitor_id_of
from collector.scenario.loader import load_scenario


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("datasets") / "whole"
    build(DatasetSpec(load_scenario("quick"), 60, out, processes=1))
    return out


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "dataset"))


def changed(path: Path, edit: Callable[[list[str]], list[str]]) -> None:
    """Edit a text file by its lines."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = file.read().splitlines(keepends=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("".join(edit(lines)))


def line_of(path: Path, number: int, **values: Any) -> None:
    """Change values of a line (from 1) of a JSON Lines file."""

    def edit(lines: list[str]) -> list[str]:
        row = {**json.loads(lines[number - 1]), **values}
        lines[number - 1] = json.dumps(row, ensure_ascii=False) + "\n"
        return lines

    changed(path, edit)


def problems(folder: Path) -> list[str]:
    """What is wrong, without the hashes that follow from any change."""
    told = check(folder).problems
    return [line for line in told if "SHA-256" not in line and " bytes, not " not in line]


def test_a_whole_dataset(made: Path) -> None:
    found = check(made)
    assert found.whole
    assert found.formats == ["jsonl", "csv", "parquet", "sqlite"]
    assert found.counts["impressions"] >= 60
    result = CliRunner().invoke(main, ["dataset", "check", str(made)])
    assert result.exit_code == 0
    assert "whole" in result.stdout
    result = CliRunner().invoke(main, ["dataset", "check", str(made), "--json"])
    assert json.loads(result.stdout)["whole"] is True


def test_a_changed_byte(folder: Path) -> None:
    path = folder / "csv" / "labels.csv"
    raw = bytearray(path.read_bytes())
    raw[-3] ^= 1
    path.write_bytes(raw)
    told = check(folder).problems
    assert "csv/labels.csv: was changed: its SHA-256 is not the card's" in told
    assert "csv/labels.csv: holds other values than jsonl" in told
    result = CliRunner().invoke(main, ["dataset", "check", str(folder)])
    assert result.exit_code == 2
    assert "error: csv/labels.csv: was changed" in result.stderr
    result = CliRunner().invoke(main, ["dataset", "check", str(folder), "--json"])
    assert result.exit_code == 2
    assert json.loads(result.stdout)["whole"] is False


def test_a_missing_file_and_a_foreign_one(folder: Path) -> None:
    (folder / "parquet" / "steps.parquet").unlink()
    (folder / "notes.txt").write_text("mine")
    told = problems(folder)
    assert "parquet/steps.parquet: the file is missing" in told
    assert "notes.txt: does not belong to the dataset: the card lacks it" in told


def test_a_lost_row(folder: Path) -> None:
    changed(folder / "csv" / "impressions.csv", lambda lines: lines[:-1])
    rows = check(folder).counts["impressions"]
    assert f"csv/impressions.csv: has {rows - 1} rows, the card says {rows}" in problems(folder)


def test_a_value_of_another_type(folder: Path) -> None:
    line_of(folder / "jsonl" / "impressions.jsonl", 3, views="many")
    assert "jsonl/impressions.jsonl:3 views: must be a whole number, not 'many'" in problems(folder)


def test_other_columns(folder: Path) -> None:
    line_of(folder / "jsonl" / "steps.jsonl", 2, mood="good")
    changed(
        folder / "csv" / "steps.csv", lambda lines: [lines[0].replace("kind", "sort"), *lines[1:]]
    )
    table = pq.read_table(folder / "parquet" / "receipts.parquet")
    pq.write_table(
        table.set_column(3, "status", pa.array([1] * len(table))).rename_columns(
            ["session", "step", "video_id", "planned_s", *table.column_names[4:]]
        ).select(range(5)),
        folder / "parquet" / "receipts.parquet",
    )  # fmt: skip
    told = problems(folder)
    assert "jsonl/steps.jsonl:2: has unknown mood" in told
    assert "csv/steps.csv:1: lacks kind; has unknown sort" in told
    assert any(line.startswith("parquet/receipts.parquet: lacks status") for line in told)


def test_a_row_that_belongs_to_nothing(folder: Path) -> None:
    line_of(folder / "jsonl" / "observations.jsonl", 1, capture="nowhere")
    line_of(folder / "jsonl" / "captures.jsonl", 1, step=999)
    told = problems(folder)
    assert "jsonl/observations.jsonl:1 capture: there is no captures 'nowhere'" in told
    assert "jsonl/captures.jsonl:1 step: its session has no such step" in told


def test_a_hole_in_a_list_and_a_count_that_is_not_so(folder: Path) -> None:
    line_of(folder / "jsonl" / "impressions.jsonl", 2, position=7)
    line_of(folder / "jsonl" / "observations.jsonl", 1, impressions=5)
    told = problems(folder)
    assert "jsonl/impressions.jsonl:2 position: is 7, not 2" in told
    assert any("says 5 of" in line and "jsonl/observations.jsonl:1" in line for line in told)


def test_a_key_that_is_there_twice(folder: Path) -> None:
    first = json.loads((folder / "jsonl" / "captures.jsonl").read_text("utf-8").splitlines()[0])
    line_of(folder / "jsonl" / "captures.jsonl", 2, id=first["id"])
    told = problems(folder)
    assert f"jsonl/captures.jsonl:2 id: {first['id']!r} is there twice" in told


def test_a_viewer_who_can_be_found(folder: Path) -> None:
    puppet = json.loads((folder / "jsonl" / "puppets.jsonl").read_text("utf-8").splitlines()[0])
    visitor = visitor_id_of(puppet["seed"])
    line_of(folder / "jsonl" / "captures.jsonl", 1, url=f"http://x/?v={visitor}")
    line_of(folder / "jsonl" / "puppets.jsonl", 1, pseudonym="jane-doe-real")
    line_of(folder / "jsonl" / "steps.jsonl", 1, detail="ask jane.doe@example.org")
    told = problems(folder)
    identifies = f"holds what identifies the viewer {puppet['id']}"
    assert f"jsonl/captures.jsonl:1 url: {identifies}" in told
    assert "jsonl/puppets.jsonl:1 pseudonym: is not the pseudonym of the puppet" in told
    assert "jsonl/steps.jsonl:1 detail: holds a mail address (jane.doe@example.org)" in told


def test_the_same_fault_in_many_rows_is_told_a_few_times(folder: Path) -> None:
    path = folder / "jsonl" / "impressions.jsonl"
    changed(path, lambda lines: [line.replace('"capture":"', '"capture":"x') for line in lines])
    found = check(folder)
    told = [line for line in found.problems if "there is no captures" in line]
    assert len(told) == 5
    assert found.more > 30


def test_a_database_with_another_value(folder: Path) -> None:
    connection = sqlite3.connect(folder / "store.db")
    connection.execute("UPDATE impressions SET title = 'Another' WHERE rowid = 1")
    connection.commit()
    connection.close()
    assert "store.db impressions: holds other values than jsonl" in problems(folder)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("store.db", "store.db: is not a sound database"),
        ("parquet/steps.parquet", "parquet/steps.parquet: is not Parquet"),
        ("jsonl/steps.jsonl", "jsonl/steps.jsonl:1: is not JSON"),
        ("csv/steps.csv", "csv/steps.csv: is not CSV in UTF-8"),
    ],
)
def test_a_file_that_is_something_else(folder: Path, name: str, problem: str) -> None:
    (folder / name).write_bytes(b"\xff\xfe nothing of the kind \x00" * 40)
    assert any(line.startswith(problem) for line in problems(folder))


def test_a_card_that_lacks_something(folder: Path) -> None:
    path = folder / "datacard.json"
    card = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**card, "licence": "", "recommender": {}}))
    (folder / "README.md").unlink()
    told = problems(folder)
    assert "datacard.json licence: says nothing" in told
    assert "datacard.json recommender: says nothing" in told
    assert "README.md: the file is missing" in told


@pytest.mark.parametrize("text", ["{", "[]", '{"format": "other/1"}'])
def test_a_card_that_is_none(folder: Path, text: str) -> None:
    (folder / "datacard.json").write_text(text)
    found = check(folder)
    assert len(found.problems) == 1
    assert found.problems[0].startswith("datacard.json: ")


def test_a_card_that_names_a_file_outside(folder: Path) -> None:
    path = folder / "datacard.json"
    card = json.loads(path.read_text("utf-8"))
    card["files"]["../secret"] = {"sha256": "0", "bytes": 1}
    path.write_text(json.dumps(card))
    assert "datacard.json: names a file outside the dataset: ../secret" in problems(folder)


def test_where_there_is_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(NoDataset, match=r"there is no datacard\.json"):
        check(tmp_path)
    assert CliRunner().invoke(main, ["dataset", "check", str(tmp_path)]).exit_code == 2


@pytest.mark.slow
def test_one_format_alone_is_checked_too(tmp_path: Path) -> None:
    out = tmp_path / "one"
    build(DatasetSpec(load_scenario("quick"), 30, out, formats=(Format.SQLITE,), processes=1))
    assert check(out).formats == ["sqlite"]
    assert check(out).whole
