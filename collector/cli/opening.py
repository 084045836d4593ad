"""``collector profiles open``: a person starts a puppet, logs in, answers dialogs, closes it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from playwright.sync_api import Error as PlaywrightError

from collector.addresses import parts_of
from collector.browser import snapshot
from collector.browser.errors import BrowserError, told
from collector.browser.find import BrowserKind, find_browser
from collector.browser.options import BrowserOptions
from collector.browser.puppet import PuppetBrowser, open_puppet
from collector.browser.remote import Picturing, Screen, remote
from collector.certificates import fingerprints
from collector.cli._complete import profile_names
from collector.cli._json import emit, json_option
from collector.cli.browser import confirmed
from collector.contract.places import place_of
from collector.mock.served import listens
from collector.platforms.registry import PlatformSpec, owner_of, platforms
from collector.profile import Profile, ProfileStore

#: Below a profile's folder: what its browser was when it was closed by hand.
SNAPSHOTS = "snapshots"


@dataclass(frozen=True, slots=True)
class Closed:
    """What a person left."""

    snapshot: str
    """Hash of the browser's state; it lies below the profile as ``snapshots/HASH.tar.zst``."""
    signed_in: bool | None
    """Whether the site's cookies say so; ``None``: the site is of no known platform."""


def open_profile(
    profile: Profile,
    site: str,
    *,
    window: bool,
    confirm: Callable[[str], bool],
    say: Callable[[str], None],
    ca: Path | None = None,
) -> Closed:
    """Show the profile's browser on ``site`` (an origin) until it is closed, and keep its state.

    :param window: a window of its own; otherwise a page of this machine, whose address is said.
    :raises UserError: the site was not confirmed, or does not answer; no browser, or it failed;
        the profile is open elsewhere; its state cannot be kept.
    """
    place = place_of(site, site, confirm=confirm)
    origin = str(place.origin)
    if place.on_loopback:
        listens(origin)
    way = profile.persona.proxy
    prefer = None if place.on_loopback else BrowserKind.FULL
    with told(origin, profile.path):
        with open_puppet(
            state_dir=profile.state_dir,
            persona=profile.persona,
            binary=find_browser(prefer, headed=window),
            site_hosts=(parts_of(origin).host,),
            isolated=place.on_loopback,
            options=BrowserOptions(headed=window),
            egress=way,
            trusted=fingerprints(ca, [origin], way) if ca is not None else (),
            ca=ca,
        ) as puppet:
            signed_in = _shown(puppet, origin, window=window, say=say)
        kept = snapshot.take(profile.state_dir, profile.path / SNAPSHOTS)
    return Closed(kept.hash, signed_in)


def _shown(
    puppet: PuppetBrowser, origin: str, *, window: bool, say: Callable[[str], None]
) -> bool | None:
    """Show the browser until it is closed; answers whether its cookies are signed in at last."""
    screen = Screen()
    kit = _kit(origin)
    signed_in: bool | None = None
    with _served(screen, window, say):
        picturing = Picturing(puppet, screen)
        try:
            puppet.goto(f"{origin}/")
            going = True
            while going:
                if kit is not None:
                    # Asked at every turn: once the window is closed nobody answers.
                    names = {str(one["name"]) for one in puppet.cookies()}
                    signed_in = kit.signed_in(names)
                going = _turn(puppet) if window else picturing.turn()
            if kit is not None and not window:  # what the last turn did counts too
                signed_in = kit.signed_in({str(one["name"]) for one in puppet.cookies()})
        except (BrowserError, PlaywrightError) as error:
            if puppet.context.pages:  # not closed by hand: something went wrong
                raise
            say(f"closed ({type(error).__name__})")
        except KeyboardInterrupt:
            say("closing")
    return signed_in


def _kit(origin: str) -> PlatformSpec | None:
    """The platform of a site: by its name, or the name under which the mock serves it."""
    host = parts_of(origin).host
    first = host.partition(".")[0]
    return owner_of(host) or next((kit for kit in platforms().values() if kit.host == first), None)


def _turn(puppet: PuppetBrowser) -> bool:
    """Look after a window for a moment; false once it was closed."""
    pages = puppet.context.pages
    if not pages:
        return False
    pages[-1].wait_for_timeout(250)
    return bool(puppet.context.pages)


@contextmanager
def _served(screen: Screen, window: bool, say: Callable[[str], None]) -> Iterator[None]:
    if window:
        say("close the window, or press Ctrl-C, when you are done")
        yield
        return
    with remote(screen) as address:
        say(f"open this address in your browser: {address}")
        say("press 'close and keep' there, or Ctrl-C here, when you are done")
        yield


def has_display() -> bool:
    """True if this session has a display for a window."""
    return sys.platform != "linux" or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def tell(line: str) -> None:
    """Progress, for people."""
    click.echo(line, err=True)


@click.command(name="open")
@click.argument("name", shell_complete=profile_names)
@click.option("--site", metavar="URL", required=True, help="Where to begin, such as a site's home.")
@click.option(
    "--window/--page",
    default=None,
    help="A window, or a page of this machine with a live picture. [default: a window, where there"
    " is a display]",
)
@click.option(
    "--ca",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="Authorities (PEM) that have signed the site's certificate.",
)
@click.option("--yes", is_flag=True, help="Confirm a site that is not on this machine.")
@json_option
@click.pass_obj
def open_(
    store: ProfileStore,
    name: str,
    site: str,
    window: bool | None,
    ca: Path | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Open a profile's browser by hand: log in, answer dialogs, close it; its state is kept.

    \b
    collector profiles open anna --site https://www.youtube.com
    collector profiles open anna --site http://youtube.localhost:8000 --page

    Without a display the browser is shown in yours: a page of this machine, whose address (with a
    token for this one time) is printed. For a run: --profiles, and requires: signed-in in the
    scenario.
    """
    closed = open_profile(
        store.get(name),
        site,
        window=has_display() if window is None else window,
        confirm=confirmed(yes),
        say=tell,
        ca=ca,
    )
    if as_json:
        emit({"name": name, "snapshot": closed.snapshot, "signed_in": closed.signed_in})
        return
    state = {True: "signed in", False: "not signed in", None: "kept"}[closed.signed_in]
    click.echo(f"{name}: {state}, snapshot {closed.snapshot[:12]}")


commands: list[click.Command] = [open_]
