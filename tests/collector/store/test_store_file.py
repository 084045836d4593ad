"""The file: several writers at once, damage and later versions named, the documentation true."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import sqlite_utils
from places import ROOT

from collector.common.errors import UserError
from collector.store import (
    SCHEMA_VERSION,
    TABLES,
    VIEWS,
    Store,
    StoreCorrupt,
    StoreMissing,
    StoreTooNew,
    StoreTooOld,
)
from collector.store.schema import ADDED

WRITER = """
import sys
from pathlib import Path
from collector.store import Store
name = sys.argv[2]
sys.stdin.readline()
with Store(Path(sys.argv[1])) as store:
    for number in range(60):
        with store.transaction():
            count = store.db.execute("SELECT count(*) FROM events").fetchone()[0]
            store.log("r", name, f"{count}")
            store.log("r", name, f"{count + 1}")
"""


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_four_processes_write_at_once_and_none_is_locked_out(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with Store(path) as store:
        store.add_run("r", scenario="s", seed=1, plan_hash="h")
    writers = [start(WRITER, str(path), f"w{n}") for n in range(4)]
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        _, complaint = writer.communicate(timeout=300)
        assert (writer.returncode, complaint) == (0, "")
    with Store(path, readonly=True) as store:
        seen = [int(row["message"]) for row in store.rows("SELECT message FROM events ORDER BY id")]
    assert seen == list(range(4 * 60 * 2))  # every transaction saw all that went before it


OPENER = """
import sys
from pathlib import Path
from collector.store import Store
sys.stdin.readline()
for number in range(5):
    with Store(Path(sys.argv[1]) / f"{number}.db") as store:
        assert store.runs() == []
"""


def test_processes_that_create_the_same_file_agree(tmp_path: Path) -> None:
    openers = [start(OPENER, str(tmp_path)) for _ in range(4)]
    for opener in openers:
        assert opener.stdin
        opener.stdin.write("go\n")
        opener.stdin.flush()
    for opener in openers:
        _, complaint = opener.communicate(timeout=300)
        assert (opener.returncode, complaint) == (0, "")


def test_the_log_is_written_ahead(tmp_path: Path) -> None:
    with Store(tmp_path / "store.db") as store:
        assert store.db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert store.db.execute("PRAGMA synchronous").fetchone() == (1,)
        assert store.db.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_a_later_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with Store(path) as store:
        store.db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    for readonly in (False, True):
        with pytest.raises(StoreTooNew, match="fix: update"):
            Store(path, readonly=readonly)


def as_version_1(path: Path) -> None:
    """A file as the first version wrote it: without the later tables, with an older view."""
    with Store(path) as store:
        store.add_run("r", scenario="s", seed=1, plan_hash="h")
        for tables in ADDED.values():
            for name in reversed(tables):
                store.db.execute(f"DROP TABLE {name}")
        store.db.execute("DROP VIEW exposure")
        store.db.execute("CREATE VIEW exposure AS SELECT 1 AS run")
        store.db.execute("PRAGMA user_version = 1")


@pytest.mark.parametrize("readonly", [False, True])
def test_an_earlier_version_is_brought_up_to_date(tmp_path: Path, readonly: bool) -> None:
    as_version_1(tmp_path / "old.db")
    with Store(tmp_path / "new.db") as new, Store(tmp_path / "old.db", readonly=readonly) as old:
        schema = "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"
        assert list(old.rows(schema)) == list(new.rows(schema))
        assert [row["id"] for row in old.runs()] == ["r"]
        assert old.db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        words = 'SELECT * FROM data_dictionary ORDER BY name, "column"'
        assert list(old.rows(words)) == list(new.rows(words))


def test_an_earlier_version_where_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "store.db"
    as_version_1(path)
    monkeypatch.setattr(os, "access", lambda *_: False)  # a root user may write anywhere
    with pytest.raises(StoreTooOld, match="copy the folder"):
        Store(path, readonly=True)


@pytest.mark.parametrize("readonly", [False, True])
def test_a_file_that_is_no_database(tmp_path: Path, readonly: bool) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(b"this is not a database at all" * 100)
    with pytest.raises(StoreCorrupt, match="fix: recover"):
        Store(path, readonly=readonly)
    assert path.read_bytes().startswith(b"this is not")  # nothing was overwritten


def test_damaged_pages_are_found(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with Store(path) as store:
        store.add_run("r", scenario="s", seed=1, plan_hash="h")
        for number in range(2000):
            store.db.execute(
                "INSERT INTO events (time, run, level, kind, message) VALUES ('', 'r', '', '', ?)",
                [str(number) * 20],
            )
        store.check()
        pages = store.db.execute("PRAGMA page_count").fetchone()[0]
    data = bytearray(path.read_bytes())
    data[(pages - 20) * 4096 : (pages - 2) * 4096] = b"\xa5" * (18 * 4096)
    path.write_bytes(data)
    with Store(path) as store, pytest.raises(StoreCorrupt, match="evidence files"):
        store.check()


def test_a_folder_without_a_store(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing, match="collector run"):
        Store(tmp_path / "store.db", create=False)
    (tmp_path / "empty.db").touch()
    with pytest.raises(StoreMissing, match="no run"):
        Store(tmp_path / "empty.db", readonly=True)


def test_a_store_is_read_while_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with Store(path) as writer, Store(path, readonly=True) as reader:
        writer.add_run("r", scenario="s", seed=1, plan_hash="h")
        assert [row["id"] for row in reader.runs()] == ["r"]
        with writer.transaction():
            writer.add_puppet("p", run="r", arm="a", twin=1, block=1)
            assert reader.puppets() == []
        assert [row["id"] for row in reader.puppets()] == ["p"]
        with pytest.raises(UserError):
            reader.log("r", "k", "m")


def test_the_documentation_tells_the_schema(tmp_path: Path) -> None:
    """docs/store.md names every table, view and column of a fresh file, with type and words."""
    text = (ROOT / "docs" / "store.md").read_text("utf-8")
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL))
    with Store(tmp_path / "store.db") as store:
        db: sqlite_utils.Database = store.db
        assert set(sections) == set(db.table_names()) | set(db.view_names())
        for name in db.table_names():
            real = {column.name: column.type for column in db.table(name).columns}
            told = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", sections[name], re.MULTILINE))
            assert told == real
        for name in db.view_names():
            real_columns = [c[0] for c in db.execute(f"SELECT * FROM {name}").description]
            assert re.findall(r"^\| `(\w+)` \|", sections[name], re.MULTILINE) == real_columns
        inside = {
            (r["name"], r["column"]): r["about"]
            for r in store.rows("SELECT * FROM data_dictionary")
        }
    for name, described in {**TABLES, **VIEWS}.items():
        assert described.about in sections[name]
        assert inside[name, ""] == described.about
        for column in described.columns:
            assert inside[name, column].replace("|", "\\|") in sections[name]
