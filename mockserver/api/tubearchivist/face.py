"""TubeArchivist as a face of the mock."""

from __future__ import annotations

import re
from dataclasses import replace

from flask import Flask, current_app

from mockserver.api.tubearchivist import install
from mockserver.api.tubearchivist.archive import Archive
from mockserver.api.tubearchivist.openapi import DESCRIPTION
from mockserver.api.tubearchivist.profile import V04
from mockserver.context import Mock
from mockserver.faces import Entry, Face
from mockserver.openapi.operations import Description

_MOUNT = "/tubearchivist"


def _description(app: Flask) -> Description:
    """The API's v0.4, wherever this server has it."""
    if app.extensions["mock"].config.tubearchivist_profile == V04.name:
        return DESCRIPTION
    return replace(DESCRIPTION, prefix=f"{_MOUNT}/{V04.name}/api")


def _entry(state: Mock, root: str) -> Entry:
    archive: Archive = current_app.extensions["tubearchivist"]
    token = f"-H 'Authorization: Token {archive.users.admin.token}'"
    login = '{"username":"tubearchivist","password":"verysecret"}'
    video = next(iter(archive.videos.ids()), "dQw4w9WgXcQ")
    return Entry(
        "tubearchivist",
        "TubeArchivist",
        "An archive of the same videos: lists, search, progress, download queue, background "
        "tasks, snapshots. The token is the administrator’s.",
        "docs/api-tubearchivist.md",
        {
            "videos": sum(1 for _ in archive.videos.ids()),
            "channels": sum(1 for _ in archive.channels.ids()),
            "playlists": sum(1 for _ in archive.playlists.ids()),
            "in the queue": sum(1 for _ in archive.downloads.ids()),
        },
        [
            f"curl {token} {root}api/ping/",
            f"curl {token} '{root}api/video/?page=2'",
            f"curl {token} {root}api/video/{video}/",
            f"curl {token} '{root}api/search/?query=cat'",
            f"curl -d '{login}' -H 'Content-Type: application/json' {root}api/user/login/",
        ],
    )


FACE = Face(
    key="tubearchivist",
    order=50,
    install=install,
    mount=_MOUNT,
    hosts=("tubearchivist.local", "tubearchivist.localhost"),
    # What the archive's documents point at.
    root=(re.compile(r"/(?:cache|media|youtube)/.*|/(?:login|health)/?", re.DOTALL),),
    shared=(re.compile(r"/api(?:/.*)?", re.DOTALL),),
    entry=_entry,
    description=_description,
    undescribed={
        "tubearchivist_v0_3.": "another generation of the archive at a prefix of its own",
        "tubearchivist_v0_4.": "the described one at a prefix of its own",
        "tubearchivist_v0_5.": "another generation of the archive at a prefix of its own",
        "tubearchivist_web.": "pictures, clips and the form of the archive's own page",
        "tubearchivist.unknown": "404 of every other path",
    },
)
