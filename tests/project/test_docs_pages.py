"""The documents' pages: every block runs or is understood, and everything there is is named."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from docs_tools import DOCS, PROGRAMS, Block, blocks, commands, pages, understood
from synthetic_run import Made, build

from collector import testing
from collector.frames import FRAMES
from collector.scenario.loader import parse_scenario
from collector.scenario.models import Analysis, Arm, Mock, Registration, Scenario, Thresholds
from collector.scenario.plan import make_plan
from collector.scenario.render import known_keys
from collector.scenario.steps import STEPS
from collector.store.schema import TABLES, VIEWS

ALL = [block for page in pages() for block in blocks(page)]
#: Pages whose Python is run here; the others have tests of their own.
OURS = [page for page in pages() if page.parent != DOCS]
TEXT = "\n".join(page.read_text("utf-8") for page in pages())
CODE = set(re.findall(r"[A-Za-z_][\w-]*", " ".join(re.findall(r"`([^`\n]+)`", TEXT))))
LINES = [
    (block, words)
    for block in ALL
    if block.language in ("sh", "console", "")
    for words in commands(block.text)
]


@pytest.mark.parametrize(
    ("block", "words"), LINES, ids=[f"{block.page}: {' '.join(words)}" for block, words in LINES]
)
def test_every_command_line_is_one_that_there_is(block: Block, words: list[str]) -> None:
    """Command, options, choices and the number of arguments, as click reads them."""
    understood(words)


def test_a_command_that_is_none_is_found() -> None:
    """The check above can fail: a wrong command, option, choice, or an argument too many."""
    for wrong in (
        "collector rnu x",
        "collector run --no-such x",
        "collector run x y",
        "collector run x --driver htpt",
        "collector label imprt x",
        "collector submit x",
        "collector report",
        "mockserver serve --prot 1",
    ):
        with pytest.raises(click.UsageError):
            understood(wrong.split())


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    build(folder / "runs" / "mine", Made(twins=4))
    return folder


PYTHON = [page for page in OURS if any(block.language == "python" for block in blocks(page))]


@pytest.mark.parametrize(
    "page",
    [
        # What its blocks do with a puppet and a browser: tests/collector/testing.
        pytest.param(page, id=page.stem, marks=[pytest.mark.slow] if page.stem == "pytest" else [])
        for page in PYTHON
    ],
)
def test_every_python_block_runs(
    page: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the page's order, in a folder with a run in runs/mine; a ``text`` block is what the block
    before it prints. Blocks of tests are run by pytest."""
    monkeypatch.chdir(home)
    names: dict[str, object] = {}
    printed = ""
    for block in blocks(page):
        if block.language == "python" and "def test_" in block.text:
            file = home / f"test_{page.stem}_{block.number}.py"
            file.write_text(block.text, "utf-8")
            done = subprocess.run(
                [sys.executable, "-m", "pytest", "-q", "-p", "no:schemathesis", file.name],
                cwd=home, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 0, f"{block.name}\n{done.stdout}{done.stderr}"
        elif block.language == "python":
            pytest.importorskip("pandas", reason="frames need 'twinwatch[frames]'")
            exec(compile(block.text, block.name, "exec"), names)
            printed = capsys.readouterr().out
        elif block.language == "text":
            assert printed == block.text, block.name


YAML = [block for page in OURS for block in blocks(page) if block.language == "yaml"]


@pytest.mark.parametrize("block", YAML, ids=[block.name for block in YAML])
def test_every_scenario_loads_and_plans(block: Block) -> None:
    """A scenario as it stands; a file of truths as the ``mock`` of one."""
    if block.text.startswith("truths:"):
        inner = "".join(f"  {line}\n" for line in block.text.splitlines())
        text = f"name: t\nmock:\n{inner}arms: {{treated: {{steps: [{{visit: home}}]}}}}\n"
    else:
        text = block.text
    assert make_plan(parse_scenario(text, place=block.name)).sessions


def paths(command: click.Command, path: str) -> Iterator[str]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from paths(found, f"{path} {name}")
    else:
        yield path


COMMANDS = [path for name, program in PROGRAMS.items() for path in paths(program, name)]


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_is_named(path: str) -> None:
    """On a page that somebody wrote: in a line to copy, or in the text. Options of the group may
    stand in between (``collector profiles --root DIR clone``)."""
    words = r"\s+(?:--?[\w-]+(?:\s+[\w./-]+)?\s+)*".join(map(re.escape, path.split()[1:]))
    program = re.escape(path.split()[0])
    assert re.search(rf"{program}\s+{words}(?![\w-])|`{words}[ `]", TEXT), path


MODELS = (Scenario, Arm, Analysis, Thresholds, Mock, Registration)
KEYS = {field.alias or name for model in MODELS for name, field in model.model_fields.items()}
#: Words of the code for what a scenario writes in one word (`consent: reject`).
SHORT = {"choice"}


def test_every_scenario_key_is_named() -> None:
    """Keys of the file, its arms, analysis, mock and registration: as code, or written out."""
    shown = CODE | set(re.findall(r"\b[A-Za-z_]+(?=:)", " ".join(block.text for block in ALL)))
    assert sorted(KEYS - shown) == []


def test_every_step_and_its_keys_are_named() -> None:
    """Also where a heading names the step, or a block writes it without a value."""
    headings = " ".join(re.findall(r"^#+ (.*)$", TEXT, re.MULTILINE))
    written = " ".join(block.text for block in ALL if block.language == "yaml")
    shown = CODE | set(re.findall(r"[A-Za-z_]+", f"{headings} {written}"))
    wanted = set(STEPS) | {key for step in STEPS for key in known_keys(step)}
    assert sorted(wanted - shown - SHORT) == []


def test_every_table_view_and_frame_is_named() -> None:
    """Tables and views of the store, frames of twinwatch.load."""
    headings = set(re.findall(r"^### (\w+)$", TEXT, re.MULTILINE))
    assert sorted({*TABLES, *VIEWS, *FRAMES} - headings) == []


def test_every_fixture_is_named() -> None:
    """Fixtures of the plugin, as pytest itself finds them."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--fixtures", "-q", "-p", "no:schemathesis", "-p",
         "no:cacheprovider", "--rootdir", "/", "-c", "/dev/null", "--noconftest", __file__],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    ours = re.findall(
        r"^(\w+)[^\n]*-- \S*collector/testing/__init__\.py", done.stdout, re.MULTILINE
    )
    assert "run_scenario" in ours, done.stdout[-2000:] + done.stderr[-2000:]
    page = (DOCS / "reference" / "fixtures.md").read_text("utf-8")
    for name in ours:
        assert f"| `{name}` |" in page
        if hasattr(testing, name):  # the other ones override pytest-playwright's
            assert f"collector.testing.{name}\n" in page


def test_the_two_by_two_can_show_its_interaction(tmp_path: Path) -> None:
    """What the page says of blocks: three outcomes with blocks of one twin, two with four."""
    (text,) = (b.text for b in ALL if b.page == "howto/choose-twins.md" and b.language == "yaml")
    for block, outcomes in ((1, "3 outcomes"), (4, "2 outcomes")):
        file = tmp_path / f"block-{block}.yaml"
        file.write_text(text.replace("block: 1", f"block: {block}"), "utf-8")
        done = CliRunner().invoke(PROGRAMS["collector"], ["scenarios", "check", str(file)])
        assert outcomes in done.output, done.output
