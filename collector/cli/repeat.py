"""``collector repeat``: the plan of a pack is carried out once more."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click
from rich.console import Console

from collector.cli._json import emit, json_option
from collector.cli._working import confirmation, interruptible
from collector.common.errors import UserError
from collector.mock.served import token_from
from collector.packing.repeat import repeat_pack
from collector.schedule.display import display_for

#: So many differences are named; --json has them all.
_MOST = 10


@click.command()
@click.argument("pack_file", type=click.Path(path_type=Path), metavar="PACK.zip")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="A new directory for the new run. [default: runs/SCENARIO-N]",
)
@click.option("--workers", type=click.IntRange(1, 64), help="Browsers at once.")
@click.option(
    "--truth-token-file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Token of the mock that the run's --site names.",
)
@click.option("--yes", is_flag=True, help="Confirm a site that is not on this machine.")
@json_option
def repeat(
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


commands: list[click.Command] = [repeat]
