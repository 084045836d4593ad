"""Signed events come in: believed only when signed, stored once, bound to the key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from facebook_posts import PERSON, html
from fbtrex_tools import TOKEN, Bench, bench, signed, timeline

from collector.common.identity import KeyPair, content_id_2019, js_json, pseudonym

VECTOR = (
    '[{"id":"11111111-2222-4333-8444-555555555555","type":"timeline","startTime":'
    '"2019-06-01T20:05:05+02:00","location":"https://www.facebook.com/"},{"type":"impression",'
    '"visibility":"public","impressionOrder":1,'
    '"timelineId":"11111111-2222-4333-8444-555555555555",'
    '"impressionTime":"2019-06-01T20:05:06+02:00","html":"<div class=\\"userContentWrapper\\">'
    'Perché no? ✍️</div>"}]'
).encode()
SEED_KEYS = KeyPair.generate(bytes(range(32)))
SIGNATURE = (
    "2esvNtt3n5hD3DRuBzScCbR5kpMVLX1aUvpgmhGq5MBfUhgA659jpfKGK1tFDBbVpeJvw5qFYD193FJhmWxMCijm"
)


@pytest.fixture
def api() -> Iterator[Bench]:
    made = bench()
    yield made
    made.db.close()


def kinds(reply: Any) -> dict[str, int]:
    return {row["kind"]: row["amount"] for row in reply.get_json()["info"] if "kind" in row}


def test_the_vector_of_the_extension(api: Bench) -> None:
    assert len(VECTOR) == 373
    assert SEED_KEYS.public_key == "FAe4sisG95oZ42w7buUn5qEE4TAnfTTFPiguZUHmhiF"
    assert SEED_KEYS.sign(VECTOR) == SIGNATURE
    reply = api.post(VECTOR, SEED_KEYS)
    assert reply.status_code == 200
    assert kinds(reply) == {"htmls": 1, "impressions": 1, "timelines": 1}
    (exported,) = api.personal("exporter", token=api.token(SEED_KEYS))
    impressions, htmls, about, summaries = exported
    assert about["id"] == "62396b24e4b41a76313d292bceb778b8b4f12933"
    assert impressions[0]["id"] == "391ae6859f18381ad87aa6a8ce81a78fcdd6e62b"
    assert htmls[0]["id"] == "4722bd395fb1ac8f171059064328c9a198d71730"
    assert about["startTime"] == "2019-06-01T18:05:05.000Z"
    assert summaries == []


def test_a_public_fragment_without_an_audience_icon_is_kept_as_the_answer_says(api: Bench) -> None:
    """Nothing can be read of it: no summary. What is acknowledged can be had, and removed."""
    opened, impression = timeline(public=1, private=0)[:2]
    bare = {**impression, "html": '<div class="userContentWrapper">hello</div>'}
    amounts = kinds(api.post([opened, bare]))
    assert amounts == {"htmls": 1, "impressions": 1, "timelines": 1}
    token = api.token()
    (exported,) = api.personal("exporter", token=token)
    assert [row["html"] for row in exported[1]] == [bare["html"]]
    assert api.personal("summary", token=token) == []
    removed = api.personal("remove", "9", token=token)
    assert (removed["htmls"], removed["timelines"]) == (1, 1)
    assert api.personal("stats", token=token)["storedTimelines"] == 0


def test_fragments_of_later_extensions_are_named_by_owner_and_bytes(api: Bench) -> None:
    api.client.post(
        "/fbtrex/api/v1/events", data=VECTOR, headers=signed(VECTOR, SEED_KEYS, version="2.1.1")
    )
    (exported,) = api.personal("exporter", token=api.token(SEED_KEYS))
    assert exported[1][0]["id"] == "ca04b507346be15feb1080290ac9441b6722bd8d"


@pytest.mark.parametrize(
    ("name", "food"),
    [
        ("user1", "beans-peas-couscous"), ("user2", "peanut-couscous-sauerkraut"),
        ("user12", "feta-chives-amaranth"), ("user123456789", "tomatillo-alfalfa-beet"),
        ("timeline227d1a03e79016c3609a68e7eab9b49f936f602a", "taco-apple-custard"),
        ("timeline30ae090512dc04d01897ac86331958f6c03bf324", "pomelo-kebab-rhubarb"),
    ],
)  # fmt: skip
def test_pseudonyms(name: str, food: str) -> None:
    assert pseudonym(name) == food


def test_hashes() -> None:
    assert content_id_2019(uuid="XXXX-1", user="31337", order="3") == (
        "788ef30611ef2c1da7714e757e1afcb917c3ee90"
    )
    assert content_id_2019(html="<p>hi</p>", user="31337") == (
        "c5527b748328ef52690ac0a61ebed0fe8b8dc501"
    )


def test_the_handshake_gives_the_token_and_the_events_never_do(api: Bench) -> None:
    body = {"message": "m", "userId": "31337", "version": "1", "publicKey": api.keys.public_key}
    hello = api.post(body, path="userInfo").get_json()
    assert list(hello) == ["token", "pseudo", "keyTime", "lastAccess", "selector"]
    assert hello["selector"] == ".userContentWrapper"
    assert hello["pseudo"] == pseudonym("user31337")
    assert len(hello["token"]) == 40
    reply = api.post(timeline())
    assert hello["token"] not in reply.text
    supporter = reply.get_json()["info"][-1]
    assert (supporter["userId"], supporter["pseudo"]) == (31337, hello["pseudo"])


def test_a_replay_changes_nothing(api: Bench) -> None:
    token = api.token()
    first = api.post(timeline())
    assert kinds(first) == {"htmls": 2, "impressions": 3, "timelines": 1}
    before = [api.personal(v, token=token) for v in ("summary", "stats", "exporter", "daily")]
    counted = api.db.rows("SELECT * FROM fbtrex_supporters ORDER BY supporter")
    api.clock.sleep(3600)
    assert kinds(api.post(timeline())) == {}
    # The same events in another body are known one by one.
    assert kinds(api.post(list(reversed(timeline())))) == {}
    assert before == [
        api.personal(v, token=token) for v in ("summary", "stats", "exporter", "daily")
    ]
    again = api.db.rows("SELECT * FROM fbtrex_supporters ORDER BY supporter")
    assert [r["user_token"] for r in again] == [r["user_token"] for r in counted]


def test_an_account_number_opens_nothing(api: Bench) -> None:
    mine, thief = KeyPair.generate(b"mine"), KeyPair.generate(b"thief")
    api.post(timeline(), mine)
    stolen = api.token(thief)
    assert stolen != api.token(mine)
    assert api.personal("summary", token=stolen) == []
    assert api.personal("stats", token=stolen)["storedTimelines"] == 0
    api.post(timeline(), thief)
    assert api.personal("remove", "9", token=stolen)["timelines"] == 1
    assert len(api.personal("summary", token=api.token(mine))) == 2


def test_pseudonyms_that_collide_do_not_mix_data(api: Bench) -> None:
    one, two = KeyPair.generate(b"1"), KeyPair.generate(b"2")
    api.post(timeline(1), one, user="12")
    api.post(timeline(2), two, user="21")
    tokens = [api.token(one, "12"), api.token(two, "21")]
    summaries = [api.personal("summary", token=token) for token in tokens]
    assert {row["user"] for rows in summaries for row in rows} == {"feta-chives-amaranth"}
    assert [len(rows) for rows in summaries] == [2, 2]
    assert not {r["postId"] for r in summaries[0]} & {r["postId"] for r in summaries[1]}
    assert api.personal("remove", "9", token=tokens[0])["summaries"] == 2
    assert len(api.personal("summary", token=tokens[1])) == 2


def test_private_posts_leave_only_order_and_time(api: Bench) -> None:
    events = timeline(public=0, private=1)
    events[1] |= {
        "html": html(author=PERSON, audience="Friends"),
        "visibilityInfo": "Ann Lee's friends", "kind": "post", "from": "standard",
    }  # fmt: skip
    # A client that calls a private post public: the parser knows better.
    lying = {**events[1], "visibility": "public", "impressionOrder": 2}
    assert kinds(api.post([*events, lying])) == {"impressions": 2, "timelines": 1}
    (exported,) = api.personal("exporter", token=api.token())
    assert exported[1] == []
    assert [sorted(row) for row in exported[0]] == [
        ["id", "impressionOrder", "impressionTime", "timelineId", "userId", "visibility"]
    ] * 2
    everything = "".join(
        str(row) for table in ("fbtrex_impressions", "fbtrex_htmls", "fbtrex_summaries")
        for row in api.db.rows(f"SELECT * FROM {table} WHERE supporter > 1")
    )  # fmt: skip
    assert "Ann Lee" not in everything


def test_impressions_before_their_timeline_and_in_pieces(api: Bench) -> None:
    events = timeline()
    assert kinds(api.post(events[1:2])) == {"htmls": 1, "impressions": 1}
    assert api.personal("stats", token=api.token())["storedTimelines"] == 1
    assert kinds(api.post(events))["timelines"] == 1
    stats = api.personal("stats", token=api.token())
    assert stats["content"][0]["startTime"] == "2026-03-04T01:06:49.000Z"
    assert list(stats["timelines"].values()) == [3]


def test_a_feed_with_a_query_is_a_feed(api: Bench) -> None:
    events = timeline()
    elsewhere = [{**timeline(2)[0], "location": "https://www.facebook.com/elpais/"}]
    api.post([*events, *elsewhere])
    exported = api.personal("exporter", token=api.token())
    assert ["nonfeed" in about for _, _, about, _ in exported] == [True, False]


def test_later_clients_without_a_time(api: Bench) -> None:
    event = timeline(public=0)[1]
    own = event.pop("impressionTime")
    api.post([timeline()[0], {**event, "startTime": own, "offsetTop": 120}])
    (row,) = api.personal("stats", token=api.token())["content"]
    assert row["impressionTime"] == "2026-03-04T01:06:01.000Z"


@pytest.mark.sweep(4)
@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"X-Fbtrex-Signature": ""}, 400),
        ({"X-Fbtrex-Build": ""}, 400),
        ({"X-Fbtrex-UserId": "me"}, 400),
        ({"X-Fbtrex-UserId": "9" * 40}, 400),
        ({"X-Fbtrex-PublicKey": "0OIl"}, 400),
        ({"X-Fbtrex-Signature": "abc"}, 400),
        ({"Content-Type": "text/plain"}, 415),
        ({"X-Fbtrex-PublicKey": SEED_KEYS.public_key}, 401),
    ],
)
def test_what_is_not_signed_is_not_believed(
    api: Bench, change: dict[str, str], status: int
) -> None:
    reply = api.post(timeline(), **change)
    assert reply.status_code == status
    assert reply.get_json()["status"] == "error"
    greeting = {"message": "m", "userId": "31337", "publicKey": api.keys.public_key}
    hello = api.post(greeting, path="userInfo", **change)
    assert hello.status_code == status
    assert hello.get_json()["token"] == "error"
    assert api.db.one("SELECT COUNT(*) AS n FROM fbtrex_supporters WHERE demo = 0")["n"] == 0


def test_a_charset_and_another_spelling_are_verified_too(api: Bench) -> None:
    odd = b'[ {"type": "anomaly"} ]'
    keys = api.keys
    headers = signed(odd, keys) | {"Content-Type": "application/json; charset=utf-8"}
    assert api.client.post("/fbtrex/api/v1/events", data=odd, headers=headers).status_code == 200
    canonical = js_json([{"type": "anomaly"}]).encode()
    rewritten = signed(canonical, keys)
    assert api.client.post("/fbtrex/api/v1/events", data=odd, headers=rewritten).status_code == 200


@pytest.mark.sweep(3)
@pytest.mark.parametrize(
    "body",
    [
        {}, 1, None, [1], [None], [{"type": "elephant"}], [{"type": "timeline"}],
        [{"type": "timeline", "id": "x" * 100}], [{"type": "timeline", "id": 7}],
        [{"type": "impression"}],
        [{"type": "impression", "timelineId": "a", "impressionOrder": -1, "visibility": "public"}],
        [{"type": "impression", "timelineId": "a", "impressionOrder": True,
          "visibility": "public"}],
        [{"type": "impression", "timelineId": "a", "impressionOrder": 1, "visibility": "x"}],
        [{"type": "impression", "timelineId": "a", "impressionOrder": 1, "visibility": "public",
          "html": 5}],
        [{"type": "impression", "timelineId": "a", "impressionOrder": 1, "visibility": "public",
          "impressionTime": "yesterday"}],
        [{"type": "impression", "timelineId": "a", "impressionOrder": 1, "visibility": "public",
          "impressionTime": "0001-01-01T00:00:00+14:00"}],
    ],
)  # fmt: skip
def test_bad_events_refuse_the_whole_submission(api: Bench, body: Any) -> None:
    whole = [*timeline(), *body] if isinstance(body, list) else body
    reply = api.post(whole)
    assert reply.status_code == 400
    assert api.db.one("SELECT COUNT(*) AS n FROM fbtrex_timelines WHERE supporter > 1")["n"] == 0


def test_a_captured_submission_cannot_be_replayed_for_another_account(api: Bench) -> None:
    events = timeline()
    assert api.post(events).status_code == 200
    before = api.db.one("SELECT COUNT(*) AS n FROM fbtrex_timelines")["n"]
    supporters = api.db.one("SELECT COUNT(*) AS n FROM fbtrex_supporters")["n"]
    again = api.post(events, user="31338")
    assert (again.status_code, again.get_json()["status"]) == (409, "error")
    assert api.db.one("SELECT COUNT(*) AS n FROM fbtrex_timelines")["n"] == before
    assert api.db.one("SELECT COUNT(*) AS n FROM fbtrex_supporters")["n"] == supporters
    # What is new is welcome for any account, and nothing twice is no replay.
    assert api.post(timeline(2), user="31338").status_code == 200
    assert [api.post([], user=user).status_code for user in ("31337", "31338")] == [200, 200]


def test_strange_bytes(api: Bench) -> None:
    events = timeline(public=1, private=0)
    events[1]["html"] = "\ud800\0" + events[1]["html"] + "<div " * 2000
    assert api.post(js_json(events).encode()).status_code == 200
    for raw in (b"", b"\xff\xfe", b"[" * 5000, b'{"a":NaN}'):
        assert api.post(raw).status_code == 400
    assert api.post(b"[" + b" " * (4 * 1024 * 1024) + b"]").status_code == 413


def test_historical_statuses_only() -> None:
    api = bench("2019")
    wrong = api.post(timeline(), **{"X-Fbtrex-PublicKey": SEED_KEYS.public_key})
    assert (wrong.status_code, wrong.get_json()) == (
        200, {"status": "error", "info": "Invalid signature"},
    )  # fmt: skip
    assert api.get(f"/v2/personal/{'0' * 40}/summary/").status_code == 200
    assert api.get(f"/v2/personal/{'0' * 40}/summary/").data == (
        b'{"error":true,"message":"error: Authentication failure"}'
    )
    assert api.get(f"/v2/personal/{'0' * 40}/exporter/").status_code == 500
    csv = api.get(f"/v2/personal/{'0' * 40}/csv/")
    assert (csv.status_code, csv.text) == (200, "error: Authentication failure")
    # What the original's handlers did not survive.
    assert api.client.post("/fbtrex/api/v1/events", json=[]).status_code == 500
    for name in ("PublicKey", "Signature"):
        assert api.post(timeline(), **{f"X-Fbtrex-{name}": "0OIl"}).status_code == 500
    # Holes stay closed.
    assert api.get("/v2/debug/html/x").status_code == 401
    token = api.token(KeyPair.generate(b"thief"))
    assert api.personal("summary", token=token) == []
    assert api.get(f"/v2/personal/{TOKEN}/csv/1-0").headers["Content-Type"].startswith("csv/text")
    api.db.close()


def test_a_handshake_sent_again_is_told_no_token(api: Bench) -> None:
    """Whoever overheard it gets everything but what reads and deletes."""
    body = {"message": "once", "userId": "31337", "version": "1", "publicKey": api.keys.public_key}
    first = api.post(body, path="userInfo").get_json()
    assert len(first["token"]) == 40
    again = api.post(body, path="userInfo")
    assert again.status_code == 200
    assert first["token"] not in again.text
    assert again.get_json()["pseudo"] == first["pseudo"]
    reworded = api.post(body | {"version": "2"}, path="userInfo")
    assert first["token"] not in reworded.text  # its message was heard
    other = api.post(body | {"message": "another"}, path="userInfo").get_json()
    assert other["token"] == first["token"]


@pytest.mark.parametrize("missing", ["message", "userId", "publicKey"])
def test_the_body_of_another_call_is_no_handshake(api: Bench, missing: str) -> None:
    """ytTREX's is signed by the same key; it has not the fields, so it opens nothing."""
    body = {"message": "m", "userId": "31337", "publicKey": api.keys.public_key}
    del body[missing]
    answer = api.post(body, path="userInfo")
    assert answer.status_code == 400
    assert answer.get_json()["token"] == "error"
    yttrex = {"config": {"publicKey": api.keys.public_key}, "href": "https://www.youtube.com/"}
    assert api.post(yttrex, path="userInfo").status_code == 400
