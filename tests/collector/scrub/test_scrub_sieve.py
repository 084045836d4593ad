"""The sieve lets through exactly the words that stand in a text, whatever lies beside them."""

from __future__ import annotations

import importlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.scrub import places, scrub
from collector.scrub.sieve import Sieve

learn = importlib.import_module("collector.scrub.learn")

WORDS = [
    b"ID_TOKEN",
    b"XSRF_TOKEN",
    b"_TOKEN",
    b"TOKEN_ID",
    b"aiaId",
    b"gaiaId",
    b"Id",
    b"accountName",
]
AROUND = (b"account", b"_", b"I")


@given(st.lists(st.sampled_from([*WORDS, b"_", b"I", b"ID", b"TOKEN", b"account", b"x"])))
def test_exactly_the_words_of_a_text_get_through(parts: list[bytes]) -> None:
    """Held against a search for each word: words in and over each other are all found."""
    text = b"".join(parts)
    assert Sieve(WORDS, AROUND).through(text) == {word for word in WORDS if word in text}


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ((b"A_", b"_B"), b"A__B"),  # pieces beside each other
        ((b"A_", b"_B"), b"_BA_"),
        ((b"_A", b"_AB", b"X_A"), b"X_AB"),  # words over each other
        ((b"_A", b"_B", b"_C"), b"_C_C_A_B"),
    ],
)
def test_a_word_beside_another_is_found(words: tuple[bytes, ...], text: bytes) -> None:
    assert Sieve(words, around=[b"_"]).through(text) == {*words}
    assert Sieve(words, around=[]).through(text) == {*words}


@pytest.mark.parametrize("sieve", [learn._SIEVE, places._SIEVE])
def test_no_piece_can_overlap_itself(sieve: Sieve) -> None:
    """Else the search around it would pass over a word."""
    assert sieve._groups
    for piece, _ in sieve._groups:
        assert not any(piece.endswith(piece[:n]) for n in range(1, len(piece)))


def test_every_word_of_the_house_gets_through() -> None:
    """Each key and each opening, on a page that holds nothing else."""
    words = [*learn._KEYS, *(w for w, _ in (*learn._OBJECTS, *learn._FLAT_OBJECTS))]
    assert [word for word in words if word not in learn._SIEVE.through(word)] == []
    words = [*(w for w, _ in places._ELEMENTS), *places._TOKEN_INPUTS]
    assert [word for word in words if word not in places._SIEVE.through(word)] == []


@pytest.mark.parametrize("key", sorted(learn._KEYS))
def test_the_value_of_every_key_is_taken_out(key: bytes) -> None:
    """Whatever key it is of: a token, a mail address, an address of the network, an image."""
    kind = learn._KEYS[key].value
    value = {
        "address": "203.0.113.77", "email": "ada@example.org", "name": "Ada Lovelace",
        "avatar": "https://yt3.ggpht.example/AAuE7mBzY5yq1Lp0",
    }.get(kind, "CgtKb2huX0RvZTEy")  # fmt: skip
    page = f'<script>var a = {{"{key.decode()}": "{value}"}};</script><p>{value}</p>'
    assert value not in scrub(page)
