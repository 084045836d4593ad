"""Evidence is named by its content, written once, checked when read."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest
import zstandard

from collector.evidence import (
    EvidenceCorrupt,
    EvidenceDiskFull,
    EvidenceMissing,
    EvidenceStore,
)

PAGE = "<html>Ünï 王 " + "x" * 50_000


def test_a_page_comes_back_under_the_hash_of_its_bytes(tmp_path: Path) -> None:
    evidence = EvidenceStore(tmp_path / "evidence")
    name = evidence.put(PAGE)
    assert name == hashlib.sha256(PAGE.encode()).hexdigest()
    assert evidence.get(name) == PAGE
    assert name in evidence
    path = tmp_path / "evidence" / name[:2] / f"{name}.html.zst"
    assert list(evidence) == [name]
    assert path.stat().st_size < 1000
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_the_same_page_again_leaves_the_file_untouched(tmp_path: Path) -> None:
    evidence = EvidenceStore(tmp_path)
    name = evidence.put(PAGE)
    before = evidence.path(name).stat()
    assert evidence.put(PAGE) == name
    after = evidence.path(name).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert [p.name for p in evidence.path(name).parent.iterdir()] == [f"{name}.html.zst"]


def test_a_lone_surrogate_of_a_page_is_kept(tmp_path: Path) -> None:
    evidence = EvidenceStore(tmp_path)
    assert evidence.get(evidence.put("a\ud83d b")) == "a\ud83d b"


@pytest.mark.parametrize("damage", ["truncated", "edited", "garbage"])
def test_damage_is_named(tmp_path: Path, damage: str) -> None:
    evidence = EvidenceStore(tmp_path)
    name = evidence.put(PAGE)
    path = evidence.path(name)
    whole = path.read_bytes()
    path.write_bytes(
        {
            "truncated": whole[: len(whole) // 2],
            "edited": zstandard.ZstdCompressor().compress(b"<html>another page"),
            "garbage": b"garbage",
        }[damage]
    )
    with pytest.raises(EvidenceCorrupt, match="fix: restore"):
        evidence.get(name)
    assert [error.place for error in evidence.verify()] == [str(path)]


def test_an_unknown_hash(tmp_path: Path) -> None:
    evidence = EvidenceStore(tmp_path)
    with pytest.raises(EvidenceMissing):
        evidence.get("0" * 64)
    with pytest.raises(ValueError, match="SHA-256"):
        evidence.get("../../etc/passwd")
    assert list(evidence.verify()) == []


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    evidence = EvidenceStore(tmp_path)

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(EvidenceDiskFull, match="free some space"):
            evidence.put(PAGE)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []
    assert evidence.get(evidence.put(PAGE)) == PAGE
