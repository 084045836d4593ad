"""The options that give the bundled mock a known answer."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from collector.common.eras import ERAS, IN_WORDS
from collector.common.errors import UserError
from collector.scenario.loader import Loaded


def mock_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--world``, ``--era``, ``--recommender``, ``--fault`` and ``--truth``."""
    options = (
        click.option(
            "--world",
            metavar="small|medium|FILE",
            help="The bundled mock's world, or a world file (docs/mock.md).",
        ),
        click.option(
            "--era",
            type=click.Choice(ERAS),
            help=f"The bundled mock's markup: {IN_WORDS}. [default: the scenario's, or 2026]",
        ),
        click.option(
            "--recommender",
            multiple=True,
            metavar="NAME=VALUE",
            help="A parameter of the bundled mock's recommender, e.g. history=0, or which one it"
            " is: mechanism=popularity-loop; may be repeated.",
        ),
        click.option(
            "--fault",
            multiple=True,
            metavar="NAME=SHARE",
            help="Let a share of the bundled mock's loads go wrong, e.g. captcha=0.1; may be"
            " repeated.",
        ),
        click.option(
            "--truth",
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="FILE",
            help="What is true of the bundled mock by arm, block and time (docs/mock.md).",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def on_mock(
    loaded: Loaded,
    world: str | None,
    recommender: tuple[str, ...],
    fault: tuple[str, ...],
    truth: Path | None = None,
    era: str | None = None,
) -> Loaded:
    """The scenario with what the options say of the mock; it is part of the plan."""
    named = [text.partition("=")[2].strip() for text in recommender if _names(text)]
    numbers = tuple(text for text in recommender if not _names(text))
    return loaded.on_mock(
        world=world,
        era=era,
        recommender=_pairs("--recommender", numbers, "history=0"),
        faults=_pairs("--fault", fault, "captcha=0.1"),
        mechanism=named[-1] if named else None,
        truths=truth,
    )


def _names(text: str) -> bool:
    """Whether a ``--recommender`` says which recommender it is."""
    return text.partition("=")[0].strip() == "mechanism"


def _pairs(option: str, texts: tuple[str, ...], example: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for text in texts:
        name, _, written = text.partition("=")
        try:
            number = float(written)
        except ValueError:
            number = math.nan
        if not name.strip() or not math.isfinite(number):
            raise UserError(f"{text!r} is not NAME=NUMBER", place=option, fix=f"{option} {example}")
        found[name.strip()] = number
    return found
