"""Which recorded answer a request gets."""

from __future__ import annotations

import json

from record_tools import SITE, made, raw_entry

from collector.recording.matching import Answer, Matcher, MatchKind, Question, answers_of


def answer(
    url: str, body: str = "", *, method: str = "GET", posted: str = "", kind: str = "fetch",
    status: int = 200, number: int = 0,
) -> Answer:  # fmt: skip
    return Answer(Question(method, SITE + url, posted, kind), 0, number, status, [], body.encode())


def asked(
    matcher: Matcher, url: str, *, method: str = "GET", posted: str = "", kind: str = "fetch"
) -> tuple[MatchKind, str | None]:
    how, found = matcher.find(Question(method, SITE + url, posted, kind))
    return how, None if found is None else found.body.decode()


def test_two_loads_of_a_page_get_the_first_and_the_second_answer() -> None:
    matcher = Matcher([answer("/", "one", kind="document"), answer("/", "two", kind="document")])
    assert asked(matcher, "/", kind="document") == (MatchKind.EXACT, "one")
    assert asked(matcher, "/", kind="document") == (MatchKind.EXACT, "two")
    assert asked(matcher, "/", kind="document") == (MatchKind.MISS, None)


def test_the_order_is_that_of_asking_whatever_step_kept_it() -> None:
    late = made(raw_entry(f"{SITE}/", b"second", second=9), step=1).har
    early = made(raw_entry(f"{SITE}/", b"first", second=1), step=2).har
    matcher = Matcher(answers_of([(1, late), (2, early)]))
    assert asked(matcher, "/", kind="document")[1] == "first"
    assert asked(matcher, "/", kind="document")[1] == "second"


def test_a_body_picks_its_own_answer_in_any_order() -> None:
    matcher = Matcher(
        answer("/browse", name, method="POST", posted=json.dumps({"continuation": name}))
        for name in ("a", "b", "c")
    )
    for name in ("c", "a", "b"):
        posted = json.dumps({"continuation": name})
        assert asked(matcher, "/browse", method="POST", posted=posted) == (MatchKind.EXACT, name)


def test_of_other_bodies_the_most_alike_is_taken_and_it_is_told() -> None:
    matcher = Matcher(
        answer("/browse", name, method="POST",
               posted=json.dumps({"continuation": name, "time": 1, "client": "WEB"}))
        for name in ("first", "second")
    )  # fmt: skip
    posted = json.dumps({"continuation": "second", "time": 7, "client": "WEB"})
    assert asked(matcher, "/browse", method="POST", posted=posted) == (MatchKind.BODY, "second")


def test_a_beacon_with_other_values_is_answered_and_a_page_is_not() -> None:
    matcher = Matcher([
        answer("/stats?cmt=10.1&v=x", status=204), answer("/navigate?url=a", "page of a"),
    ])  # fmt: skip
    assert asked(matcher, "/stats?cmt=10.3&v=x", kind="image") == (MatchKind.BEACON, "")
    assert asked(matcher, "/navigate?url=b") == (MatchKind.MISS, None)
    assert asked(matcher, "/stats?other=1") == (MatchKind.MISS, None)


def test_what_does_not_change_can_be_asked_for_again() -> None:
    matcher = Matcher([answer("/a.js", "code", kind="script"), answer("/list", "items")])
    assert asked(matcher, "/a.js", kind="script") == (MatchKind.EXACT, "code")
    assert asked(matcher, "/a.js", kind="script") == (MatchKind.REPEATED, "code")
    assert asked(matcher, "/list") == (MatchKind.EXACT, "items")
    assert asked(matcher, "/list") == (MatchKind.MISS, None)


def test_what_was_current_is_given_whole() -> None:
    matcher = Matcher([
        answer("/a.js", "old", kind="script", number=0),
        answer("/a.js", kind="script", status=304, number=1),
        answer("/a.js", "new", kind="script", number=2),
    ])  # fmt: skip
    assert [asked(matcher, "/a.js", kind="script")[1] for _ in range(3)] == ["old", "old", "new"]


def test_what_was_current_and_never_recorded_is_missing() -> None:
    matcher = Matcher([answer("/a.js", kind="script", status=304)])
    assert asked(matcher, "/a.js", kind="script")[0] is MatchKind.LEFT_OUT


def test_an_answer_without_its_body_is_none() -> None:
    har = made(raw_entry(f"{SITE}/", b"x" * 50), limit_bytes=10).har
    matcher = Matcher(answers_of([(0, har)]))
    assert matcher.find(Question("GET", f"{SITE}/", kind="document"))[0] is MatchKind.LEFT_OUT


def test_what_is_not_asked_for_is_counted() -> None:
    matcher = Matcher([answer("/a", "a"), answer("/b", "b")])
    asked(matcher, "/a")
    assert matcher.unused == 1
