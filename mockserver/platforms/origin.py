"""Whose page sent a request that changes something.

Protects visitors from each other: a page of another site can make a browser send a request with the
visitor's cookies, and its ``Origin`` gives it away. A client that is no browser sends none.
"""

from __future__ import annotations

from flask import Request
from werkzeug.exceptions import Forbidden

from collector.addresses import same_origin


def check_origin(request: Request) -> None:
    """Let a request pass that comes from this host's own pages, or from no page at all.

    :raises Forbidden: the request comes from a page of another origin
    """
    origin = request.headers.get("Origin")
    if origin and not same_origin(origin, request.host):
        raise Forbidden("actions are taken from this site's pages only")
