"""``collector profiles``: the puppets' personas, keys and browser state. Secret keys never show."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

import click
from rich.table import Table

from collector.browser.lineage import read
from collector.cli._complete import persona_names, profile_names
from collector.cli._console import console
from collector.cli._json import emit, json_option
from collector.common.errors import UserError
from collector.contract.layout import open_run
from collector.latecommands import Later, LaterGroup
from collector.problems import did_you_mean
from collector.profile import (
    Origin,
    Persona,
    Profile,
    ProfileStore,
    export_profile,
    generate_persona,
    import_profile,
    shipped_personas,
)
from collector.profile.shipped import read_persona
from collector.profile.store import state_files
from collector.run.forking import fork, moment


class _Profiles(LaterGroup):
    """``open`` alone needs Playwright."""

    later: ClassVar[Later] = {
        "open": (
            "opening",
            "Open a profile's browser by hand: log in, answer dialogs, close it; its state is"
            " kept.",
        ),
    }


@click.group(name="profiles", cls=_Profiles, invoke_without_command=True)
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="TWINWATCH_PROFILES",
    help="Where profiles are kept [env: TWINWATCH_PROFILES; default: ~/.local/share/twinwatch].",
)
@json_option
@click.pass_context
def profiles(context: click.Context, root: Path | None, as_json: bool) -> None:
    """List the shipped personas and your own profiles; make, copy, reset and carry profiles.

    \b
    collector profiles
    collector profiles new anna --locale fr-FR
    collector profiles export anna anna.tar.zst
    """
    context.obj = ProfileStore(root)
    if context.invoked_subcommand is not None:
        return
    if as_json:
        personas = [{"name": n, "persona": p.to_dict()} for n, p in shipped_personas().items()]
        own = [_facts(each) for each in context.obj.list()]
        emit({"personas": personas, "profiles": own})
        return
    out = console()
    table = Table("persona", "name", "locale", "time zone", "place", "viewport", title="shipped")
    for name, persona in shipped_personas().items():
        table.add_row(
            name,
            persona.display_name,
            persona.locale,
            persona.timezone,
            persona.place,
            _size(persona),
        )
    out.print(table)
    found = list(context.obj.list())
    if found:
        out.print(_table(found))
    else:
        out.print(f"no profiles of your own in {context.obj.root}", soft_wrap=True)


def _size(persona: Persona) -> str:
    return "x".join(map(str, persona.viewport))


def _table(found: list[Profile]) -> Table:
    table = Table("profile", "pseudonym", "locale", "place", "visitor", "key", title="your own")
    for profile in found:
        table.add_row(
            profile.name,
            profile.pseudonym,
            profile.persona.locale,
            profile.persona.place,
            profile.visitor_id,
            "yes" if profile.has_key else "no",
        )
    return table


def _facts(profile: Profile) -> dict[str, Any]:
    files = list(state_files(profile.state_dir))
    origin = Origin.read(profile.path)
    return {
        "name": profile.name,
        "pseudonym": profile.pseudonym,
        "public_key": profile.public_key,
        "has_key": profile.has_key,
        "visitor_id": profile.visitor_id,
        "seed": profile.seed,
        "resets": profile.life,
        "path": str(profile.path),
        "state_bytes": sum(path.stat().st_size for path in files),
        "cloned_from": origin.in_words() if origin else None,
        "persona": profile.persona.to_dict(),
    }


def _tell(made: Profile, as_json: bool) -> None:
    """A profile that was made: its public key, or all that may be known of it."""
    if as_json:
        emit(_facts(made))
    else:
        click.echo(made.public_key)


def _persona(name: str | None, locale: str | None, seed: int | None) -> Persona | None:
    """The persona that the options of ``new`` ask for; None: one made from the profile's seed."""
    if name is None:
        return None if locale is None or seed is None else generate_persona(seed, locale)
    if locale is not None:
        raise UserError(
            "--persona and --locale cannot be used together", fix="leave one of them out"
        )
    shipped = shipped_personas()
    if name in shipped:
        return shipped[name]
    if name.endswith((".yaml", ".yml")):
        return read_persona(Path(name))
    raise UserError(f"no persona is called {name!r}", fix=did_you_mean(name, shipped))


@profiles.command(name="new")
@click.argument("name")
@click.option(
    "--persona", shell_complete=persona_names, help="A shipped persona, or a YAML file with one."
)
@click.option("--locale", help="Make up a persona of this locale, such as fr-FR.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of persona and visitor id.")
@json_option
@click.pass_obj
def new(
    store: ProfileStore,
    name: str,
    persona: str | None,
    locale: str | None,
    seed: int | None,
    as_json: bool,
) -> None:
    """Make a profile with a persona, a new key pair and an empty browser.

    \b
    collector profiles new anna
    collector profiles new anna --persona camille-fr
    collector profiles new anna --locale ja-JP --seed 7
    """
    number = secrets.randbits(48) if seed is None else seed
    made = store.new(name, _persona(persona, locale, number), seed=number)
    click.echo(f"made {made.name} ({made.pseudonym}) in {made.path}", err=True)
    _tell(made, as_json)


@profiles.command(name="list")
@json_option
@click.pass_obj
def list_(store: ProfileStore, as_json: bool) -> None:
    """List your own profiles.

    \b
    collector profiles list --json
    """
    found = list(store.list())
    if as_json:
        emit([_facts(each) for each in found])
    else:
        console().print(_table(found))


@profiles.command(name="show")
@click.argument("name", shell_complete=profile_names)
@click.pass_obj
def show(store: ProfileStore, name: str) -> None:
    """Print a profile or a shipped persona as JSON: public key and pseudonym, no secret.

    \b
    collector profiles show anna
    collector profiles show camille-fr
    """
    shipped = shipped_personas()
    own = store.names()
    if name in own:
        data = _facts(store.get(name))
    elif name in shipped:
        data = {"name": name, "persona": shipped[name].to_dict()}
    else:
        raise UserError(
            f"no profile or persona {name!r}",
            place=str(store.root),
            fix=did_you_mean(name, [*own, *shipped]),
        )
    emit(data)


@profiles.command(name="clone")
@click.argument("name", shell_complete=profile_names)
@click.argument("new_name", required=False)
@click.option("--puppet", help="Clone this puppet of a run; NAME is the run's folder.")
@click.option(
    "--at",
    metavar="STEP",
    help="With --puppet: as it was after this step: a number, the name of a snapshot step, or end"
    " [default: its newest snapshot].",
)
@click.option("--as", "names", metavar="A,B,...", help="Names of the clones, with commas between.")
@click.option(
    "--state/--no-state",
    default=True,
    show_default=True,
    help="Copy the browser too: the same visitor to the site, history and all.",
)
@json_option
@click.pass_obj
def clone(
    store: ProfileStore,
    name: str,
    new_name: str | None,
    puppet: str | None,
    at: str | None,
    names: str | None,
    state: bool,
    as_json: bool,
) -> None:
    """Copy a profile under a new name and a new key, or fork a run's trained puppet into arms.

    \b
    collector profiles clone anna anna-2 --no-state
    collector profiles clone runs/train --puppet trained-1 --at 12 \\
        --as control-1,treated-1
    collector run fork.yaml --profiles ~/.local/share/twinwatch/profiles
    """
    wanted = [new_name] if new_name is not None else []
    wanted += [one.strip() for one in (names or "").split(",") if one.strip()]
    if not wanted:
        raise UserError("the clone must have a name", place="--as", fix="--as control-1,treated-1")
    if puppet is not None:
        if not state:
            raise UserError(
                "--no-state and --puppet cannot be used together", fix="leave one of them out"
            )
        made = _fork(store, Path(name), puppet, at, wanted)
    elif at is not None:
        raise UserError("--at requires --puppet", fix="name a run and one of its puppets")
    else:
        made = [store.clone(name, each, state=state) for each in wanted]
        click.echo(f"cloned {name} as {', '.join(wanted)}", err=True)
    if names and as_json:
        emit([_facts(each) for each in made])
        return
    for each in made:
        _tell(each, as_json)


def _fork(
    store: ProfileStore, run: Path, puppet: str, at: str | None, names: list[str]
) -> list[Profile]:
    found = moment(run, puppet, at)
    made = fork(found, names, store)
    taken = found.taken
    click.echo(
        f"cloned {puppet} as it was at {taken.at} of {taken.session}, snapshot"
        f" {taken.snapshot[:12]}, as {', '.join(names)} in {store.root}",
        err=True,
    )
    if taken.site is None and len(names) > 1:
        click.echo("to the site the clones are one visitor: their cookies are the same", err=True)
    return made


@profiles.command(name="lineage")
@click.argument("run", type=click.Path(path_type=Path, file_okay=False))
@click.option("--puppet", help="Of this puppet only.")
@json_option
def lineage(run: Path, puppet: str | None, as_json: bool) -> None:
    """List the snapshots of a run's puppets: after which step, of what size, and from what.

    \b
    collector profiles lineage runs/train --puppet trained-1
    """
    found = [each for each in read(open_run(run).snapshots) if puppet in (None, each.puppet)]
    if as_json:
        emit([{**asdict(each), "at": each.at, "site": each.site is not None} for each in found])
        return
    table = Table("snapshot", "parent", "puppet", "session", "after", "name", "bytes", "taken")
    for each in found:
        table.add_row(
            each.snapshot[:12],
            (each.parent or "")[:12],
            each.puppet,
            each.session,
            each.at if each.step is None else f"step {each.at}",
            each.name or "",
            f"{each.size:,}",
            each.taken,
        )
    console().print(table)


@profiles.command(name="reset")
@click.argument("name", shell_complete=profile_names)
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@click.pass_obj
def reset(store: ProfileStore, name: str, yes: bool, as_json: bool) -> None:
    """Forget the browser's state and become a new visitor; persona and key stay.

    \b
    collector profiles reset anna --yes
    """
    store.get(name)
    if not yes:
        click.confirm(f"Forget the browser state of {name}?", abort=True, err=True)
    fresh = store.reset(name)
    click.echo(f"reset {name}: it is now visitor {fresh.visitor_id}", err=True)
    if as_json:
        emit(_facts(fresh))


@profiles.command(name="export")
@click.argument("name", shell_complete=profile_names)
@click.argument("dest", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--without-key", is_flag=True, help="Leave the secret key out.")
@json_option
@click.pass_obj
def export(store: ProfileStore, name: str, dest: Path, without_key: bool, as_json: bool) -> None:
    """Write a profile to one file, .tar.zst or .zip, that only you may read.

    The file holds the secret key unless --without-key is given.

    \b
    collector profiles export anna anna.tar.zst
    """
    path = export_profile(store.get(name), dest, with_key=not without_key)
    told = "without its secret key" if without_key else "with its SECRET KEY: keep it private"
    click.echo(f"exported {name} {told}", err=True)
    if as_json:
        emit({"name": name, "path": str(path), "with_key": not without_key})
    else:
        click.echo(str(path))


@profiles.command(name="import")
@click.argument("archive", type=click.Path(path_type=Path))
@click.option("--name", help="Another name than the profile's own.")
@json_option
@click.pass_obj
def import_(store: ProfileStore, archive: Path, name: str | None, as_json: bool) -> None:
    """Take in a profile that was exported. Nothing is overwritten.

    \b
    collector profiles import anna.tar.zst --name anna-2
    """
    made = import_profile(store, archive, name=name)
    click.echo(f"imported {made.name} ({made.pseudonym}) to {made.path}", err=True)
    _tell(made, as_json)


commands: list[click.Command] = [profiles]
