"""What cannot come to anything is refused before it begins, with the place in the file."""

from __future__ import annotations

import ast
import errno
import json
import os
import shutil
import socket
from collections import namedtuple
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from one_visit import SCENARIO
from record_tools import SITE, made, raw_entry

from collector import cli
from collector.adapters.facebook.fbtrex import FBTREX
from collector.browser.errors import BrowserGone, NavigationFailed, told
from collector.cli import main
from collector.common.errors import UserError
from collector.contract.places import Place
from collector.datasets.readers import Fault, read
from collector.datasets.writers import path_of
from collector.environment import DiskFull, refuse_unwritable
from collector.export import Format
from collector.export.rows import columns
from collector.mock import ownmock
from collector.mock.ownmock import own_mock
from collector.mock.served import met
from collector.profile import ProfileStore, persona_from
from collector.recording.errors import RecordingRefused
from collector.recording.stored import RecordingStore
from collector.submit.answers import Verdict

# ---- numbers that no store takes


TABLES = ("impressions", "captures")


@pytest.mark.parametrize("huge", [2**63, -(2**63) - 1, 10**30])
def test_an_integer_beyond_64_bits(tmp_path: Path, huge: int) -> None:
    """In JSON and in CSV: the row and the column, and no ``OverflowError``."""
    table, column = next(
        (name, each) for name in TABLES for each, kind in columns(name).items() if kind == "INTEGER"
    )
    folder = tmp_path / "csv"
    names = list(columns(table))
    cells = [str(huge) if name == column else "" for name in names]
    for form, text in (
        (Format.CSV, f"{','.join(names)}\n{','.join(cells)}"),
        (Format.JSONL, json.dumps({n: huge if n == column else None for n in names})),
    ):
        path = path_of(folder, form, table)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")
        with pytest.raises(Fault) as told:
            list(read(folder, form, table))
        assert told.value.column == column
        assert told.value.row == (2 if form is Format.CSV else 1)


# ---- an archive with an address that is none


def test_a_recorded_address_that_is_none_names_its_entry(tmp_path: Path) -> None:
    shelf = RecordingStore(tmp_path / "s")
    (tmp_path / "s").mkdir()
    whole = made(raw_entry(), raw_entry(f"{SITE}/watch?v=x")).har
    shelf.put_har(0, whole)
    assert len(shelf.har(0)["log"]["entries"]) == 2
    whole["log"]["entries"][1]["request"]["url"] = "http://[::1"
    shelf.put_har(0, whole)
    with pytest.raises(RecordingRefused, match=r"entry 2: 'http://\[::1' is not an address"):
        shelf.har(0)


# ---- nobody at the site


@pytest.mark.parametrize("host", ["youtube.localhost", "127.0.0.1", "localhost"])
def test_nothing_answers_is_said_before_a_browser_is_started(host: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        origin = f"http://{host}:{taken.getsockname()[1]}"
        with pytest.raises(UserError, match=f"nothing answers at {origin}"):
            met(Place(origin, on_loopback=True))
        taken.listen()
        # Whoever takes a connection is there, though he may be slow to speak.


@pytest.mark.parametrize("words", ["run one.yaml --out o", "profiles open anna", "doctor"])
def test_chromium_is_not_started_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TWINWATCH_PROFILES", str(tmp_path / "p"))
    Path("one.yaml").write_text(SCENARIO)
    ProfileStore(tmp_path / "p").new("anna", persona_from({}))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        site = f"http://youtube.localhost:{taken.getsockname()[1]}"
        done = CliRunner().invoke(main, [*words.split(), "--site", site])
    assert done.exit_code == 2, done.output
    assert f"nothing answers at {site}" in done.stderr
    assert "fix: " in done.stderr
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (NavigationFailed(SITE, "net::ERR_CERT_INVALID"), f"could not load {SITE}: net::ERR_CERT"),
        (BrowserGone(), "the browser is gone"),
        (OSError(errno.ENOSPC, "no space"), "state: the disk is full"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_a_browser_cannot_do_for_a_command_is_one_sentence(
    tmp_path: Path, failure: Exception, said: str
) -> None:
    with pytest.raises(UserError, match=said) as refused, told(SITE, tmp_path / "state"):
        raise failure
    assert refused.value.fix


# ---- a full disk


def test_what_a_command_writes_is_refused_with_its_place() -> None:
    """A full disk does not say which file it has no room for."""
    bare = []
    for path in sorted(Path(cli.__file__).parent.glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        guarded = {
            call
            for block in ast.walk(tree)
            if isinstance(block, ast.With)
            and any(ast.unparse(item.context_expr).startswith("refusals(") for item in block.items)
            for call in ast.walk(block)
        }
        bare += [
            f"{path.name}:{call.lineno}"
            for call in ast.walk(tree)
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
            if call.func.attr in ("write_text", "write_bytes") and call not in guarded
        ]
    assert bare == []


def test_a_mock_on_a_full_disk_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its log cannot be written either, so an empty one is asked for the room that is left."""
    monkeypatch.setattr(ownmock, "COMMAND", ("true",))
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1, 1, 0))
    with (
        pytest.raises(DiskFull, match="the mock server did not start: the disk is full"),
        own_mock(seed=1, db=None, state=tmp_path / "s", log=tmp_path / "log"),
    ):
        pass


@pytest.mark.parametrize("words", [os.strerror(errno.ENOSPC), "database or disk is full"])
def test_a_mock_whose_log_says_that_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.setattr(ownmock, "COMMAND", ("sh", "-c", f"echo 'OSError: {words}' >&2"))
    with (
        pytest.raises(DiskFull),
        own_mock(seed=1, db=None, state=tmp_path / "s", log=tmp_path / "log"),
    ):
        pass


def test_a_mock_that_does_not_start_for_another_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ownmock, "COMMAND", ("sh", "-c", "echo 'ImportError: x' >&2"))
    with (
        pytest.raises(UserError, match="did not start") as told,
        own_mock(seed=1, db=None, state=tmp_path / "s", log=tmp_path / "log"),
    ):
        pass
    assert not isinstance(told.value, DiskFull)


# ---- an answer that says OK and nothing else


def test_a_bare_ok_acknowledges_no_timeline() -> None:
    """The sender keeps what the server does not name as taken."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    for body in ({"status": "OK"}, {"status": "OK", "info": []}, {"status": "OK", "info": "yes"}):
        answer = FBTREX.judge(httpx.Response(200, json=body), sent=2, now=now)
        assert answer.verdict is Verdict.STOP
        assert "does not name" in answer.reason
    named = {"status": "OK", "info": [{"kind": "impression", "amount": 2}]}
    answer = FBTREX.judge(httpx.Response(200, json=named), sent=2, now=now)
    assert answer.verdict is Verdict.ACCEPTED


# ---- what was warned of stands in the manifest


def test_the_manifest_holds_the_warnings_that_were_printed(tmp_path: Path) -> None:
    scenario = tmp_path / "one.yaml"
    scenario.write_text(SCENARIO.replace("{visit: home}]}", "{visit: 'https://example.org/x'}]}"))
    out = tmp_path / "run"
    arguments = ["run", str(scenario), "--driver", "http", "--out", str(out)]
    done = CliRunner().invoke(main, arguments)
    printed = [
        line.removeprefix("warning: ")
        for line in done.stderr.splitlines()
        if line.startswith("warning: ")
    ]
    assert printed, done.stderr
    kept = json.loads((out / "manifest.json").read_text())["warnings"]
    assert set(printed) <= set(kept)


# ---- a file that takes minutes to fill is looked at before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["power", "calibration", "--plot", "nowhere/p.svg"], "--plot"),
        (["power", "calibration", "--plot", "p.png"], "svg"),
        (["power", "calibration", "--points", "5", "--effect", "home.history=1"], "--points"),
        (["calibrate", "calibration", "--out", "nowhere/t.json"], "--out"),
        (["calibrate", "calibration", "--out", "."], "--out"),
    ],
)
def test_what_cannot_be_simulated_or_written_is_refused_before_a_simulation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)

    def never(*given: object, **more: object) -> None:
        raise AssertionError("something was simulated")

    monkeypatch.setattr("collector.cli.power.probe", never)
    monkeypatch.setattr("collector.cli.calibrate.probe", never)
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 2, done.output
    assert done.stderr.count("error:") == done.stderr.count("fix:") == 1
    assert says in done.stderr
    assert not list(tmp_path.iterdir())


def test_looking_whether_a_file_can_be_written_leaves_it_as_it_was(tmp_path: Path) -> None:
    """One that is there keeps its bytes, one that is not is not made, a pipe is let be."""
    there, absent, pipe = tmp_path / "there", tmp_path / "absent", tmp_path / "pipe"
    there.write_bytes(b"kept")
    os.mkfifo(pipe)
    for path in (there, absent, pipe):
        refuse_unwritable(path)
    assert there.read_bytes() == b"kept"
    assert not absent.exists()
    assert pipe.is_fifo()
