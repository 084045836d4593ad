"""Runs of one test: carried out with pytest's options, their artefacts kept as those ask."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from collector.contract.options import RunOptions
from collector.files import FOR_YOU_ALONE, private_dir
from collector.run.start import run_scenario
from collector.scenario.loader import load_scenario, parse_scenario
from collector.schedule.display import PlainDisplay
from collector.testing.scenariorun import ScenarioRun


class ScenarioRunner:
    """Carries out the runs of one test.

    :param config: pytest's, with the options of pytest-playwright.
    :param folder: where runs are put that name no place.
    :param has_no_browser: told every option (``video``) that asked a browser of a run without one.
    """

    def __init__(
        self, config: pytest.Config, folder: Path, has_no_browser: Callable[[str], None]
    ) -> None:
        self._option = config.getoption
        self._folder = folder
        self._has_no_browser = has_no_browser
        self._runs: list[ScenarioRun] = []

    def run(self, scenario: str | Path | Mapping[str, Any], **given: Any) -> ScenarioRun:
        """Carry out a run, as the fixture ``run_scenario`` says.

        :param given: fields of ``RunOptions``.
        :raises UserError: a scenario or options that are refused.
        """
        option = self._option
        loaded = (
            parse_scenario(scenario) if isinstance(scenario, Mapping) else load_scenario(scenario)
        )
        wanted: dict[str, Any] = {
            "out": self._folder / f"run-{len(self._runs) + 1}",
            "speed": "max",
        }
        asked = {
            "headed": bool(option("--headed")),
            **{name: _always(option(f"--{name}")) for name in ("tracing", "video", "screenshot")},
        }
        if given.get("driver") != "http":
            wanted |= asked
        else:
            for name, value in asked.items():
                if value not in (False, "off"):
                    self._has_no_browser(name)
        result = run_scenario(
            loaded,
            RunOptions.of(**{**wanted, **given}),
            display=PlainDisplay(Console(stderr=True)),
            confirm=lambda question: False,
        )
        self._runs.append(ScenarioRun(result))
        return self._runs[-1]

    def close(self, target: Path, *, failed: bool) -> None:
        """The test is over: close the stores and move the artefacts that are wanted.

        :param target: folder of the test's artefacts; each run gets one in it.
        :param failed: whether what is kept of failures is kept.
        """
        for number, run in enumerate(self._runs, 1):
            if "store" in run.__dict__:
                run.store.close()
            _keep(run.out.artefacts, target / f"run-{number}", self._option, failed)


def _always(policy: str) -> str:
    """Recorded in any case where the test's outcome decides what is kept."""
    return "off" if policy == "off" else "on"


def _keep(made: Path, target: Path, option: Callable[[str], Any], failed: bool) -> None:
    """Move the artefacts that are wanted to where pytest-playwright keeps its own."""
    policies = {
        ".zip": option("--tracing"),
        ".webm": option("--video"),
        ".png": option("--screenshot"),
    }
    for path in sorted(made.rglob("*")) if made.is_dir() else ():
        policy = policies.get(path.suffix, "off")
        if path.is_file() and (policy == "on" or (policy != "off" and failed)):
            to = target / path.relative_to(made)
            shutil.move(path, private_dir(to.parent) / path.name)
            shutil.copy2(path.with_name(FOR_YOU_ALONE), to.parent)
