"""ytTREX as a face of the mock."""

from __future__ import annotations

import re

from flask import Flask

from mockserver.api.yttrex import bp
from mockserver.api.yttrex.openapi import DESCRIPTION
from mockserver.api.yttrex.seeds import demo_token
from mockserver.context import Mock
from mockserver.faces import Entry, Face

_MOUNT = "/yttrex"


def _install(app: Flask) -> None:
    app.register_blueprint(bp, url_prefix=f"{_MOUNT}/api")


def _entry(state: Mock, root: str) -> Entry:
    return Entry(
        "yttrex",
        "ytTREX",
        "Evidence of what YouTube showed (2018–2022): submission, observations, experiments. The "
        "token is a demo supporter’s.",
        "docs/api-yttrex.md",
        {
            "observations stored": state.db.count("yttrex_metadata"),
            "supporters": state.db.count("yttrex_supporters"),
            "experiments": state.db.count("yttrex_experiments"),
        },
        [
            f"curl {root}api/v1/videoId/dQw4w9WgXcQ",
            f"curl {root}yttrex/api/v1/last",
            f"curl {root}api/v1/personal/{demo_token()}/10-0",
            f"curl {root}api/v1/personal/{demo_token()}/csv",
        ],
    )


FACE = Face(
    key="yttrex",
    order=30,
    install=_install,
    mount=_MOUNT,
    hosts=("youtube.tracking.exposed",),
    # What fbTREX has too (events, mirror, statistics by name, unit and amount, ad) stays here.
    shared=(re.compile(r"/api/v[0-3](?:/.*)?", re.DOTALL),),
    # The documents' index lists paths without "/api", and joined to the main address.
    spellings=((re.compile(r"(?:/api/)?/(v[0-3]/.*)", re.DOTALL), r"/api/\1"),),
    entry=_entry,
    description=lambda app: DESCRIPTION,
    undescribed={"yttrex.errors_unknown": "404 of every other path"},
)
