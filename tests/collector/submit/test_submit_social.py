"""A timeline on its wire, recomputed: what it sends of a feed, when, and to whom."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from submit_tools import BUILD, NOW, ROME, html_of, keys_of, outbox_at, waiting

from collector.adapters.facebook.fbtrex import (
    FBTREX,
    BadAccount,
    Generation,
    enqueue,
    items,
    user_id_of,
)
from collector.common.identity import verify
from collector.common.model import (
    FeedImpression,
    Nature,
    Post,
    Timeline,
    Visibility,
)
from collector.submit.answers import Answer, Verdict

STARTED = datetime(2019, 6, 1, 20, 5, 5, 123000, tzinfo=ROME)


def scrolled() -> Timeline:
    """A public post, a sponsored one, a private one, one that could not be read."""
    ad = Post(Visibility.PUBLIC, nature=Nature.SPONSORED)
    seen = [
        ("public", Post(Visibility.PUBLIC), "h1", 10, 90), ("public", ad, "h2", 0, 0),
        ("private", None, None, 5, None), ("public", None, "h4", None, None),
    ]  # fmt: skip
    return Timeline(
        "11111111-2222-4333-8444-555555555555", STARTED, "https://www.facebook.com/",
        tuple(
            FeedImpression(n, Visibility(kind), STARTED + timedelta(seconds=n), content, post,
                           top=top, bottom=bottom)
            for n, (kind, post, content, top, bottom) in enumerate(seen, 1)
        ),
    )  # fmt: skip


@pytest.mark.parametrize("generation", list(Generation))
def test_a_timelines_events(generation: Generation) -> None:
    """Itself, then each post: whole in the later protocol, place and time of private ones only."""
    uuid = "11111111-2222-4333-8444-555555555555"
    own = {"@userId": "31337", "@version": generation.value}
    found = list(items(scrolled(), user_id="31337", generation=generation))
    assert [item.key for item in found] == [f"{uuid}/timeline", *(f"{uuid}/{n}" for n in "1234")]
    assert [item.content_hash for item in found] == ["", "h1", "h2", "", "h4"]
    assert found[0].fields == own | {
        "id": uuid, "type": "timeline", "startTime": "2019-06-01T20:05:05+01:00",
        "location": "https://www.facebook.com/",
    }  # fmt: skip
    extra: list[dict[str, Any]] = [{}, {}, {}, {}]
    if generation is Generation.V2:
        extra = [
            {"from": "standard", "kind": "post", "offsetTop": 10, "offsetBottom": 90},
            {"from": "standard", "kind": "ad", "offsetTop": 0, "offsetBottom": 0},
            {"offsetTop": 5},
            {"from": "standard", "kind": "post"},
        ]
    for n, (item, kind, more) in enumerate(
        zip(found[1:], ("public", "public", "private", "public"), extra, strict=True), 1
    ):
        time = f"2019-06-01T20:05:0{5 + n}+01:00"
        if generation is Generation.V2:
            more = more | {"startTime": time}
        assert item.fields == own | more | {
            "type": "impression", "visibility": kind, "impressionOrder": n, "timelineId": uuid,
            "impressionTime": time,
        }  # fmt: skip


def test_events_are_queued_once() -> None:
    """Under the account that is given, or one made of the key; a grown timeline adds the rest."""
    outbox, whole = outbox_at(None), scrolled()
    part = replace(whole, impressions=whole.impressions[:2])
    more = {"puppet": "p", "target": "t", "public_key": "key"}
    assert enqueue(outbox, part, **more, languages=("it", "en")) == 3
    assert enqueue(outbox, whole, **more, languages=("it", "en")) == 2
    assert enqueue(outbox, whole, **more) == 0
    rows = outbox.unbatched("t", 10)
    assert [row.content_hash for row in rows] == ["", "h1", "h2", "", "h4"]
    assert {row.fields["@userId"] for row in rows} == {user_id_of("key")}
    assert {row.fields["@version"] for row in rows} == {"1.4.99"}
    assert {(row.puppet, row.public_key, row.languages) for row in rows} == {
        ("p", "key", ("it", "en"))
    }
    other = {"puppet": "p", "target": "u", "public_key": "key"}
    assert enqueue(outbox, whole, **other, user_id="7", generation=Generation.V2) == 5
    assert {(r.fields["@userId"], r.fields["@version"]) for r in outbox.unbatched("u", 10)} == {
        ("7", "2.1.1")
    }
    outbox.db.close()


def test_account_numbers_look_like_the_sites() -> None:
    for key in ("a", "b", "key"):
        digest = int(hashlib.sha256(key.encode()).hexdigest()[:16], 16)
        assert user_id_of(key) == "1000" + str(digest % 10**11).zfill(11)
    for good in ("1", "99999999999999999999"):
        assert next(items(scrolled(), user_id=good)).fields["@userId"] == good
    for bad in ("", "0", "-1", "1.5", "x", "٣", "1" + "0" * 20):
        with pytest.raises(BadAccount) as caught:
            list(items(scrolled(), user_id=bad))
        assert caught.value.problem == f"{bad!r} is not an account number"
        assert caught.value.fix == (
            "give the digits of the account, or none: then they are made from the key"
        )


def test_the_social_wire() -> None:
    """Headers, handshake and events, byte for byte."""
    keys = keys_of("a")
    first = waiting({"@userId": "31337", "@version": "2.1.1", "type": "x", "n": 1})
    sent = FBTREX.headers(b"[1]", keys, first)
    assert verify(keys.public_key, sent.pop("X-Fbtrex-Signature"), b"[1]")
    own = {
        "Content-Type": "application/json", "X-Fbtrex-Build": BUILD, "X-Fbtrex-Version": "2.1.1",
        "X-Fbtrex-UserId": "31337", "X-Fbtrex-PublicKey": keys.public_key,
    }  # fmt: skip
    assert sent == own | {"Accept-Language": "it,en;q=0.9"}
    assert "Accept-Language" not in FBTREX.headers(b"", keys, replace(first, languages=()))
    path, body, greeted = FBTREX.greeting(keys, first)
    assert path == "/v1/userInfo"
    message = json.loads(body)["message"]
    assert re.fullmatch(rf"{re.escape(BUILD)} {keys.public_key[:8]} [0-9a-f]{{16}}", message)
    assert FBTREX.greeting(keys, first)[1] != body, "a copy of it is known as one"
    assert body.decode() == (
        f'{{"message":"{message}","userId":"31337","version":"2.1.1",'
        f'"publicKey":"{keys.public_key}","optin":true}}'
    )
    assert verify(keys.public_key, greeted.pop("X-Fbtrex-Signature"), body)
    assert greeted == own
    assert FBTREX.item_json(first, lambda name: f"<p>{name}") == (
        '{"type":"x","n":1,"html":"<p>hash"}'
    )
    assert FBTREX.item_json(replace(first, content_hash=""), html_of) == '{"type":"x","n":1}'
    assert (FBTREX.body_limit, FBTREX.events_path) == (4_194_304, "/v1/events")


@pytest.mark.parametrize(
    ("response", "token"),
    [
        (httpx.Response(200, json={"token": "t"}), "t"),
        (httpx.Response(200, json={"token": "error"}), None),
        (httpx.Response(200, json={"token": 5}), None),
        (httpx.Response(200, json={}), None),
        (httpx.Response(200, json=["token"]), None),
        (httpx.Response(200, text="<html>"), None),
    ],
)
def test_the_token_comes_with_the_handshake(response: httpx.Response, token: str | None) -> None:
    assert FBTREX.token_in(response) == token


def test_the_social_server_is_called_by_its_name() -> None:
    gone = FBTREX.judge(httpx.Response(404, json={}), sent=2, now=NOW)
    assert gone == Answer(
        Verdict.STOP, "HTTP 404: Not Found; is this the root of a fbTREX API, such as …/api?"
    )
    busy = FBTREX.judge(
        httpx.Response(429, json={"info": "ytTREX"}, headers={"Retry-After": "3"}), sent=2, now=NOW
    )
    assert busy == Answer(Verdict.RETRY, "HTTP 429: ytTREX", wait_s=3.0)
    once = FBTREX.judge(httpx.Response(400, json={}), sent=1, now=NOW)
    assert once == Answer(Verdict.REFUSED, "HTTP 400: Bad Request")
