"""Signed evidence into the mock: verified, stored once, answered item by item."""

from __future__ import annotations

import json

import pytest
from yttrex_tools import Bench, item, leaf, signed

from collector.common.identity import KeyPair, content_id, js_json

SEED_KEYS = KeyPair.generate(bytes(range(32)))


def test_ids_are_those_of_the_original_server(api: Bench) -> None:
    reply = api.post([item("<ytd-app>é…</ytd-app>"), leaf(hash=-12345)], SEED_KEYS).get_json()
    page, small = reply["results"]
    assert page["metadataId"] == "aa24d7749282ae036facfc4045bfcf8d89cbc4d2"
    assert page["id"] == "0d4fa4870129fb1ae264a9b728f75d5ba0f04e9a"
    assert small["id"] == "b52cad4234e880e89ab11b13c967b48d8ef311cf"
    assert reply["status"] == "OK"
    assert reply["htmls"] == {
        "error": False,
        "success": 1,
        "subject": "htmls",
        "duplicates": 0,
        "refused": 0,
    }


def test_the_measured_body_and_signature_are_accepted(api: Bench) -> None:
    body = (
        '[{"type":"video","element":"<ytd-app>é…</ytd-app>","size":21,'
        '"href":"https://www.youtube.com/watch?v=SU31AEXDLrM","randomUUID":"1—0.5-7",'
        '"incremental":0,"clientTime":"2022-03-24T17:06:33+01:00"}]'
    ).encode()
    headers = signed(body, SEED_KEYS) | {
        "X-YTtrex-Signature": "5SJPnAPfX8BCGM92zuFRAuVSvUKKX1Zmoq3KtEV61VuEhRxbtn2iC4SyjmjA8aN5"
        "9fHQUpoWndVaT1XdBmtu4r3Q"
    }
    reply = api.client.post("/api/v2/events", data=body, headers=headers)
    assert reply.status_code == 200
    assert reply.get_json()["supporter"]["p"] == "waffle-orzo-kebab"


def test_a_signature_over_the_rewritten_body_counts_too(api: Bench) -> None:
    pretty = json.dumps([item()], indent=2).encode()
    signature = SEED_KEYS.sign(js_json([item()]).encode())
    headers = signed(pretty, SEED_KEYS) | {"X-YTtrex-Signature": signature}
    assert api.client.post("/api/v2/events", data=pretty, headers=headers).status_code == 200
    raw = signed(pretty, SEED_KEYS)
    raw["Content-Type"] = "application/json; charset=utf-8"
    assert api.client.post("/api/v2/events", data=pretty, headers=raw).status_code == 200


def test_a_wrong_signature_creates_nobody(api: Bench, old_api: Bench) -> None:
    for made, status in ((api, 401), (old_api, 200)):
        before = made.db.rows("SELECT COUNT(*) AS n FROM yttrex_supporters")
        body = js_json([item()]).encode()
        headers = signed(body + b" ", made.keys)
        reply = made.client.post("/api/v2/events", data=body, headers=headers)
        assert reply.status_code == status
        assert reply.get_json() == {
            "status": "error",
            "info": "Signature does not match request body",
        }
        assert made.db.rows("SELECT COUNT(*) AS n FROM yttrex_supporters") == before


@pytest.mark.parametrize(
    ("change", "status", "word"),
    [
        ({"X-YTtrex-Version": ""}, 400, "x-yttrex-version, we use as version"),
        ({"X-YTtrex-PublicKey": ""}, 400, "x-yttrex-publickey"),
        ({"X-YTtrex-Signature": ""}, 400, "x-yttrex-signature"),
        ({"X-YTtrex-PublicKey": "0OIl"}, 400, "public key"),
        ({"X-YTtrex-Signature": "abc"}, 400, "signature"),
        ({"Content-Type": "text/plain"}, 415, "Content-Type"),
    ],
)
def test_headers_that_are_wrong_are_named(
    api: Bench, change: dict[str, str], status: int, word: str
) -> None:
    body = js_json([item()]).encode()
    reply = api.client.post("/api/v2/events", data=body, headers=signed(body, api.keys) | change)
    assert reply.status_code == status
    assert word in reply.get_json()["info"][0]


def test_bodies_that_are_no_batch(api: Bench) -> None:
    for body, status in ((b"{", 400), (b'{"a":1}', 400), (b"[" * 100_000, 400), (b"", 400)):
        reply = api.client.post("/api/v2/events", data=body, headers=signed(body, api.keys))
        assert reply.status_code == status, body[:10]
        assert reply.is_json
    body = b"[" + b" " * (10 * 1024 * 1024) + b"]"
    reply = api.client.post("/api/v2/events", data=body, headers=signed(body, api.keys))
    assert reply.status_code == 413
    told = reply.get_json()
    assert told["message"] == "request entity too large"
    assert (told["limit"], told["length"]) == (10485760, len(body))
    assert told["publicKey"] == api.keys.public_key
    many = api.post([{}] * 2001)
    assert many.status_code == 413


def test_what_is_sent_again_is_known_and_stored_once(api: Bench) -> None:
    batch = [item(seq=0), item(seq=1), leaf(seq=2)]
    first = api.post(batch).get_json()["results"]
    again = api.post(batch).get_json()["results"]
    assert [r["status"] for r in first] == ["stored"] * 3
    assert [r["status"] for r in again] == ["duplicate"] * 3
    assert [r["id"] for r in first] == [r["id"] for r in again]
    # In another batch the same evidence has another place and is still the same evidence.
    alone = api.post([item(seq=1)]).get_json()["results"]
    assert alone[0]["id"] == first[1]["id"]
    assert alone[0]["status"] == "duplicate"
    stored = "SELECT COUNT(*) AS n FROM yttrex_htmls WHERE public_key = ?"
    assert api.db.one(stored, [api.keys.public_key])["n"] == 2


def test_equal_length_is_not_equal_evidence(api: Bench) -> None:
    one = api.post([item("<ytd-app>a</ytd-app>", seq=0)]).get_json()["results"][0]
    two = api.post([item("<ytd-app>b</ytd-app>", seq=1)]).get_json()["results"][0]
    assert (one["status"], two["status"]) == ("stored", "stored")
    assert one["id"] != two["id"]
    assert api.get(f"/v1/htmlId/{two['id']}").get_json()["html"] == "<ytd-app>b</ytd-app>"


def test_a_bad_item_costs_only_itself(api: Bench) -> None:
    batch = [
        item(uuid="a"),
        {"type": "video"},
        17,
        item(uuid="b", href="javascript:1"),
        item(uuid="c", clientTime="yesterday"),
        item(uuid="d", randomUUID=5),
        leaf(selectorName=None),
        item(uuid="e", incremental="x"),
    ]
    reply = api.post(batch)
    results = reply.get_json()["results"]
    assert reply.status_code == 200
    assert [r["status"] for r in results] == ["stored"] + ["refused"] * 6 + ["stored"]
    assert all(r["reason"] for r in results[1:7])
    none = api.post([{"type": "video"}])
    assert none.status_code == 400
    assert none.get_json()["info"] == ["element is missing or not a text"]


def test_a_missing_page_id_is_hashed_as_missing(api: Bench) -> None:
    nameless = item()
    del nameless["randomUUID"]
    result = api.post([nameless], SEED_KEYS).get_json()["results"][0]
    assert result["metadataId"] == "ac702b18de9b08f1a1d33776f85a1312eaef084a"


def test_captures_of_one_page_are_one_observation(api: Bench) -> None:
    from yttrex_tools import watch_page

    small = watch_page(related=("aaaaaaaaaa1", "aaaaaaaaaa2"))
    large = watch_page(related=("aaaaaaaaaa2", "aaaaaaaaaa3"))
    batch = [item(large, seq=1), item(small, seq=0)]
    results = api.post(batch).get_json()["results"]
    assert len({r["metadataId"] for r in results}) == 1
    seen = api.get("/v1/videoId/SU31AEXDLrM").get_json()
    assert len(seen) == 1
    assert [(r["index"], r["videoId"]) for r in seen[0]["related"]] == [
        (1, "aaaaaaaaaa2"),
        (2, "aaaaaaaaaa3"),
        (3, "aaaaaaaaaa1"),
    ]


def test_every_advertisement_of_a_page_is_kept(api: Bench) -> None:
    ads = [
        leaf(f"<div><h3>Firm {n}</h3><p id='website-text'>Firm{n}.example/</p></div>", seq=n)
        for n in range(3)
    ]
    assert all(r["status"] == "stored" for r in api.post(ads).get_json()["results"])
    rows = api.db.rows("SELECT sponsored_name, sponsored_site FROM yttrex_leaves ORDER BY rowid")
    assert [tuple(row.values()) for row in rows] == [
        ("Firm 0", "firm0.example"),
        ("Firm 1", "firm1.example"),
        ("Firm 2", "firm2.example"),
    ]


def test_tag_language_and_experiment_are_filed(api: Bench) -> None:
    tagged = {"X-YTtrex-NonAuthCookieId": "spring", "Accept-Language": "it-IT;q=0.9,it"}
    batch = [
        item(uuid="a", experimentId="DEFAULT_UNSET"),
        item(uuid="b", researchTag="own", experimentId="f" * 40),
    ]
    assert api.post(batch, None, **tagged).status_code == 200
    rows = api.db.rows(
        "SELECT blang, research_tag, experiment_id FROM yttrex_htmls WHERE public_key = ?"
        " ORDER BY rowid",
        [api.keys.public_key],
    )
    assert [tuple(row.values()) for row in rows] == [
        ("it-IT", "spring", None),
        ("it-IT", "own", "f" * 40),
    ]


def test_lone_surrogates_and_nulls_are_survived(api: Bench) -> None:
    odd = item("<ytd-app>\ud800\x00</ytd-app>", researchTag="\udfff", uuid="\ud800")
    result = api.post([odd]).get_json()["results"][0]
    assert result["status"] == "stored"
    assert "ytd-app" in api.get(f"/v1/htmlId/{result['id']}").get_json()["html"]


def test_the_user_token_is_not_the_key_and_stays(api: Bench) -> None:
    token = api.token()
    assert len(token) == 40
    assert set(token) <= set("0123456789abcdef")
    assert token != content_id(publicKey=api.keys.public_key)
    assert api.token() == token
    assert api.token(SEED_KEYS) != token


def test_handshakes(api: Bench) -> None:
    public = api.keys.public_key
    body = js_json({"config": {"publicKey": public, "execount": 3}, "href": "x"}).encode()
    plain = {"Content-Type": "application/json"}
    unsigned = api.client.post("/api/v2/handshake", data=body, headers=plain)
    assert (unsigned.status_code, unsigned.get_json()) == (200, {"ignored": True})
    known = api.client.post("/api/v2/handshake", data=body, headers=signed(body, api.keys))
    token = known.get_json()["userToken"]
    count = "SELECT COUNT(*) AS n FROM yttrex_supporters WHERE public_key = ?"
    assert api.db.one(count, [public])["n"] == 0
    assert api.token() == token
    unset = b'{"experimentId":"DEFAULT_UNSET"}'
    assert api.client.post("/api/v2/handshake", data=unset, headers=plain).get_json() == {
        "experimentId": False
    }
    body = js_json({"experimentId": "e" * 40, "href": "h", "execount": 1}).encode()
    joined = api.client.post("/api/v2/handshake", data=body, headers=signed(body, api.keys))
    assert joined.get_json()["status"] == "active"
    forged = signed(body + b" ", api.keys)
    assert api.client.post("/api/v2/handshake", data=body, headers=forged).status_code == 401


def test_the_first_protocol_is_discontinued(api: Bench, old_api: Bench) -> None:
    assert api.client.post("/api/v1/events").status_code == 410
    reply = old_api.client.post("/api/v1/events")
    assert (reply.status_code, reply.text) == (200, "discontinued")


def test_what_is_sent_again_is_told_no_token(api: Bench) -> None:
    """A captured submission or handshake, sent by somebody else, gets the rest of its answer."""
    for path, body in (
        ("/api/v2/events", js_json([item(number=77)]).encode()),
        ("/api/v2/handshake", js_json({"config": {"execount": 77}, "href": "x"}).encode()),
    ):
        first = api.client.post(path, data=body, headers=signed(body, api.keys))
        token = first.get_json().get("userToken") or first.get_json()["supporter"]["userToken"]
        again = api.client.post(path, data=body, headers=signed(body, api.keys))
        assert again.status_code == 200
        assert token not in again.text
    # nor at the other API, whose headers anybody can write
    elsewhere = api.client.post("/api/v2/events", data=body, headers=signed(body, api.keys))
    assert token not in elsewhere.text
