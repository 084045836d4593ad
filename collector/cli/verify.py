"""``collector verify``: is a report, or a pack, as it was signed?"""

from __future__ import annotations

import zipfile
from pathlib import Path

import click

from collector.analysis.sealed import check
from collector.cli._json import emit, json_option
from collector.cli._publickey import in_base58, read_option
from collector.common.errors import UserError
from collector.packing.verify import signer_of, verify_pack


@click.command()
@click.argument(
    "report",
    metavar="REPORT|PACK.zip",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--public-key",
    metavar="KEY",
    callback=read_option,
    help="Accept this signer's public key only, as it was printed.",
)
@click.option("--key", "earlier", hidden=True, callback=read_option)  # its name in 0.2
@json_option
def verify(report: Path, public_key: bytes | None, earlier: bytes | None, as_json: bool) -> None:
    """Check the seal of REPORT, or of a pack, offline: exit 1 if one byte of it was changed.

    Every section of a report is hashed and the hashes are signed (Ed25519), so that the place of a
    change is named. Printed: the signer's public key and, of a report, what its certificate says. A
    seal proves that the file is as its signer wrote it; who may sign, --public-key says.

    \b
    collector verify runs/quick/report.html
    collector verify report.html --public-key 9HjK… --json
    collector verify run.zip                          a pack: every file of it
    """
    wanted = public_key or earlier
    if report.suffix.lower() == ".zip" or zipfile.is_zipfile(report):
        _verify_pack(report, wanted, as_json)
        return
    try:
        # newline="": a changed line end is a changed byte.
        with report.open(encoding="utf-8", newline="") as file:
            found = check(file.read(), in_base58(wanted) if wanted else None)
    except UnicodeDecodeError as error:
        click.echo(f"{report}: byte {error.start}: not UTF-8, as reports are", err=True)
        raise SystemExit(1) from error
    except UserError as error:
        click.echo(f"{report}: {error}", err=True)
        raise SystemExit(1) from error
    if as_json:
        emit(
            {
                "report": str(report),
                "ok": found.ok,
                "problems": list(found.problems),
                "public_key": found.public_key,
                "certificate": dict(found.certificate),
            }
        )
    for problem in found.problems:
        click.echo(f"{report}: {problem}", err=True)
    if not found.ok:
        raise SystemExit(1)
    if not as_json:
        false = found.certificate.get("false_effect")
        click.echo(f"{report}: as it was signed")
        click.echo(f"signed with  {found.public_key}")
        click.echo(f"run          {found.certificate.get('run')}")
        if false:
            click.echo(
                f"false alarms {100 * false['rate']:.1f} %, at most {100 * false['upper95']:.1f} %"
                " (95 %)"
            )


def _verify_pack(pack: Path, wanted: bytes | None, as_json: bool) -> None:
    """The same of what ``collector pack`` wrote."""
    found = verify_pack(pack, (wanted or b"").hex())
    if as_json:
        problems = [f"{each.where}: {each.problem}" for each in found]
        signer = "" if found else signer_of(pack)
        emit({"pack": str(pack), "ok": not found, "problems": problems, "public_key": signer})
    for each in found:
        click.echo(f"{pack}: {each.where}: {each.problem}", err=True)
    if found:
        raise SystemExit(1)
    if not as_json:
        click.echo(f"{pack}: as it was signed")
        click.echo(f"signed with  {signer_of(pack)}")


commands: list[click.Command] = [verify]
