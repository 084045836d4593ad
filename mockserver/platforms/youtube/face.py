"""The video site as a face of the mock."""

from __future__ import annotations

from flask import Flask

from mockserver.context import Mock
from mockserver.faces import Entry, Face
from mockserver.platforms.mounting import entry_of_site, mount
from mockserver.platforms.youtube import rendering
from mockserver.platforms.youtube.site import bp

_MOUNT = "/_site/youtube"


def _install(app: Flask) -> None:
    mount(app, bp, _MOUNT)


def _entry(state: Mock, root: str) -> Entry:
    return entry_of_site(
        "youtube",
        "The video site",
        "Pages, player and recommendations for browsers; Chromium resolves its name to this "
        "machine. Who has seen what is in the truth log.",
        {"videos": len(state.world.videos), "visitors seen": len(state.world.viewers())},
        FACE.hosts[0],
        root,
        "results?search_query=cat",
    )


FACE = Face(
    key="youtube",
    order=10,
    install=_install,
    ready=rendering.ready,
    mount=_MOUNT,
    # Names of the real site are what feeds link to: a client whose proxy is the mock follows them.
    hosts=(
        "youtube.localhost",
        "m.youtube.localhost",
        "www.youtube.com",
        "youtube.com",
        "m.youtube.com",
        "img.youtube.com",
        "i.ytimg.com",
    ),
    is_site=True,
    entry=_entry,
    undescribed={
        "youtube.": "a site, for browsers",
        "egress-youtube.": "a part of the site: from where it is asked",
    },
)
