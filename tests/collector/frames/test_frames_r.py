"""The R of docs/frames.md, where R is: each block is parsed and run, and its means are pandas'."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from docs_shell import Fenced, fenced
from docs_tools import DOCS
from synthetic_run import Made, build

import twinwatch
from collector.cli import main

pd = pytest.importorskip("pandas", reason="frames need pandas: pip install 'twinwatch[frames]'")
with_r = pytest.mark.skipif(
    shutil.which("Rscript") is None, reason="Rscript is not there: apt-get install r-base-core"
)

#: Those that end in means; ``test_frames_docs`` runs the others.
BLOCKS = [
    one
    for one in fenced(DOCS / "frames.md", "docs/frames.md")
    if one.language == "r" and "aggregate(" in one.text
]
#: Debian has no package of arrow: where R has none, its one function reads the same frame's CSV.
RUN = """\
if (!requireNamespace("arrow", quietly = TRUE)) {
  library <- function(...) NULL
  read_parquet <- function(file) {
    stopifnot(file.exists(file))
    read.csv(sub("parquet$", "csv", sub("^frames/", "frames-csv/", file)), stringsAsFactors = TRUE)
  }
}
for (each in parse("block.R")) value <- eval(each)
write.csv(value, "means.csv", row.names = FALSE)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with its frames exported as the page says."""
    place = tmp_path_factory.mktemp("r")
    run = build(place / "run", Made(arms=("neutral", "conspiracy"), twins=3))
    for form, out in (("parquet", "frames"), ("csv", "frames-csv")):
        asked = ["export", str(run), "--frames", "--format", form, "--out", str(place / out)]
        told = CliRunner().invoke(main, asked)
        assert told.exit_code == 0, told.output
    return place


def test_the_page_has_a_block_for_r_with_arrow_and_one_for_r_alone() -> None:
    assert ["arrow" in block.text for block in BLOCKS] == [True, False]


@with_r
@pytest.mark.parametrize("block", BLOCKS, ids=["arrow", "alone"])
def test_the_means_in_r_are_those_in_pandas(block: Fenced, folder: Path) -> None:
    (folder / "block.R").write_text(block.text, "utf-8")
    done = subprocess.run(
        ["Rscript", "--vanilla", "-e", RUN],
        cwd=folder, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    keys = ["surface", "outcome", "arm"]
    means = pd.read_csv(folder / "means.csv").set_index(keys).value.to_dict()
    outcomes = twinwatch.load(folder / "run").outcomes().dropna(subset="value")
    wanted = outcomes.groupby(keys, observed=True).value.mean().to_dict()
    assert len(wanted) >= 4
    assert means == pytest.approx(wanted, abs=1e-12)
