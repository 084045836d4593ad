"""``mockserver serve``: a world behind a port, until interrupted."""

from __future__ import annotations

import ipaddress
import json
import os
import secrets
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from collector import __version__
from collector.common.eras import ERAS, IN_WORDS
from collector.common.errors import UserError
from collector.pathrefused import NumberIn
from collector.truthtoken import OPTION, read_token, write_token
from mockserver.context import MockConfig
from mockserver.serve import Server, serving
from mockserver.world.truthfile import read_truths


def _pairs(option: str, texts: tuple[str, ...]) -> dict[str, float]:
    """``name=number`` options as a dictionary."""
    found: dict[str, float] = {}
    for text in texts:
        name, separator, number = text.partition("=")
        try:
            found[name.strip()] = float(number)
        except ValueError:
            separator = ""
        if not separator or not name.strip():
            raise UserError(
                f"{text!r} is not NAME=NUMBER", place=option, fix=f"e.g. {option} history=0"
                if option == "--recommender" else f"e.g. {option} stall=0.1",
            )  # fmt: skip
    return found


def _names(text: str) -> bool:
    """Whether a ``--recommender`` says which recommender it is."""
    return text.partition("=")[0].strip() == "mechanism"


def _tokens(texts: tuple[str, ...]) -> dict[str, str]:
    """``admin=TOKEN`` and ``viewer=TOKEN`` options as a dictionary."""
    found: dict[str, str] = {}
    for text in texts:
        name, _, token = text.partition("=")
        if not name or not token or any(letter.isspace() for letter in token):
            raise UserError(
                "what was given is not USER=TOKEN",
                place="--tubearchivist-token",
                fix="e.g. --tubearchivist-token admin=0123456789abcdef0123456789abcdef01234567",
            )
        found[name] = token
    return found


def _kept(path: Path, given: str) -> str:
    """The truth token in ``path``, written there if there is none yet, for its owner alone."""
    token = given or secrets.token_hex(20)
    if write_token(path, token):
        return token
    found = read_token(path)
    if given and given != found:
        raise UserError(
            "holds another token than --truth-token",
            place=f"{OPTION} {path}",
            fix="give one of the two",
        )
    return found


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _ready(server: Server, token_file: Path | None) -> dict[str, Any]:
    """What a test in another language needs to know, once the mock answers.

    ``truth_token`` is ``null`` where the token is kept in a file.
    """
    return {
        "ready": True,
        "version": __version__,
        "pid": os.getpid(),
        "url": server.url,
        "sites": server.sites,
        "apis": server.apis,
        "openapi": f"{server.url}/openapi.json",
        "truth": f"{server.url}/_truth",
        "truth_token": None if token_file else server.truth_token,
        "truth_token_file": str(token_file) if token_file else None,
    }


def _at_eof(stopped: threading.Event) -> None:
    """Stop once nobody holds the other end of standard input."""
    with suppress(OSError, ValueError):
        while os.read(sys.stdin.fileno(), 4096):
            pass
    stopped.set()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    help="Port; 0 picks a free one.",
    type=click.IntRange(0, 65535),
)
@click.option(
    "--seed",
    default=1,
    show_default=True,
    type=click.IntRange(0),
    help="The world's seed; same seed, same world.",
)
@click.option(
    "--world",
    default="small",
    show_default=True,
    metavar="small|medium|FILE",
    help="Size of the world, or a world file (YAML or JSON).",
)
@click.option(
    "--db",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep submissions in this SQLite file; the truth log lies beside it.",
)
@click.option(
    "--clock",
    default="real",
    show_default=True,
    metavar="real|FACTOR",
    help="World time: wall time, or from 2026-01-01 at FACTOR times real time.",
)
@click.option(
    "--era",
    default="2026",
    show_default=True,
    type=click.Choice(ERAS),
    help=f"The sites' markup: {IN_WORDS}.",
)
@click.option(
    "--mutate",
    type=click.IntRange(0),
    metavar="SEED",
    help="Redesign the sites' documents at random (new names of elements, classes, attributes), for"
    " tests of what reads them; no puppet can act on such pages.",
)
@click.option(
    "--compat",
    type=click.Choice(["2019"]),
    help="Answer with the historical statuses of the ytTREX and fbTREX APIs.",
)
@click.option(
    "--allow-host",
    multiple=True,
    metavar="NAME",
    help="Answer to this host name too; may be repeated. Without it: loopback names only.",
)
@click.option(
    "--truth-token",
    default="",
    metavar="TOKEN",
    help="Bearer token of /_truth; without it one is minted and printed.",
)
@click.option(
    "--truth-token-file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep the token in this file, for you alone, in place of printing it; one that is there is"
    " the token.",
)
@click.option(
    "--recommender",
    multiple=True,
    metavar="NAME=VALUE",
    help="Override a parameter, e.g. history=0, or say which recommender it is, e.g."
    " mechanism=popularity-loop; may be repeated.",
)
@click.option(
    "--fault",
    multiple=True,
    metavar="NAME=SHARE",
    help="Let a share of loads go wrong, e.g. stall=0.1; may be repeated.",
)
@click.option(
    "--truth",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="What is true of the world by arm, block and time (docs/mock.md).",
)
@click.option(
    "--tubearchivist-profile",
    default="v0.4",
    show_default=True,
    type=click.Choice(["v0.3", "v0.4", "v0.5"]),
    help="Generation of the TubeArchivist API at its plain prefix.",
)
@click.option(
    "--load-tubearchivist",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Serve the archive's documents out of this JSON file, not out of the world.",
)
@click.option(
    "--tubearchivist-token",
    multiple=True,
    metavar="USER=TOKEN",
    help="Token of the archive's admin or viewer; may be repeated.",
)
@click.option(
    "--tubearchivist-delay",
    default=0.0,
    show_default=True,
    type=NumberIn(0, 86_400),
    metavar="SECONDS",
    help="How long the archive's background work takes (world time).",
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print one line of JSON once it answers: addresses, token, process.",
)
@click.option(
    "--until-eof",
    is_flag=True,
    help="Stop when standard input is closed, too: with whoever started it.",
)
def serve(
    host: str,
    port: int,
    seed: int,
    world: str,
    db: Path | None,
    clock: str,
    era: str,
    mutate: int | None,
    compat: str | None,
    allow_host: tuple[str, ...],
    truth_token: str,
    truth_token_file: Path | None,
    recommender: tuple[str, ...],
    fault: tuple[str, ...],
    truth: Path | None,
    tubearchivist_profile: str,
    load_tubearchivist: Path | None,
    tubearchivist_token: tuple[str, ...],
    tubearchivist_delay: float,
    as_json: bool,
    until_eof: bool,
) -> None:
    """Serve the sites and the APIs until interrupted.

    The first line of standard output is the URL; with --json it is a JSON object, for tests in any
    language (docs/mock.md). It is printed once requests are answered.

    \b
    mockserver serve --port 0 --world medium --clock 60
    mockserver serve --mutate 7
    mockserver serve --recommender history=0 --fault stall=0.1 --db mock.db
    mockserver serve --port 0 --json --until-eof
    """
    named = [text.partition("=")[2].strip() for text in recommender if _names(text)]
    if truth_token_file is not None:
        truth_token = _kept(truth_token_file, truth_token)
    config = MockConfig(
        seed=seed,
        world=world,
        era=era,
        mutate=mutate,
        clock=clock,
        db=db,
        compat=compat,
        hosts=allow_host,
        truth_token=truth_token,
        recommender=_pairs(
            "--recommender", tuple(text for text in recommender if not _names(text))
        ),
        mechanism=named[-1] if named else MockConfig.mechanism,
        truths=read_truths(truth) if truth is not None else (),
        faults=_pairs("--fault", fault),
        tubearchivist_profile=tubearchivist_profile,
        tubearchivist_load=load_tubearchivist,
        tubearchivist_tokens=_tokens(tubearchivist_token),
        tubearchivist_delay_s=tubearchivist_delay,
    )
    stopped = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stopped.set())
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        with serving(config, host, port) as server:
            ready = _ready(server, truth_token_file)
            click.echo(json.dumps(ready) if as_json else server.url)
            sys.stdout.flush()
            if until_eof:
                threading.Thread(target=_at_eof, args=[stopped], daemon=True).start()
            for origin in server.sites.values():
                click.echo(f"site        {origin}/", err=True)
            kept = f"in {truth_token_file}" if truth_token_file else server.truth_token
            click.echo(f"truth token {kept}", err=True)
            if not _is_loopback(host):
                click.echo(
                    f"warning: {host} can be reached from other machines; the mock has no access "
                    "control (the truth log stays loopback-only)",
                    err=True,
                )
            stopped.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    click.echo("stopped", err=True)


commands: list[click.Command] = [serve]
