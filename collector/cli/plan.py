"""``collector plan``: what an experiment will do, before it does it."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table

from collector.cli._complete import scenario_names
from collector.cli._console import console
from collector.scenario.estimate import plan_time, readable, session_time
from collector.scenario.lint import warnings
from collector.scenario.loader import load_scenario
from collector.scenario.plan import Plan, make_plan


@click.command(name="plan")
@click.argument("scenario", shell_complete=scenario_names)
@click.option("--seed", type=click.IntRange(min=0), help="Master seed, instead of the scenario's.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan's canonical bytes.")
@click.option("--steps", "with_steps", is_flag=True, help="List every step of every arm.")
def plan_command(scenario: str, seed: int | None, as_json: bool, with_steps: bool) -> None:
    """Print the schedule of SCENARIO: sessions, arms, twins, order, seeds, and the plan's hash.

    SCENARIO is a file (YAML or Guardoni CSV) or the name of a ready-made one. The same scenario and
    seed give the same bytes. What weakens the design is said on standard error.

    \b
    collector plan quick
    collector plan my-audit.yaml --seed 7 --json > plan.json
    collector plan guardoni-climate.csv --steps
    """
    loaded = load_scenario(scenario)
    plan = make_plan(loaded, seed)
    for sentence in warnings(loaded):
        click.echo(f"warning: {sentence}", err=True)
    if as_json:
        click.echo(plan.to_json(), nl=False)
        return
    out = console()
    _head(out, plan)
    out.print(_schedule(plan))
    if with_steps:
        for arm in plan.arms:
            out.print(_steps(plan, arm))


def _head(out: Console, plan: Plan) -> None:
    rows = {
        "scenario": plan.scenario_name,
        "about": plan.scenario["description"],
        "platform": f"{plan.platform} on {plan.site}",
        "seed": str(plan.seed),
        "plan hash": plan.hash,
        "source": plan.source,
        "experiment": plan.experiment_id or "",
        "takes about": f"{readable(plan_time(plan))} in real time (far less on the mock)",
    }
    for name, value in rows.items():
        if value:
            out.print(f"{name:<12} {value}", markup=False, soft_wrap=True)
    out.print()


def _schedule(plan: Plan) -> Table:
    table = Table("block", "order", "puppet", "arm", "twin", "persona", "steps", "about", "seed")
    for session in plan.sessions:
        persona = session.persona
        table.add_row(
            str(session.block),
            str(session.order),
            session.puppet,
            session.arm,
            str(session.twin),
            f"{persona.locale} {persona.place}".strip(),
            str(len(session.steps)),
            readable(session_time(session)),
            str(session.seed),
            end_section=session.order == len(plan.blocks[session.block - 1]),
        )
    return table


def _steps(plan: Plan, arm: str) -> Table:
    session = next(session for session in plan.sessions if session.arm == arm)
    table = Table("step", "does", "with", "written at", title=f"arm {arm}")
    for step in session.steps:
        shown = {
            name: value
            for name, value in step.args.items()
            if value not in (None, False, []) and not (name == "capture" and value is True)
        }
        told = ", ".join(f"{name} {value}" for name, value in shown.items())
        table.add_row(str(step.index), step.kind.value, told, step.path)
    return table


commands: list[click.Command] = [plan_command]
