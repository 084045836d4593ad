"""The semantic queries, endpoint by endpoint: shape, order, paging, language, delay, redaction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from facebook_posts import PAGE, PERSON, html
from fbtrex_tools import Bench, bench, timeline

from collector.common.identity import KeyPair, iso_z
from collector.platforms.facebook.reference import semantic_id
from mockserver.platforms.facebook.fragments import Author

OLDEST = "Today the people talk about vaccines and climate change, and that is the news for you."
MIDDLE = "The vaccines are what this town is talking about today, and it is not for you to say."
NEWEST = "The election is near, and the parliament is not what it was: this is all that we have."
SPANISH = "Hoy hablamos de volcanes y de vacunas: lo que se sabe, lo que no, y por qué es así."
A_PERSONS = "I am at the hospital for the vaccines and the police was not at the school with us."
A_MEMBERS = "What is this group for if it is not for the immigration and the tax that you have?"

#: Text → (day of March on which it was seen, who published it).
PUBLISHED: dict[str, tuple[int, Author, Author | None]] = {
    OLDEST: (1, PAGE, None),
    SPANISH: (1, PAGE, None),
    MIDDLE: (3, PAGE, None),
    NEWEST: (4, PAGE, None),
    A_PERSONS: (1, PERSON, None),
    A_MEMBERS: (1, Author("Tax talk", "/groups/2077001/", "2077001", "group"), PERSON),
}
LABEL = ["_id", "semanticId", "lang", "when", "l", "textsize"]
ANNOTATION = [
    "_id", "semanticId", "label", "lang", "title", "spot", "wp", "confidence", "when",
]  # fmt: skip
READER = {"id", "user", "timeline", "impressionOrder", "impressionTime"}


def sid(text: str) -> str:
    found = semantic_id([text])
    assert found is not None
    return found


@pytest.fixture(scope="module")
def api() -> Iterator[Bench]:
    """Six texts, each seen by two supporters; it is the fourth of March, just past five."""
    made = bench()
    made.db.cache["fbtrex-demo"] = True  # the demo supporter's texts stay out of it
    for keys in (KeyPair.generate(b"one"), KeyPair.generate(b"two")):
        for number, (text, (day, author, member)) in enumerate(PUBLISHED.items(), 1):
            event = timeline(number, public=1, private=0, day=day)
            event[1]["html"] = html(
                author=author, member=member, paragraphs=(text,), card=None, replies=(),
                post_id=f"700000{number}", link=f"/x/posts/700000{number}",
            )  # fmt: skip
            assert made.post(event, keys).status_code == 200
    yield made
    made.db.close()


def ask(api: Bench, path: str) -> Any:
    reply = api.get(f"/v2/{path}")
    assert reply.status_code == 200, path
    assert reply.headers["Content-Type"].startswith("application/json")
    return reply.get_json()


# ---- shape and order


def test_labels(api: Bench) -> None:
    docs = ask(api, "en/labels")
    assert [list(doc) for doc in docs] == [LABEL] * 3
    assert [doc["semanticId"] for doc in docs] == [sid(NEWEST), sid(MIDDLE), sid(OLDEST)]
    assert [doc["when"] for doc in docs] == sorted((doc["when"] for doc in docs), reverse=True)
    assert docs[2]["l"] == ["Climate change", "Vaccines"]
    assert (docs[2]["lang"], docs[2]["textsize"]) == ("en", len(OLDEST))
    assert [doc["semanticId"] for doc in ask(api, "es/labels")] == [sid(SPANISH)]


def test_semantics(api: Bench) -> None:
    docs = ask(api, "en/semantics")
    assert [list(doc) for doc in docs] == [ANNOTATION] * 5
    assert [doc["label"] for doc in docs] == [
        "Election", "Parliament", "Vaccines", "Climate change", "Vaccines",
    ]  # fmt: skip
    assert docs[3]["wp"] == "http://en.wikipedia.org/wiki/Climate_change"
    assert docs[3]["spot"] == "climate change"
    assert all(0 < doc["confidence"] <= 1 for doc in docs)
    assert len({doc["_id"] for doc in docs}) == len(docs)
    assert all(len(doc["_id"]) == 24 for doc in docs)


def test_enrich_waits_two_days_and_hides_the_reader(api: Bench) -> None:
    (doc,) = ask(api, "en/enrich")
    assert list(doc) == [*LABEL[1:], "summary"]
    assert doc["semanticId"] == sid(OLDEST)
    assert not READER & set(doc["summary"])
    assert doc["summary"]["texts"] == [OLDEST]
    assert doc["summary"]["source"] == "El País"
    assert not {"reason", "authorKind", "shared"} & set(doc["summary"])


def test_loud_counts_the_last_two_days(api: Bench) -> None:
    docs = ask(api, "en/loud")
    assert [list(doc) for doc in docs] == [["label", "wp", "count"]] * len(docs)
    # Whoever saw a text a second time makes it no louder; the oldest is out of the window.
    assert [(doc["label"], doc["count"]) for doc in docs] == [
        ("Election", 1), ("Parliament", 1), ("Vaccines", 1),
    ]  # fmt: skip
    assert ask(api, "es/loud") == []


def test_noogle_is_exact_and_by_language(api: Bench) -> None:
    (doc,) = ask(api, "en/noogle/Vaccines")
    assert (doc["semanticId"], list(doc)) == (sid(OLDEST), [*LABEL[1:], "summary"])
    assert not READER & set(doc["summary"])
    assert [doc["semanticId"] for doc in ask(api, "en/noogle/Climate%20change")] == [sid(OLDEST)]
    for other in ("en/noogle/vaccines", "en/noogle/Vaccine", "es/noogle/Vaccines", "en/noogle/%25"):
        assert ask(api, other) == []


def test_langinfo(api: Bench) -> None:
    first = ask(api, "en/langinfo")
    assert list(first) == ["content", "computedAt", "next"]
    assert first["content"] == {
        "consideredHoursWindow": 48,
        "language": "English",
        "most": ["Election", "Parliament", "Vaccines"],
        "labelsCount": 3,
        "contributors": 2,
    }
    assert first["computedAt"] == iso_z(api.clock.now())
    assert first["next"] == iso_z(api.clock.now() + timedelta(hours=12))
    empty = ask(api, "it/langinfo")["content"]
    assert (empty["most"], empty["labelsCount"], empty["contributors"]) == ([], 0, 0)


def test_languages_and_keywords(api: Bench) -> None:
    found = ask(api, "languages")
    assert list(found) == ["available", "potential"]
    assert found["available"] == {"en": 4, "es": 2}
    assert found["potential"]["uk"] == "Ukrainian"
    assert len(found["potential"]) == 37
    assert ask(api, "keywords/en") == [{"k": "Vaccines", "c": 2}]
    assert ask(api, "keywords/es") == []


def test_units(api: Bench) -> None:
    unit = ask(api, f"unit/{sid(OLDEST)}")
    assert list(unit) == ["labels", "posts"]
    assert [list(note) for note in unit["labels"]] == [ANNOTATION[1:]] * 2
    assert len(unit["posts"]) == 2
    assert not any(READER & set(post) for post in unit["posts"])
    fresh = ask(api, f"unit/{sid(NEWEST)}")
    assert fresh["labels"]
    assert fresh["posts"] == [], "not two days old"
    for unknown in ("none", "0" * 40, sid(A_PERSONS), sid(A_MEMBERS)):
        assert ask(api, f"unit/{unknown}") == {"labels": [], "posts": []}


def test_rss_tells_the_same(api: Bench) -> None:
    reply = api.client.get("/fbtrex/feeds/0/en/Vaccines")
    assert reply.headers["Content-Type"].startswith("application/rss+xml")
    channel = ElementTree.fromstring(reply.text).find("channel")
    assert channel is not None
    assert channel.findtext("title") == "fbTREX ⏩ en ∕ Vaccines"
    assert [item.findtext("guid") for item in channel.findall("item")] == [sid(OLDEST)]
    assert channel.findtext("ttl") == "60"


# ---- what all of them have in common

LISTS = {"labels": 3, "semantics": 5, "loud": 3, "enrich": 1, "noogle/Vaccines": 1}


@pytest.mark.parametrize("name", LISTS)
def test_paging(api: Bench, name: str) -> None:
    whole = ask(api, f"en/{name}")
    assert len(whole) == LISTS[name]
    assert [ask(api, f"en/{name}/1-{n}") for n in range(len(whole))] == [[one] for one in whole]
    assert ask(api, f"en/{name}/1") == whole[:1]
    assert ask(api, f"en/{name}/2000-0/") == whole
    assert ask(api, f"en/{name}/5-{len(whole)}") == []
    for default in ("0-0", "x", "-1-0", "3-"):
        assert ask(api, f"en/{name}/{default}") == whole


@pytest.mark.parametrize("name", [*(f"%s/{n}" for n in LISTS), "%s/langinfo", "keywords/%s"])
@pytest.mark.parametrize("lang", ["xx", "EN", "eng", "e"])
def test_an_unknown_language_is_told_the_known_ones(api: Bench, name: str, lang: str) -> None:
    reply = api.get(f"/v2/{name % lang}")
    assert reply.status_code == 400
    told = reply.get_json()
    assert (told["error"], told["message"]) == (True, "missing language")
    assert told["supported"]["en"] == "English"


def test_the_historical_status_of_an_unknown_language() -> None:
    old = bench(compat="2019")
    reply = old.get("/v2/xx/labels")
    assert (reply.status_code, reply.get_json()["error"]) == (200, True)
    old.db.close()


def test_nobody_is_told_what_people_and_members_of_groups_write(api: Bench) -> None:
    for name in (*LISTS, "langinfo"):
        text = api.get(f"/v2/en/{name}").text
        for private in (sid(A_PERSONS), sid(A_MEMBERS), "Hospital", "Immigration", "Ann Lee"):
            assert private not in text
    assert "Hospital" not in api.get("/v2/keywords/en").text
    assert ask(api, "en/noogle/Hospital") == []
    assert ask(api, "en/noogle/Immigration") == []
