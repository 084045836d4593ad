"""A driver that cannot start is found before a run, mended where possible, and explained."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.browser import BrowserBinary, BrowserKind, install, node
from collector.browser.install import Ran, ensure_browser
from collector.browser.node import DriverBroken, check_driver


def test_the_driver_of_this_machine_starts() -> None:
    check_driver()


def a_node(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    path = folder / "node"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setenv("PLAYWRIGHT_NODEJS_PATH", str(path))


def test_a_missing_library_is_named_with_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "node: error while loading shared libraries: libatomic.so.1: cannot open shared object"
    a_node(tmp_path, monkeypatch, f"echo '{words} file' >&2; exit 127")
    monkeypatch.setattr(node.shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(DriverBroken) as caught:
        check_driver()
    assert "libatomic.so.1" in caught.value.problem
    assert caught.value.fix.endswith("apt-get install -y libatomic1")


def test_another_failure_keeps_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_node(tmp_path, monkeypatch, "echo 'no room on this machine' >&2; exit 3")
    with pytest.raises(DriverBroken, match="no room on this machine"):
        check_driver()


@pytest.mark.parametrize("root", [True, False])
def test_a_library_is_installed_before_a_browser_is_looked_for(
    monkeypatch: pytest.MonkeyPatch, root: bool
) -> None:
    monkeypatch.delenv("TWINWATCH_CHROMIUM", raising=False)
    monkeypatch.setattr(node.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(install.posix, "is_root", lambda: root)
    commands: list[str] = []
    said: list[str] = []

    def run(command: list[str], limit_s: float) -> Ran:
        commands.append(" ".join(command))
        return Ran()

    def check() -> None:
        if not any("libatomic1" in command for command in commands):
            raise DriverBroken("it misses libatomic.so.1", "libatomic.so.1")

    found = BrowserBinary(Path("/opt/chromium"), BrowserKind.FULL, "150.0.1.2")
    assert ensure_browser(said.append, run=run, find=lambda: found, check=check) == found
    assert commands[-1] == ("" if root else "sudo -n ") + "apt-get install -y -qq libatomic1"
    assert said[0] == "driver: it misses libatomic.so.1; apt-get install libatomic1"


def test_without_root_the_command_is_left_to_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(install.posix, "is_root", lambda: False)

    def check() -> None:
        raise DriverBroken("it misses libatomic.so.1", "libatomic.so.1")

    with pytest.raises(DriverBroken) as caught:
        ensure_browser(lambda line: None, run=lambda *given: Ran("a password"), check=check)
    assert caught.value.fix == "sudo apt-get update && sudo apt-get install -y libatomic1"
