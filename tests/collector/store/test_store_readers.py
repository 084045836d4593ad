"""Looking is harmless: whoever reads ``store.db`` beside a run changes nothing, and loses nothing.

SQLite keeps its locks by process and file; closing any other descriptor of the file drops them all,
and a reader that comes then believes the store unused and takes its log away.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from collector.store import Store
from mockserver.db import Submissions

LOOK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
print(connection.execute("SELECT count(*) FROM " + sys.argv[2]).fetchone()[0])
connection.close()
"""


def looked(path: Path, table: str) -> int:
    """What another program reads, which then closes the file."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK, str(path), table], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def test_a_second_connection_of_the_process_and_a_reader_beside_it(tmp_path: Path) -> None:
    """Fleet desk and lease keeper open the store of their process again and again."""
    path = tmp_path / "store.db"
    with Store(path) as first:
        first.add_run("r", scenario="s", seed=1, plan_hash="h")
        for number in range(4):
            with Store(path) as second:
                second.log("r", "second", str(number))
                assert looked(path, "events") == 2 * number + 1
                first.log("r", "first", str(number))
                assert looked(path, "events") == 2 * number + 2
            with Store(path, readonly=True) as reader:
                assert len(list(reader.rows("SELECT * FROM events"))) == 2 * number + 2
    with Store(path) as store:
        store.check()
        found = [row["message"] for row in store.rows("SELECT message FROM events ORDER BY id")]
    assert found == [str(number) for number in range(4) for _ in range(2)]


def test_the_log_stays_while_the_store_is_open(tmp_path: Path) -> None:
    """The reader's end must not be taken for the end of the last connection."""
    path = tmp_path / "store.db"
    with Store(path) as first:
        first.add_run("r", scenario="s", seed=1, plan_hash="h")
        Store(path).close()
        before = (tmp_path / "store.db-wal").stat().st_ino
        looked(path, "runs")
        assert (tmp_path / "store.db-wal").stat().st_ino == before


def test_a_read_that_is_cut_off_holds_nothing(tmp_path: Path) -> None:
    """Ctrl-C in the middle of a read; its traceback is kept, others write, and then we do."""
    with Store(tmp_path / "store.db") as store:
        store.add_run("r", scenario="s", seed=1, plan_hash="0" * 64)
        store.log("r", "note", "one")
        read = store.rows("SELECT * FROM data_dictionary")
        next(read)
        with pytest.raises(KeyboardInterrupt) as cut:
            read.throw(KeyboardInterrupt())  # type: ignore[attr-defined]
        with Store(tmp_path / "store.db") as other:
            other.log("r", "note", "two")
        store.log("r", "note", "three")
        assert cut.tb is not None
        assert [row["message"] for row in store.rows("SELECT message FROM events")][-3:] == [
            "one", "two", "three",
        ]  # fmt: skip


def test_rows_that_nobody_reads_to_their_end_outlive_their_store(tmp_path: Path) -> None:
    """Whoever lets go of them later is told of nothing (a warning would fail this test)."""
    with Store(tmp_path / "store.db") as store:
        read = store.rows("SELECT * FROM data_dictionary")
        next(read)
    read.close()  # type: ignore[attr-defined]


def test_the_mocks_databases_beside_readers(tmp_path: Path) -> None:
    """The same of what the mock files: ``mock.db`` stays whole under whoever looks."""
    path = tmp_path / "mock.db"
    first = Submissions(path)
    for _ in range(3):
        second = Submissions(path)
        secret = second.secret
        assert looked(path, "server") == 1
        assert first.secret == secret
        second.close()
        with first.writing():
            first.db.execute("INSERT OR REPLACE INTO server VALUES ('looked', 'yes')")
            first.db.execute("DELETE FROM server WHERE key = 'looked'")
    first.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


#: Put before every program of a run: an opening of an SQLite file that is not SQLite's own is
#: written down. ``open`` is raised for ``open``, ``os.open`` and ``io.open``, not for SQLite.
AUDIT = """
import os, sys
_KEPT = os.environ["OPENED"]
_NAMES = ("store.db", "mock.db", "mock.truth.db")
def _hook(event, arguments):
    if event != "open" or not isinstance(arguments[0], (str, bytes, os.PathLike)):
        return
    name = os.path.basename(os.fsdecode(arguments[0]))
    if name.startswith(_NAMES) and name.removesuffix("-wal").removesuffix("-shm") in _NAMES:
        # O_EXCL gives no descriptor of a file that exists
        if os.path.exists(arguments[0]) and not arguments[2] & os.O_EXCL:
            handle = os.open(_KEPT, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            where, caller = os.path.basename(os.fsdecode(arguments[0])), sys._getframe(1)
            who = f"{where}: {caller.f_code.co_filename}:{caller.f_lineno}\\n"
            os.write(handle, who.encode())
            os.close(handle)
sys.addaudithook(_hook)
"""

SCENARIO = """
name: looked-at
site: mock
seed: 7
persona: marie-us
before: [{visit: home}, {consent: reject}]
arms:
  a: {twins: 1, steps: [{search: live concert}, {follow: {rank: 1}}, {watch: 3s}]}
  b: {twins: 1, steps: [{search: speedrun}, {follow: {rank: 1}}, {watch: 3s}]}
"""


#: The command, forked from a process that never read the ``sitecustomize`` of this environment.
COLLECTOR = AUDIT + "from collector import start; sys.exit(start.main())"


@pytest.fixture
def collector(
    audited: dict[str, str],
    forked_processes: tuple[pytest.MonkeyPatch, Callable[..., tuple[str, ...]]],
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The command ``collector`` in an environment where what it opens is written down."""
    python = forked_processes[1]("python")

    def collector(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*python, COLLECTOR, *map(str, arguments)],
            capture_output=True, text=True, env=audited, timeout=240,
        )  # fmt: skip

    return collector


@pytest.fixture
def audited(tmp_path: Path) -> dict[str, str]:
    """The environment of programs that write down what they open beside SQLite."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(AUDIT)
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(
            [str(tmp_path / "site"), *filter(None, [os.environ.get("PYTHONPATH")])]
        ),
        "OPENED": str(tmp_path / "opened"),
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    "commands",
    [
        (
            "export OUT --format sqlite --out ELSE",
            "reparse OUT",
            "report OUT",
            "run --resume OUT",
        ),
        pytest.param(("run --repeat OUT --out ELSE",), marks=pytest.mark.slow),
    ],
    ids=["all but a repetition", "a repetition"],
)
def test_a_run_beside_readers_and_nothing_opens_the_store_but_sqlite(
    tmp_path: Path, commands: tuple[str, ...],
    collector: Callable[..., subprocess.CompletedProcess[str]],
) -> None:  # fmt: skip
    """Commands that have to do with a run, which ``status`` and sqlite3 look at all the while:
    every watch once, and no program opened a database beside SQLite."""
    out = tmp_path / "run"
    (tmp_path / "s.yaml").write_text(SCENARIO)
    over = threading.Event()

    def look() -> None:
        turns = 0
        while not over.wait(0.1):
            if (out / "store.db").exists():
                try:
                    connection = sqlite3.connect(out / "store.db")
                    connection.execute("SELECT count(*) FROM steps").fetchone()
                    connection.close()
                except sqlite3.OperationalError:
                    pass  # not made yet
                if turns % 20 == 0:
                    collector("status", out)
                turns += 1

    reader = threading.Thread(target=look)
    reader.start()
    try:
        begun = collector("run", tmp_path / "s.yaml", "--driver", "http", "--out", out)
    finally:
        over.set()
        reader.join()
    assert begun.returncode == 0, begun.stderr
    with Store(out / "store.db", readonly=True) as store:
        watched = list(store.rows("SELECT outcome FROM steps WHERE kind = 'watch'"))
        assert [row["outcome"] for row in watched] == ["done"] * 2
    places = {"OUT": out, "ELSE": tmp_path / "else"}
    for command in commands:
        done = collector(*(places.get(word, word) for word in command.split()))
        allowed = {0} if "--repeat" in command else {0, 2}
        assert done.returncode in allowed, (command, done.stderr)
    opened = tmp_path / "opened"
    assert not opened.exists(), sorted(set(opened.read_text().splitlines()))


@pytest.mark.parametrize("forked", [False, True])
def test_the_audit_would_see_it(
    tmp_path: Path,
    audited: dict[str, str],
    forked_processes: tuple[pytest.MonkeyPatch, Callable[..., tuple[str, ...]]],
    forked: bool,
) -> None:
    """The check of the test above is no blind one, of commands and of what they start."""
    (tmp_path / "store.db").write_bytes(b"")
    script = f"open({str(tmp_path / 'store.db')!r}, 'rb').close()"
    python = forked_processes[1]("python") if forked else (sys.executable, "-c")
    subprocess.run([*python, AUDIT + script if forked else script], env=audited, check=True)
    line = (AUDIT + script).count("\n") + 1 if forked else 1
    assert (tmp_path / "opened").read_text() == f"store.db: <string>:{line}\n"
