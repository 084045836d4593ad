"""A step's archive: valid HAR 1.2, capped, and without its viewer."""

from __future__ import annotations

import base64
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from record_tools import SITE, breaches, made, raw_entry

from collector.recording.matching import Matcher, MatchKind, Question, answers_of

VISITOR = "Xy7_visitor-1"


def bodies(har: dict[str, Any]) -> list[str | None]:
    return [entry["response"]["content"].get("text") for entry in har["log"]["entries"]]


def test_an_archive_keeps_to_har_1_2_whatever_came_in() -> None:
    found = made(
        raw_entry(),
        raw_entry(f"{SITE}/logo.png", b"\x89PNG\xff\x00", kind="image", mime_type="image/png"),
        raw_entry(f"{SITE}/b?x=1&x=2&y=", None, status=204, method="POST", kind="ping",
                  posted=b'{"a": 1}'),
        raw_entry(f"{SITE}/raw", b"", method="POST", kind="fetch", posted=b"\xff\xfe\x00"),
        raw_entry(f"{SITE}/gone", None, status=-1, kind="fetch", _failureText="net::ERR_FAILED"),
        raw_entry(f"{SITE}/moved", None, status=302, headers={"Location": "/"}, redirectURL=SITE),
    )  # fmt: skip
    assert breaches(found.har) == []
    assert found.entries == 6
    assert found.left_out == []
    assert found.har["log"]["_twinwatch"]["complete"] is True


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["document", "fetch", "script", "image", "media", "other"]),
            st.binary(max_size=40),
            st.sampled_from(["text/html", "application/json", "image/png", "x-unknown", ""]),
            st.sampled_from([200, 204, 304, 404, -1]),
        ),
        max_size=8,
    ),
    st.integers(1, 120),
)
def test_any_mixture_is_valid_and_never_beyond_the_limit(
    answers: list[tuple[str, bytes, str, int]], limit: int
) -> None:
    found = made(
        *(raw_entry(f"{SITE}/{n}", data, kind=kind, mime_type=mime, status=status, second=n)
          for n, (kind, data, mime, status) in enumerate(answers)),
        limit_bytes=limit,
    )  # fmt: skip
    assert breaches(found.har) == []
    kept = 0
    for entry in found.har["log"]["entries"]:
        content = entry["response"]["content"]
        assert ("text" in content) <= ("_leftOut" not in content)
        text = content.get("text", "")
        kept += len(base64.b64decode(text) if "encoding" in content else text.encode())
    assert kept <= limit
    left = [e["url"] for e in found.har["log"]["_twinwatch"]["left_out"]]
    assert left == [
        e["request"]["url"]
        for e in found.har["log"]["entries"]
        if e["response"]["content"].get("_leftOut")
    ]


def test_what_a_service_worker_fetched_for_a_page_is_there_once() -> None:
    own = {**raw_entry(f"{SITE}/list", b"[1]", kind="fetch"), "_serviceWorkerRef": "worker@1"}
    found = made(own, raw_entry(f"{SITE}/list", b"[1]", kind="fetch"))
    assert found.entries == 1


def test_beyond_the_limit_pictures_go_first_and_it_is_said() -> None:
    page, picture, film = b"<p>" + b"a" * 50, b"\xff" * 60, b"\xfe" * 10
    found = made(
        raw_entry(f"{SITE}/film", film, kind="media", mime_type="video/webm"),
        raw_entry(f"{SITE}/picture", picture, kind="image", mime_type="image/png"),
        raw_entry(f"{SITE}/page", page),
        limit_bytes=70,
    )
    assert [body is None for body in bodies(found.har)] == [False, True, False]
    assert [(one["url"], one["bytes"]) for one in found.left_out] == [(f"{SITE}/picture", 60)]
    assert found.har["log"]["_twinwatch"]["complete"] is False
    content = found.har["log"]["entries"][1]["response"]["content"]
    assert content["comment"] == "left out: beyond the step's limit of 70 bytes"
    assert content["size"] == 60


def test_a_body_that_the_browser_lost_is_said_and_one_that_was_never_there_is_not() -> None:
    found = made(
        raw_entry(f"{SITE}/lost", None, kind="fetch"),
        raw_entry(f"{SITE}/beacon", None, kind="ping", method="POST"),
        raw_entry(f"{SITE}/current", None, status=304, kind="script"),
        raw_entry(f"{SITE}/head", None, method="HEAD", kind="fetch"),
    )
    assert [(one["url"], one["why"]) for one in found.left_out] == [
        (f"{SITE}/lost", "the browser no longer had it")
    ]


def test_the_viewer_is_taken_out_of_every_place() -> None:
    token = "CgtzZWNyZXR2aXNpdG9yZGF0YQ%3D%3D"
    page = f'<script>ytcfg.set({{"VISITOR_DATA":"{token}"}})</script><p>{VISITOR}</p>'.encode()
    found = made(
        raw_entry(
            f"http://anna:pass-word@youtube.localhost:8000/?who={VISITOR}",
            page,
            sent={"Cookie": f"VISITOR={VISITOR}", "Authorization": "Bearer abc.def.ghi",
                  "Referer": f"{SITE}/u/{VISITOR}", "X-Goog-Visitor-Id": token,
                  "X-Youtube-Identity-Token": "QUFFLUhq"},
            headers={"Set-Cookie": f"LOGIN={VISITOR}-zzz; Path=/; HttpOnly"},
        ),
        raw_entry(f"{SITE}/next?visitor={token}", b'{"token": "' + token.encode() + b'"}',
                  method="POST", kind="fetch", mime_type="application/json",
                  posted=b'{"visitor": "' + token.encode() + b'"}'),
        known=(VISITOR,),
    )  # fmt: skip
    text = json.dumps(found.har)
    for secret in (VISITOR, token, "s3cret-session-value", "abc.def.ghi", "pass-word", "203.0.113",
                   "QUFFLUhq"):  # fmt: skip
        assert secret not in text
    entry = found.har["log"]["entries"][0]
    assert {header["name"] for header in entry["request"]["headers"]} == {
        "Authorization", "Referer", "X-Goog-Visitor-Id", "X-Youtube-Identity-Token"
    }  # fmt: skip
    cookie = entry["response"]["headers"][0]["value"]
    assert cookie == "LOGIN=scrubbed-token; Path=/; HttpOnly"


def test_scripts_are_left_working() -> None:
    code = b'const f = (o) => { o.visitorData = "unset"; return o.visitorData = o.next; };'
    found = made(raw_entry(f"{SITE}/a.js", code, kind="script", mime_type="text/javascript"))
    assert bodies(found.har) == [code.decode()]


def test_a_page_given_again_asks_the_question_that_was_recorded() -> None:
    token = "CgtzZWNyZXR2aXNpdG9yZGF0YQ"
    page = f'<script>ytcfg.set({{"VISITOR_DATA":"{token}"}})</script>'.encode()
    found = made(
        raw_entry(f"{SITE}/", page),
        raw_entry(f"{SITE}/next?v={token}", b"[1]", method="POST", kind="fetch",
                  mime_type="application/json", posted=json.dumps({"visitor": token}).encode()),
    )  # fmt: skip
    given_again = bodies(found.har)[0]
    assert given_again is not None
    seen = given_again.partition('"VISITOR_DATA":"')[2].partition('"')[0]
    matcher = Matcher(answers_of([(0, found.har)]))
    asked = Question("POST", f"{SITE}/next?v={seen}", json.dumps({"visitor": seen}), "fetch")
    how, answer = matcher.find(asked)
    assert how is MatchKind.EXACT
    assert answer is not None
    assert answer.body == b"[1]"
