"""What the faces of all sites do alike: mounting, and the entry on the page at the root."""

from __future__ import annotations

from flask import Blueprint, Flask

from collector.addresses import parts_of
from mockserver.egress import bp as egress
from mockserver.faces import Entry, Link


def mount(app: Flask, site: Blueprint, at: str) -> None:
    """Register a site, and beside its pages what says from where it is asked."""
    app.register_blueprint(site, url_prefix=at)
    app.register_blueprint(egress, url_prefix=at, name=f"egress-{site.name}")


def entry_of_site(
    key: str, name: str, about: str, counts: dict[str, int], host: str, root: str, example: str
) -> Entry:
    """What the page at the root shows of a site that answers at ``host``.

    ``root`` is the address of that page, ``example`` a path below the site's root.
    """
    port = parts_of(root).port
    address = f"http://{host}{f':{port}' if port else ''}/"
    return Entry(
        key,
        name,
        about,
        "docs/mock.md",
        counts,
        [f"curl -H 'Host: {host}' '{root}{example}'"],
        [Link(address, address)],
    )
