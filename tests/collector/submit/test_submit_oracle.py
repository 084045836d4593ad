"""Submission against second opinions: the retry formula, the wire recomputed, a server of whims."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest
from submit_tools import ROME, capture, fill, html_of, keys_of, outbox_at
from yttrex_tools import Clock

from collector import __version__
from collector.adapters.facebook.fbtrex import (
    FBTREX,
    BadAccount,
    Generation,
    enqueue,
    items,
    user_id_of,
)
from collector.adapters.youtube import yttrex
from collector.adapters.youtube.yttrex import YTTREX
from collector.common.errors import UserError
from collector.common.identity import js_loads, verify
from collector.common.model import (
    FeedImpression,
    Nature,
    PageKind,
    PageStatus,
    Platform,
    Post,
    Timeline,
    Visibility,
)
from collector.contract.targets import BadTarget, api_root
from collector.evidence import EvidenceStore
from collector.store import Store
from collector.submit import Outbox, OutboxState, Problem, RetryPolicy, sender, submit_run
from collector.submit.answers import Answer, ItemAnswer, Verdict
from collector.submit.retry import SystemClock, retry_after_s
from collector.submit.rows import Waiting

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BUILD = f"twinwatch-{__version__}"


# -- when to try again ---------------------------------------------------------------------------


def test_waits_double_up_to_the_cap_and_are_half_chance() -> None:
    """Before try n + 1: half of min(cap, base * 2^(n-1)) for sure, up to the whole by chance."""
    policy = RetryPolicy(base_s=0.5, cap_s=30.0, dice=random.Random(3))
    for attempt in [*range(1, 12), 31, 32, 500]:
        full = 0.5
        for _ in range(min(attempt, 100) - 1):
            full = min(30.0, full * 2)
        waits = [policy.delay_s(attempt) for _ in range(400)]
        assert min(waits) >= full / 2
        assert max(waits) <= full
        # Even over the half: both ends are reached, and the middle is where it should be.
        assert min(waits) < full * 0.52
        assert max(waits) > full * 0.98
        assert sum(waits) / len(waits) == pytest.approx(full * 0.75, rel=0.03)


def test_two_puppets_do_not_come_back_together() -> None:
    """Waits are each policy's own, and the same for the same dice."""
    one, two, again = (RetryPolicy(dice=random.Random(seed)) for seed in (1, 2, 1))
    first, second, third = ([p.delay_s(n) for n in range(1, 9)] for p in (one, two, again))
    assert first == third
    assert not {*first} & {*second}
    assert RetryPolicy().delay_s(3) != RetryPolicy().delay_s(3)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None), ("", None), ("0", 0.0), (" 120 ", 120.0), ("1234567890123", 123456789.0),
        ("-5", None), ("1.5", None), ("soon", None), ("٣", None),
        ("Thu, 01 Jan 2026 00:01:30 GMT", 90.0), ("Thu, 01 Jan 2026 01:00:00 +0100", 0.0),
        ("Thu, 01 Jan 2026 00:01:00 -0000", 60.0), ("Wed, 31 Dec 2025 00:00:00 GMT", 0.0),
    ],
)  # fmt: skip
def test_retry_after(header: str | None, seconds: float | None) -> None:
    """A whole number of seconds or an HTTP date, never negative; anything else asks nothing."""
    assert retry_after_s(header, NOW) == seconds


def test_the_systems_clock_is_aware(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("collector.submit.retry.time.sleep", slept.append)
    before = datetime.now(UTC)
    assert before <= SystemClock().now() <= datetime.now(UTC)
    SystemClock().sleep(2.5)
    assert slept == [2.5]


# -- the wire ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["page", "other", "ü", ""])
def test_a_page_loads_id_is_made_of_its_own(name: str) -> None:
    """Byte 9 of the hash, 53 bits of its first 64 as a fraction, byte 8."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    fraction = (int(digest[:16], 16) // 2**11) / 2**53
    number, _, rest = yttrex.feed_id(name).partition("—")
    assert number == str(int(digest[18:20], 16))
    told, _, last = rest.rpartition("-")
    assert float(told) == fraction
    assert last == str(int(digest[16:18], 16))
    assert yttrex.feed_id("7—0.25-9") == "7—0.25-9"


def test_an_item_is_the_pages_fields() -> None:
    made = capture(5, url="https://www.youtube.com/?x=é")
    expected = {
        "href": "https://www.youtube.com/?x=é", "randomUUID": yttrex.feed_id("page"),
        "incremental": 5, "clientTime": "2022-03-24T17:06:33+01:00",
    }  # fmt: skip
    assert yttrex.item_fields(made) == expected
    both = yttrex.item_fields(made, research_tag="t", experiment_id="e")
    assert both == expected | {"researchTag": "t", "experimentId": "e"}
    html = "<p><ytd-app>𝄞é</ytd-app></p>"
    text = yttrex.item_json(both, html)
    assert text == (
        '{"type":"video","element":"<ytd-app>𝄞é</ytd-app>","size":22,'
        f'"href":"https://www.youtube.com/?x=é","randomUUID":"{yttrex.feed_id("page")}",'
        '"incremental":5,"clientTime":"2022-03-24T17:06:33+01:00","researchTag":"t",'
        '"experimentId":"e"}'
    )


def test_times_keep_their_zone_and_lose_their_milliseconds() -> None:
    moment = datetime(2022, 3, 24, 17, 6, 33, 999999, tzinfo=timezone(timedelta(hours=-3.5)))
    assert yttrex.wire_time(moment) == "2022-03-24T17:06:33-03:30"


@pytest.mark.parametrize("kind", list(PageKind))
@pytest.mark.parametrize("status", list(PageStatus))
@pytest.mark.parametrize("platform", list(Platform))
def test_what_is_sent_at_all(kind: PageKind, status: PageStatus, platform: Platform) -> None:
    """Pages with a list, of the kinds that the video servers know: home, video, search, channel."""
    made = capture(0, kind=kind, status=status, platform=platform)
    good = kind in ("home", "video", "search", "channel") and status in ("ok", "partial")
    assert yttrex.submittable(made) is (good and platform == "youtube")
    outbox = outbox_at(None)
    assert outbox.enqueue(made, target="t", public_key="k", dialect=YTTREX) is yttrex.submittable(
        made
    )
    outbox.db.close()


@pytest.mark.parametrize(
    ("languages", "header"),
    [
        ((), ""),
        (("it",), "it"),
        (("it-IT", "it", "en"), "it-IT,it;q=0.9,en;q=0.8"),
        (tuple("abcdefghijklm"),
         "a,b;q=0.9,c;q=0.8,d;q=0.7,e;q=0.6,f;q=0.5,g;q=0.4,h;q=0.3,i;q=0.2,j;q=0.1,k;q=0.1,"
         "l;q=0.1,m;q=0.1"),
        (("en\r\nX: 1", "é", "", "de"), "de"),
    ],
)  # fmt: skip
def test_languages(languages: Sequence[str], header: str) -> None:
    assert yttrex.accept_language(languages) == header


@pytest.mark.parametrize(
    ("tag", "cookie"), [(None, ""), ("spring", "spring"), ("été", ""), ("a\nb", ""), ("", "")]
)
def test_headers_of_the_video_server(tag: str | None, cookie: str) -> None:
    keys, body = keys_of("a"), "[é]".encode()
    sent = yttrex.headers(body, keys, languages=("it", "en"), research_tag=tag)
    signature = sent.pop("X-YTtrex-Signature")
    assert verify(keys.public_key, signature, body)
    assert sent == {
        "Content-Type": "application/json", "X-YTtrex-Version": __version__,
        "X-YTtrex-Build": BUILD, "X-YTtrex-PublicKey": keys.public_key,
        "X-YTtrex-NonAuthCookieId": cookie, "Accept-Language": "it,en;q=0.9",
    }  # fmt: skip
    assert "Accept-Language" not in yttrex.headers(body, keys)


def waiting(fields: dict[str, Any], **more: Any) -> Waiting:
    row = Waiting(1, "c", "p", "key", "hash", fields, ("it", "en"), "tag", None, 0)
    return replace(row, **more)


def test_the_handshake_of_the_video_server() -> None:
    keys = keys_of("a")
    first = waiting({"href": "https://x/é"})
    path, body, sent = YTTREX.greeting(keys, first)
    assert path == "/v2/handshake"
    count = json.loads(body)["config"]["execount"]
    assert 0 <= count < 2**52
    assert body.decode() == (
        f'{{"config":{{"publicKey":"{keys.public_key}","execount":{count},"researchTag":"tag"}},'
        '"href":"https://x/é"}'
    )
    assert YTTREX.greeting(keys, first)[1] != body, "a copy of it is known as one"
    assert verify(keys.public_key, sent["X-YTtrex-Signature"], body)
    assert (sent["X-YTtrex-NonAuthCookieId"], "Accept-Language" in sent) == ("tag", False)
    _, body, sent = YTTREX.greeting(keys, replace(first, research_tag=None))
    assert json.loads(body)["config"].keys() == {"publicKey", "execount"}
    assert sent["X-YTtrex-NonAuthCookieId"] == ""
    headers = YTTREX.headers(b"[]", keys, first)
    assert headers == yttrex.headers(b"[]", keys, languages=("it", "en"), research_tag="tag")
    assert YTTREX.item_json(first, html_of) == yttrex.item_json(first.fields, html_of("hash"))
    for told, token in (
        ({"userToken": "t"}, "t"), ({"userToken": ""}, None), ({"userToken": 5}, None),
        ({"token": "t"}, None), (["userToken"], None),
    ):  # fmt: skip
        assert YTTREX.token_in(httpx.Response(200, json=told)) == token
    assert YTTREX.token_in(httpx.Response(200, text="<html>")) is None
    assert (YTTREX.body_limit, YTTREX.events_path) == (10_485_760, "/v2/events")
    answer = YTTREX.judge(httpx.Response(400, json={}), sent=2, now=NOW)
    assert answer == yttrex.judge(httpx.Response(400, json={}), sent=2, now=NOW)


@pytest.mark.parametrize(
    ("typed", "root"),
    [
        ("https://host", "https://host/api"), ("https://host/", "https://host/api"),
        ("http://u@host:80/a/b//", "http://u@host:80/a/b"),
    ],
)  # fmt: skip
def test_roots(typed: str, root: str) -> None:
    assert api_root(typed) == root


@pytest.mark.parametrize(
    "typed", ["", "host", "ftp://host", "http://", "http://h:x/", "http://h?a=1", "http://h#f"]
)
def test_no_roots(typed: str) -> None:
    with pytest.raises(BadTarget) as caught:
        api_root(typed)
    assert caught.value.problem == f"{typed!r} is not the address of an API"
    assert caught.value.place == "--submit-to"
    assert caught.value.fix == "give its root, such as https://youtube.tracking.exposed/api"


# -- answers -------------------------------------------------------------------------------------

STRANGER = "the answer is not a ytTREX server's"
TOOK = {"status": "OK", "htmls": {"success": 2}}
SILENT = Answer(Verdict.STOP, "the answer does not name the 2 items as taken")


def judged(status: int, body: Any = None, sent: int = 2, **headers: str) -> Answer:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    content = {"text": body} if isinstance(body, str) else {"json": body}
    return yttrex.judge(httpx.Response(status, headers=names, **content), sent=sent, now=NOW)


@pytest.mark.parametrize("status", [*range(200, 208), *range(300, 309), *range(400, 432),
                                    *range(500, 512)])  # fmt: skip
@pytest.mark.parametrize("sent", [1, 2])
def test_every_status_means_something(status: int, sent: int) -> None:
    """Busy or broken: again. Elsewhere or unknown: stop. Too much: divide. Refused: for ever."""
    body = {"info": "why", "status": "OK", "htmls": {"success": sent}}
    found = judged(status, body, sent, Retry_After="7")
    reason = f"HTTP {status}: why"
    wait = None
    if status < 300:
        verdict, reason = Verdict.ACCEPTED, ""
    elif status < 400:
        verdict, reason = Verdict.STOP, f"{reason}; the server points to elsewhere"
    elif status in (404, 405, 410, 501, 505):
        verdict, reason = (
            Verdict.STOP,
            f"{reason}; is this the root of a ytTREX API, such as …/api?",
        )
    elif status in (408, 425, 429) or status >= 500:
        verdict, wait = Verdict.RETRY, 7.0
    elif status in (400, 413, 422) and sent > 1:
        verdict = Verdict.DIVIDE
    else:
        verdict = Verdict.REFUSED
    assert found == Answer(verdict, reason, wait_s=wait)


@pytest.mark.parametrize("status", [200, 400, 500])
def test_another_apis_root_stops_and_refuses_nothing_for_good(status: int) -> None:
    """Evidence of one platform sent to the other's server, which wants headers of its own."""
    said = "missing headers: X-Fbtrex-Build, X-Fbtrex-Version"
    found = judged(status, {"status": "error", "info": said}, sent=1)
    assert found == Answer(
        Verdict.STOP,
        f"HTTP {status}: {said}; is this the root of a ytTREX API, such as …/api?",
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"info": ["a", "b"]}, "['a', 'b']"), ({"info": "", "message": "m"}, "m"),
        ({"error": "e", "name": "n"}, "e"), ({"name": "n"}, "n"), ({"error": True}, "Bad Request"),
        ({"info": "x" * 300}, "x" * 200), ("  a \n b ", "a b"), ("y" * 300, "y" * 200),
        ({}, "Bad Request"), ("", "Bad Request"), ([1], "[1]"),
    ],
)  # fmt: skip
def test_the_servers_own_words_are_the_reason(body: Any, words: str) -> None:
    assert judged(400, body).reason == f"HTTP 400: {words}"


def test_an_answer_without_words_says_so() -> None:
    assert judged(499, {}).reason == "HTTP 499: no explanation"
    moved = judged(302, {}, Location="https://there/")
    assert moved.reason == "HTTP 302: Found; the server points to https://there/"


@pytest.mark.parametrize(
    ("body", "sent", "expected"),
    [
        (TOOK, 2, Answer(Verdict.ACCEPTED)),
        ({"status": "OK", "htmls": {"success": 1}, "leaves": {"success": 1}}, 2,
         Answer(Verdict.ACCEPTED)),
        ({"status": "OK", "htmls": {"success": 3}}, 2, Answer(Verdict.ACCEPTED)),
        (TOOK | {"supporter": {"userToken": "tok"}}, 2,
         Answer(Verdict.ACCEPTED, user_token="tok")),
        (TOOK | {"supporter": {"userToken": 7}}, 2, Answer(Verdict.ACCEPTED)),
        (TOOK | {"supporter": "x"}, 2, Answer(Verdict.ACCEPTED)),
        ({"status": "OK"}, 2, SILENT),
        ({"status": "OK", "htmls": {"success": 1}}, 2, SILENT),
        ({"status": "OK", "htmls": {"success": 3}, "leaves": {"success": -1}}, 3,
         Answer(Verdict.ACCEPTED)),
        ({"status": "OK", "htmls": {"success": True}, "leaves": {"success": "2"}}, 1,
         replace(SILENT, reason="the answer does not name the 1 items as taken")),
        ({"status": "OK", "htmls": [2], "leaves": None}, 2, SILENT),
        ({"status": "OK", "htmls": {"error": True, "message": "disk"}}, 2,
         Answer(Verdict.RETRY, "the server could not store: disk")),
        ({"status": "OK", "htmls": {"error": "true", "success": 2}}, 2, Answer(Verdict.ACCEPTED)),
        ({"status": "error", "info": "no"}, 1, Answer(Verdict.REFUSED, "HTTP 200: no")),
        ({"status": "error", "info": "no"}, 2, Answer(Verdict.DIVIDE, "HTTP 200: no")),
        ({"status": "error", "info": "bad SIGNATURE"}, 2,
         Answer(Verdict.REFUSED, "HTTP 200: bad SIGNATURE")),
        ({"error": "no", "status": "OK"}, 2, Answer(Verdict.DIVIDE, "HTTP 200: no")),
        ({"status": "ok"}, 2, Answer(Verdict.STOP, STRANGER)),
        ({}, 2, Answer(Verdict.STOP, STRANGER)),
        ([], 2, Answer(Verdict.STOP, STRANGER)),
        ("<html>", 2, Answer(Verdict.STOP, STRANGER)),
    ],
)  # fmt: skip
def test_bodies_with_status_200(body: Any, sent: int, expected: Answer) -> None:
    assert judged(200, body, sent) == expected


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([{"status": "stored", "id": "a", "metadataId": "m"}, {"status": "duplicate", "id": 3}],
         (ItemAnswer(id="a", metadata_id="m"), ItemAnswer(duplicate=True))),
        ([{"status": "refused", "reason": "no href"}, {"status": "refused"}],
         (ItemAnswer(refused="no href"), ItemAnswer(refused="refused"))),
        ([{"error": False}, {"error": False, "id": "b"}], (ItemAnswer(), ItemAnswer(id="b"))),
        ([{"status": "stored"}], None), ([{"status": "stored"}, "x"], None),
        ([{"status": "stored"}, {"id": "a"}], None), ([{"error": True}, {"error": 0}], None),
        ("xy", None), (None, None),
    ],
)  # fmt: skip
def test_answers_per_item(results: Any, expected: tuple[ItemAnswer, ...] | None) -> None:
    """One for each item sent, or none at all: half an answer is not believed."""
    found = judged(200, {"status": "OK", "results": results})
    assert found == (SILENT if expected is None else Answer(Verdict.ACCEPTED, items=expected))
    both = judged(200, TOOK | {"results": results})
    assert both == Answer(Verdict.ACCEPTED, items=expected or ())


# -- the social servers' dialect -----------------------------------------------------------------

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


# -- a server of whims ---------------------------------------------------------------------------


@dataclass
class Whims:
    """A server that answers as its dice fall, and keeps what it accepted."""

    dice: random.Random
    stored: Counter[str] = field(default_factory=Counter)
    refused: set[str] = field(default_factory=set)
    told: Counter[str] = field(default_factory=Counter)
    """Items by what their last answer said: stored, duplicate, refused."""
    batches: list[tuple[tuple[str, ...], bytes]] = field(default_factory=list)
    greeted: Counter[str] = field(default_factory=Counter)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        key = request.headers["X-YTtrex-PublicKey"]
        assert verify(key, request.headers["X-YTtrex-Signature"], request.content)
        if request.url.path == "/api/v2/handshake":
            self.greeted[key] += 1
            return httpx.Response(self.dice.choice((200, 500)), json={"ignored": True})
        assert request.url.path == "/api/v2/events"
        assert len(request.content) <= LIMIT
        sent = js_loads(request.content)
        ids = tuple(re.search(r"[0-9a-f]{64}", item["element"])[0] for item in sent)  # type: ignore[index]
        self.batches.append((ids, request.content))
        whim = self.dice.random()
        if whim < 0.15:
            return httpx.Response(503, headers={"Retry-After": str(self.dice.choice((1, 9999)))})
        if whim < 0.25:
            raise httpx.ReadError("hung up", request=request)
        if whim < 0.35:
            return httpx.Response(500, text="broken")
        bad = [one for one in ids if int(one[:2], 16) % 7 == 0]
        if bad and len(ids) > 1:
            return httpx.Response(400, json={"info": "one of them is bad"})
        if bad:
            self.refused.update(bad)
            return httpx.Response(422, json={"info": "bad"})
        answers = []
        for one in ids:
            answers.append({"status": "duplicate" if self.stored[one] else "stored", "id": one[:9]})
            self.stored[one] += 1
        if whim < 0.45:
            raise httpx.ReadTimeout("the answer was lost", request=request)
        self.told.update(answer["status"] for answer in answers)
        whole: dict[str, Any] = {"status": "OK", "supporter": {"userToken": f"token of {key}"}}
        return httpx.Response(200, json=whole | {"results": answers})


LIMIT = 1500
PUPPETS = ("control-1", "treated-1")


@pytest.mark.parametrize("seed", range(5))
def test_whatever_the_server_does_each_item_arrives_or_is_parked(seed: int) -> None:
    """Nothing is lost, nothing is counted twice, and a batch sent again is the same bytes."""
    server, clock, outbox = Whims(random.Random(seed)), Clock(), outbox_at(None)
    every: dict[str, str] = {}
    for n in range(40):
        puppet = PUPPETS[n // 7 % 2]
        made = capture(n, puppet=puppet, languages=("en",) if n % 11 else ("fr",))
        every[made.content_hash] = puppet
        key = keys_of(puppet).public_key
        assert outbox.enqueue(made, target="t", public_key=key, research_tag="tag", dialect=YTTREX)
    policy = RetryPolicy(
        tries=3, batch_items=6, batch_bytes=LIMIT, patience_s=60, dice=random.Random(seed)
    )
    sent = duplicates = 0
    progress: list[Any] = []
    with httpx.Client(transport=httpx.MockTransport(server)) as client:
        for _ in range(200):
            result = sender.flush(
                outbox, client, keys_of, dialect=YTTREX, html_of=html_of, target="t",
                url="http://server.test", clock=clock,
                policy=policy, progress=progress.append,
            )  # fmt: skip
            sent, duplicates = sent + result.sent, duplicates + result.duplicates
            counts = outbox.counts("t")
            assert result.left == counts[OutboxState.QUEUED] + counts[OutboxState.SENDING]
            assert result.failed == counts[OutboxState.REFUSED]
            assert sum(counts.values()) == len(every)
            assert (result.left == 0) is (result.stopped is None)
            if not result.left:
                break
            clock.sleep(100_000)
    assert not result.left
    assert {*server.stored} | server.refused == {*every}
    assert not {*server.stored} & server.refused
    assert (sent, duplicates) == (server.told["stored"], server.told["duplicate"])
    assert sent + duplicates == len(server.stored)
    rows = {row["content_hash"]: row for row in outbox.db.query("SELECT * FROM outbox")}
    for name, row in rows.items():
        assert (row["state"] == "refused") is (name in server.refused)
        if row["state"] == "acked":
            assert (row["remote_id"], row["reason"]) == (name[:9], None)
        assert row["answered_at"]
    problems = {problem.capture for problem in result.problems}
    assert problems == {rows[name]["capture"] for name in server.refused}
    bodies: dict[tuple[str, ...], set[bytes]] = {}
    for ids, body in server.batches:
        bodies.setdefault(ids, set()).add(body)
        assert len({every[one] for one in ids}) == 1
        assert len(ids) <= 6
    assert all(len(found) == 1 for found in bodies.values())
    for puppet in PUPPETS:
        key = keys_of(puppet).public_key
        assert outbox.user_token("t", key) == f"token of {key}"
        assert outbox.user_token("u", key) is None
    assert progress
    assert server.greeted.keys() == {keys_of(puppet).public_key for puppet in PUPPETS}
    outbox.db.close()


def once(
    outbox: Outbox, handler: Callable[[httpx.Request], httpx.Response], clock: Clock, **more: Any
) -> Any:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("handshake"):
            return httpx.Response(200, json={})
        return handler(request)

    given = {"html_of": html_of, "keys": keys_of, "policy": RetryPolicy(tries=2)} | more
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        return sender.flush(
            outbox, client, given["keys"], dialect=YTTREX, html_of=given["html_of"], target="t", url="http://s.test",
            clock=clock, policy=given["policy"],
        )  # fmt: skip


def fine(request: httpx.Request) -> httpx.Response:
    count = len(js_loads(request.content))
    return httpx.Response(200, json={"status": "OK", "htmls": {"success": count}})


@pytest.mark.parametrize(
    ("info", "taken"),
    [
        ([{"amount": 2}], True), ([{"kind": "x"}, {"amount": 1}], True),
        ([{"publicKey": "k"}], True), ([{"amount": "2"}], False), ([{"publicKey": 5}], False),
        ([], False), ("amount", False), (None, False), ([["amount"]], False),
    ],
)  # fmt: skip
def test_the_social_server_names_what_it_took(info: Any, taken: bool) -> None:
    """How many of a kind, or whose they are; an answer that says neither is not believed."""
    answer = FBTREX.judge(httpx.Response(200, json={"status": "OK", "info": info}), sent=2, now=NOW)
    assert answer.verdict is (Verdict.ACCEPTED if taken else Verdict.STOP)


def test_a_server_that_asks_for_more_than_patience() -> None:
    """Not asked again before the moment it named; then all of it goes at once."""
    outbox, clock = outbox_at(None), Clock()
    fill(outbox, 2, "t")
    busy = httpx.Response(503, headers={"Retry-After": "121"})
    result = once(outbox, lambda request: busy, clock)
    assert result.stopped == (
        "HTTP 503: Service Unavailable; the server asks for 121 s of patience"
    )
    until = "2026-03-04T05:08:08.891Z"
    assert result.problems == (
        Problem("capture-0", OutboxState.QUEUED, "HTTP 503: Service Unavailable"),
        Problem("capture-1", OutboxState.QUEUED, "HTTP 503: Service Unavailable"),
    )
    assert clock.slept == []
    again = once(outbox, fine, clock)
    assert (again.stopped, again.sent) == (f"the server asked to wait until {until}", 0)
    clock.sleep(121)
    assert once(outbox, fine, clock).sent == 2
    outbox.db.close()


def test_within_patience_the_server_is_waited_for() -> None:
    """The longer of what it asks and what the policy would wait; between tries only."""
    outbox, clock = outbox_at(None), Clock()
    fill(outbox, 1, "t")
    result = once(
        outbox, lambda request: httpx.Response(429, headers={"Retry-After": "120"}), clock
    )
    assert clock.slept == [120.0]
    assert (result.left, result.failed, result.stopped) == (1, 0, None)
    outbox.db.close()


@pytest.mark.parametrize(("batches", "stopped"), [(2, None), (3, "HTTP 500: broken")])
def test_a_server_that_fails_again_and_again_is_down(batches: int, stopped: str | None) -> None:
    """Three batches in a row, and the flush ends; two are bad luck."""
    outbox, clock = outbox_at(None), Clock()
    fill(outbox, batches, "t")
    calls: list[bytes] = []

    def broken(request: httpx.Request) -> httpx.Response:
        calls.append(request.content)
        return httpx.Response(500, text="broken")

    policy = RetryPolicy(tries=2, batch_items=1)
    result = once(outbox, broken, clock, policy=policy)
    assert (result.stopped, result.left) == (stopped, batches)
    assert len(calls) == 2 * batches
    attempts = [row["attempts"] for row in outbox.db.query("SELECT attempts FROM outbox")]
    assert attempts == [2] * batches
    outbox.db.close()


def test_what_cannot_be_sent_says_why() -> None:
    """A page that is gone, an item too large, a key that is lost or is another."""
    outbox, clock = outbox_at(None), Clock()
    fill(outbox, 3, "t")
    names = [capture(n).content_hash for n in range(3)]

    def pages(name: str) -> str:
        if name == names[0]:
            raise OSError("gone")
        return "x" * 9000 if name == names[1] else html_of(name)

    size = len(yttrex.item_json(yttrex.item_fields(capture(1)), "x" * 9000).encode()) + 1
    policy = RetryPolicy(batch_bytes=9000)
    result = once(outbox, fine, clock, html_of=pages, policy=policy)
    assert (result.sent, result.failed, result.left) == (1, 2, 0)
    assert [problem.reason for problem in result.problems] == [
        f"evidence {names[0][:12]} cannot be read: gone",
        f"the item has {size:,} bytes; a request holds 9,000",
    ]
    assert outbox.requeue("t") == 2
    assert outbox.requeue("u") == 0

    def lost(puppet: str) -> Any:
        raise UserError("no profile")

    result = once(outbox, fine, clock, keys=lost)
    assert result.problems[0].reason == "no key of control-1: no profile"
    assert (result.left, result.failed) == (2, 0)
    result = once(outbox, fine, clock, keys=lambda puppet: keys_of("other"))
    assert {problem.reason for problem in result.problems} == {
        "control-1 has another key now than when the page was captured"
    }
    assert (result.left, result.failed) == (0, 2)
    outbox.db.close()


def test_evidence_that_vanished_since_its_batch_was_made() -> None:
    """What is left of the batch goes out as another one, in its order."""
    outbox, clock = outbox_at(None), Clock()
    fill(outbox, 3, "t")
    seen: list[list[int]] = []
    assert once(outbox, lambda request: httpx.Response(404), clock).left == 3

    def pages(name: str) -> str:
        if name == capture(1).content_hash:
            raise KeyError(name)
        return html_of(name)

    def see(request: httpx.Request) -> httpx.Response:
        seen.append([item["incremental"] for item in js_loads(request.content)])
        return fine(request)

    result = once(outbox, see, clock, html_of=pages)
    assert seen == [[0, 2]]
    assert (result.sent, result.failed, result.left) == (2, 1, 0)
    outbox.db.close()


@pytest.mark.parametrize("room", [-1, 0])
def test_a_batch_is_as_large_as_its_limit_and_no_larger(room: int) -> None:
    """Two items fit when brackets, comma and both fit, to the byte."""
    outbox, clock = outbox_at(None), Clock()
    fill(outbox, 2, "t")
    texts = [
        yttrex.item_json(yttrex.item_fields(capture(n)), html_of(capture(n).content_hash))
        for n in range(2)
    ]
    whole = sum(len(text.encode()) + 1 for text in texts) + 2
    bodies: list[int] = []

    def see(request: httpx.Request) -> httpx.Response:
        bodies.append(len(js_loads(request.content)))
        return fine(request)

    once(outbox, see, clock, policy=RetryPolicy(batch_bytes=whole + room))
    assert bodies == ([2] if room == 0 else [1, 1])
    outbox.db.close()


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        submit_run(tmp_path, "http://127.0.0.1:9", keys=keys_of)
    assert caught.value.problem == "not a run directory: store.db is missing"
    assert caught.value.place == str(tmp_path)
    assert caught.value.fix == "name the folder that `collector run … --out` wrote"


@pytest.mark.parametrize("platform", list(Platform))
def test_a_run_is_sent_in_its_platforms_dialect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: Platform
) -> None:
    """All of it that was never queued, under each puppet's key; parked items when asked for."""
    evidence = EvidenceStore(tmp_path / "evidence")
    with Store(tmp_path / "store.db") as store:
        store.add_run("run", scenario="s", seed=1, plan_hash="0" * 64, platform=platform)
        store.add_puppet("control-1", run="run", arm="control", twin=1, block=1)
        store.add_session("session", run="run", puppet="control-1", block=1, position=1)
        for n in range(2):
            store.step_planned("session", n, kind="visit")
            page = f"<html><ytd-app>{n}</ytd-app></html>"
            with store.transaction():
                store.add_capture(capture(n, content_hash=evidence.put(page), step=n))
    found: list[dict[str, Any]] = []

    def flush(outbox: Outbox, client: httpx.Client, keys: Any, **more: Any) -> str:
        rows = outbox.unbatched("http://s.test/api", 10)
        found.append(more | {"timeout": client.timeout, "rows": rows, "keys": keys("control-1")})
        return "flushed"

    monkeypatch.setattr("collector.submit.flush", flush)
    asked: list[str] = []

    def keys(puppet: str) -> Any:
        asked.append(puppet)
        return keys_of(puppet)

    policy, clock, progress = RetryPolicy(), Clock(), lambda result: None
    more = {"policy": policy, "clock": clock, "progress": progress}
    assert submit_run(tmp_path, "http://s.test", keys=keys, **more) == "flushed"
    (told,) = found
    assert [row.capture for row in told["rows"]] == ["capture-0", "capture-1"]
    assert {row.public_key for row in told["rows"]} == {keys_of("control-1").public_key}
    assert told["html_of"](told["rows"][1].content_hash) == "<html><ytd-app>1</ytd-app></html>"
    assert told["target"] == "http://s.test/api"
    assert (told["policy"], told["clock"], told["progress"]) == (policy, clock, progress)
    assert told["dialect"] is (FBTREX if platform is Platform.FACEBOOK else YTTREX)
    assert told["timeout"] == httpx.Timeout(60.0)
    assert told["keys"] == keys_of("control-1")
    assert asked == ["control-1"], "each puppet's key is made once"
    with Store(tmp_path / "store.db") as store:
        store.db.execute("UPDATE outbox SET state = 'refused', reason = 'x'")
    submit_run(tmp_path, "http://s.test", keys=keys)
    submit_run(tmp_path, "http://s.test", keys=keys, retry_refused=True)
    assert [len(one["rows"]) for one in found] == [2, 0, 2]


def test_retry_after_as_a_date_is_counted_from_now() -> None:
    """In both dialects, from the flush's own clock."""
    busy = httpx.Response(503, json={}, headers={"Retry-After": "Thu, 01 Jan 2026 00:01:30 GMT"})
    for dialect in (YTTREX, FBTREX):
        assert dialect.judge(busy, sent=2, now=NOW).wait_s == 90.0
        later = NOW + timedelta(seconds=30)
        assert dialect.judge(busy, sent=2, now=later).wait_s == 60.0
    assert judged(400, None).reason == "HTTP 400: Bad Request"


@pytest.mark.parametrize("room", [-1, 0])
def test_an_item_is_as_large_as_a_request_and_no_larger(room: int) -> None:
    """Its bytes, two brackets and a comma's worth; one byte less and it is parked."""
    outbox, clock = outbox_at(None), Clock()
    fill(outbox, 1, "t")
    text = yttrex.item_json(yttrex.item_fields(capture(0)), html_of(capture(0).content_hash))
    policy = RetryPolicy(batch_bytes=len(text.encode()) + 3 + room)
    result = once(outbox, fine, clock, policy=policy)
    assert (result.sent, result.failed) == ((1, 0) if room == 0 else (0, 1))
    outbox.db.close()


def test_a_server_that_hangs_up_is_quoted() -> None:
    """The kind of failure and its words stand beside every item and end the flush at once."""
    outbox, clock = outbox_at(None), Clock()
    fill(outbox, 2, "t")
    calls: list[int] = []

    def hang_up(request: httpx.Request) -> httpx.Response:
        calls.append(1)
        raise httpx.ReadError("hung up", request=request)

    result = once(outbox, hang_up, clock)
    assert result.stopped == "ReadError: hung up"
    assert [problem.reason for problem in result.problems] == ["ReadError: hung up"] * 2
    assert len(calls) == 2
    assert len(clock.slept) == 1
    outbox.db.close()


def test_a_batch_that_a_server_cannot_digest_is_sent_one_by_one_the_next_time() -> None:
    """Broken by a batch and not by silence: each item is a batch of its own, with the reason."""
    outbox, clock = outbox_at(None), Clock()
    fill(outbox, 3, "t")
    sizes: list[int] = []

    def broken(request: httpx.Request) -> httpx.Response:
        sizes.append(len(js_loads(request.content)))
        return httpx.Response(500, text="broken")

    result = once(outbox, broken, clock)
    assert sizes == [3, 3]
    assert (result.left, result.stopped) == (3, None)
    assert [problem.reason for problem in result.problems] == ["HTTP 500: broken"] * 3
    assert [row["state"] for row in outbox.db.query("SELECT state FROM outbox")] == ["queued"] * 3
    once(outbox, broken, clock)
    assert sizes[2:] == [1] * 6
    outbox.db.close()


def test_items_that_the_server_refuses_one_by_one_are_parked() -> None:
    outbox, clock = outbox_at(None), Clock()
    fill(outbox, 3, "t")
    answers = [
        {"status": "stored", "id": "a", "metadataId": "m"},
        {"status": "refused", "reason": "no href"},
        {"status": "duplicate", "id": "c"},
    ]

    def mixed(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"status": "OK", "results": answers})

    result = once(outbox, mixed, clock)
    assert (result.sent, result.duplicates, result.failed) == (1, 1, 1)
    assert result.problems == (Problem("capture-1", OutboxState.REFUSED, "no href"),)
    rows = list(outbox.db.query("SELECT * FROM outbox ORDER BY id"))
    assert [row["state"] for row in rows] == ["acked", "refused", "acked"]
    assert [row["duplicate"] for row in rows] == [0, None, 1]
    assert [row["remote_id"] for row in rows] == ["a", None, "c"]
    assert [row["metadata_id"] for row in rows] == ["m", None, None]
    assert {row["answered_at"] for row in rows} == {"2026-03-04T05:06:07.891Z"}
    assert outbox.captures("t") == {"capture-0", "capture-1", "capture-2"}
    assert outbox.captures("u") == frozenset()
    assert outbox.adopt("u") == 3
    copied = list(outbox.db.query("SELECT * FROM outbox WHERE target = 'u' ORDER BY id"))
    for one, other in zip(rows, copied, strict=True):
        for name in ("capture", "puppet", "public_key", "content_hash", "fields", "languages",
                     "research_tag"):  # fmt: skip
            assert one[name] == other[name]
        assert (other["state"], other["batch"], other["attempts"]) == ("queued", None, 0)
        assert other["enqueued_at"].endswith("Z")
    outbox.db.close()
