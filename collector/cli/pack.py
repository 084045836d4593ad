"""``collector pack``: a run as one file, and its seal checked."""

from __future__ import annotations

from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING

import click

from collector.cli._json import emit, json_option
from collector.cli._publickey import read_option
from collector.packing.citation import LICENCES
from collector.packing.signature import signing_key
from collector.packing.verify import verify_pack

if TYPE_CHECKING:
    from collector.packing.build import Packed

#: Writes the report and all else that is packed, of which --verify needs nothing.
_PACK_RUN = "collector.packing.build:pack_run"


@click.command()
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN_DIR|PACK.zip")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.zip",
    help="The pack to write. [default: RUN_DIR.zip beside the folder]",
)
@click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Signs it: a secret key for you alone, made if there is none."
    " [default: RUN_DIR/keys/pack.key]",
)
@click.option("--licence", type=click.Choice(LICENCES), help="Of the data, where you state one.")
@click.option(
    "--payloads/--no-payloads",
    default=True,
    help="What servers answered, of a run with --record.  [default: in it]",
)
@click.option("--verify", is_flag=True, help="Check a pack instead, offline, to the last byte.")
@click.option(
    "--public-key",
    metavar="KEY",
    callback=read_option,
    help="With --verify: accept this signer's public key only, as it was printed.",
)
@json_option
def pack(
    run: Path,
    out: Path | None,
    key: Path | None,
    licence: str | None,
    payloads: bool,
    verify: bool,
    public_key: bytes | None,
    as_json: bool,
) -> None:
    """Put a run into one file that a stranger can read, cite, check and repeat.

    \b
    collector pack runs/mine --out mine.zip --licence CC-BY-4.0
    collector pack --verify mine.zip
    collector repeat mine.zip --out runs/again

    In it: every captured page and, of a run with --record, the text that servers answered (a web
    archive a puppet), all tables with every column described, report, figures, plan, scenario,
    manifest, preregistration, deviations, checklist, citation, research object, checksums, a chain
    over the captures, and a signature. Not in it: cookies, keys, tokens, what puppets sent, traces,
    and anything else that identifies a puppet or the machine.

    With --verify a changed, missing or added byte is named with its file. Exit code 0: the pack is
    what was signed; 1: it is not.
    """
    if verify:
        if key is not None:
            raise click.UsageError(
                "--key signs a pack; with --verify, --public-key says who must have signed it"
            )
        _verify(run, public_key, as_json)
        return
    if public_key is not None:
        raise click.UsageError(
            "--public-key goes with --verify; what signs a pack is a file: --key FILE"
        )
    target = out or run.resolve().with_name(f"{run.resolve().name}.zip")
    found: Packed = resolve_name(_PACK_RUN)(
        run,
        target,
        key=signing_key(key or run / "keys" / "pack.key"),
        licence=licence,
        payloads=payloads,
        say=lambda text: click.echo(text, err=True),
    )
    told = {
        "pack": str(found.path),
        "run": found.run,
        "captures": found.captures,
        "answers": found.answers,
        "files": found.files,
        "bytes": found.size,
        "report_sha256": found.report_sha256,
        "public_key": found.public_key,
    }
    if as_json:
        emit(told)
        return
    click.echo(f"pack:        {found.path} ({found.size:,} bytes)")
    click.echo(f"holds:       {found.captures} captures in {found.files} files")
    click.echo(f"answers:     {found.answers} of servers, as recorded")
    click.echo(f"report:      {found.report_sha256}")
    click.echo(f"public key:  {found.public_key}")


def _verify(path: Path, public_key: bytes | None, as_json: bool) -> None:
    found = verify_pack(path, (public_key or b"").hex())
    if as_json:
        problems = [{"where": each.where, "problem": each.problem} for each in found]
        emit({"pack": str(path), "good": not found, "problems": problems})
    elif not found:
        click.echo(f"{path}: what was signed")
    else:
        for each in found:
            click.echo(f"{each.where}: {each.problem}")
    raise SystemExit(1 if found else 0)


commands: list[click.Command] = [pack]
