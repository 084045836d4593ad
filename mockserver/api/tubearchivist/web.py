"""What lies beside the API: the login form, pictures and media, and the health check.

Pictures and media need the same credentials as the API; every picture is one small JPEG, and every
video the clip that the video site plays.
"""

from __future__ import annotations

import html
from pathlib import Path

from flask import Blueprint, Response, request, send_file

from collector.addresses import parts_of
from mockserver.api.tubearchivist import access, subtitles
from mockserver.api.tubearchivist.archive import archive
from mockserver.api.tubearchivist.envelope import Refused, answer, not_found

_CLIP = Path(__file__).parents[2] / "platforms" / "youtube" / "media" / "clip.webm"
_MOST_FORM_BYTES = 16_384

_FORM = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Login</title></head>
<body>
<h1>Login</h1>
{failed}
<form action="/login/" method="post">
<input type="hidden" name="csrfmiddlewaretoken" value="{token}">
<input type="hidden" name="next" value="{following}">
<p><label>Name <input name="username" autocomplete="username" required></label></p>
<p><label>Password <input name="password" type="password" autocomplete="current-password"
 required></label></p>
<p><label><input name="remember_me" type="checkbox"> Remember me</label></p>
<p><button>Login</button></p>
</form>
</body>
</html>
"""

#: A JPEG of one grey point.
_JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300"
    + "10" * 64
    + "ffc0000b080001000101011100ffc4001400010000000000000000000000000000"
    "0003ffc40014100100000000000000000000000000000000ffda0008010100003f0047ffd9"
)

bp = Blueprint("tubearchivist_web", __name__)


@bp.errorhandler(Refused)
def refused(error: Refused) -> Response:
    """Answer a :class:`Refused` with its own status and body."""
    return answer(error.body, error.status)


@bp.get("/health")
def health() -> Response:
    """Answer that the server works, to anybody and without JSON."""
    return Response("ok", content_type="text/plain; charset=utf-8")


@bp.get("/login/")
def form() -> Response:
    """Answer the log-in form with a token against forged requests; ``next`` is kept only where
    it stays on this server."""
    response = Response(content_type="text/html; charset=utf-8")
    token = access.give_csrf(response)
    failed = "<p role='alert'>Failed to login.</p>" if "failed" in request.args else ""
    following = html.escape(_local(request.args.get("next", "/")), quote=True)
    response.set_data(_FORM.format(token=token, failed=failed, following=following))
    return response


@bp.post("/login/")
def login() -> Response:
    """A session for the right pair; otherwise back to the form."""
    if (request.content_length or 0) > _MOST_FORM_BYTES:
        return answer({"detail": "The form is too large."}, 413)
    access.check_csrf(request.form.get("csrfmiddlewaretoken"))
    name, password = request.form.get("username", ""), request.form.get("password", "")
    state = archive()
    user = state.users.login(name, password)
    if user is None:
        return _to("/login?failed=true")
    response = _to(_local(request.form.get("next", "/")))
    access.begin_session(state, user, response, request.form.get("remember_me") == "on")
    return response


def _to(where: str) -> Response:
    return Response(status=302, headers={"Location": where})


def _local(where: str) -> str:
    """``where`` when it stays on this server."""
    try:
        parts = parts_of(where)
    except ValueError:
        return "/"
    safe = where.startswith("/") and not where.startswith(("//", "/\\")) and where.isprintable()
    return where if safe and not parts.netloc and len(where) <= 500 else "/"


def _leads_away(rest: str) -> bool:
    """Whether a file's name is none: it goes up, or has what no name has."""
    upward = not {".", ".."}.isdisjoint(rest.split("/"))
    return upward or len(rest) > 1000 or any(one == "\\" or one < " " for one in rest)


@bp.get("/cache/<anything:rest>")
def picture(rest: str) -> Response:
    """Answer a picture, the same for every path.

    :raises Refused: 403, without credentials
    """
    access.caller(archive())
    if _leads_away(rest):
        return not_found()
    return Response(_JPEG, content_type="image/jpeg")


@bp.get("/media/<anything:rest>")
@bp.get("/youtube/<anything:rest>")
def media(rest: str) -> Response:
    """Answer a video's clip, or its subtitles where the path ends in ``.vtt``.

    :raises Refused: 403, without credentials
    """
    access.caller(archive())
    if _leads_away(rest):
        return not_found()
    if rest.endswith(".vtt"):
        name = rest.rpartition("/")[2].partition(".")[0]
        video = archive().world.videos.get(name)
        said = subtitles.as_vtt(video) if video is not None else "WEBVTT\n"
        return Response(said, content_type="text/vtt; charset=utf-8")
    return send_file(_CLIP, mimetype="video/webm", conditional=True)
