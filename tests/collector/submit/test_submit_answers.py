"""What an answer means to the sender, from written-out tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from submit_tools import NOW, judged

from collector.adapters.facebook.fbtrex import (
    FBTREX,
)
from collector.adapters.youtube.yttrex import YTTREX
from collector.submit.answers import Answer, ItemAnswer, Verdict

STRANGER = "the answer is not a ytTREX server's"
TOOK = {"status": "OK", "htmls": {"success": 2}}
SILENT = Answer(Verdict.STOP, "the answer does not name the 2 items as taken")


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


@pytest.mark.parametrize(
    ("info", "taken"),
    [
        ([{"amount": 2}], True), ([{"kind": "x"}, {"amount": 1}, {"amount": 1}], True),
        ([{"publicKey": "ours"}], True), ([{"amount": 1}, {"publicKey": "ours"}], True),
        ([{"kind": "x"}, {"amount": 1}], False), ([{"amount": 0}], False),
        ([{"amount": 3}, {"amount": -1}], False), ([{"amount": True}, {"amount": True}], False),
        ([{"publicKey": "theirs"}], False), ([{"amount": "2"}], False),
        ([{"publicKey": 5}], False), ([], False), ("amount", False), (None, False),
        ([["amount"]], False),
    ],
)  # fmt: skip
def test_the_social_server_names_what_it_took(info: Any, taken: bool) -> None:
    """As many as were sent, or whose they are by the key that signed; an answer that says neither
    is not believed."""
    asked = httpx.Request("POST", "http://127.0.0.1/", headers={"X-Fbtrex-PublicKey": "ours"})
    said = httpx.Response(200, json={"status": "OK", "info": info}, request=asked)
    answer = FBTREX.judge(said, sent=2, now=NOW)
    assert answer.verdict is (Verdict.ACCEPTED if taken else Verdict.STOP)


def test_retry_after_as_a_date_is_counted_from_now() -> None:
    """In both dialects, from the flush's own clock."""
    busy = httpx.Response(503, json={}, headers={"Retry-After": "Thu, 01 Jan 2026 00:01:30 GMT"})
    for dialect in (YTTREX, FBTREX):
        assert dialect.judge(busy, sent=2, now=NOW).wait_s == 90.0
        later = NOW + timedelta(seconds=30)
        assert dialect.judge(busy, sent=2, now=later).wait_s == 60.0
    assert judged(400, None).reason == "HTTP 400: Bad Request"
