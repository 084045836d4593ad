"""The same scenario and seed give the same bytes, whatever the process and how many of them."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from collector.datasets import DatasetSpec, build
from collector.datasets.rounds import Rounds
from collector.export import Format
from collector.scenario.loader import load_scenario

ROWS = 150


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


def test_another_seed_writes_other_impressions(here: Path, tmp_path: Path) -> None:
    out = tmp_path / "other"
    build(
        DatasetSpec(load_scenario("quick"), ROWS, out, seed=2, formats=(Format.JSONL,), processes=1)
    )
    name = "jsonl/impressions.jsonl"
    assert hashes(out)[name] != hashes(here)[name]
    assert [path for path in hashes(out) if path.startswith(("csv", "parquet", "store"))] == []


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
