"""A run to be looked at, its page without a browser, and hostile evidence."""

from __future__ import annotations

import threading
from pathlib import Path

from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser
from synthetic_run import Made

from collector.evidence import EvidenceStore
from collector.store import Store
from collector.view.app import make_app

TOKEN = "t0ken-of-this-test"
MADE = Made(
    twins=3, watches=2, blocked={"neutral-2": 2}, stalls={"conspiracy-1": 5},
    lost={"conspiracy-3": 6},
)  # fmt: skip


def client_of(run: Path, *, follow: bool = False) -> FlaskClient:
    app = make_app(run, TOKEN, frozenset({"localhost"}), threading.Event(), follow=follow)
    return app.test_client()


def texts(tree: LexborHTMLParser, css: str) -> list[str]:
    return [" ".join(node.text().split()) for node in tree.css(css)]


# ---- evidence and search -------------------------------------------------------------------------

HOSTILE = """<!doctype html><html manifest=x><head><base href="http://evil.example/">
<meta http-equiv="refresh" content="0;url=http://evil.example/1">
<link rel=preconnect href="http://evil.example"><link rel=stylesheet href="http://evil.example/2">
<script src="http://evil.example/3"></script><script>alert(1)</script></head>
<body onload="alert(2)" background="http://evil.example/4"><p>kept text</p>
<style>p { color: green; background: url(http://evil.example/5) } @import "http://evil.example/6";
</style><img src="http://evil.example/7" onerror="alert(3)"><img src="data:image/png;base64,AAAA">
<iframe src="http://evil.example/8"></iframe><object data="http://evil.example/9"></object>
<video poster="http://evil.example/10" src="http://evil.example/11"></video>
<svg onload="alert(4)"><image href="http://evil.example/12"/></svg>
<form action="http://evil.example/13"><button autofocus>x</button></form>
<a href="javascript:alert(5)" ping="http://evil.example/14">link</a></body></html>"""


def plant(run: Path, html: str) -> str:
    """Let the first capture be this page; its id."""
    name = EvidenceStore(run / "evidence").put(html)
    with Store(run / "store.db") as store:
        capture = "b01-neutral-1-0"
        store.db.execute("UPDATE captures SET content_hash = ? WHERE id = ?", [name, capture])
    return capture
