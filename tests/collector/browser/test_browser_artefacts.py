"""Traces, videos and screenshots of persistent puppets: always, never, or when it went wrong."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest
from browser_bench import Bench, puppet
from playwright.sync_api import Playwright

from collector.browser import artefacts
from collector.browser.artefacts import ArtefactOptions, Keep, VideoImpossible, provide_ffmpeg
from collector.browser.lifecycle import BrowserLifecycle


def kinds(folder: Path) -> set[str]:
    """What is in a folder; the note that it is for its owner alone is there where anything is."""
    found = {path.name for path in folder.rglob("*") if path.is_file()}
    assert not found or "FOR-YOU-ALONE.txt" in found
    return found - {"FOR-YOU-ALONE.txt"}


@pytest.mark.sweep(2)
@pytest.mark.browser
@pytest.mark.parametrize(
    ("keep", "failed", "kept"),
    [
        (Keep.ON, False, True),
        (Keep.ON_FAILURE, False, False),
        (Keep.ON_FAILURE, True, True),
        (Keep.OFF, True, False),
    ],
)
def test_what_is_kept(
    bench: Bench, playwright: Playwright, tmp_path: Path, keep: Keep, failed: bool, kept: bool
) -> None:
    options = ArtefactOptions(tmp_path / "out", trace=keep, screenshot=keep, name="p1")
    with puppet(tmp_path, bench, playwright=playwright, artefacts=options) as mine:
        mine.goto(bench.page("/", "<h1>seen"))
        mine.failed = failed
    assert kinds(tmp_path / "out") == ({"p1-trace.zip", "p1-screenshot.png"} if kept else set())
    for path in (tmp_path / "out").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
        assert path.stat().st_size > 0


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_artefacts_are_for_their_owner_from_the_first_byte(tmp_path: Path, umask: int) -> None:
    """They are the raw browser: its names, cookies and tokens."""
    before = os.umask(umask)
    try:
        path = ArtefactOptions(tmp_path / "a" / "b", trace=Keep.ON).file("trace", ".zip")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in (tmp_path / "a", tmp_path / "a" / "b"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.browser
def test_an_exception_is_a_failure(bench: Bench, playwright: Playwright, tmp_path: Path) -> None:
    options = ArtefactOptions(tmp_path / "out", screenshot=Keep("only-on-failure"))

    def session() -> None:
        with puppet(tmp_path, bench, playwright=playwright, artefacts=options) as mine:
            mine.goto(bench.page("/", "<h1>seen"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        session()
    assert kinds(tmp_path / "out") == {"puppet-screenshot.png"}


@pytest.mark.browser
def test_a_video_is_recorded_where_there_is_an_encoder(
    bench: Bench, playwright: Playwright, tmp_path: Path
) -> None:
    try:
        provide_ffmpeg()
    except VideoImpossible as reason:
        pytest.skip(str(reason))
    options = ArtefactOptions(tmp_path / "out", video=Keep.ON)
    with puppet(tmp_path, bench, playwright=playwright, artefacts=options) as mine:
        mine.goto(bench.watch_page(seconds=20))
        mine.watch(1)
    assert kinds(tmp_path / "out") == {"puppet-video.webm"}
    video = tmp_path / "out" / "puppet-video.webm"
    assert video.read_bytes()[:4] == b"\x1a\x45\xdf\xa3"
    assert stat.S_IMODE(video.stat().st_mode) == 0o600
    assert stat.S_IMODE(video.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_a_video_is_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, umask: int
) -> None:
    """What an encoder wrote, open to all, is kept as a file that is not; with two tabs, both."""
    made = tmp_path / "made.webm"
    made.write_bytes(b"\x1a\x45\xdf\xa3")
    made.chmod(0o644)
    page = SimpleNamespace(video=SimpleNamespace(path=lambda: made))
    browser = object.__new__(BrowserLifecycle)
    browser.artefacts = ArtefactOptions(tmp_path / "out", video=Keep.ON)
    browser.failed = False
    browser.launch_count = 1
    browser.context = SimpleNamespace(pages=[page, page])  # type: ignore[assignment]
    before = os.umask(umask)
    try:
        browser._keep_videos()
    finally:
        os.umask(before)
    found = sorted((tmp_path / "out").glob("*.webm"))
    assert len(found) == 2
    for path in found:
        assert path.read_bytes() == made.read_bytes()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700


def test_the_systems_encoder_stands_in_for_playwrights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "cache"))
    monkeypatch.setattr(artefacts.shutil, "which", lambda name: None)
    with pytest.raises(VideoImpossible, match="playwright install ffmpeg"):
        provide_ffmpeg()
    encoder = tmp_path / "ffmpeg"
    encoder.write_text("")
    monkeypatch.setattr(artefacts.shutil, "which", lambda name: str(encoder))
    link = provide_ffmpeg()
    assert os.path.realpath(link) == str(encoder)
    assert link.is_relative_to(tmp_path / "cache")
    assert provide_ffmpeg() == link
