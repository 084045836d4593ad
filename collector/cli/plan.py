"""``collector plan``: what an experiment will do, before it does it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from collector.analysis.design import in_words
from collector.cli._complete import scenario_names
from collector.cli._console import console
from collector.cli._mock import mock_options, on_mock
from collector.contract.places import POLITENESS_S
from collector.mock.examine import examine
from collector.scenario.estimate import plan_time, readable, session_time
from collector.scenario.lint import attainable_by, warnings
from collector.scenario.load import load_of
from collector.scenario.loader import load_scenario
from collector.scenario.plan import Plan, PlannedSession, make_plan
from collector.scenario.politeness import politeness_of


@click.command(name="plan")
@click.argument("scenario", shell_complete=scenario_names)
@click.option("--seed", type=click.IntRange(min=0), help="Master seed, instead of the scenario's.")
@mock_options
@click.option("--json", "as_json", is_flag=True, help="Print the plan's canonical bytes.")
@click.option("--steps", "with_steps", is_flag=True, help="List every step of every arm.")
def plan_command(
    scenario: str,
    seed: int | None,
    world: str | None,
    era: str | None,
    recommender: tuple[str, ...],
    fault: tuple[str, ...],
    truth: Path | None,
    as_json: bool,
    with_steps: bool,
) -> None:
    """Print the schedule of SCENARIO: sessions, arms, twins, order, seeds, and the plan's hash.

    SCENARIO is a file (YAML or Guardoni CSV) or the name of a ready-made one. The same scenario and
    seed give the same bytes. "can show" is the least p that the declared outcomes can reach, as the
    report will have it. What weakens the design is said on standard error. With --steps there
    is a table for each order in which the puppets of an arm take its steps.

    \b
    collector plan quick
    collector plan my-audit.yaml --seed 7 --json > plan.json
    collector plan guardoni-climate.csv --steps
    """
    loaded = on_mock(load_scenario(scenario), world, recommender, fault, truth, era)
    plan = make_plan(loaded, seed)
    for sentence in (*warnings(loaded, plan), *examine(loaded, seed=seed)):
        click.echo(f"warning: {sentence}", err=True)
    if as_json:
        click.echo(plan.to_json(), nl=False)
        return
    out = console()
    _head(out, plan)
    out.print(_schedule(plan))
    if with_steps:
        for arm in plan.arms:
            for table in _steps(plan, arm):
                out.print(table)


def _head(out: Console, plan: Plan) -> None:
    rows = {
        "scenario": plan.scenario_name,
        "about": plan.scenario["description"],
        "platform": f"{plan.platform} on {plan.site}",
        "seed": str(plan.seed),
        "plan hash": plan.hash,
        "source": plan.source,
        "experiment": plan.experiment_id or "",
        "differ in": _factors(plan),
        "searches": f"at least {plan.scenario['spacing']} apart" if plan.spacing else "",
        "politeness": _politeness(plan),
        "load": f"on {plan.site}: {load_of(plan, _spacing_s(plan))}",
        "can show": in_words(design) if (design := attainable_by(plan)) else "",
        "takes about": f"{readable(plan_time(plan))} in real time (far less on the mock)",
    }
    for name, value in rows.items():
        if value:
            out.print(f"{name:<12} {value}", markup=False, soft_wrap=True)
    out.print()


#: A table of more sessions than this is cut; ``--json`` has them all.
_MOST = 200


def _spacing_s(plan: Plan) -> float:
    """Seconds between two page loads on a real site."""
    return POLITENESS_S if plan.politeness is None else plan.politeness.total_seconds()


def _politeness(plan: Plan) -> str:
    """What the scenario says of it, in words."""
    asked = politeness_of(plan.scenario)
    told = [f"one page load in {_spacing_s(plan):g} s a puppet"]
    if asked.jitter is not None:
        told.append(f"and up to {asked.jitter.total_seconds():g} s more")
    if asked.quiet is not None:
        told.append(f"none in {asked.quiet}")
    if asked.views_per_channel is not None:
        told.append(f"at most {asked.views_per_channel} views of a channel")
    told.append("stops at a bot check" if asked.bot_check == "stop" else "goes on after bot checks")
    return f"on a real site {', '.join(told)}" if "politeness" in plan.scenario else ""


def _factors(plan: Plan) -> str:
    """``history (steps), language (persona.locale, persona.timezone)``"""
    factors = plan.scenario.get("factors")
    if factors is None:
        return ""
    told = ", ".join(f"{name} ({', '.join(keys)})" for name, keys in factors.items())
    return told or "nothing"


def _schedule(plan: Plan) -> Table:
    planned = any(session.due for session in plan.sessions)
    several = ("session", "due") if planned else ()
    head = ("block", "order", "puppet", *several, "arm", "twin", "persona", "steps", "about")
    left = len(plan.sessions) - _MOST
    table = Table(*head, "seed", caption=f"… and {left} more sessions" if left > 0 else None)
    rows = [(session, start[-1]) for start in plan.blocks for session in start]
    for session, last in rows[:_MOST]:
        persona = session.persona
        turn = (f"{session.wave}.{session.slot}", str(session.due or "at once"))
        table.add_row(
            str(session.block),
            str(session.order),
            session.puppet,
            *(turn if planned else ()),
            session.arm,
            str(session.twin),
            f"{persona.locale} {persona.place}".strip(),
            str(len(session.steps)),
            readable(session_time(session, plan.spacing)),
            str(session.seed),
            end_section=session is last,
        )
    return table


def _steps(plan: Plan, arm: str) -> Iterator[Table]:
    """A table for each way that sessions of the arm go, with the sessions that go it."""
    ways: dict[tuple[str, ...], list[PlannedSession]] = {}
    for session in plan.sessions:
        if session.arm == arm:
            ways.setdefault(tuple(step.path for step in session.steps), []).append(session)
    for sessions in ways.values():
        names = ", ".join(session.id for session in sessions[:4])
        more = f" and {len(sessions) - 4} more" if len(sessions) > 4 else ""
        table = Table("step", "does", "with", "written at", title=f"arm {arm}: {names}{more}")
        for step in sessions[0].steps:
            shown = {
                name: value
                for name, value in step.args.items()
                if value not in (None, False, []) and not (name == "capture" and value is True)
            }
            told = ", ".join(f"{name} {value}" for name, value in shown.items())
            table.add_row(str(step.index), step.kind.value, told, step.path)
        yield table


commands: list[click.Command] = [plan_command]
