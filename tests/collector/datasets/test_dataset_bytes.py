"""The same scenario and seed give the same bytes, whatever the process and how many of them."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import pickle
import subprocess
import sys
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pytest

from collector.cells import safe_cell
from collector.datasets import DatasetSpec, build
from collector.datasets.pool import rounds
from collector.datasets.records import COLUMNS, Values
from collector.datasets.rounds import Rounds
from collector.datasets.simulator import Job, Simulator
from collector.datasets.texts import csv_lines, json_lines, template_of
from collector.datasets.writers import Csv
from collector.datasets.youtube import shown
from collector.export import Format
from collector.export.rows import columns, holds_json
from collector.scenario.loader import load_scenario
from collector.store.rows import packed
from mockserver.world import World

ROWS = 60


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("datasets") / "here"
    build(DatasetSpec(load_scenario("quick"), ROWS, out, processes=1))
    return out


@pytest.mark.slow
def test_other_processes_and_another_hash_seed_write_the_same_files(
    here: Path, tmp_path: Path
) -> None:
    out = tmp_path / "there"
    command = [
        sys.executable, "-c", "from collector.cli import main; main()",
        "dataset", "new", "--like", "quick", "--rows", str(ROWS),
        "--out", str(out), "--processes", "2",
    ]  # fmt: skip
    env = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert hashes(out) == hashes(here)


def test_every_format_is_there_with_every_table(here: Path) -> None:
    names = set(hashes(here))
    assert {"README.md", "datacard.json", "store.db"} < names
    for form in (Format.JSONL, Format.CSV, Format.PARQUET):
        for table in ("observations", "impressions", "timelines", "truth_impressions", "labels"):
            assert f"{form}/{table}.{form}" in names


@pytest.mark.slow
def test_another_seed_writes_other_impressions(here: Path, tmp_path: Path) -> None:
    out = tmp_path / "other"
    build(
        DatasetSpec(load_scenario("quick"), ROWS, out, seed=2, formats=(Format.JSONL,), processes=1)
    )
    name = "jsonl/impressions.jsonl"
    assert hashes(out)[name] != hashes(here)[name]
    assert [path for path in hashes(out) if path.startswith(("csv", "parquet", "store"))] == []


@pytest.mark.slow
def test_a_larger_dataset_begins_like_a_smaller_one(here: Path, tmp_path: Path) -> None:
    out = tmp_path / "larger"
    built = build(
        DatasetSpec(load_scenario("quick"), ROWS * 2, out, formats=(Format.JSONL,), processes=1)
    )
    small = (here / "jsonl" / "impressions.jsonl").read_bytes()
    assert (out / "jsonl" / "impressions.jsonl").read_bytes().startswith(small)
    assert ROWS * 2 <= built.rows < ROWS * 2 + 60


def test_rounds_are_the_plan_and_then_further_twins() -> None:
    found = Rounds(load_scenario("quick"), 5)
    assert found.sessions(0) == found.plan.sessions
    everybody = [session for number in range(4) for session in found.sessions(number)]
    assert len({session.puppet for session in everybody}) == len(everybody) == 40
    assert len({session.seed for session in everybody}) == len(everybody)
    assert len({session.id for session in everybody}) == len(everybody)
    twins = sorted(session.twin for session in everybody if session.arm == "neutral")
    assert twins == list(range(1, 21))


@pytest.mark.slow
def test_who_simulates_a_round_changes_neither_it_nor_its_place() -> None:
    loaded = load_scenario("quick")
    alone, shared = (
        Simulator(Job(loaded, 5, "run", False)), Simulator(Job(loaded, 5, "run", False))
    )  # fmt: skip
    by_one = list(islice(rounds(alone, 1), 2))
    with closing(rounds(shared, 2)) as found:
        by_two = list(islice(found, 2))
    assert [[s.id for s in each] for each in by_two] == [[s.id for s in each] for each in by_one]
    assert [[s.tables for s in each] for each in by_two] == [[s.tables for s in e] for e in by_one]


@pytest.mark.parametrize("cell", ["=1+1", " =1+1", "+1", "@x", "-1", "\u200b=1", "'x"])
def test_one_cell_that_a_spreadsheet_would_run_is_found_among_safe_ones(
    tmp_path: Path, cell: str
) -> None:
    written = Csv(tmp_path)
    names = COLUMNS["labels"]
    written.write("labels", [("a", "b", "mock"), ("c", cell, "mock"), ("d", "e", "{}")])
    written.close()
    with (tmp_path / "csv" / "labels.csv").open(encoding="utf-8", newline="") as file:
        found = [row[names[1]] for row in csv.DictReader(file)]
    assert found == ["b", "'" + cell, "e"]


def many_rows(table: str) -> list[Values]:
    """Rows of texts, numbers and JSON that repeat now and then, with whatever a cell may hold."""
    names = COLUMNS[table]
    texts = [
        "plain",
        "",
        None,
        "=1+1",
        'a "b"',
        "a,b",
        "a\r\nb",
        " x",
        "'q",
        "ž\u2028",
        "\U0001f600",
    ]
    objects = ["{}", '{"a": 1.5, "b": "=1"}', None, '["x,y"]']
    numbers = {"INTEGER": [7, None, 0, -3], "REAL": [0.0, 1e-07, -2.5, None, 1e22]}

    def cell(name: str, row: int) -> Any:
        among: list[Any] = numbers.get(columns(table)[name]) or (
            objects if holds_json(table, name) else texts
        )
        return among[(row // 2 + names.index(name)) % len(among)]

    return [tuple(cell(name, row) for name in names) for row in range(60)]


TABLES_WRITTEN = ["impressions", "truth_impressions", "feed", "labels"]


@pytest.mark.parametrize("table", TABLES_WRITTEN)
def test_lines_are_those_that_csv_writes_of_whole_rows(table: str) -> None:
    """What repeats is made text once; no byte tells."""
    rows = many_rows(table)
    wanted = io.StringIO(newline="")
    csv.writer(wanted, lineterminator="\r\n").writerows([map(safe_cell, row) for row in rows])
    lines = csv_lines(table)
    assert lines(rows) == wanted.getvalue().encode()
    assert lines(rows[::-1] + rows)[-len(lines(rows)) :] == lines(rows)
    assert lines([]) == b""


@pytest.mark.parametrize("table", TABLES_WRITTEN)
def test_lines_are_those_that_orjson_writes_of_whole_rows(table: str) -> None:
    """The same of one object a line; what a JSON column holds stands in it as it is."""
    rows, wanted = many_rows(table), b""
    for row in rows:
        found = dict(zip(COLUMNS[table], row, strict=True))
        for name, value in found.items():
            if value is not None and holds_json(table, name):
                found[name] = orjson.Fragment(value)
        wanted += orjson.dumps(found) + b"\n"
    lines = json_lines(table)
    assert lines(rows) == wanted
    assert lines(rows[::-1] + rows)[-len(wanted) :] == wanted
    assert lines([]) == b""


def test_a_template_is_the_text_of_the_whole_mapping() -> None:
    fixed = {"z": {"b": "100%", "a": [1, None]}, "%s": "%(x)s", "m": "ž\u2028", "top": "replaced"}
    values: dict[str, Any] = {"top": -3, "seen": 0.05, "a": '"2026-01-01T00:00:00.000Z"'}
    whole = {**fixed, "top": -3, "seen": 0.05, "a": "2026-01-01T00:00:00.000Z"}
    assert template_of(fixed, list(values)) % values == packed(whole)
    assert template_of({}, ["top"]) % values == '{"top": -3}'


@pytest.mark.slow
def test_items_read_together_are_those_read_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many items a process reads at a time, and which of them, changes no row."""
    loaded = load_scenario("quick")
    together = Simulator(Job(loaded, 5, "run", False)).round(0)
    monkeypatch.setattr(shown, "_AT_ONCE", 1)
    alone = Simulator(Job(loaded, 5, "run", False)).round(0)
    assert [each.tables["impressions"] for each in alone] == [
        each.tables["impressions"] for each in together
    ]
    assert not any(each.listed or each.fresh for each in together)


@pytest.mark.slow
def test_sessions_of_another_process_tell_once_what_their_keys_stand_for() -> None:
    """Two simulators draft rounds in turn, and only the one that writes reads their items."""
    loaded = load_scenario("quick")
    job = Job(loaded, 5, "run", False)
    writes, other, alone = Simulator(job), Simulator(job), Simulator(job)
    drafts = [other.draft(0), writes.draft(1), other.draft(2)]
    sent = pickle.loads(pickle.dumps(drafts))
    assert sum(len(each.fresh) for each in sent[0]) > sum(len(each.fresh) for each in sent[2]) > 0
    found = [writes.completed(draft) for draft in sent]
    assert [[each.tables for each in some] for some in found] == [
        [each.tables for each in alone.round(number)] for number in range(3)
    ]


def test_a_fingerprint_is_that_of_the_whole_dump() -> None:
    world = World.build(seed=3, clock="0")
    assert world.fingerprint() == hashlib.sha256(world.dump()).hexdigest()
