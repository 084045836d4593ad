"""Finding a browser: the one named, one installed, one downloaded; stubs and hangs are passed
over."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from collector.browser import BrowserKind, BrowserMissing, find
from collector.browser.find import ENVIRONMENT, check_display, find_browser


def program(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)
    return path


def chromium(path: Path, version: str = "150.0.7000.1") -> Path:
    return program(path, f"echo Chromium {version}")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty machine: programs go in ``bin``, Playwright's browsers in ``cache``."""
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin:/usr/bin")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "cache"))
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    monkeypatch.setattr(find, "_SHELL_PATHS", ())
    monkeypatch.setattr(find, "_FULL_PATHS", ())
    real = find.shutil.which

    def which(name: str) -> str | None:
        hit = real(name)
        return hit if hit and hit.startswith(str(tmp_path)) else None

    monkeypatch.setattr(find.shutil, "which", which)
    return tmp_path


def test_a_headless_shell_comes_before_a_full_browser(machine: Path) -> None:
    chromium(machine / "bin" / "google-chrome")
    shell = chromium(machine / "bin" / "chromium-headless-shell", "151.0.7100.2")
    found = find_browser()
    assert (found.path, found.kind) == (shell, BrowserKind.HEADLESS_SHELL)
    assert found.version == "151.0.7100.2"


def test_a_window_needs_a_full_browser(machine: Path) -> None:
    chromium(machine / "bin" / "chromium-headless-shell")
    full = chromium(machine / "bin" / "chromium")
    assert find_browser(headed=True).path == full
    full.unlink()
    with pytest.raises(BrowserMissing, match="full Chromium"):
        find_browser(headed=True)


def test_a_preferred_kind_goes_first_and_the_other_still_serves(machine: Path) -> None:
    shell = chromium(machine / "bin" / "chromium-headless-shell")
    assert find_browser("full").path == shell
    full = chromium(machine / "bin" / "chromium")
    assert find_browser("full").path == full


def test_of_playwrights_own_browsers_the_newest_is_taken(machine: Path) -> None:
    for revision in ("999", "1255"):
        folder = machine / "cache" / f"chromium_headless_shell-{revision}"
        chromium(folder / "chrome-headless-shell-linux64" / "chrome-headless-shell")
    assert "chromium_headless_shell-1255" in str(find_browser().path)


def test_a_stub_that_only_says_how_to_install_a_snap_is_passed_over(machine: Path) -> None:
    program(
        machine / "bin" / "chromium-browser",
        "echo 'requires the chromium snap to be installed' >&2",
        "exit 1",
    )
    with pytest.raises(BrowserMissing) as caught:
        find_browser()
    assert "playwright install" in caught.value.fix or "apt-get install" in caught.value.fix


def test_a_browser_that_does_not_answer_is_passed_over_in_time(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find, "VERSION_LIMIT_S", 0.2)
    program(machine / "bin" / "chromium-headless-shell", "exec sleep 60")
    full = chromium(machine / "bin" / "chromium")
    assert find_browser().path == full


def test_the_named_browser_is_used_and_a_wrong_name_is_refused(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chromium(machine / "bin" / "chromium")
    mine = chromium(machine / "elsewhere" / "my-chromium")
    monkeypatch.setenv(ENVIRONMENT, str(mine))
    assert find_browser().path == mine
    monkeypatch.setenv(ENVIRONMENT, str(machine / "nothing"))
    with pytest.raises(BrowserMissing, match=ENVIRONMENT):
        find_browser()


def test_a_window_without_a_display_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(BrowserMissing) as caught:
        check_display()
    assert caught.value.place == "--headed"
    monkeypatch.setenv("DISPLAY", ":0")
    check_display()
