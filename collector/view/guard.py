"""Who may see the page: this machine, by its own name, with the address that the command printed.

Protects what a run holds from other sites open in the same browser: a request under another name
(DNS rebinding), without the token that is the first part of every path, or that would change
something, is refused before any page is made; and a strict policy lets a page load nothing from
anywhere else.
"""

from __future__ import annotations

import hmac

from flask import Flask, Response, abort, request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'"
)


def guarded(app: Flask, token: str, names: frozenset[str]) -> None:
    """Shut everybody else out of ``app``.

    :param token: the first part of every path.
    :param names: the values of ``Host`` that are answered.
    """

    @app.before_request
    def known() -> None:
        if request.host not in names:
            abort(403)
        given = request.path.removeprefix("/").partition("/")[0]
        if not hmac.compare_digest(given.encode(), token.encode()):
            abort(404)
        if request.method not in ("GET", "HEAD"):
            abort(405)

    @app.after_request
    def closed(answer: Response) -> Response:
        answer.headers.setdefault("Content-Security-Policy", POLICY)
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["X-DNS-Prefetch-Control"] = "off"
        answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        return answer
