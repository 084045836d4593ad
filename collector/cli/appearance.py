"""``collector doctor --site URL``: what a page of a site can see of a puppet."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from collector.browser.appearance import Seen, Sign, look
from collector.browser.driver import driver
from collector.browser.errors import told
from collector.browser.find import BrowserKind, find_browser
from collector.browser.options import BrowserOptions
from collector.browser.puppet import open_puppet
from collector.certificates import fingerprints
from collector.cli._console import console
from collector.cli._json import emit
from collector.contract.places import place_of
from collector.egress import Egress
from collector.mock.served import listens
from collector.profile import persona_from


def examine_site(
    site: str,
    *,
    headed: bool,
    confirm: Callable[[str], bool],
    egress: Egress | None = None,
    ca: Path | None = None,
) -> tuple[str, list[Seen]]:
    """The browser that was used, and what the first page of ``site`` (an origin) sees of it.

    Raises UserError: a site that is none, was not confirmed or does not answer; no browser.
    """
    place = place_of(site, site, confirm=confirm)
    origin = str(place.origin)
    if place.on_loopback:
        listens(origin)
    prefer = None if place.on_loopback else BrowserKind.FULL
    binary = find_browser(prefer, headed=headed)
    trusted = fingerprints(ca, [origin], egress) if ca is not None else ()
    with (
        tempfile.TemporaryDirectory(prefix="twinwatch-doctor") as folder,
        told(origin, Path(folder)),
        driver() as playwright,
        open_puppet(
            state_dir=Path(folder) / "state",
            persona=persona_from({}),
            binary=binary,
            isolated=place.on_loopback,
            options=BrowserOptions(headed=headed),
            egress=egress,
            trusted=trusted,
            ca=ca,
            playwright=playwright,
        ) as puppet,
    ):
        return str(binary), look(puppet, f"{origin}/")


def show(browser: str, found: list[Seen], as_json: bool) -> None:
    """Print the table; as JSON: ``browser`` and ``seen``, each with name, said, sign and why."""
    if as_json:
        emit({"browser": browser, "seen": [one.to_json() for one in found]})
        return
    table = Table("what a page can see", "said", "", title=browser)
    for one in found:
        said = "; ".join(f"{place}: {_short(value)}" for place, value in one.said.items())
        table.add_row(one.name, said, f"{one.sign}{f' ({one.why})' if one.why else ''}")
    console().print(table)
    counts = {sign: sum(one.sign is sign for one in found) for sign in Sign}
    click.echo(
        f"{counts[Sign.AGREES]} agree, {counts[Sign.DIFFERS]} differ,"
        f" {counts[Sign.TRACE]} traces of a machine"
    )


def _short(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 90 else f"{text[:89]}…"
