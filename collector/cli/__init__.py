"""The command ``collector``: thin commands over the rooms below.

Results go to standard output, progress and diagnostics to standard error. Exit codes: 0 done; 1 the
work was done but something is missing or failed (a cell, a submission, a check); 2 bad input or
environment; 130 interrupted.
"""

from __future__ import annotations

import sys
from typing import Any

import click

from collector import __version__
from collector.latecommands import Later
from collector.pathrefused import RefusingGroup

#: The commands; a test holds the list against the modules.
_COMMANDS: Later = {
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
    "doctor": (
        "browser",
        "Check this machine: what puppets need, what is there, and what one of them costs.",
    ),
    "browser": ("browser", "Print the browser that puppets use: path, kind and version."),
    "export": (
        "data",
        "Write the tables of a run: observations, impressions, receipts, captures, steps, …",
    ),
    "dataset": ("dataset", "Make fixture datasets from a scenario, and check them."),
    "import": ("importing", "Read published data into a folder that `collector report` reads."),
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
        "repeat",
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


class _Cli(RefusingGroup):
    """The group of all commands: it turns what the user or the machine did wrong into one line and
    exit code 2."""

    later = _COMMANDS

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            raise SystemExit(130) from None


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
