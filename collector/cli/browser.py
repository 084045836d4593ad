"""``collector doctor`` and ``collector browser``: is there a browser, and what can this machine
run?"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from collector.browser.appearance import Sign
from collector.browser.doctor import Health, examine
from collector.browser.find import find_browser
from collector.browser.install import ensure_browser
from collector.cli._json import emit, json_option
from collector.cli.appearance import examine_site, show


@click.command()
@json_option
@click.option("--headed", is_flag=True, help="Examine a browser with a window.")
@click.option(
    "--site", metavar="URL", help="Show what a page of this site can see of a puppet, and no more."
)
@click.option(
    "--ca",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="With --site: authorities (PEM) that have signed its certificate.",
)
@click.option("--yes", is_flag=True, help="Confirm a site that is not on this machine.")
def doctor(as_json: bool, headed: bool, site: str | None, ca: Path | None, yes: bool) -> None:
    """Check this machine: what puppets need, what is there, and what one of them costs.

    One is started and measured. Exit code 0 only if it started, else 2.

    For anything missing the exact command that fixes it is printed.

    \b
    collector doctor
    collector doctor --json
    collector doctor --site http://youtube.localhost:8000

    With --site the page's scripts, the request's headers and the client hints are held against one
    another: what agrees, what differs, and what tells a machine from a person. Exit code 1 if
    something differs. A full Chromium is preferred for a site that is not on this machine.
    """
    if site is not None:
        browser, seen = examine_site(site, headed=headed, confirm=confirmed(yes), ca=ca)
        show(browser, seen, as_json)
        raise SystemExit(1 if any(one.sign is Sign.DIFFERS for one in seen) else 0)
    health: Health = examine(headed=headed)
    if as_json:
        emit(health.to_json())
    else:
        puppet = health.puppet
        rows = {
            "Python": health.python,
            "Playwright": health.playwright or "missing",
            "browser": str(health.browser or "missing"),
            "one puppet": "did not start"
            if puppet is None
            else f"{puppet.total_mb:.0f} MB (browser {puppet.browser_mb:.0f}, "
            f"driver {puppet.driver_mb:.0f}), ready in {puppet.start_s:.1f} s",
            "free memory": f"{health.free_memory_mb} MB",
            "free disk": f"{health.free_disk_mb} MB",
            "cores": str(health.cores),
            "puppets at once": str(health.suggested_puppets),
        }
        for name, value in rows.items():
            click.echo(f"{name:<16} {value}")
        for each in health.missing:
            click.echo(f"{'error' if each.fatal else 'warning'}: {each.what}\n  fix: {each.fix}")
    if not health.ok:
        raise SystemExit(2)


def confirmed(yes: bool) -> Callable[[str], bool]:
    """Asks at the terminal, unless ``--yes`` was given; nobody there means no."""

    def ask(question: str) -> bool:
        return yes or (sys.stdin.isatty() and click.confirm(question, err=True))

    return ask


@click.command()
@click.option("--install", is_flag=True, help="Install one if there is none.")
@json_option
def browser(install: bool, as_json: bool) -> None:
    """Print the browser that puppets use: path, kind and version.

    With --install one is installed if need be: by Playwright, else by the system's package manager.

    \b
    collector browser
    collector browser --install
    """
    if install:
        ensure_browser(lambda line: click.echo(line, err=True))
        if not as_json:
            return
    found = find_browser()
    if as_json:
        emit({"path": str(found.path), "kind": str(found.kind), "version": found.version})
        return
    click.echo(f"{found.path}\t{found.kind}\t{found.version}")


commands: list[click.Command] = [doctor, browser]
