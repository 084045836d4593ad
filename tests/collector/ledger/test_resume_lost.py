"""What a run left and is gone was lost: it is not taken up as if it had not begun."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collector.cli import main

SCENARIO = """
name: one
site: mock
seed: 7
persona: marie-us
before: [{visit: home}, {consent: reject}]
arms:
  a: {twins: 1, steps: [{search: live concert}, {follow: {rank: 1}}, {watch: 3s}]}
"""


def collector(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "one.yaml").write_text(SCENARIO)
    out = folder / "run"
    done = collector("run", folder / "one.yaml", "--driver", "http", "--out", out)
    assert done.exit_code == 0, done.output
    return out


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in ("store.db-wal", "store.db-shm")  # a reader's
    }


def remove_store(run: Path) -> None:
    for path in run.glob("store.db*"):
        path.unlink()


def empty_store(run: Path) -> None:
    remove_store(run)
    (run / "store.db").touch()


def another_store(run: Path) -> None:
    remove_store(run)
    with sqlite3.connect(run / "store.db") as connection:
        connection.execute("CREATE TABLE other (thing)")


def remove_profile(run: Path) -> None:
    shutil.rmtree(run / "profiles" / "a-1")


def cut(path: Path, share: float) -> None:
    """What a disk that filled, or a copy that broke off, leaves of a file."""
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])


def cut_line(path: Path) -> None:
    """The same, where a line happened to end."""
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[: len(lines) // 2]))


def zero(path: Path, share: float) -> None:
    """What a machine that lost its power leaves of a file: its length, with zeros."""
    content = path.read_bytes()
    kept = int(len(content) * share)
    path.write_bytes(content[:kept] + bytes(len(content) - kept))


def in_store(*statements: str) -> Callable[[Path], None]:
    """Something that is done to the ledger behind the program's back."""

    def lose(run: Path) -> None:
        connection = sqlite3.connect(run / "store.db")
        for statement in ("PRAGMA journal_mode = DELETE", *statements):
            connection.execute(statement)
        connection.commit()
        connection.close()

    return lose


LOSSES: dict[str, tuple[Callable[[Path], None], str]] = {
    "store": (remove_store, "store.db is missing"),
    "empty store": (empty_store, "store.db is empty"),
    "another store": (another_store, "store.db holds no run"),
    "profile": (remove_profile, "profiles/a-1 is missing"),
    "profiles": (lambda run: shutil.rmtree(run / "profiles"), "profiles/a-1 is missing"),
    "site": (lambda run: (run / "mock.state").unlink(), "mock.state is missing"),
    "empty site": (lambda run: cut(run / "mock.state", 0), "mock.state is empty"),
    "half of the site": (lambda run: cut(run / "mock.state", 0.5), "mock.state is cut short: "),
    "site of lines alone": (lambda run: cut_line(run / "mock.state"), "captured pages are not in"),
    "site of zeros": (lambda run: zero(run / "mock.state", 0), "mock.state is damaged"),
    "site half zeros": (lambda run: zero(run / "mock.state", 0.5), "mock.state is damaged"),
    "what was sent": (lambda run: (run / "mock.db").unlink(), "mock.db is missing"),
    "nothing sent": (lambda run: cut(run / "mock.db", 0), "mock.db is empty"),
    "half sent": (lambda run: cut(run / "mock.db", 0.5), "mock.db is damaged"),
    "sent zeros": (lambda run: zero(run / "mock.db", 0), "mock.db is damaged"),
    "evidence": (lambda run: shutil.rmtree(run / "evidence"), "evidence/ is missing"),
    "steps": (in_store("DELETE FROM steps"), "store.db has lost 5 of 5 steps of the plan"),
    "last steps": (in_store("DELETE FROM steps WHERE step > 2"), "lost 2 of 5 steps of the plan"),
    "sessions": (in_store("DELETE FROM turns", "DELETE FROM sessions"), "store.db has lost"),
    "state": (in_store("UPDATE sessions SET state = 'over'"), "calls session b01-a-1 'over'"),
    "another run's": (
        in_store("PRAGMA foreign_keys = OFF", "UPDATE runs SET id = 'another'"),
        "store.db is that of another, not of one-",
    ),
    "table": (in_store("DROP TABLE steps"), "damaged or not a database (without the table steps)"),
    "snapshots": (lambda run: shutil.rmtree(run / "snapshots"), "snapshots/"),
}


@pytest.mark.parametrize(("lose", "words"), LOSSES.values(), ids=LOSSES.keys())
def test_a_run_with_a_loss_is_not_taken_up(
    whole: Path, tmp_path: Path, lose: Callable[[Path], None], words: str
) -> None:
    """Exit 2, the thing that is lost, nothing touched."""
    run = tmp_path / "run"
    shutil.copytree(whole, run)
    lose(run)
    before = content(run)
    refused = collector("run", "--resume", run)
    assert refused.exit_code == 2, refused.output
    assert words in refused.stderr
    assert "fix:" in refused.stderr
    assert content(run) == before


def test_a_whole_run_is_taken_up(whole: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(whole, run)
    done = collector("run", "--resume", run)
    assert done.exit_code == 0, done.output
