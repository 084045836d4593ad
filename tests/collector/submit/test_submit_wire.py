"""The bytes on the wire: the item, its order, its times and ids, the headers, the element."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from submit_tools import capture, keys_of

from collector.adapters.youtube import yttrex
from collector.adapters.youtube.element import app_element
from collector.common import identity
from collector.submit import BadTarget, api_root
from collector.submit.answers import Verdict
from collector.submit.retry import retry_after_s

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_item_has_the_keys_of_the_extension_in_its_order() -> None:
    fields = yttrex.item_fields(
        capture(3), research_tag="spring", experiment_id="adf0b6a08ef67acc0707215f89f7332825a0f91d"
    )
    text = yttrex.item_json(fields, "<html><ytd-app>é…</ytd-app></html>")
    item = identity.js_loads(text)
    assert list(item) == [
        "type",
        "element",
        "size",
        "href",
        "randomUUID",
        "incremental",
        "clientTime",
        "researchTag",
        "experimentId",
    ]
    assert text.startswith('{"type":"video","element":"<ytd-app>é…</ytd-app>","size":21,"href":')
    assert item["incremental"] == 3
    assert item["clientTime"] == "2022-03-24T17:06:33+01:00"
    assert identity.js_json(item) == text
    assert "researchTag" not in yttrex.item_fields(capture())


def test_a_page_load_has_one_id_in_the_wires_form() -> None:
    form = re.compile(r"\d+—(0(\.\d+)?|\d(\.\d+)?e-\d+)-\d{1,3}\Z")
    assert form.match(yttrex.feed_id("page"))
    assert yttrex.feed_id("page") == yttrex.feed_id("page") != yttrex.feed_id("other")
    assert yttrex.feed_id("1—0.5-7") == "1—0.5-7"


def test_the_signature_covers_the_posted_bytes() -> None:
    keys = keys_of("a")
    body = b'[{"type":"video"}]'
    sent = yttrex.headers(body, keys, languages=("it-IT", "it"), research_tag="tag")
    assert sent["Content-Type"] == "application/json"
    assert sent["Accept-Language"] == "it-IT,it;q=0.9"
    assert sent["X-YTtrex-NonAuthCookieId"] == "tag"
    assert identity.verify(sent["X-YTtrex-PublicKey"], sent["X-YTtrex-Signature"], body)
    assert sent["X-YTtrex-Version"]
    assert sent["X-YTtrex-Build"]
    assert keys.secret_key not in str(sent)


def test_a_tag_that_no_header_holds_stays_in_the_item() -> None:
    for tag in ("été", "a\r\nX-Evil: 1", ""):
        assert yttrex.headers(b"", keys_of("a"), research_tag=tag)["X-YTtrex-NonAuthCookieId"] == ""


@pytest.mark.parametrize(
    ("html", "element"),
    [
        ("<html><ytd-app a='b'>x</ytd-app></html>", "<ytd-app a='b'>x</ytd-app>"),
        ("<p>no app</p>", "<p>no app</p>"),
        ("<ytd-app>never closed", "<ytd-app>never closed"),
        ("</ytd-app><ytd-app>", "</ytd-app><ytd-app>"),
        (
            '<script>var a = "<ytd-app>no</ytd-app>";</script><ytd-app>yes</ytd-app>',
            "<ytd-app>yes</ytd-app>",
        ),
        (
            '<ytd-app><script>"</ytd-app>"</script>all</ytd-app><p>',
            '<ytd-app><script>"</ytd-app>"</script>all</ytd-app>',
        ),
        ("<!-- <ytd-app> --><ytd-app><p>x</ytd-app>", "<ytd-app><p>x</ytd-app>"),
        (
            '<ytd-app title="</ytd-app>"><script>1</script>x</ytd-app>!',
            '<ytd-app title="</ytd-app>"><script>1</script>x</ytd-app>',
        ),
        ("<ytd-app-x><script></script></ytd-app-x>", "<ytd-app-x><script></script></ytd-app-x>"),
        (
            "<ytd-app><ytd-app>in</ytd-app></ytd-app><b>",
            "<ytd-app><ytd-app>in</ytd-app></ytd-app>",
        ),
    ],
)
def test_the_application_is_cut_out_as_it_was_captured(html: str, element: str) -> None:
    assert app_element(html) == element


@given(st.text(alphabet="<>/ytd-app!sc'\" =-", max_size=60))
@settings(max_examples=60, deadline=None)
def test_cutting_never_fails_and_never_invents(html: str) -> None:
    assert app_element(html) in html


@pytest.mark.parametrize(
    ("typed", "root"),
    [
        ("https://host/api/", "https://host/api"),
        ("https://host", "https://host/api"),
        ("http://127.0.0.1:8000/yttrex/api", "http://127.0.0.1:8000/yttrex/api"),
    ],
)
def test_targets(typed: str, root: str) -> None:
    assert api_root(typed) == root


@pytest.mark.parametrize(
    "typed", ["", "host", "ftp://host", "http://", "http://h:x/", "http://h/?a"]
)
def test_targets_that_are_none_are_refused(typed: str) -> None:
    with pytest.raises(BadTarget, match="--submit-to"):
        api_root(typed)


def test_retry_after_reads_numbers_and_dates() -> None:
    assert retry_after_s("120", NOW) == 120
    assert retry_after_s("Thu, 01 Jan 2026 00:01:00 GMT", NOW) == 60
    assert retry_after_s("Thu, 01 Jan 2025 00:01:00 GMT", NOW) == 0
    assert retry_after_s("soon", NOW) is None
    assert retry_after_s("-5", NOW) is None
    assert retry_after_s(None, NOW) is None


@pytest.mark.parametrize(
    ("status", "body", "sent", "verdict"),
    [
        (200, {"status": "OK", "htmls": {"error": False, "success": 2}}, 2, Verdict.ACCEPTED),
        (200, {"status": "OK", "results": [{"error": False}]}, 1, Verdict.ACCEPTED),
        (200, {"status": "OK", "htmls": {"error": True, "message": "db"}}, 2, Verdict.RETRY),
        (200, {"status": "error", "info": "Signature does not match"}, 2, Verdict.REFUSED),
        (200, {"status": "error", "info": ["not understood"]}, 2, Verdict.DIVIDE),
        (200, {"status": "error", "info": ["missing header"]}, 2, Verdict.STOP),
        (200, {"message": "no", "error": True}, 1, Verdict.REFUSED),
        (200, [], 1, Verdict.STOP),
        (400, {}, 1, Verdict.REFUSED),
        (400, {}, 2, Verdict.DIVIDE),
        (401, {}, 2, Verdict.REFUSED),
        (404, {}, 2, Verdict.STOP),
        (413, {}, 2, Verdict.DIVIDE),
        (429, {}, 2, Verdict.RETRY),
        (502, {}, 2, Verdict.RETRY),
    ],
)
def test_answers_are_understood(status: int, body: object, sent: int, verdict: Verdict) -> None:
    assert yttrex.judge(httpx.Response(status, json=body), sent=sent, now=NOW).verdict is verdict
