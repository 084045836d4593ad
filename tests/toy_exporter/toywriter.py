"""An export format as a package of somebody else brings it: how many rows each table has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from collector.export import Exporter
from collector.export.rows import rows
from collector.store import Store


def write(store: Store, names: Sequence[str], target: Path) -> None:
    with target.open("wb") as stream:
        to_stream(store, names, stream)


def to_stream(store: Store, names: Sequence[str], stream: BinaryIO) -> None:
    for name in names:
        stream.write(f"{name} {sum(1 for _ in rows(store, name))}\n".encode())


COUNT = Exporter(
    name="count",
    suffix="txt",
    title="a count",
    write=write,
    together=True,
    stream=to_stream,
    stream_many=True,
)
