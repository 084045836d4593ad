"""Canaries planted at random: none survives, and a second scrubbing changes nothing."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.scrub import scrub

TOKENS = st.from_regex(r"[A-Za-z0-9_-]{8}[0-9][A-Za-z0-9_%=|+/-]{0,30}", fullmatch=True)
NAMES = st.lists(
    st.text("aBcdéÉßñşı中ع'&\"<>-.", min_size=3, max_size=9), min_size=2, max_size=3
).map(lambda parts: " ".join(parts))
EMAILS = st.from_regex(
    r"[a-z0-9]{3,9}(\.[a-z]{2,6})?\+?[a-z]{1,4}@[a-z]{3,9}\.(org|net)", fullmatch=True
)
FILLER = st.text(min_size=0, max_size=40)

PLACES: list[Callable[[str], str]] = [
    lambda v: f"<p> {html.escape(v)} </p>",
    lambda v: f'<a title="{html.escape(v)}" href="/x?next={quote(v, safe="")}&amp;y=1">x</a>',
    lambda v: f"<script>var data = {json.dumps({'k': [v]})};</script>",
    lambda v: "<script>var data = " + json.dumps(json.dumps({"k": v})) + ";</script>",
    lambda v: f"<!-- {quote(quote(v, safe=''), safe='')} -->",
    lambda v: (
        f'<i style="background: url(data:;base64,{base64.b64encode(b"ab" + v.encode()).decode()})">'
    ),
]


def _spelled(value: str) -> set[str]:
    raw = value.encode()
    return {
        value,
        html.escape(value),
        json.dumps(value)[1:-1],
        quote(value, safe=""),
        base64.b64encode(raw).decode()[: len(raw) * 8 // 6],
    }


@settings(max_examples=150, deadline=None)
@given(
    token=TOKENS,
    name=NAMES,
    email=EMAILS,
    filler=st.lists(FILLER, min_size=3, max_size=3),
    order=st.permutations(range(len(PLACES))),
)
def test_canaries_never_survive(
    token: str, name: str, email: str, filler: list[str], order: list[int]
) -> None:
    name = " ".join(name.split())
    viewer = (
        "<script>ytcfg.set(" + json.dumps({"ID_TOKEN": token}) + ")</script>"
        f'<ytd-active-account-header-renderer><b id="account-name">{html.escape(name)}</b>'
        f'<b id="email">{email}</b></ytd-active-account-header-renderer>'
    )
    planted = "".join(PLACES[i](value) for i in order for value in (token, name, email))
    before, between, after = (html.escape(text) for text in filler)
    clean = scrub(f"{before}{viewer}{between}{planted}{after}")
    for value in (token, name, email):
        for form in _spelled(value):
            assert form not in clean, (value, form)
    assert scrub(clean) == clean


@settings(max_examples=150, deadline=None)
@given(
    known=st.lists(st.one_of(TOKENS, NAMES, EMAILS, st.text(max_size=12)), max_size=4),
    text=st.lists(
        st.one_of(FILLER, TOKENS, st.sampled_from(["scrubbed-", "token", '"'])), max_size=12
    ),
)
def test_scrubbing_twice_is_scrubbing_once(known: list[str], text: list[str]) -> None:
    page = "".join([*text, *known, *text])
    once = scrub(page, known)
    assert scrub(once, known) == once


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=300))
def test_text_without_a_viewer_is_left_alone(text: str) -> None:
    assert scrub(text) == text or any(
        sign in text for sign in ("email", "/yti/", "studio.", "TOKEN", "visitorData")
    )
