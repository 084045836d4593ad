"""A page is taken apart into the same pieces in either way: by each kind of escape, or by all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.scrub import view

#: Escapes, halves of escapes, and what may stand between them.
PARTS = [
    b"%", b"25", b"%25", b"%C2%AD", b"%e2%80%8b", b"%25E2%2580%258b", b"%7A", b"&", b"amp;",
    b"&amp;amp;#65;", b"&#x41;", b"&lt;", b"&#34", b"\\", b"u0041", b"\\u0041", b"\\ud83d\\ude00",
    b"\\\\ud83d\\\\ude00", b"\\x41", b'\\"', b"\\/", b"\xc2", b"\xad", b"\xc2\xad", b"\xe2\x80\x8b",
    b"\xe2\x81\xa0", b"\xef\xbb\xbf", b"\xef\xbb", b"a", b"u{1F600}", b";", b" " * 70, b"x" * 900,
    b"<wbr>", b"<wbr /", b"<!-- -->", b"<!---->", b"<!--", b"%u0041", b"%25u0041",
    b"\xef\xbc\xba", b"\xef\xb8\x8f", b"\xe2\x81\xa9", b"\xcd\x8f", b"\xd8\x9c", b"\xe1\xa0\x8e",
    b"\xe1\x85\x9f", b"\xf3\xa0\x84\x80", b"\xf3\xa0\x81\xa1", b"%F3%A0%84%80", b"\xf3\xa0",
]  # fmt: skip


@given(st.lists(st.sampled_from(PARTS), max_size=14))
def test_rare_escapes_and_frequent_ones_are_the_same(parts: list[bytes]) -> None:
    data = b"".join(parts)
    assert view._taken_apart(data) == view._ALL.split(data)
    assert b"".join(view._taken_apart(data)) == data


@pytest.mark.parametrize("between", [b"", b"x" * 20, b"x" * 900])
@pytest.mark.parametrize("escape", [p for p in PARTS if len(view._ALL.split(p)) == 3])
def test_every_escape_is_found_however_rare(escape: bytes, between: bytes) -> None:
    data = between.join([b"a", escape, b"b", escape, b"c"])
    assert view._taken_apart(data)[1::2] == [escape, escape]


def test_the_expression_of_escapes_is_that_of_each() -> None:
    """Of some of them as of all; a first byte without its rest is text."""
    every = [*view._ESCAPES]
    for firsts in (every, every[:1], every[::2], [b"\\"]):
        found = view._any_of(firsts)
        for part in PARTS:
            alone = view._ALONE[part[:1]].match(part) if part[:1] in firsts else None
            match = found.match(part)
            assert (match and match[1]) == (alone and alone[0]), (firsts, part)


def test_no_escape_holds_the_beginning_of_another_kind() -> None:
    """Else one kind could take what belongs to another."""
    escapes = [p for p in PARTS if view._ALL.fullmatch(p)]
    assert {escape[:1] for escape in escapes} == set(view._ESCAPES)
    for escape in escapes:
        assert not [f for f in view._ESCAPES if f in escape and f != escape[:1]]
