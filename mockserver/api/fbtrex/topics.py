"""The semantic query APIs: what the public posts of all supporters are about, nobody's own.

Protects two rules: a post is told to others only two days after it was seen, and without whoever
saw it; the words of people (not pages) are told to nobody but their reader.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response

from collector.common.identity import content_id_2019, iso_z, parse_iso
from mockserver.api.fbtrex import tables
from mockserver.api.fbtrex.described import ERROR
from mockserver.api.fbtrex.paging import paging
from mockserver.api.trex.envelope import ApiError, View, answer, paged, route
from mockserver.context import mock
from mockserver.openapi.operations import Operation, json_of
from mockserver.openapi.shapes import Shape

#: The languages of the documentation, by their two letters.
LANGUAGES: Mapping[str, str] = {
    "af": "Afrikaans", "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "cs": "Czech",
    "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew",
    "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "it": "Italian",
    "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian", "nl": "Dutch",
    "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian",
    "sk": "Slovak", "sl": "Slovenian", "sv": "Swedish", "th": "Thai", "tl": "Tagalog",
    "tr": "Turkish", "uk": "Ukrainian",
}  # fmt: skip

#: Nobody is told of a text before this time has passed.
DELAY = timedelta(days=2)
_PRIVATE = ("id", "user", "timeline", "impressionOrder", "impressionTime")
#: Annotations that the most frequent labels are counted over.
_SAMPLE = 2000
_LANGINFO_S = 12 * 3600
_PUBLIC = (
    "EXISTS (SELECT 1 FROM fbtrex_summaries p"
    " WHERE p.semantic_id = {0}.semantic_id AND p.person = 0)"
)


def register(bp: Blueprint) -> None:
    """Route the queries by language, label and text on ``bp``."""

    # fmt: off
    def by_language(name: str, view: View, about: str, content: Shape) -> None:
        paged(bp, f"/v2/<lang>/{name}", view,
              Operation(about, {200: json_of(content), 400: ERROR}), part="given")

    by_language("labels", labels, "The labels of every text in a language", ["@FbtrexLabels"])
    by_language("semantics", semantics, "Every concept found in a language", ["@FbtrexConcept"])
    by_language("enrich", enrich, "Labelled texts two days old, with a post each", ["@FbtrexTold"])
    by_language("loud", loud, "The most frequent labels of the last two days",
                [{"label": "string", "wp": "string", "count": "integer"}])
    by_language("noogle/<label>", noogle, "Texts with exactly this label", ["@FbtrexTold"])
    route(bp, "/v2/<lang>/langinfo", langinfo, Operation(
        "A language at a glance",
        {200: json_of({"content": {"language": "string", "most": ["string"],
                                   "labelsCount": "integer", "contributors": "integer"},
                       "computedAt": "date-time", "next": "date-time"}), 400: ERROR}))
    route(bp, "/v2/languages", languages, Operation(
        "How many labels each language has",
        {200: json_of({"available": {"*": "integer"}, "potential": {"*": "string"}})}))
    route(bp, "/v2/keywords/<lang>", keywords, Operation(
        "Labels seen more than once in the last week",
        {200: json_of([{"k": "string", "c": "integer"}]), 400: ERROR}))
    route(bp, "/v2/unit/<semantic_id>", unit, Operation(
        "All that is known of a text",
        {200: json_of({"labels": ["@FbtrexConcept"], "posts": ["@FbtrexPublicPost"]})}))
    # fmt: on


def _known(lang: str) -> str:
    if lang not in LANGUAGES:
        raise ApiError(
            400,
            "missing language",
            supported=dict(LANGUAGES),
            reminder="the path begins with one of these two letters, such as /api/v2/en/labels",
        )
    return lang


def _label_docs(where: str, values: list[Any], amount: int, skip: int) -> list[dict[str, Any]]:
    db = mock().db
    rows = db.rows(
        f"SELECT l.* FROM fbtrex_labels l WHERE {where} AND {_PUBLIC.format('l')}"
        " ORDER BY l.time DESC, l.semantic_id LIMIT ? OFFSET ?",
        [*values, amount, skip],
    )
    names = tables.labels_of(db, (row["semantic_id"] for row in rows))
    return [
        {
            "_id": _id("label", row["semantic_id"]),
            "semanticId": row["semantic_id"],
            "lang": row["lang"],
            "when": row["time"],
            "l": names.get(row["semantic_id"], ("", []))[1],
            "textsize": row["textsize"],
        }
        for row in rows
    ]


def _id(kind: str, name: str) -> str:
    """What the original's database called ``_id``: 24 hex digits."""
    return content_id_2019(kind=kind, name=name)[:24]


def labels(lang: str, given: str) -> Response:
    """The labels of every text in a language, newest first."""
    page = paging(given, 100)
    return answer(_label_docs("l.lang = ?", [_known(lang)], page.amount, page.skip))


def semantics(lang: str, given: str) -> Response:
    """Every concept found, one document a concept and text, newest first."""
    page = paging(given, 100)
    rows = mock().db.rows(
        f"SELECT s.* FROM fbtrex_semantics s WHERE s.lang = ? AND {_PUBLIC.format('s')}"
        " ORDER BY s.time DESC, s.semantic_id, s.place LIMIT ? OFFSET ?",
        [_known(lang), page.amount, page.skip],
    )
    return answer([_annotation(row) for row in rows])


def _annotation(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "_id": _id("semantic", f"{row['semantic_id']}{row['place']}"),
        "semanticId": row["semantic_id"],
        "label": row["label"],
        "lang": row["lang"],
        "title": row["title"],
        "spot": row["spot"],
        "wp": row["wp"],
        "confidence": row["confidence"],
        "when": row["time"],
    }


def _redacted(semantic_id: str) -> list[dict[str, Any]]:
    """The posts of a text, without who saw them, when and where."""
    rows = tables.summaries(
        mock().db, "m.semantic_id = ? AND m.person = 0", [semantic_id], amount=50
    )
    return [
        {
            key: value
            for key, value in row["doc"].items()
            if key not in (*_PRIVATE, "reason", "authorKind", "shared")
        }
        for row in rows
    ]


def _with_summary(docs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for doc in docs:
        doc.pop("_id")
        posts = _redacted(doc["semanticId"])
        if posts:
            found.append({**doc, "summary": posts[0]})
    return found


def _before() -> str:
    return iso_z(mock().db.now() - DELAY)


def enrich(lang: str, given: str) -> Response:
    """Labelled texts with one post each, two days old or older."""
    page = paging(given, 13)
    docs = _label_docs(
        "l.lang = ? AND l.time < ?", [_known(lang), _before()], page.amount, page.skip
    )
    return answer(_with_summary(docs))


def noogle(lang: str, label: str, given: str) -> Response:
    """Texts that have exactly this label."""
    page = paging(given, 13)
    return answer(labelled(_known(lang), label, page.amount, page.skip))


def labelled(lang: str, label: str, amount: int, skip: int) -> list[dict[str, Any]]:
    """Label documents of a label, with one redacted post each."""
    docs = _label_docs(
        "l.lang = ? AND l.time < ? AND l.semantic_id IN"
        " (SELECT semantic_id FROM fbtrex_semantics WHERE lang = ? AND label = ?)",
        [lang, _before(), lang, label],
        amount,
        skip,
    )
    return _with_summary(docs)


def _frequent(lang: str, since: str, amount: int, skip: int = 0) -> list[dict[str, Any]]:
    return mock().db.rows(
        "SELECT label, wp, COUNT(*) AS count FROM (SELECT s.* FROM fbtrex_semantics s"
        f" WHERE s.lang = ? AND s.time >= ? AND {_PUBLIC.format('s')}"
        " ORDER BY s.time DESC LIMIT ?) GROUP BY label, wp ORDER BY count DESC, label"
        " LIMIT ? OFFSET ?",
        [lang, since, _SAMPLE, amount, skip],
    )


def loud(lang: str, given: str) -> Response:
    """The most frequent labels of the last two days."""
    page = paging(given, 13)
    return answer(_frequent(_known(lang), _before(), page.amount, page.skip))


def langinfo(lang: str) -> Response:
    """A language at a glance; counted twice a day."""
    db = mock().db
    now = db.now()
    name = f"fbtrex-langinfo-{_known(lang)}"
    known = db.cache.get(name)
    if known is None or not known["computedAt"] <= iso_z(now) < known["next"]:
        where = f"l.lang = ? AND {_PUBLIC.format('l')}"
        count = db.one(f"SELECT COUNT(*) AS n FROM fbtrex_labels l WHERE {where}", [lang])["n"]
        people = db.one(
            "SELECT COUNT(DISTINCT m.supporter) AS n FROM fbtrex_summaries m JOIN fbtrex_labels l"
            " USING (semantic_id) WHERE l.lang = ?",
            [lang],
        )["n"]
        known = {
            "content": {
                "consideredHoursWindow": 48,
                "language": LANGUAGES[lang],
                "most": [row["label"] for row in _frequent(lang, _before(), 13)],
                "labelsCount": count,
                "contributors": people,
            },
            "computedAt": iso_z(now),
            "next": iso_z(now + timedelta(seconds=_LANGINFO_S)),
        }
        db.cache[name] = known
    return answer(known)


def languages() -> Response:
    """How many distinct labels each language has."""
    rows = mock().db.rows(
        "SELECT lang, COUNT(DISTINCT label) AS n FROM fbtrex_semantics s"
        f" WHERE {_PUBLIC.format('s')} GROUP BY lang ORDER BY lang"
    )
    return answer(
        {"available": {row["lang"]: row["n"] for row in rows}, "potential": dict(LANGUAGES)}
    )


def keywords(lang: str) -> Response:
    """Labels seen more than once in the last week."""
    week = iso_z(mock().db.now() - timedelta(days=7))
    rows = _frequent(_known(lang), week, _SAMPLE)
    return answer([{"k": row["label"], "c": row["count"]} for row in rows if row["count"] > 1])


def unit(semantic_id: str) -> Response:
    """All that is known of a text: its concepts, and its posts without their readers."""
    posts = [post for post in _redacted(semantic_id) if _old_enough(semantic_id)]
    notes = mock().db.rows(
        "SELECT s.* FROM fbtrex_semantics s WHERE s.semantic_id = ?"
        f" AND {_PUBLIC.format('s')} ORDER BY s.place",
        [semantic_id],
    )
    found = [
        {key: value for key, value in _annotation(row).items() if key != "_id"} for row in notes
    ]
    return answer({"labels": found, "posts": posts})


def _old_enough(semantic_id: str) -> bool:
    rows = mock().db.rows(
        "SELECT MIN(impression_time) AS t FROM fbtrex_summaries WHERE semantic_id = ?",
        [semantic_id],
    )
    seen = rows[0]["t"]
    return bool(seen) and parse_iso(seen) < mock().db.now() - DELAY
