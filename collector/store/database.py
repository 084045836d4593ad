"""Opening the file: write-ahead log, waiting instead of failing, foreign keys, one schema version.

Protects the rule that several worker processes write at once and none ever sees "database is
locked": write transactions begin IMMEDIATE (a deferred one cannot wait once another process wrote),
and opening, where SQLite's busy handler does not help, is serialised with a lock on the folder.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from collector import posix
from collector.environment import refusals
from collector.files import make_private
from collector.sqlite import Database
from collector.store import schema
from collector.store.absent import no_run
from collector.store.errors import StoreTooNew, StoreTooOld, damaged, translated

BUSY_TIMEOUT_S = 60.0
"""How long a writer waits for its turn."""


def open_database(path: Path, *, create: bool, readonly: bool) -> Database:
    """The database at ``path``, ready for use.

    :raises UserError: missing, damaged, locked for too long, or written by a later version.
    """
    if not path.is_file() and (readonly or not create):
        raise no_run(path)
    with user_errors(path):
        if readonly:
            _bring_up_to_date(path)
            return _connect_readonly(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with _folder_lock(path.parent):
            make_private(path)  # never opens one that SQLite may have open: see there
            connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
            try:
                return _prepare(connection, path)
            except BaseException:
                connection.close()
                raise


def _prepare(connection: sqlite3.Connection, path: Path) -> Database:
    version = _checked_version(connection, path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    db = Database(connection)
    if version < schema.SCHEMA_VERSION:
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in schema.ddl() if version == 0 else schema.upgrade(version):
                connection.execute(statement)
            connection.execute("DELETE FROM data_dictionary")
            db.table("data_dictionary").insert_all(schema.dictionary())
            connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {schema.SCHEMA_VERSION}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    return db


def _bring_up_to_date(path: Path) -> None:
    """A file of an earlier version gets the tables it lacks: readers may count on all of them."""
    with contextlib.closing(_connect_readonly(path)) as db:
        version = _checked_version(db.conn, path)
    if version == schema.SCHEMA_VERSION:
        return
    if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        raise StoreTooOld(
            f"the store has schema version {version}, which must be brought up to"
            f" {schema.SCHEMA_VERSION} first, and it cannot be written",
            place=str(path),
            fix="copy the folder of the run to a place where you may write, and use the copy",
        )
    open_database(path, create=False, readonly=False).close()


def _connect_readonly(path: Path) -> Database:
    # A write-ahead log needs its shared-memory file: where the folder cannot be written, and no
    # log is pending, the file is read as immutable.
    uri = path.resolve().as_uri() + "?mode=ro"
    pending = path.with_name(path.name + "-wal")
    if not os.access(path.parent, os.W_OK) and not (pending.exists() and pending.stat().st_size):
        uri += "&immutable=1"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None)
    try:
        if _checked_version(connection, path) == 0:
            raise no_run(path)
        return Database(connection)
    except BaseException:
        connection.close()
        raise


def _checked_version(connection: sqlite3.Connection, path: Path) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    there = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    if version == schema.SCHEMA_VERSION and (lost := sorted(schema.TABLES.keys() - there)):
        raise damaged(f"without the table {lost[0]}", path)
    if version > schema.SCHEMA_VERSION:
        raise StoreTooNew(
            f"the store has schema version {version}, this program knows {schema.SCHEMA_VERSION}",
            place=str(path),
            fix="update the program (pip install --upgrade twinwatch) and try again",
        )
    return version


@contextlib.contextmanager
def transaction(
    db: Database, path: Path, guard: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """Everything inside happens or nothing does; a nested one is a savepoint of the outer.

    :param guard: called once the write lock is held; what it raises undoes the transaction.
    """
    with user_errors(path):
        if db.conn.in_transaction:
            with db.atomic():
                yield
            return
        db.conn.execute("BEGIN IMMEDIATE")
        try:
            guard()
            yield
            db.conn.execute("COMMIT")
        except BaseException:
            if db.conn.in_transaction:
                db.conn.execute("ROLLBACK")
            raise


@contextlib.contextmanager
def user_errors(path: Path) -> Iterator[None]:
    """SQLite's errors that a user can mend, as such; the others pass unchanged."""
    try:
        yield
    except sqlite3.Error as error:
        mended = translated(error, path)
        if mended is None:
            raise
        raise mended from error


def quick_check(db: Database, path: Path) -> None:
    """Have SQLite look through the whole file.

    :raises StoreCorrupt: a page, an index or a constraint of the file is broken.
    """
    found = [row[0] for row in db.execute("PRAGMA quick_check(3)")]
    if found != ["ok"]:
        raise damaged("; ".join(found), path)


@contextlib.contextmanager
def _folder_lock(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        with refusals(folder):
            posix.lock(handle, wait=True)
        yield
    finally:
        os.close(handle)
