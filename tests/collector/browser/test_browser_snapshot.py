"""Snapshots: small, quick, the same state under the same name, and nothing hostile unpacked."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import pytest
import zstandard
from browser_bench import Bench, puppet
from playwright.sync_api import Playwright
from work import times_as_much

from collector.browser import ProfileLocked, SnapshotRefused, snapshot
from collector.browser.lock import ProfileLock


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Something like a profile: storage, a cache, and what a running browser leaves."""
    folder = tmp_path / "puppet" / "state"
    for name, text in {
        "Default/Cookies": "cookies",
        "Default/Local Storage/leveldb/000003.log": "storage",
        "Default/Local Storage/leveldb/LOCK": "",
        "Default/Cache/Cache_Data/data_0": "cache" * 1000,
        "Default/Code Cache/js/index": "cache",
        "SingletonLock": "host-1",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def archive(folder: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    """A snapshot file with these members and the right name for them."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    plain = buffer.getvalue()
    path = folder / f"{hashlib.sha256(plain).hexdigest()}.tar.zst"
    path.write_bytes(zstandard.compress(plain))
    return path


def test_a_restored_profile_has_the_state_and_not_the_caches(state: Path, tmp_path: Path) -> None:
    taken = snapshot.take(state, tmp_path / "snapshots")
    (state / "Default/Cookies").write_text("other cookies")
    (state / "Default/New").write_text("new")
    snapshot.restore(taken.path, state)
    assert files(state) == {
        "Default/Cookies": "cookies",
        "Default/Local Storage/leveldb/000003.log": "storage",
    }
    assert state.stat().st_mode & 0o777 == 0o700
    assert (state / "Default/Cookies").stat().st_mode & 0o777 == 0o600
    assert taken.path.stat().st_mode & 0o777 == 0o600


def test_the_same_state_has_the_same_name(state: Path, tmp_path: Path) -> None:
    one = snapshot.take(state, tmp_path / "snapshots")
    (state / "Default/Cache/Cache_Data/data_0").write_text("another cache")
    (state / "Default/Cookies").touch()
    again = snapshot.take(state, tmp_path / "snapshots")
    assert (again.hash, again.path) == (one.hash, one.path)
    (state / "Default/Cookies").write_text("more")
    assert snapshot.take(state, tmp_path / "snapshots").hash != one.hash
    assert len(list((tmp_path / "snapshots").iterdir())) == 2


def test_an_open_profile_is_neither_taken_nor_replaced(state: Path, tmp_path: Path) -> None:
    taken = snapshot.take(state, tmp_path / "snapshots")
    with ProfileLock(state):
        with pytest.raises(ProfileLocked):
            snapshot.take(state, tmp_path / "snapshots")
        with pytest.raises(ProfileLocked):
            snapshot.restore(taken.path, state)


@pytest.mark.parametrize("name", ["../escaped", "/tmp/escaped", "a/../../escaped", "a\\..\\b"])
def test_a_member_that_leads_out_of_the_profile_is_refused(
    state: Path, tmp_path: Path, name: str
) -> None:
    before = files(state)
    hostile = archive(tmp_path, (tarfile.TarInfo(name), b"x"))
    with pytest.raises(SnapshotRefused, match="leads out of the profile"):
        snapshot.restore(hostile, state)
    assert files(state) == before
    assert not list(tmp_path.rglob("escaped"))
    assert [p.name for p in state.parent.iterdir() if p.is_dir()] == ["state"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_are_refused(state: Path, tmp_path: Path, kind: bytes) -> None:
    member = tarfile.TarInfo("Default/link")
    member.type = kind
    member.linkname = "/etc/passwd"
    with pytest.raises(SnapshotRefused, match="not a plain file"):
        snapshot.restore(archive(tmp_path, (member, b"")), state)


def test_two_members_of_one_name_are_refused(state: Path, tmp_path: Path) -> None:
    twice = archive(tmp_path, (tarfile.TarInfo("a"), b"1"), (tarfile.TarInfo("a"), b"2"))
    with pytest.raises(SnapshotRefused, match="not a sound archive"):
        snapshot.restore(twice, state)


def test_altered_cut_and_misnamed_files_are_refused_with_the_reason(
    state: Path, tmp_path: Path
) -> None:
    taken = snapshot.take(state, tmp_path / "snapshots")
    other = archive(tmp_path, (tarfile.TarInfo("a"), b"1"))
    content = taken.path.read_bytes()

    taken.path.write_bytes(other.read_bytes())
    with pytest.raises(SnapshotRefused, match="has the hash"):
        snapshot.restore(taken.path, state)
    taken.path.write_bytes(content[: len(content) // 2])
    with pytest.raises(SnapshotRefused):
        snapshot.restore(taken.path, state)
    taken.path.write_bytes(b"not zstd")
    with pytest.raises(SnapshotRefused, match="not a zstd archive"):
        snapshot.restore(taken.path, state)
    with pytest.raises(SnapshotRefused, match="cannot be read"):
        snapshot.restore(tmp_path / f"{'0' * 64}.tar.zst", state)
    with pytest.raises(SnapshotRefused, match="not the hash"):
        snapshot.restore(other.rename(tmp_path / "mine.tar.zst"), state)
    snapshot.restore(
        tmp_path / "mine.tar.zst", state, expect=hashlib.sha256(_plain(tmp_path)).hexdigest()
    )
    assert files(state) == {"a": "1"}


def _plain(tmp_path: Path) -> bytes:
    with (tmp_path / "mine.tar.zst").open("rb") as file:
        return zstandard.ZstdDecompressor().stream_reader(file).read()


def test_an_archive_that_unfolds_too_far_is_refused(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = archive(tmp_path, (tarfile.TarInfo("big"), bytes(3 * 2**20)))
    monkeypatch.setattr(snapshot, "MOST_BYTES", 2**20)
    with pytest.raises(SnapshotRefused, match="more than 1 MB"):
        snapshot.restore(bomb, state)


def assert_cheap(state: Path, kept: Path, scratch: Path) -> None:
    """Taking and restoring cost what packing the files that are kept does, and not what the caches
    beside them would, which are some hundred times as large."""
    number = iter(range(1000))

    def pack() -> None:
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            tar.add(kept, "state")
        zstandard.ZstdCompressor().compress(packed.getvalue())

    def restore() -> None:
        snapshot.restore(path, scratch / f"state-{next(number)}")

    path = snapshot.take(state, scratch).path
    assert times_as_much(lambda: snapshot.take(state, scratch), pack, enough=12) < 12
    assert times_as_much(restore, pack, enough=12) < 12


@pytest.mark.browser
def test_cookies_and_storage_survive_and_a_trained_profile_is_small(
    bench: Bench, playwright: Playwright, tmp_path: Path
) -> None:
    plain = bench.page("/plain", "<p>plain")
    with puppet(tmp_path, bench, virtual=True, playwright=playwright) as browser:
        for _ in range(3):
            browser.goto(bench.watch_page(seconds=60))
            browser.watch(20)
        browser.goto(plain)
        browser.evaluate(
            "() => { localStorage.setItem('seen', 'yes');"
            " document.cookie = 'kept=1; max-age=86400'; }"
        )
    taken = snapshot.take(tmp_path / "state", tmp_path / "snapshots")
    assert taken.size < 1_000_000

    elsewhere = tmp_path / "clone"
    snapshot.restore(taken.path, elsewhere / "state")
    assert_cheap(tmp_path / "state", elsewhere / "state", tmp_path / "again")
    with puppet(elsewhere, bench, playwright=playwright) as clone:
        clone.goto(plain)
        assert clone.evaluate("() => localStorage.getItem('seen')") == "yes"
        assert "kept=1" in clone.evaluate("() => document.cookie")
