"""One whole mock with something in every API, its description, and requests made of it."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import fbtrex_tools
import yttrex_tools
from flask import Flask
from werkzeug.test import TestResponse

from collector.common.identity import KeyPair, js_json
from mockserver.api.yttrex.experiments import EXAMPLE_EXPERIMENT
from mockserver.app import create_app
from mockserver.context import MockConfig

ADMIN, TRUTH = "a" * 40, "t" * 40
KEYS = KeyPair.generate(b"openapi")
LOCAL = "http://127.0.0.1:8000"


def made() -> Flask:
    """A mock with evidence, a timeline, a visitor, an experiment, a snapshot, and a task."""
    app = create_app(
        MockConfig(
            clock="0",
            truth_token=TRUTH,
            tubearchivist_tokens={"admin": ADMIN, "viewer": "b" * 40},
        )
    )
    client = app.test_client(use_cookies=False)
    seen = {"researchTag": "a-research-tag", "experimentId": EXAMPLE_EXPERIMENT}
    batch = [yttrex_tools.item(**seen), yttrex_tools.leaf(**seen)]
    for path, body, signed in (
        ("/yttrex/api/v2/events", batch, yttrex_tools.signed),
        ("/fbtrex/api/v1/events", fbtrex_tools.timeline(), fbtrex_tools.signed),
    ):
        raw = js_json(body).encode()
        assert client.post(path, data=raw, headers=signed(raw, KEYS)).status_code == 200
    steps = [{"url": "https://www.youtube.com/", "watchFor": "20s"}]
    assert client.post("/yttrex/api/v2/directives", json=steps).status_code == 200
    assert client.get("/", base_url="http://youtube.localhost:8000").status_code == 200
    for path in ("/snapshot/", "/task-name/download_pending/", "/backup/"):
        sent = client.post(f"/tubearchivist/api{path}", headers=auth("/tubearchivist"))
        assert sent.status_code == 200
    return app


@lru_cache(maxsize=1)
def app() -> Flask:
    """A mock that tests may read and write, but whose answers they must not depend on."""
    return made()


def auth(path: str) -> dict[str, str]:
    """What opens an operation at ``path``."""
    if path.startswith("/tubearchivist"):
        return {"Authorization": f"Token {ADMIN}"}
    if path.startswith("/_truth"):
        return {"Authorization": f"Bearer {TRUTH}"}
    return {"Authorization": f"Bearer {fbtrex_tools.TOKEN}"} if path.startswith("/fbtrex") else {}


def description(app: Flask) -> dict[str, Any]:
    answer = app.test_client().get("/openapi.json", base_url=LOCAL)
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.data)
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """(method, path, operation), reading before writing, deleting last."""
    order = ("get", "put", "post", "delete")
    found = [
        (method, path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]
    # What takes the token away comes last of all.
    return sorted(found, key=lambda each: (each[1].endswith("/token/"), order.index(each[0])))


def send_example(
    app: Flask, method: str, path: str, operation: dict[str, Any], more: dict[str, str]
) -> TestResponse:
    """The request that the examples of a description make; ``more`` are parts without one."""
    query, headers = {}, auth(path)
    for parameter in operation.get("parameters", ()):
        name = parameter["name"]
        value = parameter.get("example", more.get(name))
        if parameter["in"] == "path":
            assert value is not None, (path, name)
            path = path.replace("{" + name + "}", quote(str(value), safe=""))
        elif value is not None and parameter["in"] == "query":
            query[name] = value
        elif value is not None:
            headers[name] = value
    data = None
    if "requestBody" in operation:
        body = operation["requestBody"]["content"]["application/json"]["example"]
        if isinstance(body, dict) and "publicKey" in body:
            body = body | {"publicKey": KEYS.public_key}  # the one that the headers name
        data = js_json(body).encode()
        headers["Content-Type"] = "application/json"
        if "/events" in path or "/userInfo" in path:
            signed = fbtrex_tools.signed if path.startswith("/fbtrex") else yttrex_tools.signed
            headers |= signed(data, KEYS)
    client = app.test_client(use_cookies=False)
    return client.open(
        path, method=method.upper(), query_string=query, data=data, headers=headers, base_url=LOCAL
    )


def parts(rule: str) -> str:
    """A route's rule as a path of a description.

    >>> parts("/video/<slug:video_id>/")
    '/video/{video_id}/'
    """
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)
