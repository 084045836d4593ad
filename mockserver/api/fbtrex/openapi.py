"""The operations of the fbTREX API."""

from __future__ import annotations

from mockserver.api.fbtrex.demo import TOKEN
from mockserver.api.fbtrex.public import COUNTED, SERIES, UNITS
from mockserver.openapi.operations import (
    CSV,
    Body,
    Description,
    Media,
    Needs,
    Operation,
    Param,
    json,
    part,
)
from mockserver.openapi.shapes import Shape, Values

_EVENTS = [
    {
        "id": "11111111-2222-4333-8444-000000000001",
        "type": "timeline",
        "startTime": "2026-03-04T05:06:07.000Z",
        "location": "https://www.facebook.com/",
    }
]
_CARD: dict[str, Shape] = {
    "fblinktype": "string",
    "link": "string",
    "isValid": "boolean",
    "siteName": "string|null",
    "title": "string|null",
    "description": "string|null",
}
#: What a post says to anybody.
_POST: dict[str, Shape] = {
    "semanticId?": "string|null",
    "opengraph?": _CARD,
    "publicationTime?": "string|null",
    "postId?": "string|null",
    "permaLink?": "string|null",
    "fblinktype?": "string|null",
    "nature": "string|null",
    "images": {"count": "integer", "captions": ["string"]},
    "displaySource?": "string|null",
    "source?": "string|null",
    "sourceLink?": "string|null",
    "texts": ["string"],
    "textsize": "integer",
    **{
        f"{name}?": "integer"
        for name in ("LIKE", "LOVE", "CARE", "HAHA", "WOW", "SAD", "ANGRY", "comments", "shares")
    },
    "videoautoplay?": "boolean",
}
#: What only its reader is told.
_SEEN: dict[str, Shape] = {
    "impressionTime": "date-time",
    "impressionOrder": "integer",
    "user": "string",
    "timeline": "string",
}

SHAPES: dict[str, Shape] = {
    "FbtrexError": {"error": Values(True), "message": "string"},
    "FbtrexRefusal": ({"status": Values("error"), "info": "string"}, "@FbtrexError"),
    "FbtrexWrongSeries": {
        "error": Values(True),
        "expectedFormat": "string",
        "allowedNames?": ["string"],
        "allowedRanges?": ["string"],
        "invalidNumber?": "string",
    },
    "FbtrexCard": _CARD,
    "FbtrexPublicPost": _POST,
    "FbtrexPost": _SEEN | _POST,
    "FbtrexEnriched": _SEEN
    | _POST
    | {"labels?": ["string"], "lang?": "string", "authorKind?": "string", "reason?": "any"},
    "FbtrexImpression": {
        "startTime": "date-time",
        "geoip": "string",
        "timelineId": "string",
        "summary": ["@FbtrexPost"],
        "impressionOrder?": "integer",
        "impressionTime?": "date-time",
        "htmlId?": "string",
        "visibility?": Values("public", "private"),
    },
    "FbtrexStats": {
        "storedTimelines": "integer",
        "served": {"amount": "integer", "skip": "integer"},
        "content": ["@FbtrexImpression"],
        "timelines": {"*": "integer"},
    },
    "FbtrexRemoved": {
        "timelines": "integer",
        "impressions": "integer",
        "htmls": "integer",
        "summaries": "integer",
    },
    "FbtrexDays": {
        "dayamount": "integer",
        "skipped": "integer",
        "stats": [
            {
                "day": "string",
                "dayTime": "date-time",
                "id": "string",
                "ntimelines": "integer",
                "npost": "integer",
                "nature": {"organic": "integer", "sponsored": "integer"},
                "totalSeconds": "integer",
                "duration": "string",
                "sources": "integer",
            }
        ],
        "pseudo": "string",
    },
    "FbtrexLabels": {
        "_id": "string",
        "semanticId": "string",
        "lang": "string",
        "when": "date-time",
        "l": ["string"],
        "textsize": "integer",
    },
    "FbtrexConcept": {
        "semanticId": "string",
        "label": "string",
        "lang": "string",
        "title": "string",
        "spot": "string",
        "wp": "string",
        "confidence": "number",
        "when": "date-time",
    },
    "FbtrexTold": {
        "semanticId": "string",
        "lang": "string",
        "when": "date-time",
        "l": ["string"],
        "textsize": "integer",
        "summary": "@FbtrexPublicPost",
    },
    "FbtrexFragment": {
        "html": "string",
        "metadata": "object|null",
        "summary": "object|null",
        "error": "string|null",
        "impression": "string",
        "timeline": "string",
    },
}

PARAMETERS = {
    "token": part("a user token; this one opens the demo supporter", TOKEN),
    "given": part("amount-skip; anything malformed is the default", "3-0"),
    "version": part("the API's version", "v1"),
    "lang": part("two letters of a language", "en"),
    "label": part("a label, exactly", "Homemade pizza"),
    "timeline": part("the id of one's own timeline"),
    "html_id": part("the id of one's own fragment"),
    "day": part("YYYY-MM-DD", "2019-05-02"),
    "semantic_id": part("the id of a text", "7cd2480750f1cdb23215da6da4186b30cbe2f424"),
    "name": part("a series", "timelines", Values(*SERIES)),
    "unit": part("hours or days", "day", Values(*UNITS)),
    "amount": part("how many of them to look back", "7"),
    "X-Fbtrex-Build": Param("string", "the collector's build", "test", "header", True),
    "X-Fbtrex-Version": Param("string", "the collector's version", "2.0.0", "header", True),
    "X-Fbtrex-UserId": Param("string", "the account's number", "31337", "header", True),
}
_ERROR = json("@FbtrexError")
_REFUSAL = json("@FbtrexRefusal")
_WRONG = json(("@FbtrexWrongSeries", "@FbtrexError"))
_SIGNED: Needs = {"fbtrexKey": [], "fbtrexSignature": []}
_HEADERS = ("X-Fbtrex-Build", "X-Fbtrex-Version", "X-Fbtrex-UserId")
_INGESTION: dict[int, Media] = {400: _REFUSAL, 401: _REFUSAL, 413: _REFUSAL, 415: _REFUSAL}
_OWN: tuple[Needs, ...] = ({"fbtrexBearer": []}, {"fbtrexToken": []})


def _personal(
    verb: str, about: str, answer: Media, method: str = "GET", refused: Media = _ERROR
) -> tuple[Operation, ...]:
    """An endpoint of a supporter's own data, without and with a paging."""
    return tuple(
        Operation(method, f"/v2/personal/{{token}}/{verb}{more}", about,
                  {200: answer, 403: refused},
                  examples={"given": "0-3"} if verb == "daily" else {})
        for more in ("", "/{given}")
    )  # fmt: skip


def _topics(name: str, about: str, answer: Shape) -> tuple[Operation, ...]:
    """An endpoint of a language, without and with a paging."""
    return tuple(
        Operation("GET", f"/v2/{{lang}}/{name}{more}", about, {200: json(answer), 400: _ERROR})
        for more in ("", "/{given}")
    )


def _own(path: str, about: str, answer: Media, *, missing: bool = True) -> Operation:
    """What one reads of oneself with the token beside the path."""
    answers: dict[int, Media] = {200: answer, 401: _ERROR, 403: _ERROR}
    if not missing:
        answers[400] = _ERROR
    return Operation("GET", path, about, answers, security=_OWN)


OPERATIONS = (
    *_personal("summary", "One's posts as seen, newest first", json(["@FbtrexPost"])),
    *_personal("stats", "One's timelines with every impression", json("@FbtrexStats")),
    *_personal("csv", "One's posts as a table of fifteen columns", CSV,
               refused={"text/plain": None}),
    *_personal("enrich", "One's posts with what was understood of them", json(["@FbtrexEnriched"])),
    *_personal("exporter", "All that is stored of one's timelines", json([["object|array"]])),
    *_personal("remove", "Delete one's newest timelines", json("@FbtrexRemoved")),
    *_personal("remove", "Delete one's newest timelines", json("@FbtrexRemoved"), "DELETE"),
    *_personal("daily", "One's days", json("@FbtrexDays")),
    Operation("GET", "/v2/statistics/counter", "How much there is of everything", {200: json({
        "content": {key: "integer" for name in COUNTED for key in (name, f"{name}_lw")},
        "computedt": "date-time", "next": "date-time", "cacheTimeSeconds": "integer"})}),
    Operation("GET", "/v2/statistics/{name}", "What is missing in this path", {400: _WRONG}),
    Operation("GET", "/v2/statistics/{name}/{unit}", "What is missing in this path", {400: _WRONG}),
    Operation("GET", "/v2/statistics/{name}/{unit}/{amount}", "A series, oldest first",
              {200: json([{"name": "string", "day?": "date-time", "hour?": "date-time"}]),
               400: _WRONG}),
    *_topics("labels", "The labels of every text in a language", ["@FbtrexLabels"]),
    *_topics("semantics", "Every concept found in a language", ["@FbtrexConcept"]),
    *_topics("enrich", "Labelled texts two days old, with a post each", ["@FbtrexTold"]),
    *_topics("loud", "The most frequent labels of the last two days",
             [{"label": "string", "wp": "string", "count": "integer"}]),
    *_topics("noogle/{label}", "Texts with exactly this label", ["@FbtrexTold"]),
    Operation("GET", "/v2/{lang}/langinfo", "A language at a glance",
              {200: json({"content": {"language": "string", "most": ["string"],
                                      "labelsCount": "integer", "contributors": "integer"},
                          "computedAt": "date-time", "next": "date-time"}), 400: _ERROR}),
    Operation("GET", "/v2/languages", "How many labels each language has",
              {200: json({"available": {"*": "integer"}, "potential": {"*": "string"}})}),
    Operation("GET", "/v2/keywords/{lang}", "Labels seen more than once in the last week",
              {200: json([{"k": "string", "c": "integer"}]), 400: _ERROR}),
    Operation("GET", "/v2/unit/{semantic_id}", "All that is known of a text",
              {200: json({"labels": ["@FbtrexConcept"], "posts": ["@FbtrexPublicPost"]})}),
    _own("/v2/timeline/{timeline}/csv", "One's own timeline as CSV", CSV),
    _own("/v2/impressionlist/{timeline}", "Order, time and visibility of one's own timeline",
         json([{"impressionOrder": "integer", "impressionTime": "date-time",
                "visibility": "string", "htmlId": "string|null"}])),
    _own("/v2/impressionStats/{day}", "One's own sessions of a day",
         json([{"sessionId": "string", "sessionTimings": ["date-time"],
                "info": ["string|null"]}]), missing=False),
    _own("/v2/debug/{timeline}", "Every fragment of one's own timeline", json(["@FbtrexFragment"])),
    _own("/v2/debug/html/{html_id}", "One fragment of one's own",
         json(("@FbtrexFragment", {}))),
    Operation("GET", "/v2/health", "Whether it works", {200: json({"status": "string"})}),
    Operation("GET", "/v2/services", "As it was", {200: json({"not implemented": "boolean"})}),
    Operation("GET", "/{version}/selector", "What a collector looks for",
              {200: json({"selector": "string"})}),
    Operation("POST", "/{version}/userInfo", "The handshake: one's token",
              {200: json({"token?": "string", "pseudo": "string", "keyTime": "date-time",
                          "lastAccess": "date-time", "selector": "string"}), **_INGESTION},
              query=_HEADERS, security=(_SIGNED,),
              body=Body({"message": "string", "userId": "string", "publicKey": "string"},
                        {"message": "hello 1", "userId": "31337", "publicKey": "of the header"})),
    Operation("POST", "/{version}/events", "Submit signed events",
              {200: json({"status": Values("OK"), "info": ["object"]}), **_INGESTION},
              query=_HEADERS, security=(_SIGNED,),
              body=Body([{"type": Values("timeline", "impression", "anomaly")}], _EVENTS)),
)  # fmt: skip

DESCRIPTION = Description(
    "fbTREX",
    "/fbtrex/api",
    "Timelines of Facebook. Also at the root, where the path's shape tells it from ytTREX, and "
    "under the host name facebook.tracking.exposed.",
    PARAMETERS,
    SHAPES,
    OPERATIONS,
    schemes={
        "fbtrexKey": {
            "type": "apiKey",
            "in": "header",
            "name": "X-Fbtrex-PublicKey",
            "description": "The collector's Ed25519 key, 32 bytes in base58.",
        },
        "fbtrexSignature": {
            "type": "apiKey",
            "in": "header",
            "name": "X-Fbtrex-Signature",
            "description": "Over the body's bytes, 64 bytes in base58.",
        },
        "fbtrexBearer": {"type": "http", "scheme": "bearer", "description": "A user token."},
        "fbtrexToken": {
            "type": "apiKey",
            "in": "query",
            "name": "token",
            "description": "A user token.",
        },
    },
    with_parts={404: _ERROR},
    with_body={},
)
