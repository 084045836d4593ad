"""Submission against second opinions: the retry formula, and the video server's wire recomputed."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest
from submit_tools import BUILD, NOW, capture, html_of, keys_of, outbox_at, waiting
from yttrex_tools import Clock

from collector import __version__
from collector.adapters.facebook.fbtrex import (
    FBTREX,
)
from collector.adapters.youtube import yttrex
from collector.adapters.youtube.yttrex import YTTREX
from collector.common.errors import UserError
from collector.common.identity import verify
from collector.common.model import (
    PageKind,
    PageStatus,
    Platform,
)
from collector.contract.targets import BadTarget, api_root
from collector.evidence import EvidenceStore
from collector.store import Store
from collector.submit import Outbox, RetryPolicy, submit_run
from collector.submit.retry import SystemClock, retry_after_s

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
        ("http://host:8080/a/b//", "http://host:8080/a/b"), ("http://host:80/a", "http://host/a"),
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
    assert caught.value.fix == "give its root, such as http://127.0.0.1:8000/api"


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        submit_run(tmp_path, "http://127.0.0.1:9", keys=keys_of)
    assert caught.value.problem == "not a run directory: store.db is missing"
    assert caught.value.place == str(tmp_path / "store.db")
    assert caught.value.fix == ("give the folder of a run (collector run … --out FOLDER makes one)")


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


def test_a_run_of_a_platform_without_an_api_is_not_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is queued, and the platform is named."""
    with Store(tmp_path / "store.db") as store:
        store.add_run("run", scenario="s", seed=1, plan_hash="0" * 64, platform="elsewhere")

    class Spec:
        def load(self, part: str) -> None:
            assert part == "dialect"

    monkeypatch.setattr("collector.submit.spec_of", {"elsewhere": Spec()}.__getitem__)
    with pytest.raises(UserError) as caught:
        submit_run(tmp_path, "http://s.test", keys=keys_of)
    assert caught.value.problem == (
        "observations of elsewhere cannot be submitted: no API of this platform is known"
    )
    assert (caught.value.place, caught.value.fix) == ("--submit-to", "use --submit-to none")
