"""``collector notebook``: an analysis to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from collector.export import open_run_store
from collector.frames.notebook import write_notebook


@click.command()
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN_DIR")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file to write: .ipynb (Jupyter) or .qmd (Quarto).",
)
def notebook(run: Path, out: Path) -> None:
    """Write a notebook that analyses a run: load, losses, exposure, test, figure, methods.

    Its numbers are asserted to be those of the report. It needs the extra `frames`;
    the variable TWINWATCH_RUN names another run than the one that it was written for.

    \b
    collector notebook runs/quick --out analysis.ipynb
    collector notebook runs/quick --out analysis.qmd && quarto render analysis.qmd
    """
    open_run_store(run).close()
    click.echo(str(write_notebook(str(run), out)))


commands: list[click.Command] = [notebook]
