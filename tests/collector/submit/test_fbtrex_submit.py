"""Timelines from the outbox to the mock and back: the bytes, the handshake, kills and replays."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from facebook_posts import WHEN, html
from fbtrex_tools import UUID, Bench, bench
from submit_tools import keys_of, outbox_at
from werkzeug.serving import make_server

from collector.adapters.facebook.fbtrex import (
    FBTREX,
    BadAccount,
    Generation,
    enqueue,
    items,
    user_id_of,
)
from collector.common.identity import KeyPair
from collector.common.model import FeedImpression, Nature, Post, Timeline, Visibility
from collector.platforms.facebook import parse_post
from collector.store import Store
from collector.submit import OutboxState, sender
from collector.submit.rows import Waiting

TEXTS: dict[str, str] = {}


def fragment(number: int, markup: str = "2019", **more: object) -> str:
    post = str(20_000_000_000 + number)
    text = html(markup, post_id=post, link=f"/elpais/posts/{post}", **more)
    name = hashlib.sha256(text.encode()).hexdigest()
    TEXTS[name] = text
    return name


def scrolled(number: int = 1, markup: str = "2019") -> Timeline:
    """Three posts, the second private."""
    start = WHEN + timedelta(hours=number)
    seen = []
    for order in (1, 2, 3):
        public = order != 2
        name = fragment(10 * number + order, markup) if public else None
        post = parse_post(TEXTS[name], when=start, languages=["en"]) if name else None
        seen.append(
            FeedImpression(
                order=order,
                visibility=Visibility.PUBLIC if public else Visibility.PRIVATE,
                time=start + timedelta(seconds=5 * order),
                content_hash=name,
                post=post,
                visible_s=2.5,
                top=800 * order,
                bottom=800 * order + 400,
            )
        )
    return Timeline(UUID.format(number), start, "https://www.facebook.com/", tuple(seen))


@contextmanager
def listening(made: Bench) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, made.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}/fbtrex/api"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def api() -> Iterator[Bench]:
    made = bench()
    yield made
    made.db.close()


def waiting(item_fields: dict[str, object], content_hash: str = "") -> Waiting:
    return Waiting(1, "k", "p", "key", content_hash, dict(item_fields), (), None, None, 0)


def test_the_bytes_of_the_vector() -> None:
    """The extension's own test body, made from a timeline."""
    text = '<div class="userContentWrapper">Perché no? ✍️</div>'
    start = datetime.fromisoformat("2019-06-01T20:05:05+02:00")
    seen = FeedImpression(
        1, Visibility.PUBLIC, start + timedelta(seconds=1), content_hash="h",
        post=Post(Visibility.PUBLIC),
    )  # fmt: skip
    timeline = Timeline(
        "11111111-2222-4333-8444-555555555555", start, "https://www.facebook.com/", (seen,)
    )
    texts = [
        FBTREX.item_json(waiting(dict(item.fields), item.content_hash), lambda name: text)
        for item in items(timeline, user_id="31337")
    ]
    body = f"[{','.join(texts)}]".encode()
    assert hashlib.sha256(body).hexdigest() == (
        "e667562bf09abd62f046ede37f0807976c60e8e81afa3b64f87067a060fb1f50"
    )
    keys = KeyPair.generate(bytes(range(32)))
    first = waiting(dict(next(items(timeline, user_id="31337")).fields))
    sent = FBTREX.headers(body, keys, first)
    assert sent["X-Fbtrex-Signature"] == (
        "2esvNtt3n5hD3DRuBzScCbR5kpMVLX1aUvpgmhGq5MBfUhgA659jpfKGK1tFDBbVpeJvw5qFYD193FJhmWxMCijm"
    )
    assert (sent["Content-Type"], sent["X-Fbtrex-UserId"]) == ("application/json", "31337")


@pytest.mark.parametrize(("generation", "markup"), [("V1", "2019"), ("V2", "2020")])
def test_there_and_back(api: Bench, generation: str, markup: str) -> None:
    outbox = outbox_at(None)
    keys = keys_of("control-1")
    timelines = [scrolled(1, markup), scrolled(2, markup)]
    with listening(api) as target:
        for timeline in timelines:
            queued = enqueue(
                outbox, timeline, puppet="control-1", target=target, public_key=keys.public_key,
                generation=Generation[generation], languages=("en-US", "en"),
            )  # fmt: skip
            assert queued == 4
        again = enqueue(
            outbox, timelines[0], puppet="control-1", target=target, public_key=keys.public_key
        )
        assert again == 0
        with httpx.Client() as client:
            result = sender.flush(
                outbox, client, keys_of, html_of=TEXTS.__getitem__, target=target, dialect=FBTREX
            )
    assert (result.sent, result.left, result.failed, result.stopped) == (8, 0, 0, None)
    token = outbox.user_token(target, keys.public_key)
    assert token is not None
    found = api.personal("summary", token=token)
    assert [row["impressionOrder"] for row in found] == [3, 1, 3, 1]
    seen = [i.post for t in reversed(timelines) for i in reversed(t.impressions) if i.post]
    assert [row["postId"] for row in found] == [post.post_id for post in seen]
    assert [row["texts"] for row in found] == [list(post.texts) for post in seen]
    content = api.personal("stats", token=token)["content"]
    assert [row["visibility"] for row in content] == ["public", "private", "public"] * 2


def test_a_grown_timeline_sends_only_what_is_new(api: Bench) -> None:
    outbox, keys, whole = outbox_at(None), keys_of("control-1"), scrolled(1)
    with listening(api) as target, httpx.Client() as client:
        for timeline, new in ((replace(whole, impressions=whole.impressions[:1]), 2), (whole, 2)):
            queued = enqueue(
                outbox, timeline, puppet="control-1", target=target, public_key=keys.public_key
            )
            assert queued == new
            sender.flush(
                outbox, client, keys_of, html_of=TEXTS.__getitem__, target=target, dialect=FBTREX
            )
    token = outbox.user_token(target, keys.public_key) or ""
    stats = api.personal("stats", token=token)
    assert (stats["storedTimelines"], len(stats["content"])) == (1, 3)


def test_an_answer_that_got_lost_changes_nothing(api: Bench) -> None:
    outbox, keys = outbox_at(None), keys_of("control-1")

    class Lost(httpx.BaseTransport):
        def __init__(self) -> None:
            self.inner = httpx.HTTPTransport()
            self.lost = 0

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            response = self.inner.handle_request(request)
            if request.url.path.endswith("/events") and not self.lost:
                self.lost += 1
                response.read()
                raise httpx.ReadError("the line broke")
            return response

        def close(self) -> None:
            self.inner.close()

    with listening(api) as target, httpx.Client(transport=Lost()) as client:
        enqueue(outbox, scrolled(1), puppet="control-1", target=target, public_key=keys.public_key)
        result = sender.flush(
            outbox, client, keys_of, html_of=TEXTS.__getitem__, target=target, dialect=FBTREX,
            clock=api.clock,
        )  # fmt: skip
    assert (result.left, result.failed) == (0, 0)
    assert outbox.counts(target)[OutboxState.ACKED] == 4
    stats = api.personal("stats", token=outbox.user_token(target, keys.public_key) or "")
    assert len(stats["content"]) == 3


def test_private_posts_bring_nothing_but_place_and_time() -> None:
    for generation in Generation:
        event = list(items(scrolled(1), user_id="1", generation=generation))[2]
        assert event.content_hash == ""
        assert {k for k in event.fields if not k.startswith("@")} <= {
            "type", "visibility", "impressionOrder", "timelineId", "impressionTime", "startTime",
            "offsetTop", "offsetBottom",
        }  # fmt: skip


def test_account_numbers() -> None:
    number = user_id_of("key")
    assert number == user_id_of("key") != user_id_of("other")
    assert len(number) == 15
    for wrong in ("", "me", "0", "-1", "١٢"):
        with pytest.raises(BadAccount):
            list(items(scrolled(1), user_id=wrong))


def test_timelines_in_the_store(tmp_path: Path) -> None:
    timeline = scrolled(1)
    with Store(tmp_path / "store.db") as store:
        store.add_run("r", scenario="s", seed=1, plan_hash="0", platform="facebook")
        store.add_puppet("control-1", run="r", arm="control", twin=1, block=1)
        for _ in range(2):
            store.add_timeline(timeline, run="r", puppet="control-1")
        assert list(store.timelines()) == [timeline]
        rows = list(store.rows("SELECT * FROM feed ORDER BY number"))
    assert [row["visibility"] for row in rows] == ["public", "private", "public"]
    assert rows[1]["post"] is rows[1]["post_id"] is None
    assert rows[0]["nature"] == Nature.ORGANIC
    assert rows[0]["delay_s"] is not None
