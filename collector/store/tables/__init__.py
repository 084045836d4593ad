"""The tables of a store by topic, a module each, in the order in which they are made."""

from __future__ import annotations

from collections.abc import Mapping

from collector.store.columns import Table
from collector.store.tables import captured, conduct, labels, ledger, truth

TABLES: Mapping[str, Table] = {
    name: table
    for part in (ledger, captured, labels, truth, conduct)
    for name, table in part.TABLES.items()
}
