"""What the fbTREX API's operations share: shapes, parameters, security. The operations themselves
stand at their routes."""

from __future__ import annotations

from mockserver.api.fbtrex import bp
from mockserver.api.fbtrex.demo import TOKEN
from mockserver.api.fbtrex.described import ERROR
from mockserver.api.fbtrex.public import SERIES, UNITS
from mockserver.openapi.operations import Description, Param, part
from mockserver.openapi.shapes import Shape, Values

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
DESCRIPTION = Description(
    "fbTREX",
    "/fbtrex/api",
    "Timelines of Facebook. Also at the root, where the path's shape tells it from ytTREX, and "
    "under the host name facebook.tracking.exposed.",
    PARAMETERS,
    SHAPES,
    bp.operations,
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
    with_parts={404: ERROR},
    with_body={},
)
