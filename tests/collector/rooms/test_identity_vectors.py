"""Keys, signatures, pseudonyms and ids, against values measured on the reference implementation."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.common import identity
from collector.common.identity import UNDEFINED, BadKey, KeyPair, content_id, js_json, pseudonym
from collector.common.jsjson import refuse_depth

SEED = bytes(range(32))
PUBLIC = "FAe4sisG95oZ42w7buUn5qEE4TAnfTTFPiguZUHmhiF"
SECRET = "1GMkH3brNXiNNs1tiFZHu4yZSRrzJwxi5wB9bHFtMikjwpAW9DMZzU2Pqakc5it8X3N5vPmqdN7KF4CCUpmKhq"
DEV_PUBLIC = "H7AsuUszehN4qKTj2GYYwNNzkJVqUQBRo2wgKevzeUwx"
DEV_SECRET = (
    "v6pyCC8TzKd1uq7LnGaLQDaZ4qmJwKCne7moXwr1EJthxne4sqBWPkHwqyH8QH5n9pNQGAGBeA9hZ1jwy4hUyeW"
)
HREF = "https://www.youtube.com/watch?v=SU31AEXDLrM"
BODY = (
    '[{"type":"video","element":"<ytd-app>é…</ytd-app>","size":21,'
    f'"href":"{HREF}","randomUUID":"1—0.5-7","incremental":0,'
    '"clientTime":"2022-03-24T17:06:33+01:00"}]'
)
SIGNATURE = (
    "5SJPnAPfX8BCGM92zuFRAuVSvUKKX1Zmoq3KtEV61VuEhRxbtn2iC4SyjmjA8aN59fHQUpoWndVaT1XdBmtu4r3Q"
)
METADATA_ID = "aa24d7749282ae036facfc4045bfcf8d89cbc4d2"


def test_a_seed_gives_the_known_pair_and_signature() -> None:
    keys = KeyPair.generate(SEED)
    assert (keys.public_key, keys.secret_key) == (PUBLIC, SECRET)
    assert len(BODY.encode()) == 200
    assert keys.sign(BODY.encode()) == SIGNATURE
    assert identity.verify(PUBLIC, SIGNATURE, BODY.encode())
    assert not identity.verify(PUBLIC, SIGNATURE, BODY.encode() + b" ")
    assert js_json(identity.js_loads(BODY)) == BODY


def test_a_secret_key_gives_its_pair_and_does_not_show_itself() -> None:
    keys = KeyPair.from_secret(DEV_SECRET)
    assert keys.public_key == DEV_PUBLIC
    assert DEV_SECRET not in repr(keys)
    assert KeyPair.generate() != KeyPair.generate()
    assert KeyPair.generate(b"any length") == KeyPair.generate(b"any length")


@pytest.mark.parametrize("bad", ["", "0OIl", DEV_SECRET[:-1], DEV_SECRET + "1" * 400, "é", PUBLIC])
def test_a_bad_secret_key_says_what_a_key_is(bad: str) -> None:
    with pytest.raises(BadKey, match="base58"):
        KeyPair.from_secret(bad)


def test_halves_that_do_not_belong_together_are_refused() -> None:
    import base58

    mixed = base58.b58decode(SECRET)[:32] + base58.b58decode(DEV_PUBLIC)
    with pytest.raises(BadKey, match="belong together"):
        KeyPair.from_secret(base58.b58encode(mixed).decode())


@pytest.mark.parametrize(
    ("key", "signature"),
    [
        ("", ""),
        (PUBLIC, "é"),
        (PUBLIC, SIGNATURE[:-2]),
        ("0", SIGNATURE),
        (PUBLIC + " ", SIGNATURE),
    ],
)
def test_malformed_keys_and_signatures_verify_nothing(key: str, signature: str) -> None:
    assert not identity.verify(key, signature, BODY.encode())


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (DEV_PUBLIC, "pasta-cake-romaine"),
        (PUBLIC, "waffle-orzo-kebab"),
        ("public-key", "pickle-raspberry-scramble"),
        ("ABCDEF789012345678901234567890", "feta-pepper-waffle"),
        ("6gVBjX7CrA7jTCxowexugCKQtt7", "caramel-cucumber-manicotti"),
        ("a", "basil-basil-batter"),
        ("", "anise-anise-anise"),
    ],
)
def test_pseudonyms(key: str, words: str) -> None:
    assert pseudonym(key) == words


def test_an_overlong_text_has_no_pseudonym() -> None:
    with pytest.raises(ValueError, match="too long"):
        pseudonym("x" * 2000)


def test_content_ids() -> None:
    assert content_id(publicKey=PUBLIC, randomUUID="1—0.5-7", href=HREF) == METADATA_ID
    assert content_id(metadataId=METADATA_ID, size=21, i=0) == (
        "0d4fa4870129fb1ae264a9b728f75d5ba0f04e9a"
    )
    assert content_id(metadataId=METADATA_ID, contentHash=-12345, i=0) == (
        "b52cad4234e880e89ab11b13c967b48d8ef311cf"
    )
    assert content_id(publicKey=PUBLIC, randomUUID=UNDEFINED, href=HREF) == (
        "ac702b18de9b08f1a1d33776f85a1312eaef084a"
    )
    step = {"title": "T", "url": HREF, "urltag": "t1", "watchFor": 10000, "type": "openURL"}
    assert content_id(steps=[step]) == "adf0b6a08ef67acc0707215f89f7332825a0f91d"
    assert content_id(
        fixedSalt="https://github.com/tracking-exposed/", name="grp", password=""
    ) == ("7219ab0120f0c4044d36454f9c1ddba6bdd581c2")
    assert content_id(impressionTime="2022-03-24 17:00:00") == (
        "b101de9896a93a75a1f55716309357c23a38eb24"
    )
    when = datetime(2022, 3, 24, 15, 36, 22, 377000, tzinfo=UTC)
    assert content_id(who=PUBLIC, when=when) == "5307f7d2424b8d71fec32e59ac6c24a47e122384"
    assert identity.content_id_2019(pubkey=PUBLIC, href=HREF, hour="2022-03-24 16:06:00") == (
        "e81ad72d306b181d64a4435ad4959c0cd0aa0a5d"
    )


def test_lengths_and_hashes_count_utf16_units() -> None:
    assert identity.utf16_length("<ytd-app>é…</ytd-app>") == 21
    assert identity.utf16_length("a😀") == 3
    assert identity.html_hash('<a href="/channel/X">é</a>') == -1798030027


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1e21, "1e+21"),
        (123456789012345680000.0, "123456789012345680000"),
        (1.5e-7, "1.5e-7"),
        (0.000001, "0.000001"),
        (5e-324, "5e-324"),
        (-1.25e30, "-1.25e+30"),
        (12345678901234567890, "12345678901234567000"),
        (10**400, "null"),
        (math.nan, "null"),
        (math.inf, "null"),
        ({"b": 1, "10": 2, "9": 3, "01": 4}, '{"9":3,"10":2,"b":1,"01":4}'),
        ({"a": UNDEFINED, "b": None}, '{"b":null}'),
        ([UNDEFINED, True, False], "[null,true,false]"),
        ('\u2028/\x7f\x01\n"\\é😀', '"\u2028/\x7f\\u0001\\n\\"\\\\é😀"'),
        ("\ud800x", '"\\ud800x"'),
        ("\ud83d\ude00", '"😀"'),
    ],
)
def test_json_is_written_as_javascript_writes_it(value: object, text: str) -> None:
    assert js_json(value) == text


def test_json_refuses_what_has_no_json_form() -> None:
    deep: list[object] = []
    for _ in range(300):
        deep = [deep]
    with pytest.raises(ValueError, match="nested"):
        js_json(deep)
    with pytest.raises(ValueError, match="nested"):
        identity.js_loads("[" * 100_000)
    with pytest.raises(TypeError):
        js_json({1: 2})
    with pytest.raises(ValueError, match="NaN"):
        identity.js_loads("[NaN]")


def test_nesting_is_counted_before_the_text_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = "[" * 200 + "]" * 200
    for text in (kept, kept.encode(), "[" + "[]," * 5000 + "[]]", '["' + '[\\\\\\"{' * 300 + '"]'):
        refuse_depth(text)
        identity.js_loads(text)
    monkeypatch.setattr(json, "loads", lambda *_, **__: pytest.fail("it was parsed"))
    for text in ("[" * 201, '{"a":' * 201, '["\\\\",' + "[" * 200, ("[" * 100_000).encode()):
        with pytest.raises(ValueError, match="nested too deeply"):
            refuse_depth(text)
        with pytest.raises(ValueError, match="nested too deeply"):
            identity.js_loads(text)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(_JSON)
@settings(max_examples=60, deadline=None)
def test_json_comes_back_unchanged(value: object) -> None:
    assert identity.js_loads(js_json(value)) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
@settings(max_examples=60, deadline=None)
def test_numbers_come_back_unchanged(value: float) -> None:
    assert float(js_json(value)) == value
