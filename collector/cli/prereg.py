"""``collector prereg``: what is fixed before a run, as a document with a hash."""

from __future__ import annotations

import json
from pathlib import Path

import click

from collector.cli._complete import scenario_names
from collector.cli._json import emit, json_option
from collector.cli._mock import mock_options, on_mock
from collector.common.errors import UserError
from collector.environment import refusals
from collector.mock.examine import examine
from collector.outputs import write_output
from collector.registration.prereg import register
from collector.registration.words import HEADINGS, in_markdown
from collector.scenario.loader import load_scenario


@click.command()
@click.argument("scenario", shell_complete=scenario_names)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.md",
    help="Write the text here and its data beside it (FILE.json). [default: print the text]",
)
@click.option("--seed", type=click.IntRange(min=0), help="Master seed, instead of the scenario's.")
@click.option(
    "--driver",
    type=click.Choice(["chromium", "http"]),
    default="chromium",
    show_default=True,
    help="What a puppet will be, as in collector run.",
)
@click.option(
    "--power",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.json",
    help="State the power that `collector power SCENARIO --json` found of this design.",
)
@mock_options
@click.option(
    "--check", is_flag=True, help="List what is not stated yet; exit with 1 where there is any."
)
@json_option
def prereg(
    scenario: str,
    out: Path | None,
    seed: int | None,
    driver: str,
    power: Path | None,
    world: str | None,
    recommender: tuple[str, ...],
    fault: tuple[str, ...],
    truth: Path | None,
    era: str | None,
    check: bool,
    as_json: bool,
) -> None:
    """Write the preregistration of SCENARIO: what is asked, done, compared, tested; and its hash.

    \b
    collector prereg my-audit.yaml --out prereg.md
    collector prereg my-audit.yaml --power power.json --out prereg.md
    collector prereg my-audit.yaml --check
    collector run my-audit.yaml --prereg prereg.md

    Design, outcomes, test, power, labels and load come from the scenario and its plan; question,
    risk, exclusions, stopping, ethics and the like from its key `registration`. What is not stated
    is an empty field, and --check lists it. Two files are written: the text, and the canonical JSON
    whose SHA-256 is the registration's hash. A file that is there with another content is kept.
    """
    loaded = on_mock(load_scenario(scenario), world, recommender, fault, truth, era)
    for sentence in examine(loaded, seed=seed):
        click.echo(f"warning: {sentence}", err=True)
    found = register(loaded, seed, driver, power)
    text = in_markdown(found)
    if out is not None:
        if out.suffix != ".md":
            raise UserError(
                "the text is Markdown", place=str(out), fix="name a file that ends in .md"
            )
        _write(out.with_suffix(".json"), found.to_json())
        _write(out, text.encode())
    if as_json:
        emit(
            {
                "sha256": found.sha256,
                "plan_sha256": found.plan_sha256,
                "empty": list(found.empty),
                "prereg": json.loads(found.to_json()),
            }
        )
    elif out is not None:
        click.echo(f"{found.sha256}  {out.with_suffix('.json')}")
    elif not check:
        click.echo(text, nl=False)
    if not as_json and (check or out is not None):
        for name in found.empty:
            click.echo(f"not stated: {HEADINGS[name].lower()} (registration.{name})", err=not check)
    raise SystemExit(1 if check and found.empty else 0)


def _write(path: Path, data: bytes) -> None:
    """A file that is new, or is there with these very bytes: a registration is never replaced."""
    with refusals(path):
        if path.is_file():
            if path.read_bytes() == data:
                return
            raise UserError(
                "there is another registration of this name",
                place=str(path),
                fix="choose another name; what was registered is never overwritten",
            )
    write_output(path, data, new=True)


commands: list[click.Command] = [prereg]
