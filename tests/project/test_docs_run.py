"""Every command and Python block of the documents is run, or says in its source why it is not.

A page runs in a folder in which there is what its reader would have: a scenario, runs of it, a
folder of pages. The runs are made once, by the command line (``docs_shell.py`` has the marks).
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from docs_shell import RUN, Fenced, Shell, commands_of, fenced
from docs_tools import DOCS, pages
from places import file_of
from toy_board import SCENARIO, TOY, board

from collector.evidence import EvidenceStore
from collector.store import Store

for module in ("pandas", "krippendorff", "statsmodels"):
    pytest.importorskip(module, reason="the pages need 'twinwatch[coding,frames]'")

ROOT = DOCS.parent
FILES = {path.relative_to(ROOT).as_posix(): path for path in pages()} | {
    name: ROOT / name for name in ("README.md", "CONTRIBUTING.md")
}
PAGES = {name: fenced(path, name) for name, path in FILES.items()}
#: Pages whose Python another test runs, block by block and in order. The tutorial's shell is there
#: too: its sheets are coded by its own Python.
PYTHON = {
    "docs/tutorial.md": "test_docs_tutorial.py",
    "docs/frames.md": "test_frames_docs.py",
    "docs/statistics.md": "test_statistics_docs.py",
}
#: How many lines no test runs. Whoever adds one says so here too.
NOT_RUN = 0

MINE = """\
name: mine
seed: 7
analysis: {exposure: [conspiracy], surfaces: [home], control: neutral}
before: [{visit: home}, {consent: reject}]
arms:
  treated: {twins: 2, steps: [{search: flat earth}, {follow: {rank: 1}}, {watch: 60s}]}
  neutral: {twins: 2, steps: [{search: live concert}, {follow: {rank: 1}}, {watch: 60s}]}
after: [{visit: home}]
"""
FORK = """\
name: fork
persona: marie-us
arms:
  control: {steps: [{visit: home}, {consent: reject}]}
"""
#: Where a page makes clones for two arms.
TREATED = "  treated: {steps: [{visit: home}, {consent: reject}, {search: flat earth}]}\n"
#: What a person signs in for, on a site that has no labels.
ONLY = """\
name: only
persona: marie-us
labels: later
arms:
  only: {steps: [{visit: home}, {consent: reject}]}
"""
TRAIN = """\
name: train
persona: marie-us
arms:
  trained: {steps: [{visit: home}, {consent: reject}, {snapshot: trained}]}
"""
LABELS = "video_id,title_pattern,label\n,flat earth,conspiracy\n,.,other\n"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with scenarios under the names that pages use, and one run of ``mine.yaml``."""
    folder = tmp_path_factory.mktemp("prepared")
    for name in ("mine.yaml", "study.yaml", "my-audit.yaml"):
        (folder / name).write_text(MINE, "utf-8")
    (folder / "fork.yaml").write_text(FORK, "utf-8")
    (folder / "only.yaml").write_text(ONLY, "utf-8")
    (folder / "train.yaml").write_text(TRAIN, "utf-8")
    (folder / "mine.csv").write_text(LABELS, "utf-8")
    for name in ("world.yaml", "gardens.yaml"):
        shutil.copyfile(DOCS / "world.example.yaml", folder / name)
    shell = Shell(folder, port=int)
    with pytest.MonkeyPatch.context() as patch:
        _at_home(folder, patch)
        shell.run("collector run mine.yaml --driver http --out runs/mine")
        shell.run("collector report runs/mine")
        shell.run("collector run --repeat runs/mine --out runs/again")
    (folder / "pages").mkdir()
    with Store(folder / "runs" / "mine" / "store.db", create=False, readonly=True) as store:
        evidence = EvidenceStore(folder / "runs" / "mine" / "evidence")
        for row in store.rows("SELECT id, content_hash FROM captures WHERE kind = 'video'"):
            page = evidence.get(row["content_hash"])
            (folder / "pages" / f"{row['id'][-12:]}.html").write_text(page, "utf-8")
    return folder


def _at_home(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """As a reader whose home and current folder are ``folder``."""
    patch.chdir(folder)
    patch.setenv("HOME", str(folder))
    patch.setenv("XDG_DATA_HOME", str(folder / ".local" / "share"))


#: Runs that a page expects to be there: copies of the one that was made, or of its repetition where
#: a page compares the two.
BEFORE = ("mine", "quick", "again", "pilot")


def _workspace(prepared: Path, folder: Path, blocks: list[Fenced]) -> None:
    """What the page needs of what was prepared; a run that it makes itself is not there before."""
    text = "\n".join(block.text for block in blocks)
    for path in prepared.iterdir():
        if path.name != "runs":
            copy = shutil.copytree if path.is_dir() else shutil.copyfile
            copy(path, folder / path.name)  # type: ignore[operator]
    if "treated-1" in text:
        (folder / "fork.yaml").write_text(FORK + TREATED, "utf-8")
    if "collector unblind" in text:
        (folder / "mine.yaml").write_text(f"{MINE}registration: {{blinded: true}}\n", "utf-8")
    for name in BEFORE:
        made = re.search(rf"--out runs/{name}\s", f"{text}\n")
        if f"runs/{name}" in text and made is None:
            other = name == "again" and "collector compare" in text
            source = prepared / "runs" / ("again" if other else "mine")
            shutil.copytree(source, folder / "runs" / name)


def _coded(folder: Path) -> None:
    """What two people do between exporting sheets and bringing them back."""
    for sheet in folder.glob("coding/coder-*.csv"):
        with sheet.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            row["label"] = "conspiracy" if "earth" in row["title"].lower() else "other"
        with sheet.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


def _run(
    blocks: list[Fenced], prepared: Path, folder: Path, port: Callable[[], int], *, slow: bool
) -> int:
    """Run a page's blocks in order; how many lines that were."""
    _workspace(prepared, folder, blocks)
    shell = Shell(folder, port, {"collector label export": _coded})
    done = 0
    with _beside(blocks, shell):
        for block in blocks:
            if block.marks.save:
                (folder / block.marks.save).write_text(block.text, "utf-8")
            if block.language == "python" and "def test_" in block.text:
                if slow or not block.marks.slow:
                    _tested(block, folder)
                continue
            for line in commands_of(block):
                if block.marks.reason(line) is None and (slow or not block.marks.is_slow(line)):
                    shell.run(line, block.marks.codes(line))
                    done += 1
    return done


@contextmanager
def _beside(blocks: list[Fenced], shell: Shell) -> Iterator[None]:
    """What answers beside the page's commands: where one names it, the board of another package."""
    with ExitStack() as stack:
        stack.callback(shell.close)
        if any("board.yaml" in block.text for block in blocks):
            (shell.folder / "board.yaml").write_text(SCENARIO, "utf-8")
            site, _ = stack.enter_context(board().serving())
            shell.own_port = int(site.rpartition(":")[2])
            shell.environment = {"PYTHONPATH": str(TOY)}
        yield


def _tested(block: Fenced, folder: Path) -> None:
    file = folder / f"test_block_{block.number}.py"
    file.write_text(block.text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:schemathesis", file.name],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def _lines(blocks: list[Fenced], *, slow: bool) -> list[str]:
    return [
        line for block in blocks for line in commands_of(block)
        if block.marks.reason(line) is None and block.marks.is_slow(line) is slow
    ]  # fmt: skip


QUICK = [n for n, b in PAGES.items() if n not in ("docs/tutorial.md",) and _lines(b, slow=False)]
SLOW = [
    name
    for name, blocks in PAGES.items()
    if _lines(blocks, slow=True) or any(b.language == "python" and b.marks.slow for b in blocks)
]


@pytest.fixture
def port(request: pytest.FixtureRequest) -> Callable[[], int]:
    """Of a mock of the session, which starts when a page first asks for it."""
    return lambda: int(request.getfixturevalue("mock_server").url.rpartition(":")[2])


@pytest.mark.slow
@pytest.mark.parametrize("page", QUICK)
def test_every_line_runs(
    page: str,
    prepared: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    port: Callable[[], int],
) -> None:
    """In the page's order, with the exit code that the page says."""
    _at_home(tmp_path, monkeypatch)
    assert _run(PAGES[page], prepared, tmp_path, port, slow=False)


@pytest.mark.slow
@pytest.mark.parametrize("page", SLOW)
def test_every_line_runs_where_some_take_long(
    page: str,
    prepared: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    port: Callable[[], int],
) -> None:
    """The whole page, runs and recordings in a browser too."""
    _at_home(tmp_path, monkeypatch)
    assert _run(PAGES[page], prepared, tmp_path, port, slow=True) or page == "README.md"


QUERIES = [block for blocks in PAGES.values() for block in blocks if block.language == "sql"]


@pytest.mark.slow
@pytest.mark.parametrize("block", QUERIES, ids=[block.page for block in QUERIES])
def test_every_query_answers(block: Fenced, prepared: Path) -> None:
    """In the tables of a run, with rows."""
    address = f"file:{prepared / 'runs' / 'mine' / 'store.db'}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as db:
        assert db.execute(block.text.rstrip().rstrip(";")).fetchall()


def test_what_is_shown_of_a_format_is_of_it() -> None:
    """JSON and TOML can be read as such; both are there."""
    readers = {"json": json.loads, "toml": tomllib.loads}
    read = Counter[str]()
    for blocks in PAGES.values():
        for block in blocks:
            if block.language in readers:
                assert readers[block.language](block.text), block.page
                read[block.language] += 1
    assert set(read) == set(readers)


def test_what_no_test_runs_is_counted_and_has_a_reason() -> None:
    """A reason that names a test names one that there is."""
    left = [
        (block, line, block.marks.reason(line))
        for blocks in PAGES.values() for block in blocks for line in commands_of(block)
        if block.marks.reason(line) is not None
    ]  # fmt: skip
    assert len(left) == NOT_RUN, "\n".join(f"{b.page}: {line}" for b, line, _ in left)
    for block, _, reason in left:
        for word in str(reason).split():
            if word.startswith("tests/"):
                assert (ROOT / word.rstrip(";,.")).is_file(), f"{block.page}: {word}"


def test_every_mark_says_something_of_a_line() -> None:
    """A mark that no line begins with is one of a line that was changed."""
    for name, blocks in PAGES.items():
        for block in blocks:
            marks = block.marks
            begins = (*marks.not_run, *marks.slow, *marks.exit_1, *marks.either)
            lines = list(commands_of(block)) + (["def test_"] if "def test_" in block.text else [])
            for begin in begins:
                assert any(line.startswith(begin) for line in lines), f"{name}: {begin}"


def test_a_shell_block_is_marked_as_one() -> None:
    """So that none is overlooked: what begins as a command stands in a block of shell, and what
    stands there is a program of ours, or one that is known here, or is marked."""
    for name, blocks in PAGES.items():
        for block in blocks:
            if block.language == "":
                first = block.text.split()[:1]
                assert first not in ([one] for one in RUN), f"{name} block {block.number}"
            for line in commands_of(block):
                if block.marks.reason(line) is None:
                    bare = re.sub(r"^[A-Z_]+=(?:\$\([^)]*\)|\S)* ", "", line)
                    assert bare.split()[0] in (*RUN, "mkdir"), f"{name}: {line}"
            if block.text.startswith("#!"):
                runs = [line for other in blocks for line in commands_of(other)]
                assert block.marks.save, f"{name} block {block.number}: no line can run it"
                assert any(block.marks.save in line.split() for line in runs), block.marks.save


def test_every_python_block_is_run_by_a_test() -> None:
    """Here (tests), in test_docs_pages.py (pages in folders), or by the page's own test."""
    for name, blocks in PAGES.items():
        if any(block.language == "python" for block in blocks):
            in_folder = name.startswith("docs/") and name.count("/") > 1
            own = PYTHON.get(name)
            tests = all("def test_" in b.text for b in blocks if b.language == "python")
            assert in_folder or tests or own, f"{name}: no test runs its Python"
            if own is not None:
                source = file_of(own).read_text("utf-8")
                assert Path(name).name in source


def test_a_line_that_fails_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours, another program's, and one that ends otherwise than the page says."""
    _at_home(tmp_path, monkeypatch)
    shell = Shell(tmp_path, port=int)
    for line in ("collector report runs/none", "sha256sum none.csv", "curl http://127.0.0.1:1/"):
        with pytest.raises(AssertionError, match="ended with"):
            shell.run(line)
    with pytest.raises(AssertionError, match="ended with 0, not 1"):
        shell.run("collector scenarios", (1,))


def test_a_mark_without_a_reason_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    for wrong in ("<!-- not run -->", "<!-- not run: `x`: -->", "<!-- not-run: a good reason -->"):
        page.write_text(f"{wrong}\n```sh\nx\n```\n", "utf-8")
        with pytest.raises(AssertionError):
            fenced(page, "page.md")


#: A line of a page with one letter wrong, and what says so.
WRONG = {
    "make tets": "No rule to make target",
    'make mutate-planted CHANGES="M13 M999"': "M999",
    'make mutate-modules ROOMS="recomender"': "recomender",
    "make mutate-modules ROOMS=collector/analysis/sated.py N=60": "sated.py",
    "make mutate-modules N=all": "all",
    'make mutate-planted CHANGE="M13"': "reads no CHANGE",
    "pip install '.[frame]'": "does not provide the extra 'frame'",
    "python3 -m venv ~/a && ~/b/bin/pip install '.[frames]'": "No such file",
    "sbatch study.sh": "unrecognized: #SBATCH --node=4",
    "dask schedular": "ended with 2",
    "collector run board.yaml --site http://toyboard.localhost:1": "board.yaml",
}


@pytest.mark.sweep(4)
@pytest.mark.parametrize("line", WRONG)
def test_a_stand_in_fails_where_the_program_would(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at_home(tmp_path, monkeypatch)
    (tmp_path / "study.sh").write_text("#!/bin/bash\n#SBATCH --node=4\ntrue\n", "utf-8")
    with pytest.raises(AssertionError, match="ended with") as caught:
        Shell(tmp_path, port=int).run(line)
    assert WRONG[line] in str(caught.value)


def test_an_image_in_a_page_is_built_of_what_is_here() -> None:
    """Sources that exist, extras that there are, container files by their names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    blocks = [b for found in PAGES.values() for b in found if b.language == "dockerfile"]
    copied = [w for b in blocks for w in re.findall(r"(?m)^COPY (\S+) /src$", b.text)]
    extras = {w for b in blocks for w in re.findall(r"/src\[([\w,]+)\]", b.text)}
    named = {
        name for path in FILES.values()
        for name in re.findall(r"podman build[^`\n]* -f (\S+)", path.read_text("utf-8"))
    }  # fmt: skip
    assert {source for source in copied if (ROOT / source).exists()} == {*copied} == {"."}
    (named_extras,) = (each.split(",") for each in extras)
    assert {*named_extras} <= {*project["optional-dependencies"]}
    assert {n for n in named if (ROOT / n).is_file()} == named == {"Containerfile.mockserver"}
