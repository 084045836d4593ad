"""From where a site is asked: what a run reads back before the first step of a puppet with a proxy.

The mock stands behind no network of its own, so it believes what a proxy says of itself in
``X-Egress-Address`` and ``X-Egress-Country``: what a real server would read from the connection and
from a database of addresses.
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

bp = Blueprint("egress", __name__)


@bp.get("/egress")
def egress() -> Response:
    """``ip`` and ``country`` (``null``: not known) of whoever asks; sets no cookie."""
    answer = jsonify(
        {
            "ip": request.headers.get("X-Egress-Address") or request.remote_addr,
            "country": request.headers.get("X-Egress-Country"),
        }
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
