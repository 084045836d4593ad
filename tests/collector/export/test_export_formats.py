"""Exports: the same rows in four forms, nothing a spreadsheet runs, nothing that must stay home."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from synthetic_run import Made, build

from collector.cli.data import export
from collector.export import CannotExport, Format, export_run, exportable
from collector.export.text import plain_cell, safe_cell
from collector.store import TABLES, VIEWS, Store, StoreMissing

FORMULAS = [
    "=1+1",
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    " =1",
    "＝1",
    "'already",
    "\r\n=1",
    "-abcdefghij",
]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build(tmp_path_factory.mktemp("run") / "quick", Made(lost={"neutral-2": 6}))
    with Store(folder / "store.db") as store:
        for number, formula in enumerate(FORMULAS):
            store.log("run-1", "odd", formula, data={"n": number, "text": 'quote " comma, line\n'})
    return folder


def test_csv_is_rfc_4180_and_reads_back(run: Path, tmp_path: Path) -> None:
    (path,) = export_run(run, form=Format.CSV, tables=["events"], out=tmp_path / "events.csv")
    raw = path.read_bytes()
    assert raw.endswith(b"\r\n")
    assert not raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode(), newline=""), strict=True))
    assert list(rows[0]) == list(TABLES["events"].columns)
    messages = [row["message"] for row in rows]
    assert [plain_cell(message) for message in messages] == FORMULAS
    assert all(message.startswith("'") for message in messages)
    assert json.loads(rows[0]["data"])["text"] == 'quote " comma, line\n'
    records = raw.replace(b"line\\n", b"").split(b"\r\n")
    assert b"\n" not in b"".join(records[:3])  # a line ends in CRLF, never in LF alone


@given(st.text())
def test_no_text_cell_is_run_and_each_reads_back(text: str) -> None:
    cell = safe_cell(text)
    assert plain_cell(cell) == text
    assert not cell.lstrip("".join(chr(c) for c in range(33)) + "\u00a0\u3000").startswith(
        ("=", "+", "-", "@", "＝", "＋", "－", "＠")
    )


def test_numbers_are_numbers() -> None:
    assert [safe_cell(value) for value in (-1, -0.5, None, 3)] == [-1, -0.5, None, 3]


@pytest.mark.sweep(8)
@pytest.mark.parametrize("name", exportable())
def test_every_form_holds_the_same_rows(run: Path, tmp_path: Path, name: str) -> None:
    with Store(run / "store.db", readonly=True) as store:
        count = store.db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
    (jsonl,) = export_run(run, form=Format.JSONL, tables=[name], out=tmp_path / "x.jsonl")
    lines = [json.loads(line) for line in jsonl.read_bytes().splitlines()]
    (comma,) = export_run(run, form=Format.CSV, tables=[name], out=tmp_path / "x.csv")
    records = list(csv.reader(io.StringIO(comma.read_bytes().decode(), newline="")))
    (columns,) = export_run(run, form=Format.PARQUET, tables=[name], out=tmp_path / "x.parquet")
    table = pq.read_table(columns)
    (copy,) = export_run(run, form=Format.SQLITE, tables=[name], out=tmp_path / "x.db")
    db = sqlite3.connect(copy)
    stored = db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
    db.close()
    assert len(lines) == len(records) - 1 == table.num_rows == stored == count
    assert list(records[0]) == table.column_names
    if lines:
        assert list(lines[0]) == table.column_names
        key = next(iter(lines[0]))
        assert table.column(key).to_pylist() == [line[key] for line in lines]


def test_json_columns_are_nested_in_json_lines(run: Path) -> None:
    stream = io.BytesIO()
    export_run(run, form=Format.JSONL, tables=["receipts"], stdout=stream)
    receipt = json.loads(stream.getvalue().splitlines()[0])
    assert receipt["samples"][1] == [5.0, 5.0]


def test_types_and_descriptions_travel_with_parquet(run: Path, tmp_path: Path) -> None:
    (path,) = export_run(run, form=Format.PARQUET, tables=["receipts"], out=tmp_path / "r.parquet")
    field = pq.read_schema(path).field("watched_s")
    assert str(field.type) == "double"
    assert field.metadata[b"description"] == b"Media seconds that playback advanced."


def test_the_same_run_gives_the_same_bytes(run: Path, tmp_path: Path) -> None:
    for form in (Format.JSONL, Format.CSV, Format.PARQUET):
        one = export_run(run, form=form, out=tmp_path / "one")
        two = export_run(run, form=form, out=tmp_path / "two")
        assert [p.name for p in one] == [f"{name}.{form.value}" for name in exportable()]
        assert [p.read_bytes() for p in one] == [p.read_bytes() for p in two]


def test_what_must_stay_home_stays_home(run: Path, tmp_path: Path) -> None:
    """The outbox holds public keys and read tokens; a deleted row must not travel in free pages."""
    with Store(run / "store.db") as store:
        store.db.execute("INSERT INTO outbox_tokens VALUES ('t', 'k', 'TOKENCANARY')")
        store.log("run-1", "secret", "DELETEDCANARY")
        store.db.execute("DELETE FROM events WHERE kind = 'secret'")
    written = [
        *export_run(run, form=Format.SQLITE, out=tmp_path / "all.db"),
        *export_run(run, form=Format.JSONL, out=tmp_path / "all"),
        *export_run(run, form=Format.CSV, out=tmp_path / "all"),
    ]
    for path in written:
        raw = path.read_bytes()
        for canary in (b"TOKENCANARY", b"PUBLICKEYCANARY", b"DELETEDCANARY", b"visit-neutral"):
            assert canary not in raw, (path, canary)


def test_the_sqlite_copy_is_whole(run: Path, tmp_path: Path) -> None:
    (copy,) = export_run(run, form=Format.SQLITE, out=tmp_path / "copy.db")
    with Store(copy, readonly=True) as store:
        store.check()
        for name in VIEWS:
            assert list(store.rows(f"SELECT * FROM {name}")), name
    assert [p.name for p in tmp_path.iterdir()] == ["copy.db"]


def test_several_tables_on_the_standard_output_are_named(run: Path) -> None:
    stream = io.BytesIO()
    export_run(run, form=Format.JSONL, tables=["runs", "puppets"], stdout=stream)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["table"] for line in lines] == ["runs"] + ["puppets"] * 4


@pytest.mark.parametrize("form", ["csv", "parquet", "sqlite"])
def test_what_needs_a_destination_says_so(run: Path, form: str) -> None:
    with pytest.raises(CannotExport, match="--out"):
        export_run(run, form=Format(form), stdout=io.BytesIO())


def test_a_file_cannot_hold_several_tables(run: Path, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("x")
    with pytest.raises(CannotExport, match="folder"):
        export_run(run, form=Format.CSV, out=tmp_path / "there")
    assert (tmp_path / "there").read_text() == "x"


def test_unknown_table_and_missing_run(run: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotExport, match="impressions"):
        export_run(run, form=Format.CSV, tables=["outbox"], out=tmp_path)
    with pytest.raises(StoreMissing):
        export_run(tmp_path / "nowhere", form=Format.CSV, out=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_data_to_stdout_and_talk_to_stderr(run: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(export, [str(run), "--format", "csv", "--table", "puppets"])
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == ",".join(TABLES["puppets"].columns)
    assert len(result.stdout.splitlines()) == 5
    result = CliRunner().invoke(export, [str(run), "--format", "parquet", "--out", str(tmp_path)])
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.count("wrote ") == len(exportable())
