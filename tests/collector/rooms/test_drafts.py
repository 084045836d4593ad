"""What is written beside its place is there whole or not at all, and a death leaves nothing."""

from __future__ import annotations

import errno
import os
import re
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from places import ROOT

from collector import posix
from collector.analysis.sealed import report_key
from collector.browser import snapshot
from collector.contract.layout import RunDir
from collector.drafts import drafting, scratch
from collector.evidence import EvidenceStore
from collector.files import private_file, shared_file
from collector.outputs import output


def _draft(folder: Path, die: Callable[[], None]) -> None:
    with drafting(folder / "p.zip") as draft:
        draft.write_bytes(b"half")
        die()
        draft.write_bytes(b"whole")


def _export(folder: Path, die: Callable[[], None]) -> None:
    with output(folder / "videos.csv") as draft:
        draft.write_bytes(b"half")
        die()


def _at(place: str, name: str, work: Callable[[Path], object]) -> Callable[..., None]:
    """``work`` that dies as it calls ``name``."""

    def carried_out(folder: Path, die: Callable[[], None]) -> None:
        with pytest.MonkeyPatch.context() as patch:
            real = os.fsync if name == "fsync" else getattr(os, name)

            def dying(*arguments: object) -> object:
                die()
                return real(*arguments)

            patch.setattr(place, dying)
            work(folder)

    return carried_out


def _restored(folder: Path) -> None:
    state = folder / "state"
    state.mkdir(exist_ok=True)
    (state / "one").write_text("1")
    snapshot.write(state, folder)


WRITERS = {
    "drafting": _draft,
    "export": _export,
    "private_file": _at("os.fsync", "fsync", lambda at: private_file(at / "a.json", b"1")),
    "shared_file": _at("os.fsync", "fsync", lambda at: shared_file(at / "a.json", b"1")),
    "manifest": _at("os.fsync", "fsync", lambda at: RunDir(at).write_manifest({})),
    "report_key": _at("os.link", "link", lambda at: report_key(at)),
    "evidence": _at("os.fsync", "fsync", lambda at: EvidenceStore(at).put(f"page {os.getpid()}")),
    "snapshot": _at("os.fsync", "fsync", _restored),
}


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("writer", WRITERS)
def test_what_a_killed_process_left_goes_with_the_next(tmp_path: Path, writer: str) -> None:
    """By whatever writes beside its target: the half is neither in its place nor left."""
    pid = os.fork()
    if not pid:
        WRITERS[writer](tmp_path, kill)
        os._exit(1)
    assert os.WTERMSIG(os.waitpid(pid, 0)[1]) == signal.SIGKILL
    assert len(list(tmp_path.glob(".*.part"))) == 1, "it died with a draft"
    WRITERS[writer](tmp_path, lambda: None)
    assert not list(tmp_path.glob(".*"))
    assert list(tmp_path.iterdir())


def test_a_draft_that_somebody_writes_is_left_alone(tmp_path: Path) -> None:
    """Of another process, and of another thread; both come to their end."""
    with scratch(tmp_path, "p.zip") as first:
        (first / "half").touch()
        seen: list[Path] = []

        def again() -> None:
            with scratch(tmp_path, "p.zip") as place:
                seen.append(place)

        thread = threading.Thread(target=again)
        thread.start()
        thread.join()
        pid = os.fork()
        if not pid:
            again()
            os._exit(0)
        assert os.waitpid(pid, 0)[1] == 0
        assert seen != [first]
        assert (first / "half").exists()
    assert not list(tmp_path.iterdir())


def test_what_is_drafted_may_lock_its_own_folder(tmp_path: Path) -> None:
    """As a store does while it is made."""
    with drafting(tmp_path / "store.db") as draft:
        handle = os.open(draft.parent, os.O_RDONLY)
        assert posix.lock(handle)
        os.close(handle)
        draft.touch()
    assert [path.name for path in tmp_path.iterdir()] == ["store.db"]


def test_only_drafts_are_swept(tmp_path: Path) -> None:
    """Not those of another name, no file, no link, nothing where there are no locks."""
    kept = {".q.zip.abcdefgh.part", ".p.zip.part", ".p.zip.abcdefgh.other", "p.zip.abcdefgh.part"}
    for name in kept:
        (tmp_path / name).mkdir()
    (tmp_path / ".p.zip.aaaaaaaa.part").touch()
    (tmp_path / ".p.zip.bbbbbbbb.part").symlink_to(tmp_path / ".q.zip.abcdefgh.part")
    before = set(tmp_path.iterdir())
    _draft(tmp_path, lambda: None)
    assert set(tmp_path.iterdir()) - {tmp_path / "p.zip"} == before

    def none(*_: object) -> bool:
        raise OSError(errno.ENOLCK, "no locks")

    (tmp_path / ".p.zip.cccccccc.part").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(posix, "lock", none)
        _draft(tmp_path, lambda: None)
    assert (tmp_path / ".p.zip.cccccccc.part").is_dir()
    assert (tmp_path / "p.zip").read_bytes() == b"whole"


@pytest.mark.parametrize("write", [private_file, shared_file])
def test_a_full_disk_has_a_place(tmp_path: Path, write: Callable[[Path, bytes], None]) -> None:
    """The system says no name of a write that finds no room: the file's own, never the draft's."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space left") as caught:
            write(tmp_path / "a.json", b"1")
    assert caught.value.filename == str(tmp_path / "a.json")
    assert not list(tmp_path.iterdir())


def test_no_module_makes_drafts_by_hand() -> None:
    """One that bears the number of its process stays for ever when that process is killed."""
    by_hand = re.compile(r"getpid\(\)\}\.(?:part|new)|prefix=\"\.")
    found = {
        path.relative_to(ROOT).as_posix()
        for top in ("collector", "mockserver")
        for path in (ROOT / top).rglob("*.py")
        if by_hand.search(path.read_text("utf-8"))
    }
    assert found == set()
