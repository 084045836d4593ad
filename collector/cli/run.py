"""``collector run`` and ``submit``: carry a scenario out, send what is left.

Standard output gets the summary, standard error the progress.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

import click

from collector.browser.limits import PAGES, SOFT_MB
from collector.cli._complete import scenario_names
from collector.cli._json import emit, json_option
from collector.cli._mock import mock_options, on_mock
from collector.cli._result import flush_json, flush_lines, in_words, summary
from collector.cli._working import confirmation, interruptible, progress_console
from collector.common.errors import UserError
from collector.contract.layout import open_run
from collector.contract.options import LEDGER, RunOptions
from collector.egress import Egress
from collector.mock.served import token_from
from collector.problems import Fixable
from collector.recording import bytes_of
from collector.registration.begin import under
from collector.run.puppets import keys_of
from collector.run.repeat import repeat as do_again
from collector.run.resume import resume as take_up
from collector.run.start import run_scenario
from collector.scenario.loader import load_scenario
from collector.schedule.display import display_for
from collector.submit import submit_run

#: What ``--resume`` is without a directory.
_HERE = "\0"


@click.command()
@click.argument("scenario", required=False, shell_complete=scenario_names)
@click.option(
    "--resume",
    metavar="[DIR]",
    is_flag=False,
    flag_value=_HERE,
    help="Go on with the run in DIR, or, with --out, in that directory.",
)
@click.option(
    "--repeat",
    metavar="DIR|MANIFEST",
    type=click.Path(path_type=Path),
    help="Run the plan of an earlier run once more, with its options, in a directory of its own.",
)
@click.option(
    "--site",
    metavar="mock|URL",
    help="Where the puppets browse: the bundled mock, or an origin. [default: the scenario's]",
)
@click.option(
    "--submit-to",
    metavar="mock|URL|none",
    default="mock",
    show_default=True,
    help="The API that gets the evidence.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="A new directory for everything the run leaves. [default: runs/SCENARIO-N]",
)
@click.option("--seed", type=int, help="Another master seed than the scenario's.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="Browsers at once. [default: a whole block, at least 2, at most 8]",
)
@click.option(
    "--driver",
    type=click.Choice(["chromium", "http"]),
    default="chromium",
    show_default=True,
    help="What a puppet is: a browser, or HTTP requests to a mock (fast; docs/browserless.md).",
)
@click.option(
    "--executor",
    type=click.Choice(["local", "dask"]),
    default="local",
    show_default=True,
    help="Where the puppets are: on this machine, or on a Dask cluster (docs/fleet.md).",
)
@click.option("--scheduler", metavar="ADDRESS", help="Of the cluster, such as tcp://10.0.0.5:8786.")
@click.option(
    "--ledger",
    metavar="HOST[:PORT]",
    help="With --executor dask: where the cluster's workers reach this machine."
    " [default: 127.0.0.1]",
)
@click.option("--headed", is_flag=True, help="Show the browsers' windows.")
@click.option(
    "--speed",
    metavar="FACTOR|max",
    help="How fast time passes in the browsers: 20 is twenty times real time. On a mock only: the"
    " bundled one, or one that is served and whose truth token is given. [default: real time]",
)
@click.option(
    "--tracing",
    type=click.Choice(["off", "on", "retain-on-failure"]),
    default="off",
    show_default=True,
    help="Keep a Playwright trace of each session: the raw browser, for you alone.",
)
@click.option(
    "--screenshot",
    type=click.Choice(["off", "on", "only-on-failure"]),
    default="off",
    show_default=True,
    help="Keep a picture of the page that each session ends on: not scrubbed, for you alone.",
)
@click.option(
    "--record",
    metavar="[har|trace]",
    is_flag=False,
    flag_value="har",
    default="off",
    type=click.Choice(["off", "har", "trace"]),
    help="Keep what each browser receives, a file a step (har: for collector replay): cleaned"
    " but for pictures, for you alone.",
)
@click.option(
    "--record-limit",
    metavar="SIZE",
    default="20MB",
    show_default=True,
    help="How much the recording of one step may hold.",
)
@click.option(
    "--profiles",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A folder with a profile for each puppet by its name (control-1, ...), to begin as.",
)
@click.option(
    "--page-budget",
    type=click.IntRange(2),
    default=PAGES,
    show_default=True,
    help="Page loads after which a puppet gets a fresh browser on the same profile.",
)
@click.option(
    "--memory-mb",
    type=click.IntRange(64),
    default=SOFT_MB,
    show_default=True,
    help="Memory of a browser above which it is replaced; at three times as much it is ended.",
)
@click.option(
    "--proxy",
    metavar="URL",
    help="The proxy (http, https or socks5) of each puppet that has none of its own.",
)
@click.option(
    "--proxy-login",
    metavar="VARIABLE|FILE",
    help="Where the proxy's user:password is (of any kind of proxy): an environment variable, or"
    " a file of mode 0600.",
)
@click.option(
    "--proxy-check",
    metavar="URL|none",
    help="Who says by which address and country the proxy leads there: an address of a JSON answer"
    " with ip and country, or none.",
)
@click.option(
    "--ca",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="Authorities (PEM) that have signed the certificate of the site, or of the API.",
)
@mock_options
@click.option(
    "--prereg",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The preregistration of this run (collector prereg); another plan is refused.",
)
@click.option(
    "--deviate",
    multiple=True,
    metavar="REASON",
    help="Run another plan than was registered, and record why; may be repeated.",
)
@click.option(
    "--truth-token-file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Token of the mock that --site names, in a file for you alone; or in the variable"
    " TWINWATCH_TRUTH_TOKEN.",
)
@click.option("--yes", is_flag=True, help="Confirm a site that is not on this machine.")
@json_option
def run(
    scenario: str | None,
    resume: str | None,
    repeat: Path | None,
    as_json: bool,
    yes: bool,
    record_limit: str,
    ledger: str | None,
    world: str | None,
    era: str | None,
    recommender: tuple[str, ...],
    fault: tuple[str, ...],
    prereg: Path | None,
    deviate: tuple[str, ...],
    truth: Path | None,
    truth_token_file: Path | None,
    proxy: str | None,
    proxy_login: str | None,
    proxy_check: str | None,
    **given: Any,
) -> None:
    """Carry out SCENARIO (a shipped one by name, or a file) and submit its evidence.

    \b
    collector run quick --speed max
    collector run my.yaml --out runs/mine --submit-to none
    collector run filter-bubble --speed 20 --workers 4
    collector run --resume runs/mine
    collector run --repeat runs/mine --out runs/again

    A run that was interrupted or killed goes on with --resume: sessions that are done stay, the
    others go on where nothing is done twice. Only --workers, --scheduler, --ledger and --yes can
    be given anew.

    --repeat takes the directory of a run, or its manifest.json with plan.json beside it: the same
    plan, by its hash, with the same options. Versions that differ are said and kept in the new
    manifest. Only --out, --workers, --yes and where the puppets are can be given anew.

    --prereg FILE begins the run under a preregistration: a plan with another hash is refused or,
    with --deviate "reason", run and recorded as a deviation (collector review).

    --world, --recommender, --fault and --truth give the bundled mock a known answer, --era the
    markup of a year; they are part of the plan. A mock that is served already
    (--site http://youtube.localhost:8000) shows its labels and its truth log to a run that has its
    token, and can be hurried with --speed.

    --proxy, its login and check, and --ca say by which way a site is reached (docs/real-server.md).

    Exit code 0: everything is there; 1: a cell or a submission is missing; 2: something to mend
    before it can run; 130: interrupted (everything captured so far is kept).
    """
    options = RunOptions.of(
        **given,
        ledger=ledger or LEDGER,
        record_limit=bytes_of(record_limit),
        proxy=_proxy(proxy, login=proxy_login, check=proxy_check),
        command=shlex.join(["collector", *sys.argv[1:]]),
    )
    if repeat is not None and (scenario is not None or resume is not None):
        raise UserError(
            "--repeat cannot be used with a scenario or --resume",
            place="--repeat",
            fix="leave out the scenario and --resume",
        )
    if scenario is None and repeat is None and resume in (None, _HERE):
        raise UserError(
            "no scenario is named", place="SCENARIO", fix="name one: collector scenarios lists them"
        )
    if scenario is None and (world or era or recommender or fault or truth):
        raise UserError(
            "the mock of an earlier run cannot be changed",
            place="--world, --era, --recommender, --fault, --truth",
            fix="name the scenario too, or leave them out",
        )
    if scenario is None and (prereg or deviate):
        raise UserError(
            "the preregistration of an earlier run cannot be changed",
            place="--prereg, --deviate",
            fix="leave them out, or name the scenario too",
        )
    token = token_from(truth_token_file)
    loaded = None
    if scenario is not None:
        read = load_scenario(scenario, describe=True)
        loaded = on_mock(read, world, recommender, fault, truth, era)
    display = display_for(progress_console())
    for warning in loaded.warnings if loaded else ():
        display.say(f"warning: {warning}")
    again = _resumed(resume, options)
    with interruptible():
        if repeat is not None:
            result = do_again(
                repeat,
                display=display,
                confirm=confirmation(yes),
                out=options.out,
                workers=options.workers,
                command=options.command,
                placed={
                    "executor": options.executor,
                    "scheduler": options.scheduler,
                    "ledger": options.ledger,
                },
                truth_token=token,
            )
        elif again is not None:
            result = take_up(
                again,
                display=display,
                confirm=confirmation(yes),
                loaded=loaded,
                workers=options.workers,
                scheduler=options.scheduler,
                ledger=ledger,
                truth_token=token,
            )
        else:
            assert loaded is not None  # without a scenario there is a directory to resume
            result = run_scenario(
                loaded,
                options,
                display=display,
                confirm=confirmation(yes),
                truth_token=token,
                registered=under(loaded, options.seed, options.driver, prereg, deviate),
            )
    if as_json:
        emit(summary(result))
    else:
        click.echo(in_words(result, options))
    raise SystemExit(result.exit_code)


def _proxy(server: str | None, *, login: str | None, check: str | None) -> Egress | None:
    if server is None:
        for given, name in ((login, "--proxy-login"), (check, "--proxy-check")):
            if given is not None:
                raise UserError(f"{name} requires --proxy", place=name, fix="give --proxy too")
        return None
    keys = {"server": server, "credentials": login, "check": check}
    told = {key: value for key, value in keys.items() if value is not None}
    try:
        return Egress.of(told)
    except Fixable as error:
        raise UserError(error.message, place="--proxy", fix=error.fix) from error


def _resumed(resume: str | None, options: RunOptions) -> Path | None:
    """The directory of the run to go on with; ``None``: a new run begins."""
    if resume is None:
        return None
    if resume != _HERE:
        return Path(resume)
    if options.out is None:
        raise UserError(
            "--resume requires the folder of a run",
            place="--resume",
            fix="write --resume DIR, or give --out DIR",
        )
    # The first attempt of a job that is always started in the same way.
    return options.out if options.out.exists() else None


@click.command()
@click.argument("run_dir", type=click.Path(path_type=Path, file_okay=False))
@click.option("--submit-to", metavar="URL", required=True, help="Root of the API.")
@click.option("--retry-refused", is_flag=True, help="Also send again what the server refused.")
@click.option(
    "--ca",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="Authorities (PEM) that have signed the API's certificate.",
)
@json_option
def submit(
    run_dir: Path, submit_to: str, retry_refused: bool, ca: Path | None, as_json: bool
) -> None:
    """Send what a run has captured and the API does not have yet.

    \b
    collector submit runs/quick-1 --submit-to http://127.0.0.1:8000

    Safe to repeat: nothing is sent twice, nothing is lost. Exit code 1: something is still unsent.
    """
    out = open_run(run_dir)
    with interruptible():
        result = submit_run(
            out.root, submit_to, keys=keys_of(out.profiles), retry_refused=retry_refused, ca=ca
        )
    if as_json:
        emit(flush_json(result))
    else:
        click.echo("\n".join(flush_lines(result, submit_to)))
    raise SystemExit(1 if result.left or result.failed else 0)


commands: list[click.Command] = [run, submit]
