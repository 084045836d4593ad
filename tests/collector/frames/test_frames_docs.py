"""docs/frames.md and the notebooks: every block runs, and every column is told."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from places import ROOT
from synthetic_run import Made, build

import twinwatch
from collector.cli import main
from collector.frames import FRAMES
from collector.frames.notebook import as_notebook, as_quarto

TEXT = (ROOT / "docs" / "frames.md").read_text("utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)

pytest.importorskip("pandas", reason="frames need pandas: pip install 'twinwatch[frames]'")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run in ``runs/quick``, as the documents have it."""
    folder = tmp_path_factory.mktemp("docs")
    build(folder / "runs" / "quick", Made(twins=4, watches=1))
    return folder


@pytest.mark.slow
def test_every_block_of_the_page_runs(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One after the other, as a reader would; the three lines print the report's means."""
    monkeypatch.chdir(home)
    names: dict[str, object] = {}
    for number, block in enumerate(BLOCKS):
        exec(compile(block, f"docs/frames.md block {number}", "exec"), names)
    printed = capsys.readouterr().out
    assert len(BLOCKS) >= 4
    numbers = names["run"].numbers()  # type: ignore[attr-defined]
    mean = next(v["arm_mean"] for v in numbers["verdicts"] if v["surface"] == "home")
    assert printed.count(f"{mean:.6f}") == 2


R_NEEDS = "R with jsonlite and RSQLite: apt-get install r-cran-jsonlite r-cran-rsqlite"
R_SAYS = """
known <- Sys.getenv("SAYS")
puppets <- read_frame("puppets"); outcomes <- read_frame("outcomes"); steps <- read_frame("steps")
home <- outcomes[outcomes$surface == "home", ]
means <- tapply(home$value, home$arm, mean)
writeLines(jsonlite::toJSON(list(
  means = as.list(means), arms = levels(captures$arm), seed = as.character(puppets$seed[1]),
  delivered = as.list(puppets$delivered), missing = sum(is.na(steps$started)),
  first = as.numeric(min(captures$virtual_time)),
  types = lapply(captures, function(column) class(column)[1])
), auto_unbox = TRUE, digits = 15), known)
"""


@pytest.fixture(name="r", scope="module")
def _r() -> str:
    """Rscript, where it has the packages that the page names."""
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip(R_NEEDS)
    asked = "q(status = 1 - all(c('jsonlite', 'RSQLite') %in% rownames(installed.packages())))"
    if subprocess.run([program, "-e", asked], check=False).returncode:
        pytest.skip(R_NEEDS)
    return program


def test_the_blocks_for_r_run_and_read_what_is_documented(
    r: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control first, UTC to the millisecond, TRUE and NA, every digit of a seed; the means are the
    report's. (Not the block for arrow.)"""
    monkeypatch.chdir(home)
    run = twinwatch.load("runs/quick")
    asked = re.findall(r"^collector (export runs/quick .*(?:csv|sqlite).*)$", TEXT, re.MULTILINE)
    assert [CliRunner().invoke(main, line.split()).exit_code for line in asked] == [0, 0]
    blocks = re.findall(r"^```r\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    (tmp_path / "page.R").write_text(
        "\n".join(b for b in blocks if "arrow" not in b) + R_SAYS, "utf-8"
    )
    done = subprocess.run(
        [r, "--vanilla", str(tmp_path / "page.R")],
        env=os.environ | {"SAYS": str(tmp_path / "says.json")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(blocks) == 4
    says = json.loads((tmp_path / "says.json").read_text("utf-8"))
    outcomes, puppets, captures = run.outcomes(), run.puppets(), run.captures()
    means = outcomes[outcomes.surface == "home"].groupby("arm", observed=True).value.mean()
    assert says["means"] == pytest.approx(means.to_dict(), abs=1e-12)
    assert says["arms"] == list(captures.arm.cat.categories)
    assert says["seed"] == str(puppets.seed[0])
    assert says["delivered"] == puppets.delivered.tolist()
    assert says["missing"] == run.steps().started.isna().sum()
    assert says["first"] == pytest.approx(captures.virtual_time.min().timestamp(), abs=1e-5)
    kinds = {"word": "factor", "text": "character", "int": "numeric", "float": "numeric",
             "bool": "logical", "time": "POSIXct"}  # fmt: skip
    columns = FRAMES["captures"].columns
    assert says["types"] == {name: kinds[spec.kind.value] for name, spec in columns.items()}


def test_every_frame_and_column_is_told() -> None:
    """Name, type and sentence of every column of every frame, in its order."""
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^### |\Z)", TEXT, re.MULTILINE | re.DOTALL))
    assert list(sections) == list(FRAMES)
    for name, frame in FRAMES.items():
        told = re.findall(r"^\| `(\w+)` \| (\w+) \| (.*) \|$", sections[name], re.MULTILINE)
        assert told == [(c, s.kind.value, s.about) for c, s in frame.columns.items()]
        assert frame.about in sections[name]


def test_the_examples_are_what_the_command_writes() -> None:
    """examples/ is never older than the template."""
    for name, text in (
        ("analysis.ipynb", as_notebook("runs/quick")),
        ("analysis.qmd", as_quarto("runs/quick")),
    ):
        assert (ROOT / "examples" / name).read_text("utf-8") == text


@pytest.mark.slow
@pytest.mark.parametrize(
    "made",
    [
        Made(
            arms=("neutral", "conspiracy", "science"), twins=3, watches=1, lost={"conspiracy-1": 3}
        ),
        Made(twins=2, watches=1, labels=False),
    ],
    ids=["a puppet lost", "no labels"],
)
def test_the_quarto_document_runs_on_other_runs_too(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own assertions hold its numbers against the report's. (Those of a usual run: the same
    cells in the notebook, below.)"""
    import matplotlib

    matplotlib.use("Agg")
    monkeypatch.setenv("TWINWATCH_RUN", str(build(tmp_path / "run", made)))
    text = (ROOT / "examples" / "analysis.qmd").read_text("utf-8")
    names: dict[str, object] = {}
    code = re.findall(r"^```\{python\}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(code) == 8
    for cell in code:
        exec(compile(cell, "analysis.qmd", "exec"), names)
    import matplotlib.pyplot as plt

    plt.close("all")
    assert len(names["both"]) >= 1 or not made.labels  # type: ignore[arg-type]


@pytest.mark.slow
def test_the_notebook_is_executed_by_jupyter(home: Path, tmp_path: Path) -> None:
    """nbclient runs every cell in a kernel; the notebook is valid; the last one has the methods."""
    nbformat = pytest.importorskip("nbformat", reason="no Jupyter here: pip install nbclient")
    pytest.importorskip("nbclient", reason="no Jupyter here: pip install nbclient")
    pytest.importorskip("ipykernel", reason="no kernel here: pip install ipykernel")
    book = tmp_path / "analysis.ipynb"
    book.write_bytes((ROOT / "examples" / "analysis.ipynb").read_bytes())
    nbformat.validate(json.loads(book.read_text("utf-8")))
    environment = os.environ | {
        "TWINWATCH_RUN": str(home / "runs" / "quick"),
        "MPLBACKEND": "Agg",
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "jupyter", "execute", "--inplace", str(book)],
        env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    cells = [c for c in json.loads(book.read_text("utf-8"))["cells"] if c["cell_type"] == "code"]
    assert all(cell["execution_count"] for cell in cells)
    assert not any(out["output_type"] == "error" for cell in cells for out in cell["outputs"])
    said = "".join(text for out in cells[-1]["outputs"] for text in out["text"])
    assert "randomisation test" in said
