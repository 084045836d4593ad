"""Is a pack what was signed? Offline, every byte, and what is wrong is named.

Protects the rule that evidence can be checked by a stranger: the container is written again from
its content and compared, every file is held against its checksum, the checksums against the
signature, every captured page against the chain and the chain against its start, the plan against
the hash that the manifest names, and the report's numbers against theirs.
"""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator

from collector.packing.container import CHUNK, first_difference
from collector.packing.errors import PackRefused
from collector.packing.numbers import report_hash
from collector.packing.signature import SIGNATURE, SUMS, check_signature, read_sums
from collector.packing.wacz import CHAIN, WARC, chain

#: What Python's reader of zip files raises for one that is damaged, depending on where.
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a pack that is not as it was signed. ``where``: a file of it, or its bytes."""

    where: str
    problem: str


def verify_pack(path: Path, public_key: str = "") -> list[Finding]:
    """Everything that is wrong with a pack; an empty list: it is what was signed.

    :param public_key: (hex) the key that must have signed it; empty: whichever it names.
    :raises PackRefused: there is no file, or it is no zip file at all.

    Example: ``assert verify_pack(Path("run.zip")) == []``.
    """
    if not path.is_file():
        raise PackRefused("there is no such file", place=str(path), fix="name a pack")
    try:
        with zipfile.ZipFile(path) as pack:
            found = list(_Check(pack, public_key).findings())
        broken = any(each.problem.startswith("cannot be read") for each in found)
        at = None if broken else first_difference(path)
    except _UNREADABLE as error:
        raise PackRefused(
            f"this is not a pack, or it is cut off: {error}", place=str(path), fix="copy it again"
        ) from error
    if at is not None:
        found.append(Finding(_member_at(path, at), f"byte {at:,} of the file was changed or added"))
    return found


def signer_of(path: Path) -> str:
    """The public key (hex) that the signature of a pack names; believe it of a good pack alone."""
    with zipfile.ZipFile(path) as pack:
        return str(json.loads(pack.read(SIGNATURE))["public_key"])


def _member_at(path: Path, offset: int) -> str:
    """The file of the container that a byte belongs to."""
    with zipfile.ZipFile(path) as pack:
        before = [i for i in pack.infolist() if i.header_offset <= offset < pack.start_dir]
        inside = offset < pack.start_dir and before
        return max(before, key=lambda i: i.header_offset).filename if inside else path.name


class _Check:
    """One pack, file by file."""

    def __init__(self, pack: zipfile.ZipFile, public_key: str) -> None:
        self.pack, self.public_key = pack, public_key
        self.names = pack.namelist()
        self.bad: set[str] = set()

    def findings(self) -> Iterator[Finding]:
        """All of them, in the order of the checks."""
        doubles = sorted({name for name in self.names if self.names.count(name) > 1})
        yield from (Finding(name, "is there twice") for name in doubles)
        for needed in (SUMS, SIGNATURE, CHAIN, "plan.json", "manifest.json"):
            if needed not in self.names:
                yield Finding(needed, "is missing")
                self.bad.add(needed)
        yield from self._checksums()
        yield from self._signature()
        yield from self._plan()
        yield from self._chain()
        yield from self._numbers()

    def _read(self, name: str) -> bytes | None:
        """A file's bytes; ``None``: a problem with it is told already."""
        return None if name in self.bad else self.pack.read(name)

    def _checksums(self) -> Iterator[Finding]:
        try:
            sums = read_sums(self.pack.read(SUMS)) if SUMS not in self.bad else {}
        except _UNREADABLE as error:
            yield Finding(SUMS, f"cannot be read: {error}")
            self.bad.add(SUMS)
            sums = {}
        if SUMS in self.bad:
            return
        for name in sorted(set(sums) - set(self.names)):
            yield Finding(name, "is missing")
            self.bad.add(name)
        for name in self.names:
            if name in (SUMS, SIGNATURE):
                continue
            if name not in sums:
                yield Finding(name, "was added: no checksum names it")
                continue
            try:
                digest = self._digest(name)
            except _UNREADABLE as error:
                yield Finding(name, f"cannot be read: {error}")
                self.bad.add(name)
                continue
            if digest != sums[name]:
                yield Finding(name, f"was changed: SHA-256 {digest[:12]}…, not {sums[name][:12]}…")
                self.bad.add(name)

    def _digest(self, name: str) -> str:
        digest = hashlib.sha256()
        with self.pack.open(name) as file:
            while piece := file.read(CHUNK):
                digest.update(piece)
        return digest.hexdigest()

    def _signature(self) -> Iterator[Finding]:
        try:
            signature, sums = self._read(SIGNATURE), self._read(SUMS)
        except _UNREADABLE as error:
            yield Finding(SIGNATURE, f"cannot be read: {error}")
            self.bad.add(SIGNATURE)
            return
        if signature is None or sums is None:
            return
        lines = (self._read(CHAIN) or b"").decode("utf-8", "replace").splitlines()
        if CHAIN in self.bad:
            return
        head = lines[-1].partition(" ")[0] if lines else ""
        if problem := check_signature(signature, sums, head, self.public_key):
            yield Finding(SIGNATURE, problem)

    def _plan(self) -> Iterator[Finding]:
        plan, manifest = self._read("plan.json"), self._read("manifest.json")
        if plan is None or manifest is None:
            return
        named = _loaded(manifest).get("plan_hash")
        if hashlib.sha256(plan).hexdigest() != named:
            yield Finding("plan.json", "is not the plan that manifest.json names")

    def _chain(self) -> Iterator[Finding]:
        """Every link follows from the one before it, and every page is in its archive."""
        text, plan, manifest = map(self._read, (CHAIN, "plan.json", "manifest.json"))
        if text is None or plan is None or manifest is None:
            return
        lines = text.decode("utf-8", "replace").splitlines()
        rows = [tuple(line.split(" ")[1:]) for line in lines]
        if any(len(row) != 3 for row in rows):
            yield Finding(CHAIN, "holds a line that is not a link")
            return
        start = f"{_loaded(manifest).get('run')} {hashlib.sha256(plan).hexdigest()}"
        made = chain(start, ((a, b, c) for a, b, c in rows))
        for number, (line, again) in enumerate(zip(lines, made, strict=True), 1):
            if line != again:
                yield Finding(CHAIN, f"link {number} does not follow from the one before it")
                break
        linked = {name: digest for name, digest, _ in rows}
        seen: set[str] = set()
        for name in self.names:
            if name.endswith(".wacz") and name not in self.bad:
                yield from self._archive(name, linked, seen)
        if not any(name.endswith(".wacz") for name in self.bad):
            for left in sorted(set(linked) - seen):
                yield Finding(CHAIN, f"{left} is in no archive")

    def _archive(self, name: str, linked: dict[str, str], seen: set[str]) -> Iterator[Finding]:
        with zipfile.ZipFile(io.BytesIO(self.pack.read(name))) as wacz:
            warc = io.BytesIO(wacz.read(f"archive/{WARC}"))
        for record in ArchiveIterator(warc):
            if record.rec_type != "resource":
                continue
            capture = record.rec_headers.get_header("WARC-Twinwatch-Capture")
            digest = hashlib.sha256(record.content_stream().read()).hexdigest()
            seen.add(capture)
            if linked.get(capture) != digest:
                yield Finding(name, f"{capture} is not the page that {CHAIN} names")

    def _numbers(self) -> Iterator[Finding]:
        name = "report/report.json"
        data = self._read(name) if name in self.names else None
        if data is None:
            return
        told = _loaded(data)
        if told.get("sha256") != report_hash(told.get("numbers") or {}):
            yield Finding(name, "its numbers do not have the hash that it names")


def _loaded(data: bytes) -> dict[str, Any]:
    """A JSON object; an empty one for anything else."""
    try:
        found = json.loads(data)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
