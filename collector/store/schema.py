"""The tables and views of a run, with a sentence for every column (:mod:`collector.store.tables`).

One source for three things: the DDL, the ``data_dictionary`` table inside the file, and the check
that ``docs/store.md`` tells the same. All times are ISO-8601 UTC text with milliseconds; JSON is
text.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from collector.store.tables import TABLES
from collector.store.views import VIEWS

SCHEMA_VERSION = 6
"""Kept in ``PRAGMA user_version``; a file with a larger number is refused."""

APPLICATION_ID = 0x54574E57
"""``PRAGMA application_id``: "TWNW"."""


class Outcome(StrEnum):
    """How a step of the ledger ended."""

    DONE = "done"
    MISSING = "missing"
    """The step ran, but the page or the playback was not what it should be: a missing cell."""
    FAILED = "failed"
    SKIPPED = "skipped"
    CONTAMINATED = "contaminated"
    """It may or may not have happened: nothing of this puppet counts from here on."""


class SessionState(StrEnum):
    """Where a session stands."""

    PLANNED = "planned"
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    CONTAMINATED = "contaminated"
    SKIPPED = "skipped"
    """Never started: its slot was missed, or an earlier session of the puppet did not end well."""


def ddl() -> list[str]:
    """Every statement that makes an empty store, in order."""
    return [statement for name in TABLES for statement in ddl_of(name)] + _views()


def _views() -> list[str]:
    return [f'CREATE VIEW "{name}" AS {view.sql.strip()}' for name, view in VIEWS.items()]


#: Schema version → the tables that came with it.
ADDED: Mapping[int, tuple[str, ...]] = {
    2: ("timelines", "feed"),
    3: ("turns", "queries", "persona_checks"),
    4: ("label_versions", "codings"),
    5: ("answers",),
    6: ("clocks",),
}


def upgrade(version: int) -> list[str]:
    """The statements that bring a file of an earlier version up to this one."""
    names = [name for added, tables in ADDED.items() if added > version for name in tables]
    tables = [statement for name in names for statement in ddl_of(name)]
    return [*tables, *(f'DROP VIEW IF EXISTS "{name}"' for name in VIEWS), *_views()]


def ddl_of(name: str) -> list[str]:
    """The statements that make one table and its indices."""
    table = TABLES[name]
    lines = []
    for column, spec in table.columns.items():
        if table.key == (column,):
            lines.append(f'"{column}" {spec.type} PRIMARY KEY NOT NULL')
        else:
            lines.append(f'"{column}" {spec.type}' + (" NOT NULL" if spec.required else ""))
    if len(table.key) > 1:
        lines.append("PRIMARY KEY (" + ", ".join(f'"{k}"' for k in table.key) + ")")
    for column, spec in table.columns.items():
        if spec.references:
            lines.append(f'FOREIGN KEY ("{column}") REFERENCES {spec.references}')
    statements = [f'CREATE TABLE "{name}" (\n  ' + ",\n  ".join(lines) + "\n)"]
    for index in table.indices:
        columns = ", ".join(f'"{c}"' for c in index)
        statements.append(f'CREATE INDEX "{name}_{"_".join(index)}" ON "{name}" ({columns})')
    return statements


def dictionary() -> list[dict[str, str]]:
    """Rows of the ``data_dictionary`` table."""
    rows = []
    for name, table in TABLES.items():
        rows.append({"name": name, "column": "", "type": "table", "about": table.about})
        rows += [
            {"name": name, "column": column, "type": spec.type, "about": spec.about}
            for column, spec in table.columns.items()
        ]
    for name, view in VIEWS.items():
        rows.append({"name": name, "column": "", "type": "view", "about": view.about})
        rows += [
            {"name": name, "column": column, "type": "", "about": about}
            for column, about in view.columns.items()
        ]
    return rows
