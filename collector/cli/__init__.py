"""The command ``collector``: thin commands over the rooms below.

Results go to standard output, progress and diagnostics to standard error. Exit codes: 0 done; 1 the
work was done but something is missing or failed (a cell, a submission, a check); 2 bad input or
environment; 130 interrupted.
"""

from __future__ import annotations

import importlib
import sqlite3
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import click

from collector import __version__
from collector.common.errors import UserError
from collector.environment import refusal_of

#: Modules below this package, each with a list of click commands named ``commands``.
_MODULES = (
    "run",
    "demo",
    "replay",
    "status",
    "view",
    "plan",
    "prereg",
    "review",
    "pack",
    "dossier",
    "power",
    "calibrate",
    "profiles",
    "scenarios",
    "browser",
    "data",
    "dataset",
    "importing",
    "ledger",
    "reparse",
    "corpus",
    "report",
    "label",
    "notebook",
    "figures",
    "compare",
    "verify",
    "completion",
)

#: The commands of those modules, so that one command loads its own module only and the list of
#: all loads none (a test holds it against the modules): name → module, first line of its help.
_COMMANDS: Mapping[str, tuple[str, str]] = {
    "run": (
        "run",
        "Carry out SCENARIO (a shipped one by name, or a file) and submit its evidence.",
    ),
    "submit": ("run", "Send what a run has captured and the API does not have yet."),
    "demo": (
        "demo",
        "A whole audit in about a minute: puppets, mock platform, signed evidence, report.",
    ),
    "replay": ("replay", "Replay the recorded sessions of RUN_DIR and say what differs from then."),
    "status": (
        "status",
        "Say where a run stands: arms, puppets, steps, skew, what is missing, what is unsent.",
    ),
    "view": (
        "view",
        "Watch a run, or look back at it, on a local page: tiles, pages side by side, evidence.",
    ),
    "plan": (
        "plan",
        "Print the schedule of SCENARIO: sessions, arms, twins, order, seeds, and the plan's hash.",
    ),
    "profiles": (
        "profiles",
        "List the shipped personas and your own profiles; make, copy, reset and carry profiles.",
    ),
    "scenarios": (
        "scenarios",
        "List the ready-made scenarios; show one, copy one to change it, check one's own.",
    ),
    "doctor": ("browser", "Say what was found, start one puppet, and measure it."),
    "browser": ("browser", "Print the browser that puppets use: path, kind and version."),
    "export": (
        "data",
        "Write the tables of a run: observations, impressions, receipts, captures, steps, …",
    ),
    "dataset": ("dataset", "Make fixture datasets from a scenario, and check them."),
    "import": ("importing", "Read published data into a store of ours."),
    "ledger": ("ledger", "The ledger of a run, for workers on other machines."),
    "reparse": ("reparse", "Parse evidence again, one JSON observation a page and line."),
    "corpus": (
        "corpus",
        "Pages kept to test the parser: compare two versions of it, mend its element table.",
    ),
    "report": (
        "report",
        "Write the report of a run: one HTML file without anything outside itself.",
    ),
    "prereg": (
        "prereg",
        "Write the preregistration of SCENARIO: what is asked, done, compared, tested; and its"
        " hash.",
    ),
    "review": (
        "review",
        "List every deviation of a run from what was planned and registered.",
    ),
    "unblind": (
        "review",
        "Let reports of a blinded run name its arms, and record when.",
    ),
    "pack": (
        "pack",
        "Put a run into one file that a stranger can read, cite, check and repeat.",
    ),
    "repeat": (
        "pack",
        "Run the plan of a pack once more and say whether the report comes out the same.",
    ),
    "dossier": (
        "dossier",
        "Fill in what the Digital Services Act asks researchers and auditors for.",
    ),
    "power": (
        "power",
        "Say what SCENARIO could find: power by size and twins, and what it costs.",
    ),
    "calibrate": (
        "calibrate",
        "Put known truths into SCENARIO and count the report's verdicts.",
    ),
    "label": (
        "label",
        "Label what a run saw, after the fact: write sheets, code them, bring them back.",
    ),
    "notebook": (
        "notebook",
        "Write a notebook that analyses a run: load, losses, exposure, test, figure, methods.",
    ),
    "figures": (
        "figures",
        "Write the figures of the report with their numbers as CSV, and its tables as CSV and"
        " LaTeX.",
    ),
    "compare": (
        "compare",
        "Hold two runs against each other: design, verdicts, and how far the outcomes agree.",
    ),
    "verify": (
        "verify",
        "Check the seal of REPORT, or of a pack, offline: exit 1 if one byte of it was changed.",
    ),
    "completion": (
        "completion",
        "Print the script that completes commands, options, scenarios and profiles in SHELL.",
    ),
}

_LISTED = frozenset(module for module, _ in _COMMANDS.values())


class _Cli(click.Group):
    """A group that loads a command when it is called for, and turns what the user or the machine
    did wrong into one line and exit code 2."""

    @property
    def commands(self) -> dict[str, click.Command]:
        """All of them by name, loaded."""
        self._load(_MODULES)
        return self._loaded

    @commands.setter
    def commands(self, given: Mapping[str, click.Command]) -> None:
        self._loaded = dict(given)

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._load(name for name in _MODULES if name not in _LISTED)
        return sorted({*_COMMANDS, *self._loaded})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        known = _COMMANDS.get(cmd_name)
        self._load([known[0]] if known else (m for m in _MODULES if m not in _LISTED))
        return self._loaded.get(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, which loads no command."""
        names = self.list_commands(ctx)
        shown = {name: click.Command(name, help=about) for name, (_, about) in _COMMANDS.items()}
        limit = formatter.width - 6 - max(map(len, names))
        rows = [
            (name, (shown.get(name) or self._loaded[name]).get_short_help_str(limit))
            for name in names
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def _load(self, modules: Iterable[str]) -> None:
        for name in modules:
            for command in importlib.import_module(f"{__name__}.{name}").commands:
                self._loaded[command.name] = command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            raise SystemExit(130) from None
        except (UserError, OSError, sqlite3.Error, UnicodeEncodeError, RuntimeError) as error:
            found = refusal_of(error)
            if found is None:
                raise
            raise _Refused(found) from error


class _Refused(click.ClickException):
    def __init__(self, error: UserError) -> None:
        super().__init__(str(error))
        self.exit_code = error.exit_code  # type: ignore[misc]

    def show(self, file: Any = None) -> None:
        click.echo(f"error: {self.message}", err=True)


@click.group(cls=_Cli, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="collector")
def main() -> None:
    """Audit a recommender with sock puppets: plan, run, submit, report.

    \b
    collector scenarios                     what can be run
    collector run quick --out runs/quick    run it on the bundled mock
    collector status runs/quick             how far it is
    collector report runs/quick             write the HTML report

    Results go to standard output, progress and diagnostics to standard error. Exit codes: 0 done;
    1 done, but something is missing or differs; 2 bad input or environment; 130 interrupted.
    """


if __name__ == "__main__":
    sys.exit(main())
