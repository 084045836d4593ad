"""``collector ledger``: the ledger of a run for workers on other machines."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from types import FrameType

import click

from collector.contract.layout import open_run
from collector.contract.places import is_loopback
from collector.fleet.serve import EXPOSED, TOKEN_FILE, serving, token_in
from collector.latecommands import ListedGroup


@click.group(cls=ListedGroup)
def ledger() -> None:
    """The ledger of a run, for workers on other machines."""


@ledger.command()
@click.argument("run_dir", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address of this machine to listen on."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    show_default=True,
    help="Port to listen on; 0 is any free one.",
)
@click.option(
    "--token-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File with the token that clients have to bring; it is made if it is not there."
    " [default: RUN_DIR/ledger.token]",
)
def serve(run_dir: Path, host: str, port: int, token_file: Path | None) -> None:
    """Serve the ledger of the run in RUN_DIR until Ctrl-C.

    \b
    collector ledger serve runs/mine --port 8090

    `collector run --executor dask` serves its ledger itself. Serve it by hand when that program is
    gone and sessions on other machines still have something to bring home. The first line printed
    is the address.
    """
    out = open_run(run_dir)
    where = token_file or out.root / TOKEN_FILE
    token = token_in(where)
    over = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        over.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with serving(out, token, host, port) as served:
            if not is_loopback(host):
                click.echo(EXPOSED, err=True)
            click.echo(served.url)
            click.echo(f"token: {where}; Ctrl-C ends it", err=True)
            over.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


commands: list[click.Command] = [ledger]
