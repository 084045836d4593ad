"""What a command writes where it is told to is there whole, or the older file as it was.

The kernel plants the fault: no file of the process grows beyond a few bytes. Then a write fails in
the middle, or the process dies there. The calls are made from what the commands declare.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from every_command import Called, every, set_stage
from places import ROOT

from collector.common.errors import UserError
from collector.outputs import output, write_output

#: Bytes; a number that no whole file has, so that a file of this size is half of one.
_MOST = 101
_OLD = "what was there before\n"
#: Options and arguments for a file or folder that is read only.
READ = {
    "adjudicate", "archive", "baseline", "ca", "check", "codebook", "file", "first", "folder",
    "load_tubearchivist", "pack_file", "paths", "pilot", "power", "prereg", "profiles", "repeat",
    "report", "run", "run_dir", "second", "sheets", "style", "token_file", "truth",
    "truth_token_file",
}  # fmt: skip
#: Those that are kept up, a row or a line at a time, with tests of their own: runs, the profiles'
#: folder, a coder's sheet, a mock's database, a key.
KEPT_UP = {
    ("demo", "out"), ("repeat", "out"), ("replay", "out"), ("run", "out"), ("serve", "db"),
    ("label-page", "sheet"), ("pack", "key"),
    *((f"profiles{name}", "root") for name in (
        "", "-clone", "-export", "-import", "-lineage", "-list", "-new", "-open", "-reset", "-show",
    )),
}  # fmt: skip
#: Command → further calls of it that write: their words, and what they write to.
ALSO = {
    "corpus-check": [("corpus check run --baseline before.jsonl --update", "before.jsonl")],
    "report": [
        ("report run --json --out out/r.json", "out/r.json"),
    ],
    "review": [("review run --checklist out/c.md", "out/c.md")],
}  # fmt: skip
#: Which of those are named there.
ALSO_NAMED = {("review", "checklist_to")}
#: Those that come after something larger was written elsewhere (a database, the report itself), so
#: that the fault would strike there: their writer is one of those that are swept, and the last test
#: sees that they have no other.
AFTER = {("calibrate", "out"), ("label-import", "contested"), ("power", "plot"), ("report", "pdf")}
#: Commands that begin nothing where something is there already.
NEW_ONLY = {"dataset-new", "import-e18", "label-export", "notebook", "pack",
            "prereg", "profiles-export", "scenarios-copy"}  # fmt: skip


def _paths(called: Called) -> Iterator[str]:
    for command in called.chain:
        for one in command.params:
            if isinstance(one.type, click.Path | click.File):
                assert one.name is not None
                yield one.name


def _writing() -> Iterator[tuple[str, str, str]]:
    """(name, words, place) of every call that writes where it is told to."""
    for called in every():
        name = str(called)
        kept = {option for command, option in KEPT_UP if command == name}
        if called.writes and not kept & {"out", "db"} and (name, "out") not in AFTER:
            words = called.words(Path(), Path("out/result"))
            place = next(each for each in words if each.startswith("out/result"))
            yield name, " ".join(words), place
        for words_, place in ALSO.get(name, ()):
            option = [each for each in words_.split() if each.startswith("--")][-1]
            yield f"{name} {option}", words_, place


WRITING = {name: (words, place) for name, words, place in _writing()}


def test_every_path_that_a_command_takes_is_read_or_written_here() -> None:
    """A new option that writes is swept, or says here what it does."""
    for called in every():
        for name in _paths(called):
            known = name in READ or (str(called), name) in KEPT_UP | ALSO_NAMED | AFTER
            assert known or (name in ("out", "dest") and str(called) in WRITING), (called, name)
    assert {name.partition(" ")[0] for name in WRITING} >= NEW_ONLY


@pytest.fixture(scope="module", name="stage")
def _stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    stage = set_stage(tmp_path_factory.mktemp("stage") / "sound")
    for name in ("run", "other"):  # to read a database with a log, SQLite writes beside it
        with closing(sqlite3.connect(stage / name / "store.db")) as database:
            database.execute("PRAGMA journal_mode = DELETE")
    return stage


def _carried_out(
    words: str, stage: Path, *, limit: bool = False, dies: bool = False
) -> tuple[int, str]:
    """The exit code of a command in a process of its own, below 0 the signal it died of; and what
    it said of an error."""
    ours, theirs = os.pipe()
    told = words.split()
    fits = [each for each in every() if told[: len(each.names)] == [*each.names]]
    called = max(fits, key=lambda each: len(each.names))
    pid = os.fork()
    if not pid:
        code = 70
        try:
            os.environ["HOME"] = str(stage / "home")
            os.chdir(stage)
            if limit:
                signal.signal(signal.SIGXFSZ, signal.SIG_DFL if dies else signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
                resource.setrlimit(resource.RLIMIT_FSIZE, (_MOST, _MOST))
            done = CliRunner().invoke(called.group, told)
            code = done.exit_code
            os.write(theirs, done.stderr.encode()[-4000:])
            if done.exception is not None and not isinstance(done.exception, SystemExit):
                code = 71
        finally:
            os._exit(code)
    ended = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(theirs)
    with os.fdopen(ours) as file:
        return ended, file.read()


def _files(folder: Path) -> dict[Path, bytes]:
    """Whatever is below, without drafts, SQLite's own files beside a database and caches."""
    return {
        path.relative_to(folder): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.name.endswith(("-wal", "-shm"))
        and not any(part.endswith(".part") or part == ".cache" for part in path.parts)
    }


@pytest.mark.sweep(1)
@pytest.mark.parametrize("dies", [False, True], ids=["full", "killed"])
@pytest.mark.parametrize(
    ("name", "older"),
    [
        pytest.param(name, older, id=f"{name}, {'older' if older else 'new'}")
        for name in WRITING
        for older in (False, True)
        if not older or name.partition(" ")[0] not in NEW_ONLY
    ],
)
def test_a_write_that_ends_in_the_middle(
    name: str, older: bool, dies: bool, stage: Path, tmp_path: Path
) -> None:
    """Nothing that was there is another, and nothing half is there under any name."""
    words, place = WRITING[name]
    here = tmp_path / "stage"
    shutil.copytree(stage, here)
    target = here / place
    if older and not target.exists():
        assert _carried_out(words, here)[0] in (0, 1)
        assert target.exists()
    before = _files(here)
    code, said = _carried_out(words, here, limit=True, dies=dies)
    if dies:
        assert code == -signal.SIGXFSZ, said
        assert list((here / "out").rglob(".*.part")) or "before" in place, "not while it wrote"
    else:
        assert code == 2, said
        assert re.search(r"(?m)^error: (\S*/)?(out/|before\.jsonl)", said), said
    after = _files(here)
    assert {path: after.get(path) for path in before} == before
    assert not [path for path in after if path not in before and len(after[path]) == _MOST]
    assert _carried_out(words, here)[0] in (0, 1), "and the next does it"
    assert not list(target.parent.glob(".*.part")), "without what the dead one left"


def test_a_link_is_followed_and_modes_are_kept(tmp_path: Path) -> None:
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text(_OLD)
    real.chmod(0o600)
    link.symlink_to(real)
    write_output(link, "new\n")
    assert link.is_symlink()
    assert real.read_text() == "new\n"
    assert real.stat().st_mode & 0o777 == 0o600
    with pytest.raises(UserError, match="already exists"):
        write_output(real, "newer\n", new=True)
    (tmp_path / "circle").symlink_to("circle")
    with pytest.raises(UserError, match="circle"):
        write_output(tmp_path / "circle", "x")
    with pytest.raises(UserError, match="folder"):
        write_output(tmp_path, "x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["circle", "link.json", "real.json"]


def test_what_is_no_file_is_written_straight(tmp_path: Path) -> None:
    """``--out /dev/stdout``, or the pipe of a shell's ``>(gzip)``."""
    write_output(Path(os.devnull), "x")
    assert not Path(os.devnull).is_file()
    os.mkfifo(tmp_path / "pipe")
    handle = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write_output(tmp_path / "pipe", "through\n")
    assert os.read(handle, 100) == b"through\n"
    os.close(handle)


def test_what_appears_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    """Where a file must be new, also at the end."""
    target = tmp_path / "a.md"

    def write() -> None:
        with output(target, new=True) as draft:
            draft.write_text("mine")
            target.write_text(_OLD)

    with pytest.raises(UserError, match="in the way"):
        write()
    assert target.read_text() == _OLD
    assert [path.name for path in tmp_path.iterdir()] == ["a.md"]


#: Modules that open a file for writing by themselves, with what it is.
BY_HAND = {
    "browser/snapshot.py": "in memory",
    "profile/archive.py": "a draft",
    "browser/authorities.py": "a database of certificates, in a profile that is being made",
    "coding/sheets.py": "drafts",
    "datasets/card.py": "in the draft of a data set",
    "datasets/published.py": "in the draft of a data set",
    "datasets/writers.py": "in the draft of a data set",
    "environment.py": "nothing is written: whether it could be",
    "export/exporter.py": "an example in a docstring",
    "export/text.py": "drafts",
    "fleet/cluster.py": "a log",
    "fleet/scratch.py": "a worker's own copy of the plan, in a folder that goes with it",
    "fleet/task.py": "a log",
    "frames/files.py": "drafts",
    "latecommands.py": "help, to a terminal",
    "outputs.py": "drafts",
    "cli/reparse.py": "a draft",
    "packing/container.py": "in the draft of a pack",
    "packing/repeat.py": "a folder of the system's for temporary files",
    "recording/recorder.py": "a recorder's folder for temporary files",
}
_WRITES = re.compile(
    r"\.write_(?:text|bytes)\(|\bopen\([^)\n]*[\"'][wxa]b?\+?[\"']|ZipFile\([^)\n]*[\"']w[\"']"
)


def test_no_other_module_writes_in_place() -> None:
    found = {
        path.relative_to(ROOT / "collector").as_posix()
        for path in (ROOT / "collector").rglob("*.py")
        if _WRITES.search(path.read_text("utf-8"))
    }
    assert found == set(BY_HAND)
