"""Installing a browser: each step once, in order, one line each, and an end that says what to
do."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from collector.browser import BrowserBinary, BrowserKind, BrowserMissing, install
from collector.browser.install import Ran, ensure_browser, run_command

BINARY = BrowserBinary(Path("/opt/chromium"), BrowserKind.FULL, "150.0.1.2")


class Machine:
    """Commands succeed when they contain one of ``works``; then there is a browser."""

    def __init__(self, *works: str, installed: bool = False, sudo: bool = True) -> None:
        self.works, self.installed, self.sudo = works, installed, sudo
        self.commands: list[str] = []
        self.said: list[str] = []

    def run(self, command: Sequence[str], limit_s: float) -> Ran:
        text = " ".join(command)
        self.commands.append(text.replace(sys.executable, "python"))
        assert limit_s > 0
        if text == "sudo -n true":
            return Ran() if self.sudo else Ran("a password is required")
        if "update" in text:
            return Ran()
        if any(word in text for word in self.works):
            self.installed = True
            return Ran()
        return Ran("unreachable")

    def find(self) -> BrowserBinary:
        if not self.installed:
            raise BrowserMissing("none", fix="…")
        return BINARY

    def ensure(self) -> BrowserBinary:
        return ensure_browser(self.said.append, run=self.run, find=self.find)


@pytest.fixture(autouse=True)
def debian_as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TWINWATCH_CHROMIUM", raising=False)
    monkeypatch.setattr(install, "is_ubuntu", lambda: False)
    monkeypatch.setattr(install.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(install.posix, "is_root", lambda: True)


def test_an_installed_browser_is_named_in_one_line_and_nothing_is_run() -> None:
    machine = Machine(installed=True)
    assert machine.ensure() == BINARY
    assert machine.commands == []
    assert machine.said == ["browser: /opt/chromium (full, 150.0.1.2)"]


def test_playwright_is_tried_first() -> None:
    machine = Machine("playwright")
    machine.ensure()
    assert machine.commands == ["python -m playwright install chromium-headless-shell"]


def test_the_system_is_next_and_every_step_is_said() -> None:
    machine = Machine("-y -qq --no-install-recommends chromium-headless-shell")
    machine.ensure()
    assert [c.split()[0] for c in machine.commands] == ["python", "apt-get", "apt-get"]
    assert len(machine.said) == 5
    assert "unreachable" in machine.said[1]


def test_the_full_package_serves_where_the_shell_is_not_packaged() -> None:
    machine = Machine("--no-install-recommends chromium")
    machine.works = ("recommends chromium",)
    machine.run = lambda command, limit_s: (  # type: ignore[method-assign]
        Ran("E: no such package")
        if command[-1] == "chromium-headless-shell"
        else Machine.run(machine, command, limit_s)
    )
    assert machine.ensure() == BINARY
    assert machine.commands[-1].endswith("chromium")


def test_without_root_sudo_is_used_only_when_it_asks_for_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(install.posix, "is_root", lambda: False)
    machine = Machine("install -y")
    machine.ensure()
    assert machine.commands[-1].startswith("sudo -n apt-get install")
    refused = Machine("install -y", sudo=False)
    with pytest.raises(BrowserMissing):
        refused.ensure()
    assert not any("apt-get" in command for command in refused.commands)


def test_ubuntus_package_is_a_stub_and_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "is_ubuntu", lambda: True)
    machine = Machine("apt-get")
    with pytest.raises(BrowserMissing) as caught:
        machine.ensure()
    assert caught.value.fix
    assert not any("apt-get" in command for command in machine.commands)


def test_a_command_that_hangs_or_fails_gives_a_reason() -> None:
    assert run_command(["true"], 5).ok
    assert run_command(["sh", "-c", "echo fine; echo E: no route >&2; exit 1"], 5).reason == (
        "E: no route"
    )
    assert "not done" in run_command(["sleep", "30"], 0.1).reason
    assert run_command(["/no/such/program"], 5).reason
