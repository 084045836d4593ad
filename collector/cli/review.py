"""``collector review`` and ``collector unblind``: what a run did otherwise than it was said."""

from __future__ import annotations

from pathlib import Path

import click

from collector.cli._json import emit, json_option
from collector.outputs import write_output
from collector.registration.blinding import unblind_run
from collector.registration.checklist import checklist
from collector.registration.deviations import ORDER
from collector.registration.facts import read_facts
from collector.registration.review import otherwise_struck, review_of


@click.command()
@click.argument("run_dir", type=click.Path(path_type=Path, file_okay=False), metavar="RUN_DIR")
@click.option(
    "--prereg",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The preregistration to hold the run against. [default: the one it was begun under]",
)
@click.option(
    "--checklist",
    "checklist_to",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.md",
    help="Also write the reporting checklist, filled in from the run.",
)
@json_option
def review(run_dir: Path, prereg: Path | None, checklist_to: Path | None, as_json: bool) -> None:
    """List every deviation of a run from what was planned and registered.

    \b
    collector review runs/mine
    collector review runs/mine --prereg prereg.md --json
    collector review runs/mine --checklist checklist.md

    Critical: the comparison is another one (outcome, surface, labels, attention curve, treatment,
    persona, site). Major: its data are not those that were planned (a puppet, block, session, step,
    page or watch is missing or short; order; spacing; browser or parser changed on the way). Minor:
    conditions differ (skew, lateness, versions, an interruption).

    How often `otherwise` struck is told too: no deviation, as the plan has that way out.

    Exit code 0: no deviation; 1: some; 2: this is no run.
    """
    facts = read_facts(run_dir, prereg)
    found = review_of(facts)
    if checklist_to is not None:
        fix = "name a place that can be written: --checklist"
        write_output(checklist_to, checklist(facts, found), fix=fix)
    struck = otherwise_struck(facts)
    counts = {each.value: sum(d.severity is each for d in found) for each in ORDER}
    if as_json:
        emit(
            {
                "run": facts.run["id"],
                "prereg": facts.prereg.sha256 if facts.prereg else None,
                "plan_hash": facts.plan.hash,
                "counts": counts,
                "otherwise": struck,
                "deviations": [each.to_dict() for each in found],
            }
        )
    else:
        against = f"preregistration {facts.prereg.sha256[:12]}" if facts.prereg else "its plan"
        told = ", ".join(f"{n} {name}" for name, n in counts.items() if n) or "no deviation"
        click.echo(f"{facts.run['id']} against {against}: {told}")
        for each in found:
            click.echo(f"{each.severity:<8}  {each.kind:<13}  {each.sentence}")
        if struck:
            click.echo(
                f"As planned, and to be told: {struck} step{'s' if struck > 1 else ''} found"
                " nothing of what was sought and took another item (otherwise); the report has"
                " them by arm."
            )
    raise SystemExit(1 if found else 0)


@click.command()
@click.argument("run_dir", type=click.Path(path_type=Path, file_okay=False), metavar="RUN_DIR")
@json_option
def unblind(run_dir: Path, as_json: bool) -> None:
    """Let reports of a blinded run name its arms, and record when.

    \b
    collector unblind runs/mine

    A scenario with `registration: {blinded: true}` is reported under other arm names until then.
    The moment stands in the run's event log for good; a second call changes nothing.
    """
    found = unblind_run(run_dir)
    if as_json:
        emit(found)
    else:
        names = ", ".join(f"{code} is {arm}" for code, arm in found["arms"].items())
        click.echo(f"unblinded at {found['time']}: {names}")


commands: list[click.Command] = [review, unblind]
