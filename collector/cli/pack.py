"""``collector pack`` and ``collector repeat``: a run as one file, checked, and done again."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click
from rich.console import Console

from collector.cli._json import emit, json_option
from collector.cli._working import confirmation, interruptible
from collector.common.errors import UserError
from collector.packing.citation import LICENCES
from collector.packing.signature import signing_key
from collector.packing.verify import verify_pack

#: So many differences are named; --json has them all.
_MOST = 10


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
    help="Signs it: a key for you alone, made if there is none. [default: RUN_DIR/keys/pack.key]",
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
    metavar="HEX",
    default="",
    help="With --verify: the key that must have signed it.",
)
@json_option
def pack(
    run: Path,
    out: Path | None,
    key: Path | None,
    licence: str | None,
    payloads: bool,
    verify: bool,
    public_key: str,
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
        _verify(run, public_key, as_json)
        return
    # It draws the report, a second that --verify need not wait for.
    from collector.packing.build import pack_run

    target = out or run.resolve().with_name(f"{run.resolve().name}.zip")
    found = pack_run(
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


def _verify(path: Path, public_key: str, as_json: bool) -> None:
    found = verify_pack(path, public_key)
    if as_json:
        problems = [{"where": each.where, "problem": each.problem} for each in found]
        emit({"pack": str(path), "good": not found, "problems": problems})
    elif not found:
        click.echo(f"{path}: what was signed")
    else:
        for each in found:
            click.echo(f"{each.where}: {each.problem}")
    raise SystemExit(1 if found else 0)


@click.command(name="repeat")
@click.argument("pack_file", type=click.Path(path_type=Path), metavar="PACK.zip")
@click.option("--out", type=click.Path(path_type=Path), help="A new directory for the new run.")
@click.option("--workers", type=click.IntRange(1, 64), help="Browsers at once.")
@click.option(
    "--truth-token-file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Token of the mock that the run's --site names.",
)
@click.option("--yes", is_flag=True, help="Confirm a site that is not on this machine.")
@json_option
def repeat_command(
    pack_file: Path,
    out: Path | None,
    workers: int | None,
    truth_token_file: Path | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Run the plan of a pack once more and say whether the report comes out the same.

    \b
    collector repeat mine.zip --out runs/again

    The pack is checked first. On the mock every number of the report is the same but for those that
    say who, when and how fast: the run's name and times, start skew, seconds between searches, what
    was sent where. Pages differ in their hashes, as each names its own moment and load. On a real
    site numbers differ: that is the finding.

    Exit code 0: the numbers are equal; 1: they differ, or something is missing; 2: this is not a
    pack, or not what was signed.
    """
    # It draws the report and carries out a run: a second that `pack --verify` need not wait for.
    from collector.mock.served import token_from
    from collector.packing.repeat import repeat_pack
    from collector.schedule.display import display_for

    if pack_file.is_dir():
        raise UserError(
            "this is a folder", place=str(pack_file), fix="collector run --repeat DIR repeats a run"
        )
    token = token_from(truth_token_file)
    with interruptible():
        found = repeat_pack(
            pack_file,
            out,
            display=display_for(Console(stderr=True)),
            confirm=confirmation(yes),
            workers=workers,
            command=shlex.join(["collector", *sys.argv[1:]]),
            truth_token=token,
        )
    if as_json:
        emit(
            {
                "run": found.result.run,
                "out": str(found.result.out.root),
                "equal": found.equal,
                "was": found.was,
                "now": found.now,
                "differences": list(found.differences),
            }
        )
    else:
        same = "equal" if found.equal else f"{len(found.differences)} numbers differ"
        click.echo(f"report:  {same} ({found.was[:12]} then, {found.now[:12]} now)")
        for line in found.differences[:_MOST]:
            click.echo(f"  {line}")
        if len(found.differences) > _MOST:
            click.echo(f"  … and {len(found.differences) - _MOST} more")
        click.echo(f"kept in: {found.result.out.root}")
    code = found.result.exit_code
    raise SystemExit(code or (0 if found.equal else 1))


commands: list[click.Command] = [pack, repeat_command]
