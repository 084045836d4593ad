"""The truth log as a face of the mock: for programs that hold its token."""

from __future__ import annotations

from flask import Flask

from mockserver.faces import Face
from mockserver.truth import bp
from mockserver.truth_openapi import DESCRIPTION

_MOUNT = "/_truth"


def _install(app: Flask) -> None:
    app.register_blueprint(bp, url_prefix=_MOUNT)


FACE = Face(
    key="truth", order=200, install=_install, mount=_MOUNT, description=lambda app: DESCRIPTION
)
