"""A puppet's browser state as one small file, named by its content.

A session begins from the snapshot its predecessor left, so a session that went wrong leaves no
trace in the puppet. Caches and locks are left out: what a site knows a visitor by is cookies and
storage. The archive is made the same way every time, so the same state has the same name; before
anything is unpacked the name is checked against the content, and every member against the profile's
folder.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import zstandard

from collector.browser.errors import SnapshotRefused
from collector.browser.lock import ProfileLock
from collector.drafts import scratch
from collector.files import create_private, private_dir

SUFFIX = ".tar.zst"
#: A profile beyond this is none of ours; also what an archive may unfold to.
MOST_BYTES = 512 * 1024 * 1024
MOST_MEMBERS = 20_000
LEVEL = 3

#: Folders that Chromium fills again, wherever they are in a profile.
_CACHES = frozenset(
    {
        "AmountExtractionHeuristicRegexes",
        "BrowserMetrics",
        "Cache",
        "Code Cache",
        "Crashpad",
        "Crash Reports",
        "DawnCache",
        "DawnGraphiteCache",
        "DawnWebGPUCache",
        "GPUCache",
        "GrShaderCache",
        "GraphiteDawnCache",
        "Safe Browsing",
        "Shared Dictionary",
        "ShaderCache",
        "blob_storage",
        "component_crx_cache",
        "extensions_crx_cache",
        "hyphen-data",
        "optimization_guide_model_store",
        "component_updater",
        "segmentation_platform",
    }
)
#: Files that belong to a running browser or are only its log.
_TRANSIENT = re.compile(
    r"^(Singleton\w+|LOCK|LOG(\.old)?|lockfile|DevToolsActivePort|BrowserMetrics.*|.*\.pma|.*\.tmp"
    r"|chrome_debug\.log|(Favicons|Network Action Predictor|Top Sites)(-journal)?)$"
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``hash``: SHA-256 (hex) of the unpacked archive; ``size``: bytes of the file."""

    hash: str
    size: int
    path: Path


def take(state_dir: Path, dest: Path) -> Snapshot:
    """Write the state in ``state_dir`` to ``dest/HASH.tar.zst``.

    The browser must be closed: ProfileLocked otherwise. A snapshot that is there already is kept.
    """
    with ProfileLock(state_dir.resolve()):
        return write(state_dir, dest)


def write(state_dir: Path, dest: Path) -> Snapshot:
    """As :func:`take`, for who holds the profile's lock already and has no browser open on it."""
    plain = _archive(state_dir)
    name = hashlib.sha256(plain).hexdigest()
    path = dest / f"{name}{SUFFIX}"
    if not path.exists():
        dest.mkdir(parents=True, exist_ok=True, mode=0o700)
        packed = zstandard.ZstdCompressor(level=LEVEL, write_content_size=True).compress(plain)
        with scratch(dest, "snapshot") as place:
            with os.fdopen(create_private(place / path.name), "wb") as file:
                file.write(packed)
                file.flush()
                os.fsync(file.fileno())
            (place / path.name).replace(path)
    return Snapshot(name, path.stat().st_size, path)


def restore(src: Path, state_dir: Path, *, expect: str | None = None) -> None:
    """Put the snapshot ``src`` in the place of ``state_dir``; all of it or nothing.

    ``expect`` is its hash; without it the file's own name is taken for one. Raises SnapshotRefused
    with the reason, ProfileLocked when a browser has the profile open.
    """
    state_dir = state_dir.resolve()
    plain = _unpacked(src, expect or _hash_in(src))
    state_dir.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ProfileLock(state_dir), scratch(state_dir.parent, state_dir.name) as place:
        fresh = place / "state"
        private_dir(fresh)
        _extract(plain, fresh, src)
        if state_dir.exists():
            shutil.rmtree(state_dir)
        fresh.replace(state_dir)


def _archive(state_dir: Path) -> bytes:
    """The state as a tar: sorted, without times and owners."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in _kept(state_dir):
            member = tarfile.TarInfo(path.relative_to(state_dir).as_posix())
            content = path.read_bytes()
            member.size = len(content)
            member.mode = 0o600
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def _kept(state_dir: Path) -> list[Path]:
    found = []
    for folder, names, files in os.walk(state_dir):
        names[:] = [name for name in names if name not in _CACHES]
        for name in files:
            path = Path(folder, name)
            if not _TRANSIENT.match(name) and path.is_file() and not path.is_symlink():
                found.append(path)
    return sorted(found)


def _hash_in(src: Path) -> str:
    name = src.name.removesuffix(SUFFIX)
    if not re.fullmatch(r"[0-9a-f]{64}", name):
        raise SnapshotRefused(
            "its name is not the hash of a snapshot",
            place=str(src),
            fix="give the hash it must have, or use the file under its own name",
        )
    return name


def _unpacked(src: Path, expect: str) -> bytes:
    try:
        with src.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as reader:
            plain = reader.read(MOST_BYTES + 1)
    except OSError as error:
        raise _refused(src, f"it cannot be read ({error.strerror})") from error
    except zstandard.ZstdError as error:
        raise _refused(src, f"it is not a zstd archive or is cut short ({error})") from error
    if len(plain) > MOST_BYTES:
        raise _refused(src, f"it unfolds to more than {MOST_BYTES // 2**20} MB")
    found = hashlib.sha256(plain).hexdigest()
    if found != expect:
        raise _refused(src, f"its content has the hash {found[:12]}…, not {expect[:12]}…")
    return plain


def _extract(plain: bytes, folder: Path, src: Path) -> None:
    """Unpack plain files only, below ``folder`` only."""
    try:
        with tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as archive:
            members = archive.getmembers()
            if len(members) > MOST_MEMBERS:
                raise _refused(src, f"it has more than {MOST_MEMBERS} files")
            for member in members:
                name = PurePosixPath(member.name)
                if not member.isreg():
                    raise _refused(src, f"{member.name!r} is not a plain file")
                if name.is_absolute() or ".." in name.parts or "\\" in member.name:
                    raise _refused(src, f"{member.name!r} leads out of the profile")
                path = folder.joinpath(*name.parts)
                private_dir(path.parent)
                content = archive.extractfile(member)
                assert content is not None
                with os.fdopen(create_private(path), "wb") as file:
                    shutil.copyfileobj(content, file)
    except (tarfile.TarError, FileExistsError, NotADirectoryError, EOFError) as error:
        raise _refused(src, f"it is not a sound archive ({error})") from error


def _refused(src: Path, why: str) -> SnapshotRefused:
    return SnapshotRefused(
        f"the snapshot is refused: {why}",
        place=str(src),
        fix="use an earlier snapshot of the puppet, or start it anew",
    )
