"""Profiles as one file, to carry to another machine: ``.tar.zst`` or ``.zip``.

Protects the machine that imports: an archive is checked member by member (no paths that leave it,
no links or devices, no flood of bytes) into a directory of its own, and becomes a profile only when
all of it is good. An existing profile is never overwritten.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import stat
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import zstandard

from collector.common.errors import UserError
from collector.drafts import scratch
from collector.outputs import output
from collector.profile.files import create_private, private_dir, unused
from collector.profile.origin import NAME as ORIGIN
from collector.profile.origin import Origin
from collector.profile.store import Profile, ProfileStore, check_name, profile_from, state_files

#: Limits of an import: files, and bytes once unpacked.
MAX_FILES = 100_000
MAX_DEPTH = 64
MAX_BYTES = 2 * 1024**3
_ZSTD = b"\x28\xb5\x2f\xfd"
_ZIP = b"PK\x03\x04"


class BadArchive(UserError):
    """An archive that is not a profile, or is out to do harm."""

    def __init__(self, problem: str, place: str) -> None:
        super().__init__(
            problem, place=place, fix="export the profile again with collector profiles"
        )


def export_profile(profile: Profile, dest: Path, *, with_key: bool = True) -> Path:
    """Write ``profile`` to ``dest`` (``.tar.zst`` or ``.zip``), mode 0600. Raises UserError."""
    if not dest.name.endswith((".tar.zst", ".zip")):
        raise UserError(
            "unknown kind of archive", place=str(dest), fix=f"name it {dest.name}.tar.zst or .zip"
        )
    if with_key:
        profile.keys  # noqa: B018  raises with the reason when the key is missing or open to others
    with unused(profile.state_dir):
        _pack(profile, dest, with_key)
    return dest


def _pack(profile: Profile, dest: Path, with_key: bool) -> None:
    members = [("profile.json", profile.path / "profile.json")]
    if with_key:
        members.append(("key.json", profile.path / "key.json"))
    if (profile.path / ORIGIN).is_file():
        members.append((ORIGIN, profile.path / ORIGIN))
    state = profile.state_dir
    members += [(f"state/{at.relative_to(state).as_posix()}", at) for at in state_files(state)]
    fix = "name another place: DEST"
    with (
        output(dest, fix=fix, new=True) as draft,
        os.fdopen(create_private(draft), "wb") as out,
    ):
        (_pack_zip if dest.name.endswith(".zip") else _pack_tar)(out, members)


def _pack_zip(out: BinaryIO, members: Sequence[tuple[str, Path]]) -> None:
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, path in members:
            info = zipfile.ZipInfo(name)
            info.external_attr = (stat.S_IFREG | 0o600) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            pack.writestr(info, path.read_bytes())


def _pack_tar(out: BinaryIO, members: Sequence[tuple[str, Path]]) -> None:
    packer = zstandard.ZstdCompressor(level=6)
    with (
        packer.stream_writer(out, closefd=False) as stream,
        tarfile.open(fileobj=stream, mode="w|") as tar,
    ):
        for name, path in members:
            data = path.read_bytes()
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(data), 0o600
            tar.addfile(member, io.BytesIO(data))


def import_profile(store: ProfileStore, archive: Path, *, name: str | None = None) -> Profile:
    """Unpack ``archive`` into ``store``, as ``name`` or under its own. Raises UserError."""
    if name is not None:
        check_name(name)
    place = str(archive)
    private_dir(store.root)
    with scratch(store.root, "import") as folder:
        target = folder / "profile"
        private_dir(target)
        _unpack(archive, target, place)
        try:
            data = json.loads((target / "profile.json").read_bytes())
        except FileNotFoundError:
            raise BadArchive("holds no profile.json", place) from None
        except (ValueError, RecursionError) as error:
            raise BadArchive(f"its profile.json is not JSON: {error}", place) from error
        profile = profile_from(data, target, place=f"{place}:profile.json")
        if profile.has_key:
            profile.keys  # noqa: B018  the key must be whole and belong to the profile
        Origin.read(target)
        final = replace(profile, name=name or profile.name)
        path = store.claim(final.name)
        final = replace(final, path=path)
        private_dir(target / "state")
        try:
            for each in sorted(target.iterdir()):
                shutil.move(each, path / each.name)
            store._write(final)
        except BaseException:
            shutil.rmtree(path, ignore_errors=True)
            raise
    return final


def _unpack(archive: Path, target: Path, place: str) -> None:
    files = total = 0
    seen: set[str] = set()
    try:
        with _members(archive, place) as members:
            for name, data in members:
                parts = _safe_parts(name, place)
                files += 1
                if files > MAX_FILES:
                    raise BadArchive(f"holds more than {MAX_FILES:,} files", place)
                if name in seen:
                    raise BadArchive(f"holds {name!r} twice", place)
                seen.add(name)
                to = target.joinpath(*parts)
                private_dir(to.parent)
                with os.fdopen(create_private(to), "wb") as out:
                    while block := data.read(1 << 20):
                        total += len(block)
                        if total > MAX_BYTES:
                            raise BadArchive(f"unpacks to more than {MAX_BYTES:,} bytes", place)
                        out.write(block)
    except (OSError, EOFError, tarfile.TarError, zipfile.BadZipFile, zstandard.ZstdError) as error:
        raise BadArchive(f"damaged: {error}", place) from error
    except (RuntimeError, NotImplementedError, zipfile.LargeZipFile) as error:
        raise BadArchive(f"not readable: {error}", place) from error


def _safe_parts(name: str, place: str) -> tuple[str, ...]:
    parts = PurePosixPath(name).parts
    hostile = (
        not parts
        or name.startswith(("/", "~"))
        or "\\" in name
        or "\0" in name
        or ":" in parts[0]
        or any(part in ("..", ".") for part in name.split("/"))
    )
    if hostile:
        raise BadArchive(f"holds a path that leaves the profile: {name!r}", place)
    if len(parts) > MAX_DEPTH:
        raise BadArchive(f"holds folders nested deeper than {MAX_DEPTH}", place)
    of_the_browser = parts[0] == "state" and len(parts) > 1
    if name not in ("profile.json", "key.json", ORIGIN) and not of_the_browser:
        raise BadArchive(f"holds {name!r}, which is not a part of a profile", place)
    return parts


@contextmanager
def _members(archive: Path, place: str) -> Iterator[Iterator[tuple[str, BinaryIO]]]:
    """The regular files of an archive; anything but files and folders is refused."""
    try:
        source = archive.open("rb")
    except OSError as error:
        raise UserError(
            f"cannot be read: {error.strerror}", place=place, fix="check the path"
        ) from error
    with source:
        magic = source.read(4)
        source.seek(0)
        if magic == _ZSTD:
            reader = zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(source)
            with reader, tarfile.open(fileobj=reader, mode="r|") as tar:
                yield _tar_members(tar, place)
        elif magic == _ZIP:
            with zipfile.ZipFile(source) as pack:
                yield _zip_members(pack, place)
        else:
            raise BadArchive("neither a .tar.zst nor a .zip", place)


def _tar_members(tar: tarfile.TarFile, place: str) -> Iterator[tuple[str, BinaryIO]]:
    for member in tar:
        if member.isdir():
            continue
        if not member.isreg():
            raise BadArchive(f"holds {member.name!r}, a link or device", place)
        data = tar.extractfile(member)
        assert data is not None  # a regular file has content
        yield member.name, data  # type: ignore[misc]


def _zip_members(pack: zipfile.ZipFile, place: str) -> Iterator[tuple[str, BinaryIO]]:
    for info in pack.infolist():
        if info.is_dir():
            continue
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise BadArchive(f"holds {info.filename!r}, a link or device", place)
        with pack.open(info) as data:
            yield info.filename, data  # type: ignore[misc]
