"""The social site as a face of the mock."""

from __future__ import annotations

from flask import Flask

from mockserver.context import Mock
from mockserver.faces import Entry, Face
from mockserver.platforms.facebook.looks import MOBILE_HOSTS
from mockserver.platforms.facebook.site import bp
from mockserver.platforms.mounting import entry_of_site, mount

_MOUNT = "/_site/facebook"


def _install(app: Flask) -> None:
    mount(app, bp, _MOUNT)


def _entry(state: Mock, root: str) -> Entry:
    sources = state.world.social.sources
    return entry_of_site(
        "facebook",
        "The social network",
        "A feed with posts of people and pages for browsers; Chromium resolves its name to this "
        "machine. Who has seen what is in the truth log.",
        {"pages that post": len(sources.pages), "people who post": len(sources.people)},
        FACE.hosts[0],
        root,
        "pages/",
    )


FACE = Face(
    key="facebook",
    order=20,
    install=_install,
    mount=_MOUNT,
    # The real site's names are what answers link to: who has the mock as proxy follows them.
    hosts=("facebook.localhost", *MOBILE_HOSTS, "www.facebook.com", "facebook.com"),
    is_site=True,
    entry=_entry,
    undescribed={
        "facebook.": "a site, for browsers",
        "egress-facebook.": "a part of the site: from where it is asked",
    },
)
