"""What cannot be made is refused with the place and the fix, and leaves nothing behind."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from collector.cli import main
from collector.datasets import DatasetSpec, build
from collector.datasets.errors import DiskFull, NotSimulated, TargetTaken
from collector.datasets.writers import Csv
from collector.export import Format
from collector.scenario.loader import load_scenario, parse_scenario


def new(out: Path, **options: Any) -> Result:
    given = {"like": "quick", "rows": 40, **options}
    words = [word for name, value in given.items() for word in (f"--{name}", str(value))]
    return CliRunner().invoke(main, ["dataset", "new", *words, "--out", str(out)])


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"like": "quik"}, "no such file, and no shipped scenario"),
        ({"rows": 0}, "0 is not a number of impressions"),
        ({"rows": -5}, "-5 is not a number of impressions"),
        ({"rows": 10**12}, "is not a number of impressions"),
        ({"seed": -1}, "-1 is not a seed"),
        ({"shape": "e18"}, "holds timelines"),
        ({"format": "jsonl,xml"}, "'xml' is not a format"),
        ({"rows": "many"}, "many"),
    ],
)
def test_bad_wishes(tmp_path: Path, options: dict[str, Any], problem: str) -> None:
    result = new(tmp_path / "out", **options)
    assert result.exit_code == 2
    assert problem in result.stderr
    assert "Traceback" not in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("precious")
    result = new(tmp_path / "out")
    assert result.exit_code == 2
    assert "there is something already" in result.stderr
    assert "name a new or an empty folder with --out" in result.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]
    (tmp_path / "file").write_text("precious")
    with pytest.raises(TargetTaken):
        build(DatasetSpec(load_scenario("quick"), 40, tmp_path / "file"))


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    build(DatasetSpec(load_scenario("quick"), 30, out, formats=(Format.CSV,), processes=1))
    assert (out / "datacard.json").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_disk_that_runs_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Csv, table: str, rows: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Csv, "write", full)
    result = new(tmp_path / "out")
    assert result.exit_code == 2
    assert "the disk is full" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_too_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(DiskFull, match=r"GB are needed and 0\.0 GB are free"):
        build(DatasetSpec(load_scenario("quick"), 40, tmp_path / "out"))
    assert list(tmp_path.iterdir()) == []


def test_other_failures_leave_nothing_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(self: Csv, table: str, rows: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Csv, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build(DatasetSpec(load_scenario("quick"), 40, tmp_path / "out", processes=1))
    assert list(tmp_path.iterdir()) == []


def test_a_scenario_that_captures_nothing(tmp_path: Path) -> None:
    scenario = parse_scenario({"name": "idle", "arms": {"one": {"steps": [{"pause": "5s"}]}}})
    with pytest.raises(NotSimulated, match="would be empty"):
        build(DatasetSpec(scenario, 40, tmp_path / "out", processes=1))
    assert list(tmp_path.iterdir()) == []


def test_steps_that_cannot_be_done_are_missing_cells(tmp_path: Path) -> None:
    scenario = parse_scenario(
        {
            "name": "odd",
            "before": [{"visit": "home"}, {"consent": "reject"}, {"consent": "reject"}],
            "arms": {
                "one": {
                    "steps": [
                        {"watch": "5s"},
                        {"click": "#button"},
                        {"visit": "https://other.example/page"},
                        {"visit": "/watch?v=aaaaaaaaaaa"},
                        {"follow": {"rank": 1}},
                        {"search": "zzzz qqqq xxxx"},
                        {"visit": "/no/such/page"},
                        {"scroll": {"screens": 1}},
                        {"visit": "home"},
                        {"scroll": "end"},
                        {"not_interested": {"rank": 2}},
                        {"capture": "all"},
                    ]
                }
            },
        }
    )
    out = tmp_path / "out"
    build(DatasetSpec(scenario, 84 + 60 + 24, out, formats=(Format.SQLITE,), processes=1))
    from collector.store import Store

    with Store(out / "store.db", readonly=True) as store:
        first = store.sessions()[0]["id"]
        found = [(step["kind"], step["outcome"], step["detail"]) for step in store.steps(first)]
        statuses = [row["status"] for row in store.rows(
            "SELECT status FROM captures WHERE session = ? ORDER BY seq", [first])]  # fmt: skip
    assert found[2] == ("consent", "done", "not asked (no consent dialog on this page)")
    assert found[3] == (
        "watch", "failed", "http://youtube.localhost/ is not a watch page",
    )  # fmt: skip
    assert found[4] == ("click", "skipped", "click is not simulated")
    assert found[5] == (
        "visit", "failed",
        "'https://other.example/page' is not on this site (http://youtube.localhost)",
    )  # fmt: skip
    assert found[6] == ("visit", "missing", "page status unavailable")
    assert found[7] == ("follow", "missing", "step 7 did not lead here")
    assert found[8] == ("search", "missing", "page status empty")
    assert found[9] == ("visit", "missing", "page status error")
    assert found[10] == ("scroll", "missing", "step 10 did not lead here")
    assert found[12] == ("scroll", "done", "60 items")
    assert found[13][1] == "done"
    assert statuses == ["ok", "unavailable", "empty", "error", "ok", "ok", "ok"]
