"""What the ytTREX API's operations share: shapes, parameters, security. The operations themselves
stand at their routes."""

from __future__ import annotations

from mockserver.api.yttrex import bp
from mockserver.api.yttrex.described import ERROR
from mockserver.api.yttrex.experiments import EXAMPLE_EXPERIMENT
from mockserver.api.yttrex.seeds import demo_token
from mockserver.api.yttrex.statistics import SERIES, UNITS
from mockserver.openapi.operations import Description, Param, part
from mockserver.openapi.shapes import Shape, Values

#: An observation that is in every mock.
EXAMPLE_ID = "47c16bdc2358e51110003a626d822a61e6bc908f"
_OBSERVATION: dict[str, Shape] = {
    "id": "string",
    "authorName": "string|null",
    "authorSource": "string|null",
    "likeInfo": ({"likes": "string|null", "dislikes": "string|null"}, "null"),
    "publicationString": "string|null",
    "related": ["@YttrexRelated"],
    "relatedN": "integer",
    "savingTime": "date-time",
    "title": "string|null",
    "videoId": "string|null",
    "viewInfo": ({"viewStr": "string", "viewNumber": "integer|null"}, "null"),
    "watcher": "string",
}

SHAPES: dict[str, Shape] = {
    "YttrexError": {"message": "string", "error": Values(True)},
    "YttrexRefusal": (
        {"status": Values("error"), "info": ("string", ["string"])},
        "@YttrexError",
    ),
    "YttrexWrongSeries": {
        "error": Values(True),
        "expectedFormat": "string",
        "allowedNames?": ["string"],
        "allowedRanges?": ["string"],
        "invalidNumber?": "string",
        "note?": "string",
    },
    "YttrexRelated": {
        "index?": "integer",
        "title?": "string",
        "verified?": "boolean",
        "source?": "string",
        "vizstr?": "string",
        "foryou?": "boolean",
        "videoId?": "string",
        "displayTime?": "string",
        "expandedTime?": "string",
        "viz?": "string",
        "duration?": "string",
        "timeago?": "string",
    },
    "YttrexObservation": _OBSERVATION,
    "YttrexBeside": {
        **_OBSERVATION,
        "related": [
            {
                "title": "string|null",
                "source": "string|null",
                "index": "integer|null",
                "videoId": "string|null",
            }
        ],
        "timeago": "string",
    },
    "YttrexReference": {
        "id": "string",
        "type": "string",
        "href": "string",
        "savingTime": "date-time",
        "supporter": "string",
        "clientTime?": "date-time",
        "experimentId?": "string|null",
        "researchTag?": "string|null",
        "videoId?": "string|null",
        "title?": "string|null",
        "related?": ["object"],
        "selected?": ["object"],
        "results?": ["object"],
    },
    "YttrexPersonal": {
        "profile": {
            "publicKey": "string",
            "creationTime": "date-time",
            "p": "string",
            "version": "string",
            "lastActivity": "date-time",
        },
        "recent": [{**_OBSERVATION, "relative": "string"}],
        "total": "integer",
        "request": {"amount": "integer", "skip": "integer", "when": "date-time"},
    },
    "YttrexDay": {"name": "string", "day?": "date-time", "hour?": "date-time"},
    "YttrexSponsor": {
        "sponsoredName": "string|null",
        "sponsoredSite": "string|null",
        "count": "integer",
    },
    "YttrexExperiment": {
        "experimentId": "string",
        "when": "date-time",
        "steps": ["@YttrexStep"],
        "humanizedWhen?": "string",
    },
    "YttrexStep": {"watchFor": "integer|string|null", "url?": "any", "loadFor?": "any"},
    "YttrexCount": {
        "error": "boolean|null",
        "subject": Values("htmls", "leaves"),
        "message?": "string",
        "success?": "integer",
        "duplicates?": "integer",
        "refused?": "integer",
    },
    "YttrexReceipt": {
        "status": Values("OK", "error"),
        "supporter": {
            "publicKey": "string",
            "version": "string",
            "creationTime": "date-time",
            "lastActivity": "date-time",
            "p": "string",
            "userToken?": "string",
        },
        "leaves": "@YttrexCount",
        "htmls": "@YttrexCount",
        "results": [
            {
                "kind": "string",
                "status": Values("stored", "duplicate", "refused"),
                "id?": "string",
                "metadataId?": "string",
                "reason?": "string",
            }
        ],
    },
}

PARAMETERS = {
    "token": part("a user token (40 hexadecimal digits)", demo_token()),
    "paging": part("amount-skip; anything malformed is the default", "10-0"),
    "video_id": part("a video's id", "dQw4w9WgXcQ"),
    "channel_id": part("a channel's id or handle", "UCuAXFkgsw1L7xaCfnd5JJOw"),
    "html_id": part("the id of a page or of its observation", EXAMPLE_ID),
    "experiment_id": part("an experiment's id", EXAMPLE_EXPERIMENT),
    "key": part("what to select by", "id", Values("id", "metadataId", "savingTime")),
    "value": part("the id or the saving time", EXAMPLE_ID),
    "kind": part("a kind of page, or adv", "video"),
    "form": part("the form of the answer", "json", Values("json", "csv")),
    "name": part("a series", "supporters", Values(*SERIES)),
    "unit": part("hours or days", "day", Values(*UNITS)),
    "amount": part("how many of them to look back", "7"),
    "X-YTtrex-Version": Param("string", "the collector's version", "2.8.5", "header", True),
    "X-YTtrex-NonAuthCookieId": Param("string", "the research tag", None, "header"),
    "userToken": Param("string", "only the observations of this user token's supporter"),
    "experimentId": Param("string", "only those of an experiment"),
    "researchTag": Param("string", "only those with a research tag"),
    "filter": Param("string", "a JSON object: nature, title, authorName, query, login"),
    "format": Param(Values("json", "csv"), "the form of the answer"),
    "since": Param("string", "not before this ISO date"),
    "till": Param("string", "not after this ISO date"),
    "skip": Param("integer", "how many to leave out"),
    "?amount": Param("integer", "how many"),
}
DESCRIPTION = Description(
    "ytTREX",
    "/yttrex/api",
    "Evidence of what YouTube showed. Also at the root, and under the host name "
    "youtube.tracking.exposed.",
    PARAMETERS,
    SHAPES,
    bp.operations,
    schemes={
        "yttrexKey": {
            "type": "apiKey",
            "in": "header",
            "name": "X-YTtrex-PublicKey",
            "description": "The collector's Ed25519 key, 32 bytes in base58.",
        },
        "yttrexSignature": {
            "type": "apiKey",
            "in": "header",
            "name": "X-YTtrex-Signature",
            "description": "Over the body's bytes, 64 bytes in base58.",
        },
    },
    with_parts={404: ERROR},
    with_body={400: ERROR, 413: ERROR},
)
