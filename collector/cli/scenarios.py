"""``collector scenarios``: the ready-made experiments, to look at and to start one's own from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from collector.analysis.design import in_words
from collector.cli._complete import shipped_scenario_names
from collector.cli._console import console
from collector.cli._json import emit, json_option
from collector.common.errors import UserError
from collector.latecommands import ListedGroup
from collector.mock.examine import examine
from collector.outputs import write_output
from collector.problems import did_you_mean
from collector.scenario.estimate import plan_time, readable
from collector.scenario.lint import attainable_by, hopeless, warnings
from collector.scenario.loader import load_scenario
from collector.scenario.models import unsaid
from collector.scenario.plan import make_plan
from collector.scenario.schema import scenario_schema
from collector.scenario.shipped import shipped_scenarios


@click.group(name="scenarios", cls=ListedGroup, invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@click.pass_context
def scenarios(context: click.Context, as_json: bool) -> None:
    """List the ready-made scenarios; show one, copy one to change it, check one's own.

    \b
    collector scenarios
    collector scenarios show quick
    collector scenarios copy quick my-audit.yaml
    collector scenarios check my-audit.yaml
    collector scenarios schema > scenario.schema.json
    """
    if context.invoked_subcommand is not None:
        return
    rows = [_row(name, path) for name, path in shipped_scenarios().items()]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    table = Table("scenario", "arms", "twins", "steps", "real time", "what it asks")
    for row in rows:
        columns = ("name", "arms", "twins", "steps", "about", "description")
        table.add_row(*(str(row[column]) for column in columns))
    console().print(table)


def _row(name: str, path: Path) -> dict[str, str | int]:
    loaded = load_scenario(path)
    plan = make_plan(loaded)
    arms = loaded.scenario.arms
    return {
        "name": name,
        "arms": len(arms),
        "twins": max(arm.twins for arm in arms.values()),
        "steps": max(len(session.steps) for session in plan.sessions),
        "real_time_s": round(plan_time(plan).total_seconds()),
        "about": readable(plan_time(plan)),
        "description": loaded.scenario.description,
    }


@scenarios.command(name="show")
@click.argument("name", shell_complete=shipped_scenario_names)
def show(name: str) -> None:
    """Print the file of a ready-made scenario.

    \b
    collector scenarios show filter-bubble
    """
    click.echo(_shipped(name).read_text("utf-8"), nl=False)


@scenarios.command(name="copy")
@click.argument("name", shell_complete=shipped_scenario_names)
@click.argument("dest", type=click.Path(path_type=Path))
def copy(name: str, dest: Path) -> None:
    """Copy a ready-made scenario to DEST (a file or a directory) as a start for your own.

    \b
    collector scenarios copy quick my-audit.yaml
    """
    source = _shipped(name)
    target = dest / source.name if dest.is_dir() else dest
    if target.suffix != source.suffix:
        raise UserError(
            f"{name} is a {source.suffix} file",
            place=str(target),
            fix=f"name the copy {target.with_suffix(source.suffix)}",
        )
    write_output(target, source.read_bytes(), fix="name another place: DEST", new=True)
    click.echo(str(target))


def _shipped(name: str) -> Path:
    found = shipped_scenarios()
    path = found.get(name.removesuffix(".yaml").removesuffix(".csv"))
    if path is None:
        raise UserError(f"no ready-made scenario {name!r}", fix=did_you_mean(name, found))
    return path


@scenarios.command(name="check")
@click.argument("names", nargs=-1, required=True, metavar="SCENARIO...")
@click.option("--strict", is_flag=True, help="Exit with 1 where there is a warning.")
@json_option
def check(names: tuple[str, ...], strict: bool, as_json: bool) -> None:
    """Read scenarios and say what is wrong with them and what weakens their design.

    Refused, with exit code 2, the file, the line and the key: what cannot be read or cannot happen,
    steps of another platform, and arms that differ in more than `factors` declares. Warned of: arms
    whose differences are not declared, too few twins to tell random buckets from the treatment,
    searches too close together, orders that the twins do not balance. The least p that the declared
    outcomes can reach is said; where none can ever be significant the exit code is 1. Of a scenario
    with a `registration`, the fields of it that nobody has stated are listed.

    \b
    collector scenarios check my-audit.yaml
    collector scenarios check --strict *.yaml
    """
    found: list[dict[str, Any]] = []
    powerless = False
    for name in names:
        loaded = load_scenario(name)
        plan = make_plan(loaded)
        design = attainable_by(plan)
        found.append(
            {
                "scenario": name,
                "warnings": [*warnings(loaded, plan), *examine(loaded)],
                "design": in_words(design) if design else None,
                "not_stated": list(unsaid(told)) if (told := loaded.scenario.registration) else [],
            }
        )
        powerless |= hopeless(loaded, plan)
    if as_json:
        emit(found)
    else:
        for each in found:
            click.echo(f"{each['scenario']}: {len(each['warnings'])} warnings")
            if each["design"] and f"arms: {each['design']}" not in each["warnings"]:
                click.echo(f"  {each['design']}")
            for sentence in each["warnings"]:
                click.echo(f"  {sentence}")
            for name in each["not_stated"]:
                click.echo(f"  not stated: registration.{name}")
    if powerless or (strict and any(each["warnings"] for each in found)):
        raise SystemExit(1)


@scenarios.command(name="schema")
def schema() -> None:
    """Print the JSON Schema of a scenario file, for completion and checks in an editor.

    \b
    collector scenarios schema > scenario.schema.json

    In VS Code with the YAML extension, begin a scenario with this line:

    \b
    # yaml-language-server: $schema=./scenario.schema.json

    What an editor accepts may still be refused by `collector scenarios check`, which also knows
    arms, labels and the mock.
    """
    emit(scenario_schema())


commands: list[click.Command] = [scenarios]
