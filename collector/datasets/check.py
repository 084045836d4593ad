"""Is a dataset whole? Its card, its files' hashes, its rows, and that nobody can be found in it.

Every problem is told with its file, its line or row and its column; the same fault in many rows is
told a few times and then counted.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from collector.common.errors import UserError
from collector.datasets import card
from collector.datasets.errors import NoDataset
from collector.datasets.integrity import Integrity
from collector.datasets.published import FILE
from collector.datasets.readers import Fault, Row, digest, read
from collector.datasets.writers import STORE, path_of
from collector.export import Format
from collector.imports import import_published
from collector.store import TABLES

#: Problems of one kind that are told one by one.
_TOLD = 5


@dataclass
class Checked:
    """What was found."""

    folder: Path
    problems: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    formats: list[str] = field(default_factory=list)
    more: int = 0
    """Problems that are like one that is told."""

    @property
    def whole(self) -> bool:
        """Return whether no problem was found."""
        return not self.problems

    def to_dict(self) -> dict[str, Any]:
        """Return what was found, JSON-ready; ``dataset`` is the folder."""
        return {
            "dataset": str(self.folder),
            "whole": self.whole,
            "problems": self.problems,
            "more_of_the_same": self.more,
            "formats": self.formats,
            "counts": self.counts,
        }


def check(folder: Path) -> Checked:
    """Look at everything; what is wrong is in the answer.

    :raises UserError: there is no dataset.
    """
    folder = Path(folder)
    if not (folder / card.CARD).is_file():
        raise NoDataset(
            f"there is no {card.CARD}",
            place=str(folder),
            fix="name a folder that collector dataset new has written",
        )
    return _Check(folder).run()


class _Check:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.found = Checked(folder)
        self._kinds: Counter[tuple[str, str]] = Counter()

    def run(self) -> Checked:
        told = self._card()
        if told is not None:
            self._files(told["files"])
            if told["shape"] == "e18":
                self._published(told["counts"])
            else:
                self._tables(told)
        return self.found

    def _wrong(self, fault: Fault) -> None:
        kind = (fault.file, f"{fault.column} {fault.problem[:24]}")
        self._kinds[kind] += 1
        if self._kinds[kind] <= _TOLD:
            self.found.problems.append(str(fault))
        else:
            self.found.more += 1

    def _card(self) -> dict[str, Any] | None:
        """The card, if it can be used."""
        try:
            told = json.loads((self.folder / card.CARD).read_text("utf-8"))
        except ValueError as error:
            self._wrong(Fault(card.CARD, f"is not JSON: {error}"))
            return None
        if not isinstance(told, dict) or told.get("format") != card.FORMAT:
            self._wrong(Fault(card.CARD, f"its format is not {card.FORMAT}"))
            return None
        missing = [name for name in card.REQUIRED if told.get(name) in (None, "", [], {})]
        for name in missing:
            self._wrong(Fault(card.CARD, "says nothing", column=name))
        if not (self.folder / card.README).is_file():
            self._wrong(Fault(card.README, "the file is missing"))
        usable = isinstance(told.get("files"), dict) and isinstance(told.get("counts"), dict)
        if not usable:
            self._wrong(Fault(card.CARD, "its files or counts are not lists of names"))
        return told if usable and "shape" not in missing else None

    def _files(self, told: Mapping[str, Any]) -> None:
        for name, facts in told.items():
            path = self.folder / name
            if ".." in Path(name).parts or Path(name).is_absolute():
                self._wrong(Fault(card.CARD, f"names a file outside the dataset: {name}"))
            elif not path.is_file():
                self._wrong(Fault(name, "the file is missing"))
            elif path.stat().st_size != facts.get("bytes"):
                size = path.stat().st_size
                self._wrong(Fault(name, f"has {size:,} bytes, not {facts.get('bytes'):,}"))
            elif card.sha256_of(path) != facts.get("sha256"):
                self._wrong(Fault(name, "was changed: its SHA-256 is not the card's"))
        for path in sorted(self.folder.rglob("*")):
            name = path.relative_to(self.folder).as_posix()
            if path.is_file() and name not in told and not card.is_own(name):
                self._wrong(Fault(name, "does not belong to the dataset: the card lacks it"))

    # ---- tables

    def _tables(self, told: Mapping[str, Any]) -> None:
        formats = [form for form in Format if _holds(told["files"], form)]
        self.found.formats = [str(form) for form in formats]
        if not formats:
            self._wrong(Fault(card.CARD, "names no table in any format", column="files"))
            return
        integrity = Integrity(self._wrong)
        for table in TABLES:
            first: tuple[int, str] | None = None
            for form in formats:
                rows = self._rows(form, table)
                if form is formats[0]:
                    rows = integrity.watched(table, rows, _place(self.folder, form, table), form)
                try:
                    found = digest(rows, table)
                except Fault as fault:
                    self._wrong(fault)
                    continue
                self._compare(table, form, found, first, told["counts"].get(table))
                if first is None:
                    first = found
                    self.found.counts[table] = found[0]
        integrity.end()

    def _rows(self, form: Format, table: str) -> Iterator[Row]:
        return read(self.folder, form, table)

    def _compare(
        self, table: str, form: Format, found: tuple[int, str], first: tuple[int, str] | None,
        counted: Any,
    ) -> None:  # fmt: skip
        place = _place(self.folder, form, table)
        if found[0] != counted:
            said = "nothing" if counted is None else f"{counted:,}"
            self._wrong(Fault(place, f"has {found[0]:,} rows, the card says {said}"))
        elif first is not None and found != first:
            self._wrong(Fault(place, f"holds other values than {self.found.formats[0]}"))

    # ---- the shape of the published data

    def _published(self, told: Mapping[str, Any]) -> None:
        self.found.formats = ["e18"]
        with tempfile.TemporaryDirectory() as scratch:
            try:
                found = import_published("e18", self.folder / FILE, Path(scratch))
            except UserError as error:
                self._wrong(Fault(FILE, error.problem))
                return
        self.found.counts = {"impressions": found.impressions, "posts": found.posts}
        for name, count in self.found.counts.items():
            if count != told.get(name):
                self._wrong(Fault(FILE, f"has {count:,} {name}, the card says {told.get(name)}"))


def _holds(files: Mapping[str, Any], form: Format) -> bool:
    if form is Format.SQLITE:
        return STORE in files
    return any(name.startswith(f"{form}/") for name in files)


def _place(folder: Path, form: Format, table: str) -> str:
    name = path_of(folder, form, table).relative_to(folder).as_posix()
    return f"{name} {table}" if form is Format.SQLITE else name
