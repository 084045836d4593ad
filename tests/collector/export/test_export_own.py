"""An export format of somebody else, installed beside this package, is one like those that ship."""

from __future__ import annotations

from pathlib import Path

from places import TESTS
from synthetic_run import build
from toys import collector_beside

from collector.export import formats
from collector.store import Store

TOY = TESTS / "toy_exporter"


def test_it_is_named_and_written(tmp_path: Path) -> None:
    """In the help, on the standard output, and as a file."""
    folder = build(tmp_path / "run")
    with Store(folder / "store.db", readonly=True) as store:
        steps = sum(1 for _ in store.steps())
    assert steps > 0
    assert "count" in collector_beside(TOY, "export", "--help").stdout
    streamed = collector_beside(TOY, "export", str(folder), "--format", "count", "--table", "steps")
    assert streamed.stdout == f"steps {steps}\n", streamed.stderr
    done = collector_beside(
        TOY, "export", str(folder), "--format", "count", "--out", str(tmp_path / "n.txt")
    )
    assert done.returncode == 0, done.stderr
    assert f"steps {steps}\n" in (tmp_path / "n.txt").read_text()


def test_those_that_ship_come_first() -> None:
    assert [str(form) for form in formats()] == ["jsonl", "csv", "parquet", "sqlite"]
