"""Doing a run again from its pack, and saying whether the report's numbers are the same."""

from __future__ import annotations

import contextlib
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collector.analysis.report import report_data
from collector.contract.layout import RunDir
from collector.packing.errors import PackRefused
from collector.packing.numbers import comparable, report_hash
from collector.packing.tables import rows_of
from collector.packing.verify import verify_pack
from collector.registration.blinding import unblind_run
from collector.registration.deviations import short
from collector.registration.differences import leaves
from collector.run.repeat import repeat
from collector.run.result import RunResult
from collector.schedule.display import Display
from collector.store import Store

#: What a repetition is made from.
_NEEDED = ("manifest.json", "plan.json")
_MAY = ("labels.csv",)
#: What people said of the items after the run: without it a repetition would count other labels.
_SAID = ("label_versions", "codings")
_MOST_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Repeated:
    """What a repetition came to."""

    result: RunResult
    was: str
    """Hash of the report's numbers in the pack."""
    now: str
    differences: tuple[str, ...]
    """Where the numbers differ, in words; at most as many as there are keys."""

    @property
    def equal(self) -> bool:
        """Return whether the report's numbers have the hash that the pack states."""
        return self.was == self.now


@contextmanager
def opened(pack: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """A folder with what a repetition needs, and the report's numbers as the pack has them.

    :raises PackRefused: the file is not a pack, or not what was signed.
    """
    if found := verify_pack(pack):
        raise PackRefused(
            f"not what was signed: {found[0].where} {found[0].problem}",
            place=str(pack),
            fix="collector pack --verify lists what is wrong; copy it again",
        )
    with zipfile.ZipFile(pack) as source, tempfile.TemporaryDirectory() as scratch:
        for name in (*_NEEDED, *_MAY):
            if name in source.namelist():
                if source.getinfo(name).file_size > _MOST_BYTES:
                    raise PackRefused(f"{name} is too large", place=str(pack), fix="unpack it")
                (Path(scratch) / name).write_bytes(source.read(name))
        for table in _SAID:
            if (name := f"tables/{table}.csv.gz") in source.namelist():
                (Path(scratch) / f"{table}.csv.gz").write_bytes(source.read(name))
        yield Path(scratch), json.loads(source.read("report/report.json"))


def _label_again(run: Path, folder: Path) -> None:
    """Bring the labels that were given after the packed run into its repetition."""
    with contextlib.closing(Store(run / "store.db", create=False)) as store, store.transaction():
        for table in _SAID:
            if (packed := folder / f"{table}.csv.gz").exists():
                store.db.table(table).insert_all(rows_of(table, packed.read_bytes()))


def repeat_pack(
    pack: Path,
    out: Path | None,
    *,
    display: Display,
    confirm: Callable[[str], bool],
    workers: int | None = None,
    command: str = "",
    truth_token: str = "",
) -> Repeated:
    """Run the plan of a pack once more and compare the numbers of the two reports.

    :param out: a new directory for the new run.
    :raises UserError: the pack, or the place for the run, cannot be used.
    """
    with opened(pack) as (folder, told):
        if (RunDir(folder).read_manifest() or {}).get("profiles"):
            raise PackRefused(
                "the puppets of this run began as profiles that no pack holds",
                place=str(pack),
                fix="repeat it where it was run: collector run --repeat DIR",
            )
        result = repeat(
            folder,
            display=display,
            confirm=confirm,
            out=out,
            workers=workers,
            command=command,
            truth_token=truth_token,
        )
        _label_again(result.out.root, folder)
    numbers = comparable(report_data(result.out.root))
    if numbers.get("blinded") and not told["numbers"].get("blinded"):
        unblind_run(result.out.root)
        numbers = comparable(report_data(result.out.root))
    differences = tuple(
        f"{'.'.join(path)} was {short(was, 60)} and is {short(now, 60)}"
        for path, was, now in leaves(told["numbers"], numbers)
    )
    return Repeated(result, told["sha256"], report_hash(numbers), differences)
