"""``collector label``: what items are about, said by people after the run."""

from __future__ import annotations

import re
import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Any

import click

from collector.cli._json import emit
from collector.coding import bring_in, to_code, write_sheets
from collector.coding.codebook import FILE
from collector.coding.desk import Desk
from collector.coding.page import coding
from collector.coding.sheets import Form, write_sheet
from collector.coding.versions import Brought
from collector.common.errors import UserError
from collector.export import open_run_store
from collector.latecommands import ListedGroup


@click.group(cls=ListedGroup)
def label() -> None:
    """Label what a run saw, after the fact: write sheets, code them, bring them back.

    \b
    collector label export runs/mine --coder A --coder B --out coding
    collector label page runs/mine --coder A --sheet coding/coder-A.csv
    collector label import runs/mine coding/coder-A.csv coding/coder-B.csv
    collector report runs/mine

    The labels that a run began with stay as they were; an import is a version of its own. See
    docs/coding.md.
    """


def _share(context: click.Context, parameter: click.Parameter, value: str) -> float:
    """``20%`` or ``0.2`` as a share, 0–1."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(%?)", value.strip())
    share = float(found[1]) / (100 if found[2] else 1) if found else -1.0
    if not 0 <= share <= 1:
        raise click.BadParameter(f"{value!r} is not a share: write 20% or 0.2")
    return share


@label.command("export")
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN_DIR")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The folder for the sheets.",
)
@click.option(
    "--surface",
    "surfaces",
    multiple=True,
    metavar="LIST",
    help="Only items of this list (home, related, …, watched); may be repeated.",
)
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    metavar="N",
    help="So many items, drawn by the run's seed. [default: all]",
)
@click.option(
    "--coder",
    "coders",
    multiple=True,
    metavar="NAME",
    help="A sheet for this coder; may be repeated. [default: A]",
)
@click.option(
    "--overlap",
    default="100%",
    show_default=True,
    callback=_share,
    metavar="SHARE",
    help="Share of the items that every coder gets; the rest is dealt out.",
)
@click.option(
    "--codebook",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A codebook that is there already, instead of a draft.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice([each.value for each in Form]),
    default=Form.CSV.value,
    show_default=True,
    help="Of the sheets; a workbook (xlsx) has the pictures in it.",
)
@click.option("--json", "as_json", is_flag=True, help="What was written as JSON.")
def export(
    run: Path,
    out: Path,
    surfaces: tuple[str, ...],
    sample: int | None,
    coders: tuple[str, ...],
    overlap: float,
    codebook: Path | None,
    form: str,
    as_json: bool,
) -> None:
    """Write what has to be coded: a sheet a coder, and a codebook to fill in.

    Each video or post stands there once, in an order of the coder's own. The sheets are blind: who
    was shown an item, where and how often lies in not-for-coders/, for afterwards. Pictures that
    the run kept lie in pictures/; of others the sheet has the address that the page had. Nothing is
    fetched.

    \b
    collector label export runs/mine --out coding
    collector label export runs/mine --surface home --sample 500 \\
        --coder A --coder B --overlap 20% --out coding
    """
    written = write_sheets(
        run, out, coders=coders, surfaces=surfaces, sample=sample, overlap=overlap,
        codebook=codebook, form=Form(form),
    )  # fmt: skip
    if as_json:
        emit(
            {
                "items": written.items,
                "shared": written.shared,
                "codebook": str(written.codebook),
                "pictures": written.pictures,
                "sheets": [
                    {"coder": name, "file": str(path), "items": written.rows[name]}
                    for name, path in written.sheets.items()
                ],
            }
        )
        return
    for name, path in written.sheets.items():
        click.echo(f"{path}\t{written.rows[name]} items")
    click.echo(f"{written.codebook}\tlabels and their definitions: fill it in first", err=True)


@label.command("import")
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN_DIR")
@click.argument(
    "sheets", nargs=-1, required=True, metavar="SHEET...", type=click.Path(path_type=Path)
)
@click.option(
    "--adjudicate",
    type=click.Path(path_type=Path),
    metavar="SHEET",
    help="The sheet of who settles what the coders differ on.",
)
@click.option(
    "--coder",
    "coders",
    multiple=True,
    metavar="NAME",
    help="Who coded each sheet, in their order. [default: coder-NAME.csv]",
)
@click.option(
    "--codebook",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The allowed labels. [default: codebook.yaml beside the first sheet]",
)
@click.option(
    "--contested",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a sheet of what is still open, to be settled.",
)
@click.option("--json", "as_json", is_flag=True, help="What was done as JSON.")
def import_(
    run: Path,
    sheets: tuple[Path, ...],
    adjudicate: Path | None,
    coders: tuple[str, ...],
    codebook: Path | None,
    contested: Path | None,
    as_json: bool,
) -> None:
    """Bring coded sheets (CSV, XLSX or ODS) into the run, and say how far the coders agree.

    The labels of these sheets replace those that the run began with, in every report from now on;
    `collector report RUN_DIR --labels run` goes back to them, `--labels 1` to a version.

    Exit code 0: every item has a label; 1: some have none; 2: a sheet cannot be used.

    \b
    collector label import runs/mine coding/coder-A.csv
    collector label import runs/mine A.xlsx B.xlsx --adjudicate C.csv
    collector label import runs/mine A.csv B.csv --contested open.csv
    """
    if contested is not None and contested.exists():
        raise UserError("is there already", place=str(contested), fix="name another file")
    brought = bring_in(run, sheets, coders=coders, adjudicate=adjudicate, codebook=codebook)
    if contested is not None:
        _open_sheet(run, contested, brought.contested)
    if as_json:
        emit(_data(brought))
    else:
        _say(brought, contested)
    if brought.contested or brought.uncoded:
        raise SystemExit(1)


def _open_sheet(run: Path, path: Path, items: tuple[str, ...]) -> None:
    with open_run_store(run) as store:
        wanted = set(items)
        write_sheet(path, [item for item in to_code(store) if item.item_id in wanted])


def _data(brought: Brought) -> dict[str, Any]:
    return {
        "version": brought.version,
        "new": brought.new,
        "sha256": brought.sha256,
        "items": brought.resolved,
        "contested": list(brought.contested),
        "uncoded": brought.uncoded,
        "sheets": [
            {
                "coder": sheet.coder,
                "file": sheet.name,
                "sha256": sheet.sha256,
                "codings": len(sheet.codings),
                "blank": sheet.blank,
                "addresses": sheet.addresses,
            }
            for sheet in [*brought.sheets, *([brought.judge] if brought.judge else [])]
        ],
        "agreement": dict(brought.agreement),
    }


def _say(brought: Brought, contested: Path | None) -> None:
    for sheet in [*brought.sheets, *([brought.judge] if brought.judge else [])]:
        blank = f", {sheet.blank} rows not coded" if sheet.blank else ""
        click.echo(f"{sheet.name}: {len(sheet.codings)} items by {sheet.coder}{blank}", err=True)
        if sheet.addresses:
            click.echo(f"  {sheet.addresses} addresses were read as the ids in them", err=True)
    if brought.codebook is None:
        click.echo("no codebook: every label was taken as it is", err=True)
    for pair in brought.agreement.get("pairs", ()):
        click.echo(
            f"{' and '.join(pair['coders'])}: {100 * pair['agree']:.1f} % of {pair['items']} items"
            f" alike, Cohen's kappa {_kappa(pair)}"
        )
    if brought.agreement:
        alpha = brought.agreement["alpha"]
        told = "not defined (one label)" if alpha is None else f"{alpha:.3f}"
        click.echo(f"Krippendorff's alpha ({brought.agreement['level']}): {told}")
    same = "" if brought.new else " (brought in before; nothing was written)"
    click.echo(f"labels version {brought.version}: {brought.resolved} items{same}")
    if brought.contested:
        at = f"{contested}" if contested else "a sheet that --contested open.csv writes"
        click.echo(
            f"{len(brought.contested)} items are contested and have no label: settle them in {at},"
            f" then --adjudicate {contested or 'open.csv'}",
            err=True,
        )
    if left := brought.uncoded - len(brought.contested):
        click.echo(f"{left} items that the run saw have no label", err=True)


def _kappa(pair: dict[str, Any]) -> str:
    if pair["kappa"] is None:
        return "not defined (one label)"
    if pair["kappa_interval"] is None:
        return f"{pair['kappa']:.3f}"
    low, high = pair["kappa_interval"]
    return f"{pair['kappa']:.3f} (95 %: {low:.3f} to {high:.3f})"


@label.command("page")
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN_DIR")
@click.option(
    "--sheet",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The sheet to code. [default: RUN_DIR/coding/coder-NAME.csv, made if missing]",
)
@click.option("--coder", default="A", show_default=True, metavar="NAME", help="Who codes.")
@click.option(
    "--codebook",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The labels. [default: codebook.yaml beside the sheet]",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    show_default=True,
    help="The port on 127.0.0.1; 0: any free one.",
)
def page(run: Path, sheet: Path | None, coder: str, codebook: Path | None, port: int) -> None:
    """Code a sheet in the browser, by keyboard; every decision is in the file at once.

    Prints the address, which is for this machine alone, and answers until Ctrl-C. Start it again
    to go on where you were. Nothing is loaded from the network; pictures are those that the run
    kept.

    \b
    collector label page runs/mine
    collector label page runs/mine --sheet coding/coder-B.csv
    """
    if sheet is None:
        folder = run / "coding"
        sheet = folder / f"coder-{coder}.csv"
        if not sheet.exists():
            write_sheets(run, folder, coders=[coder], codebook=codebook)
            click.echo(f"wrote {sheet} and its codebook: {folder / FILE}", err=True)
    over = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        over.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with coding(run, Desk(sheet, codebook), port) as address:
            click.echo(address)
            click.echo(f"coding {sheet}; Ctrl-C ends it", err=True)
            over.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


commands: list[click.Command] = [label]
