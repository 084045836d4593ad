"""Whatever the machine refuses is one sentence with the fix, exit code 2 and no traceback."""

from __future__ import annotations

import errno
import fcntl
import gzip
import json
import os
import pwd
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
import zstandard
from click.testing import CliRunner, Result
from one_visit import SCENARIO

from collector.cli import main
from collector.environment import DiskFull, full_at, refusal_of
from mockserver.cli import main as mock_main


def collector(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def refused(result: Result, *words: str) -> None:
    """One sentence, the place and the fix, and nothing else."""
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 2, result.output
    assert result.stderr.count("error:") == 1
    assert "fix:" in result.stderr
    assert "Traceback" not in result.output
    for word in words:
        assert word in result.stderr, result.stderr


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("finished")
    (folder / "one.yaml").write_text(SCENARIO)
    done = collector("run", folder / "one.yaml", "--driver", "http", "--out", folder / "run")
    assert done.exit_code == 0, done.output
    return folder / "run"


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "one.yaml"
    path.write_text(SCENARIO)
    return path


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    shutil.copytree(finished, tmp_path / "run")
    return tmp_path / "run"


def a_file(path: Path) -> Path:
    (path / "file").touch()
    return path / "file" / "below"


def a_dangling_link(path: Path) -> Path:
    (path / "link").symlink_to(path / "nowhere" / "at" / "all")
    return path / "link"


def a_circle(path: Path) -> Path:
    (path / "circle").symlink_to(path / "circle")
    return path / "circle" / "below"


def unwritable(path: Path) -> Path:
    return Path("/proc/twinwatch")  # which not even root may make


def too_long(path: Path) -> Path:
    return path / ("n" * 300)


PLACES: list[Callable[[Path], Path]] = [a_file, a_dangling_link, a_circle, unwritable, too_long]

#: Every command that writes where it is told to, with the place it is told.
WRITING: dict[str, Callable[[Path, Path, Path], tuple[str | Path, ...]]] = {
    "run": lambda run, scenario, place: ("run", scenario, "--driver", "http", "--out", place),
    "repeat": lambda run, scenario, place: ("run", "--repeat", run, "--out", place),
    "report": lambda run, scenario, place: ("report", run, "--out", place / "r.html"),
    "export": lambda run, scenario, place: ("export", run, "--format", "csv", "--out", place),
    "sqlite": lambda run, scenario, place: (
        "export", run, "--format", "sqlite", "--out", place / "x.db"),
    "reparse": lambda run, scenario, place: ("reparse", run, "--out", place / "p.jsonl"),
    "profiles": lambda run, scenario, place: ("profiles", "--root", place, "new", "ada"),
}  # fmt: skip


@pytest.mark.sweep(4)
@pytest.mark.parametrize("place", PLACES, ids=lambda each: each.__name__)
@pytest.mark.parametrize("command", WRITING.values(), ids=WRITING.keys())
def test_places_that_cannot_be_written(
    run: Path,
    scenario: Path,
    tmp_path: Path,
    command: Callable[[Path, Path, Path], tuple[str | Path, ...]],
    place: Callable[[Path], Path],
) -> None:
    refused(collector(*command(run, scenario, place(tmp_path))))


def test_links_in_a_circle_are_told_however_the_path_is_looked_at(tmp_path: Path) -> None:
    """Made absolute, a path says so in words of its own."""
    found = refusal_of(RuntimeError(f"Symlink loop from '{tmp_path / 'circle'}'"))
    assert found is not None
    assert (found.problem, found.place) == ("links lead in a circle", str(tmp_path / "circle"))


@pytest.mark.sweep(1)
@pytest.mark.parametrize("place", [a_file, a_circle, unwritable], ids=lambda each: each.__name__)
def test_a_mocks_database_that_cannot_be_made(
    tmp_path: Path, place: Callable[[Path], Path]
) -> None:
    result = CliRunner().invoke(
        mock_main, ["serve", "--port", "0", "--db", str(place(tmp_path) / "x.db")]
    )
    refused(result)


def test_a_name_that_is_no_text(scenario: Path, tmp_path: Path) -> None:
    refused(collector("run", scenario, "--driver", "http", "--out", f"{tmp_path}/o-\udcff\udcfe"))


@pytest.mark.sweep(2)
@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.EROFS, "cannot be written"),
        (errno.ENOSPC, "the disk is full"),
        (errno.EACCES, "permission denied"),
        (errno.EIO, "the disk"),
        (errno.EMFILE, "files"),
    ],
)
def test_a_report_that_cannot_be_written(
    run: Path, monkeypatch: pytest.MonkeyPatch, code: int, words: str
) -> None:
    """The place is the report, not the draft of it, and ``--out`` is the way out."""

    def refuse(path: Path, *_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code), str(path))

    monkeypatch.setattr("collector.analysis.report.shared_file", refuse)
    refused(collector("report", run), words, "report.html:", "--out FILE")


def test_a_file_system_without_locks(scenario: Path, tmp_path: Path,
                                     monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", no_locks)
    result = collector("run", scenario, "--driver", "http", "--out", tmp_path / "o")
    refused(result, "no locks", "local --out")


def test_nobody_and_no_home(scenario: Path, tmp_path: Path,
                            monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """A uid without an entry, as containers have it."""

    def nobody(uid: int) -> pwd.struct_passwd:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "TWINWATCH_PROFILES"):
        monkeypatch.delenv(name, raising=False)
    refused(collector("profiles"), "HOME", "TWINWATCH_PROFILES", "XDG_DATA_HOME")
    ran = collector("run", scenario, "--driver", "http", "--out", tmp_path / "o")
    assert ran.exit_code == 0, ran.output


def test_nothing_answers(scenario: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        site = f"http://youtube.localhost:{taken.getsockname()[1]}"
        out = tmp_path / "o"
        result = collector("run", scenario, "--driver", "http", "--site", site, "--out", out)
    refused(result, "nothing answers", site)
    assert not out.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"impressionOrder": 2**63},
        {"impressionTime": "0001-01-01T00:00:00+12:00"},
        {"impressionTime": "9999-12-31T23:59:59-12:00"},
        {"publicationTime": "0001-01-01T00:00:00+12:00"},
    ],
)
def test_numbers_and_times_that_no_store_takes(tmp_path: Path, change: dict[str, object]) -> None:
    row = {"profile": "Antonietta", "timelineId": "t", "impressionOrder": 1, "postId": "1",
           "impressionTime": "2018-01-10T00:00:00.000Z"} | change  # fmt: skip
    source = tmp_path / "e18.json"
    source.write_bytes(json.dumps({"impressions": [row]}).encode())
    out = tmp_path / "out"
    refused(collector("import", "e18", source, "--out", out), "impressions.0")
    assert not (out / "store.db").exists()


def test_an_archive_of_nested_folders(tmp_path: Path) -> None:
    packed = tmp_path / "deep.tar.zst"
    with (
        packed.open("wb") as file,
        zstandard.ZstdCompressor().stream_writer(file) as stream,
        tarfile.open(fileobj=stream, mode="w|") as tar,
    ):
        tar.addfile(tarfile.TarInfo("state/" + "d/" * 1990 + "f"))
    root = tmp_path / "profiles"
    refused(collector("profiles", "--root", root, "import", packed))
    assert list(root.iterdir()) == []


def test_evidence_that_cannot_be_read_is_missing(run: Path, tmp_path: Path) -> None:
    """The others are parsed; the exit code says that something is not there."""
    pages = sorted((run / "evidence").rglob("*.zst")) or sorted(
        path for path in (run / "evidence").rglob("*") if path.is_file()
    )
    pages[0].write_bytes(b"damaged")
    done = collector("reparse", run, "--out", tmp_path / "p.jsonl")
    assert done.exit_code == 1, done.output
    assert "1 unreadable" in done.stderr
    rows = [orjson.loads(line) for line in (tmp_path / "p.jsonl").read_bytes().splitlines()]
    assert len(rows) == len(pages)


@pytest.mark.parametrize("package", ["collector", "mockserver"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_in_the_first_moment(number: signal.Signals, package: str) -> None:
    """As soon as the program hears anything, it ends with 130, without a traceback."""
    script = (
        "import os, signal, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, *_):\n"
        f"        if name == '{package}.cli':\n"
        f"            os.kill(os.getpid(), {int(number)})\n"
        "sys.meta_path.insert(0, Finder())\n"
        f"from {package}.start import main\n"
        "sys.exit(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "--help"], capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stderr) == (130, "interrupted\n")


def test_what_is_a_defect_stays_one() -> None:
    """Only the machine's refusals are turned into sentences."""
    assert refusal_of(ValueError("x")) is None
    assert refusal_of(RuntimeError("x")) is None
    assert refusal_of(BrokenPipeError()) is None
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL  # type: ignore[misc]
    assert isinstance(refusal_of(full), DiskFull)
    assert isinstance(refusal_of(OSError(errno.ENOSPC, "x")), DiskFull)
    nameless = refusal_of(OSError(errno.ENOSPC, "x"))  # as of a write to what is open already
    assert nameless is not None
    assert nameless.place == os.getcwd()
    with pytest.raises(OSError, match="x") as caught, full_at(Path("/some/run")):
        raise OSError(errno.ENOSPC, "x")
    assert caught.value.filename == "/some/run"
    assert gzip.BadGzipFile  # an OSError without a number has a sentence, too
    found = refusal_of(gzip.BadGzipFile("not gzip"))
    assert found is not None
    assert "not gzip" in found.problem
