"""``collector dossier``: documents for the law, filled in from a plan or a run."""

from __future__ import annotations

from pathlib import Path

import click

from collector.cli._complete import scenario_names
from collector.cli._json import emit, json_option
from collector.outputs import write_output
from collector.packing.dossier import dossier_of
from collector.packing.law import Law


@click.command()
@click.argument("source", metavar="RUN_DIR|SCENARIO", shell_complete=scenario_names)
@click.option(
    "--law",
    type=click.Choice([law.value for law in Law]),
    required=True,
    help="dsa40: a request for data, Article 40(8); dsa37: an auditor's statement on sampling.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.md",
    help="Write it here. [default: print it]",
)
@json_option
def dossier(source: str, law: str, out: Path | None, as_json: bool) -> None:
    """Fill in what the Digital Services Act asks researchers and auditors for.

    \b
    collector dossier my-audit.yaml --law dsa40 --out request.md
    collector dossier runs/mine --law dsa37 --out statement.md

    Only facts of the plan (and, of a run, of its ledger) and what the scenario's `registration`
    says are filled in; everything else is marked **[to state: …]** and listed at the end. This is
    no legal advice: check headings and wording against the law.
    """
    found = dossier_of(source, Law(law))
    if out is not None:
        write_output(out, found.text)
    if as_json:
        emit({"law": law, "to_state": list(found.placeholders), "text": found.text})
    elif out is None:
        click.echo(found.text, nl=False)
    else:
        click.echo(str(out))
        click.echo(f"{len(found.placeholders)} things are still to be stated", err=True)


commands: list[click.Command] = [dossier]
