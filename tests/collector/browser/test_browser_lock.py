"""One browser a profile: a second one is refused by pid, a dead one's lock frees itself."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.browser import ProfileLocked, lock
from collector.browser.lock import ProfileLock, lock_path

HOLDER = """
import sys
from pathlib import Path
from collector.browser.lock import ProfileLock
with ProfileLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    return tmp_path / "puppet" / "state"


@pytest.fixture
def holder(profile: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the profile open."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(profile)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_holder_is_refused_and_the_first_is_named(
    profile: Path, holder: subprocess.Popen[str]
) -> None:
    with pytest.raises(ProfileLocked) as caught:
        ProfileLock(profile).acquire()
    assert caught.value.pid == holder.pid
    assert str(holder.pid) in str(caught.value)
    assert str(profile) in str(caught.value)


def test_the_lock_of_a_killed_process_frees_itself(
    profile: Path, holder: subprocess.Popen[str]
) -> None:
    holder.kill()
    holder.wait()
    with ProfileLock(profile):
        assert lock_path(profile).read_text() == f"{os.getpid()}\n"


def test_within_one_process_too_there_is_one_holder(profile: Path) -> None:
    with ProfileLock(profile):
        with pytest.raises(ProfileLocked) as caught:
            ProfileLock(profile).acquire()
        assert caught.value.pid == os.getpid()
    ProfileLock(profile).acquire().release()


def test_the_lock_is_beside_the_profile_and_private(profile: Path) -> None:
    with ProfileLock(profile):
        path = lock_path(profile)
        assert path.parent == profile.parent
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_browser_that_outlives_its_parent_is_waited_for_then_refused(
    profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile.mkdir(parents=True)
    monkeypatch.setattr(lock, "ORPHAN_LIMIT_S", 0.1)
    line = [sys.executable, "-c", "input()", f"--user-data-dir={profile.resolve()}"]
    with subprocess.Popen(line, stdin=subprocess.PIPE) as orphan:
        with pytest.raises(ProfileLocked) as caught:
            ProfileLock(profile).acquire()
        assert caught.value.pid == orphan.pid
        monkeypatch.setattr(lock, "ORPHAN_LIMIT_S", 10)
        orphan.kill()
        ProfileLock(profile).acquire().release()


def test_a_state_that_no_browser_opens_is_not_looked_for_among_processes(
    profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile.mkdir(parents=True)
    asked: list[Path] = []

    def none_on(state_dir: Path) -> list[Any]:
        asked.append(state_dir)
        return []

    monkeypatch.setattr(lock, "browsers_on", none_on)
    with ProfileLock(profile, browser=False):
        pass
    assert asked == []
    with ProfileLock(profile):
        pass
    assert asked == [profile]
