"""A small mock with the fbTREX API only, and a signing client."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from facebook_posts import WHEN, html
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse
from yttrex_tools import Clock

from collector.common.identity import KeyPair, js_json
from mockserver.api import fbtrex, yttrex
from mockserver.context import Mock, MockConfig
from mockserver.db import Submissions
from mockserver.routing import HostRouter

TOKEN = "thisisaworkingtokenusablewhenperformtest"
UUID = "11111111-2222-4333-8444-{:012d}"


@dataclass
class Bench:
    app: Flask
    db: Submissions
    clock: Clock
    client: FlaskClient
    keys: KeyPair = field(default_factory=lambda: KeyPair.generate(b"bench"))

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.client.get(f"/fbtrex/api{path}", **kwargs)

    def personal(self, verb: str, paging: str = "", token: str = TOKEN) -> Any:
        return self.get(f"/v2/personal/{token}/{verb}/{paging}").get_json()

    def post(
        self, body: Any, keys: KeyPair | None = None, *, user: str = "31337", path: str = "events",
        **more: str,
    ) -> TestResponse:  # fmt: skip
        keys = keys or self.keys
        data = body if isinstance(body, bytes) else js_json(body).encode()
        headers = signed(data, keys, user) | more
        return self.client.post(f"/fbtrex/api/v1/{path}", data=data, headers=headers)

    def token(self, keys: KeyPair | None = None, user: str = "31337") -> str:
        keys = keys or self.keys
        message = secrets.token_hex(8)  # once only, or the token is not told again
        body = {"message": message, "userId": user, "version": "1", "publicKey": keys.public_key}
        return str(self.post(body, keys, user=user, path="userInfo").get_json()["token"])


def signed(
    body: bytes, keys: KeyPair, user: str = "31337", version: str = "1.4.99"
) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "X-Fbtrex-Build": "test",
        "X-Fbtrex-Version": version,
        "X-Fbtrex-UserId": user,
        "X-Fbtrex-PublicKey": keys.public_key,
        "X-Fbtrex-Signature": keys.sign(body),
        "Accept-Language": "en",
    }


def bench(compat: str | None = None) -> Bench:
    app: Any = Flask(__name__, static_folder=None)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    clock = Clock()
    db = Submissions()
    db.now = clock.now  # type: ignore[method-assign]
    db.started = clock.now()
    app.extensions["mock"] = Mock(MockConfig(compat=compat), None, db, "truth")  # type: ignore[arg-type]
    app.register_blueprint(yttrex.bp, url_prefix="/yttrex/api")
    app.register_blueprint(fbtrex.bp, url_prefix="/fbtrex/api")
    app.register_blueprint(fbtrex.pages, url_prefix="/fbtrex")
    app.wsgi_app = HostRouter(app.wsgi_app)
    return Bench(app, db, clock, app.test_client())


def timeline(
    number: int = 1, *, public: int = 2, private: int = 1, day: int = 4
) -> list[dict[str, Any]]:
    """The events of one load of the feed."""
    uuid = UUID.format(number)
    start = WHEN.replace(day=day, hour=number % 24)
    events: list[dict[str, Any]] = [
        {"id": uuid, "type": "timeline", "startTime": start.isoformat(),
         "location": "https://www.facebook.com/?ref=logo"}
    ]  # fmt: skip
    for order in range(1, public + private + 1):
        event: dict[str, Any] = {
            "type": "impression",
            "visibility": "public" if order <= public else "private",
            "impressionOrder": order,
            "timelineId": uuid,
            "impressionTime": start.replace(second=order).isoformat(),
        }
        if order <= public:
            post = str(10_000_000_000 + 100 * number + order)
            event["html"] = html(post_id=post, link=f"/elpais/posts/{post}")
        events.append(event)
    return events
