"""Parquet: one file a table, types and descriptions from the schema, written in batches."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from collector.export.exporter import Exporter
from collector.export.rows import about, columns, rows
from collector.store import Store

_TYPES = {"TEXT": pa.string(), "INTEGER": pa.int64(), "REAL": pa.float64()}
_BATCH = 20_000
"""Rows a row group: bounds the memory of a large table."""


def write_parquet(store: Store, names: Sequence[str], target: Path) -> None:
    """One table."""
    (name,) = names
    schema = pa.schema(
        [
            pa.field(column, _TYPES[kind], metadata={"description": about(name, column)})
            for column, kind in columns(name).items()
        ]
    )
    found = rows(store, name)
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        while batch := list(islice(found, _BATCH)):
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))


PARQUET = Exporter(name="parquet", suffix="parquet", title="Parquet", write=write_parquet)
