"""Pictures, scripts and styles of the site."""

from __future__ import annotations

import hashlib
import io
from functools import cache

from flask import Blueprint, Response, make_response, send_file, send_from_directory

from mockserver.context import mock
from mockserver.platforms.youtube import pictures
from mockserver.platforms.youtube.documents import STATIC

#: Scripts that have a part in common.
SCRIPTS = ("site.js", "mobile.js")
_SHARED = "// @shared"

_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect x="2" y="6" width="28" '
    'height="20" rx="6" fill="#e11"/><path d="M13 11v10l8-5z" fill="#fff"/></svg>'
)


def register(bp: Blueprint) -> None:
    """Add the addresses of files."""
    for rule, view in (
        ("/vi/<name>/<file>", thumbnail),
        ("/i/<name>/<file>", of_channel),
        ("/img/<name>", logo),
        ("/t/terms", terms),
        ("/ytc/<name>", avatar),
        ("/banner/<name>", banner),
        ("/_static/<path:name>", static_file),
        ("/favicon.ico", favicon),
    ):
        bp.add_url_rule(rule, view_func=view, methods=["GET"])


def _svg(text: str) -> Response:
    response = make_response(text)
    response.headers["Content-Type"] = "image/svg+xml; charset=utf-8"
    response.headers["Cache-Control"] = "public, max-age=86400"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return response


def thumbnail(name: str, file: str) -> Response:
    """A video's or an ad's picture; ids that are not known get one without words."""
    world = mock().world
    video, ad = world.videos.get(name), world.ads.get(name)
    title = video.title if video else ad.sponsor if ad else ""
    return _svg(pictures.thumbnail(name[:64], title, tall=file.startswith("oar")))


def avatar(name: str) -> Response:
    """The picture of a channel, user, advertiser or the account."""
    world = mock().world
    identity = name.partition("=")[0][:80]
    channel, ad = world.channels.get(identity), world.ads.get(identity)
    known = channel.name if channel else ad.sponsor if ad else identity.partition("-")[2]
    return _svg(pictures.avatar(identity, known or identity))


def of_channel(name: str, file: str) -> Response:
    """The picture of a channel by its id without the first two letters, as feeds print it."""
    return avatar(f"UC{name}")


def logo(name: str) -> Response:
    """The site's logo, which feeds print."""
    return _svg(_ICON)


def terms() -> Response:
    """What videos are licensed under, where feeds say so."""
    return Response("This is a mock: nothing on it belongs to anybody.\n", mimetype="text/plain")


def banner(name: str) -> Response:
    """A channel's banner."""
    return _svg(pictures.banner(name.partition(".")[0][:64]))


def static_file(name: str) -> Response:
    """The site's scripts and styles."""
    if name not in SCRIPTS:
        return send_from_directory(STATIC, name, max_age=0)
    text = script(name)
    return send_file(
        io.BytesIO(text),
        mimetype="text/javascript",
        download_name=name,
        etag=hashlib.sha256(text).hexdigest(),
        max_age=0,
    )


@cache
def script(name: str) -> bytes:
    """A script with what all of :data:`SCRIPTS` have in common at its line ``// @shared``.

    :param name: one of ``SCRIPTS``.
    """
    shared = (STATIC / "shared.js").read_text("utf-8").strip()
    before, mark, after = (STATIC / name).read_text("utf-8").partition(_SHARED)
    assert mark, f"{name} has no line {_SHARED!r}"
    return f"{before}{shared}{after}".encode()


def favicon() -> Response:
    """Answer the site's icon."""
    return _svg(_ICON)
