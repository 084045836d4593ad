"""What a run keeps of its viewer is for the owner alone, whatever the umask, and it says so."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.browser.lock import ProfileLock
from collector.cli import main
from collector.files import open_private, private_dir
from collector.ledger.checkpoint import Checkpoint
from collector.run.runlock import RunLock
from mockserver.world.journal import Journal

SCENARIO = {
    "name": "private",
    "seed": 3,
    "persona": "marie-us",
    "before": [{"visit": {"url": "home", "capture": False}}, {"consent": "reject"}],
}
#: What can be shared; all else is named in FOR-YOU-ALONE.txt.
OPEN = {
    "FOR-YOU-ALONE.txt", "manifest.json", "plan.json", "report-figures", "report.html",
}  # fmt: skip


@contextmanager
def umask(mode: int) -> Iterator[None]:
    before = os.umask(mode)
    try:
        yield
    finally:
        os.umask(before)


def command(*arguments: str | Path) -> None:
    done = CliRunner().invoke(main, [str(each) for each in arguments])
    assert done.exit_code in (0, 1), done.output


@pytest.mark.parametrize(
    "driver", ["http", pytest.param("chromium", marks=[pytest.mark.browser, pytest.mark.slow])]
)
def test_what_tells_of_a_viewer_is_for_the_owner_alone_and_named(
    tmp_path: Path, driver: str
) -> None:
    """Every file of a run that kept all there is to keep: shared, or 0600 in 0700 and named."""
    seen = driver == "chromium"  # only a browser has a picture of its page
    steps = [{"visit": "home"}, *([{"screenshot": "end"}] if seen else []), {"snapshot": "s"}]
    (tmp_path / "one.yaml").write_text(json.dumps({**SCENARIO, "arms": {"a": {"steps": steps}}}))
    run = tmp_path / "run"
    options = ["--tracing", "on", "--screenshot", "on", "--record"] if seen else []
    with umask(0):
        command("run", tmp_path / "one.yaml", "--driver", driver, "--out", run, *options)
        command("report", run)
        command("pack", run, "--out", tmp_path / "pack.zip")
    for path in (run, *run.rglob("*")):
        assert path.is_symlink() or not path.stat().st_mode & 0o022, path  # nobody else writes it
    for name in ("manifest.json", "plan.json", "report.html"):
        assert stat.S_IMODE((run / name).stat().st_mode) == 0o644, name  # as the umask says
    mark = (run / "FOR-YOU-ALONE.txt").read_text("utf-8")
    named = {line.split()[0] for line in mark.splitlines() if line.startswith("  ")}
    kept = {path.name + "/" * path.is_dir() for path in run.iterdir()}
    alone = {name for name in kept if name.rstrip("/") not in OPEN}
    of_databases = {name for name in alone if name.startswith("store.db")}  # its log, its lock
    assert alone - of_databases - {"evidence/"} <= named  # its pages were cleaned of the viewer
    assert {"profiles/", "snapshots/", "logs/", "keys/", "store.db", "mock.db"} <= alone
    assert ({"artefacts/", "recordings/", "screenshots/"} <= alone) is seen
    for name in alone:
        for path in (run / name, *(run / name).rglob("*")):
            wanted = 0o700 if path.is_dir() else 0o600
            assert path.is_symlink() or stat.S_IMODE(path.stat().st_mode) == wanted, path
    for path in run.glob("artefacts/*"):
        assert "for you alone" in (path / "FOR-YOU-ALONE.txt").read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("mask", [0o777, 0o277, 0o177])
def test_a_umask_that_would_lock_the_owner_out_does_not(tmp_path: Path, mask: int) -> None:
    """What is secret is 0600 in 0700 as ever, and what is not is at least the owner's."""
    (tmp_path / "one.yaml").write_text(
        json.dumps({**SCENARIO, "arms": {"a": {"steps": [{"visit": "home"}, {"snapshot": "s"}]}}})
    )
    run = tmp_path / "run"
    with umask(mask):
        command("run", tmp_path / "one.yaml", "--driver", "http", "--out", run)
        command("run", "--resume", run)
        command("report", run)
        command("pack", run, "--out", tmp_path / "pack.zip")
    for path in (run, *run.rglob("*"), tmp_path / "pack.zip"):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) & 0o700 == wanted, path
        if path.name in ("run.lock", "mock.state", "mock.db", "store.db", "key.json"):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


@pytest.mark.parametrize("mask", [0o777, 0o277, 0])
def test_a_lock_and_a_journal_are_their_owners_under_every_umask(tmp_path: Path, mask: int) -> None:
    """As a program that is no command makes them, whose umask is its own."""
    with umask(mask):
        with RunLock(tmp_path):
            pass
        Journal(tmp_path / "mock.state").close()
        with ProfileLock(tmp_path / "state"):
            pass
        Checkpoint("b01-a-1", 0, "about:blank", False).write(tmp_path)
        private_dir(tmp_path / "a" / "b")
        open_private(tmp_path / "log", "ab").close()
    for path in tmp_path.rglob("*"):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path
