"""The operations of the ytTREX API."""

from __future__ import annotations

from collector.common.identity import content_id
from mockserver.api.yttrex.flatrows import KINDS
from mockserver.api.yttrex.seeds import demo_token
from mockserver.api.yttrex.statistics import SERIES, UNITS
from mockserver.openapi.operations import (
    CSV,
    Body,
    Description,
    Needs,
    Operation,
    Param,
    json,
    part,
)
from mockserver.openapi.shapes import Shape, Values

#: An observation that is in every mock.
EXAMPLE_ID = "47c16bdc2358e51110003a626d822a61e6bc908f"
_STEPS = [{"url": "https://www.youtube.com/", "watchFor": "20s"}]
#: The experiment that the example of ``POST /v2/directives`` registers.
EXAMPLE_EXPERIMENT = content_id(steps=[{**_STEPS[0], "watchFor": 20_000}])
_ITEM = {
    "type": "video",
    "element": "<ytd-app></ytd-app>",
    "href": "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
    "randomUUID": "1",
    "incremental": 0,
    "clientTime": "2026-03-04T06:06:07+01:00",
}

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
_SIGNED: Needs = {"yttrexKey": [], "yttrexSignature": []}
_ERROR = json("@YttrexError")
_WRONG = json(("@YttrexWrongSeries", "@YttrexError"))
_LIST = {200: json(["@YttrexObservation"])}
_SPONSORS = json(["@YttrexSponsor"])
_VIDEO = {"token": "dQw4w9WgXcQ"}

OPERATIONS = (
    Operation("GET", "/", "What this is",
              {200: json({"api": "string", "documentation": "string"})}),
    Operation("GET", "/v0/health", "Whether it works",
              {200: json({"status": "string", "data": {"collections": "integer"}})}),
    Operation("GET", "/v1/last", "The last twenty observations of all", {200: json({
        "content": [{"watcher": "string", "savingTime": "date-time", "related": ["object"],
                     "timeago": "string", "secondsago": "number"}],
        "computedt": "date-time", "next": "date-time", "cacheTimeSeconds": "integer"})}),
    Operation("GET", "/v1/personal/{token}", "A supporter's latest observations",
              {200: json("@YttrexPersonal"), 400: _ERROR}),
    Operation("GET", "/v1/personal/{token}/{paging}", "A supporter's observations, paged",
              {200: json("@YttrexPersonal"), 400: _ERROR}),
    Operation("GET", "/v1/personal/{token}/csv", "The same, one row a recommendation",
              {200: CSV, 400: _ERROR}),
    *(
        Operation("GET", f"/v1/{name}/{{token}}{more}", about, answers, examples=_VIDEO)
        for name, about, answers in (
            ("videoId", "The observations of a video", _LIST),
            ("related", "Observations of others that recommended a video",
             {200: json(["@YttrexBeside"])}),
            ("videoCSV", "What was recommended beside a video, one row each", {200: CSV}),
        )
        for more in ("", "/{paging}")
    ),
    *(
        Operation("GET", f"/v1/research/{{token}}{more}", "What carries a research tag",
                  {200: json({"researchToken": "string", "supporters": ["string"],
                              "total": "integer", "content": ["@YttrexObservation"]})},
                  examples={"token": "a-research-tag"})
        for more in ("", "/{paging}")
    ),
    *(
        Operation("GET", f"/v1/author/{{video_id}}{more}",
                  "What was recommended beside the videos of a video's author",
                  {200: json({"authorName": "string", "authorSource": "string",
                              "overflow": "boolean", "total": "integer",
                              "pagination": {"amount": "integer", "skip": "integer"},
                              "stripped": "integer", "content": ["object"]})})
        for more in ("", "/{paging}")
    ),
    *(
        Operation("GET", f"/v1/{name}/{{html_id}}", "The page as it was sent",
                  {200: json({"html": "string", "metadata": {
                      "id": "string", "metadataId": "string", "href": "string",
                      "isVideo": "boolean", "savingTime": "date-time", "size": "integer"}})})
        for name in ("html", "htmlId")
    ),
    Operation("GET", "/v1/home", "What home pages showed today",
              {200: json([{"accessId": "string", "metadataId": "string",
                           "order": "integer|null"}])}),
    Operation("GET", "/v2/statistics", "What can be asked, and the latest day of each series",
              {200: json({"expectedFormat": "string", "allowedNames": ["string"],
                          "allowedRanges": ["string"], "content": ["@YttrexDay"]})}),
    Operation("GET", "/v2/statistics/{name}", "What is missing in this path", {400: _WRONG}),
    Operation("GET", "/v2/statistics/{name}/{unit}", "What is missing in this path", {400: _WRONG}),
    Operation("GET", "/v2/statistics/{name}/{unit}/{amount}", "A series, oldest first",
              {200: json(["@YttrexDay"]), 400: _WRONG}),
    Operation("GET", "/v2/metadata", "Observations by experiment, tag, supporter and text",
              {200: {**json({"data": ["@YttrexReference"], "totals": {"*": "integer"}}), **CSV},
               400: _ERROR, 404: _ERROR},
              query=("userToken", "experimentId", "researchTag", "filter", "format", "?amount",
                     "skip")),
    Operation("GET", "/v2/ad", "The sponsors of the latest 400 adverts, the most frequent first",
              {200: _SPONSORS}),
    Operation("GET", "/v2/ad/{amount}", "The sponsors of the latest adverts", {200: _SPONSORS}),
    Operation("GET", "/v2/ad/video/{video_id}", "The sponsors of the adverts beside a video",
              {200: _SPONSORS}),
    Operation("GET", "/v2/ad/channel/{channel_id}",
              "The sponsors of the adverts on a channel's page and those of its videos",
              {200: _SPONSORS, 400: _ERROR}, query=("since", "till")),
    Operation("GET", "/v2/personal/{token}/{kind}/csv",
              "A supporter's pages of one kind, or the adverts (adv)",
              {200: CSV, 400: _ERROR}),
    Operation("GET", "/v2/personal/{token}/selector/{key}/{value}", "A supporter's observations",
              {200: json(["@YttrexReference"]), 400: _ERROR}),
    Operation("DELETE", "/v2/personal/{token}/selector/{key}/{value}",
              "Delete one's own evidence: observation, pages and leaves",
              {200: json({"success": Values(True), "result": "object"}), 400: _ERROR}),
    Operation("GET", "/v2/personal/{token}/experiments/{experiment_id}/{form}",
              "A supporter's part of an experiment",
              {200: {**json({"supporter": "object", "metadata": ["@YttrexReference"]}), **CSV},
               400: _ERROR}),
    Operation("GET", "/v2/experiment/{experiment_id}/json", "What an experiment gathered",
              {200: json(["@YttrexReference"])}),
    Operation("GET", "/v2/experiment/{experiment_id}/csv/{kind}",
              f"One kind of it ({', '.join(KINDS)}, adv), one row an item",
              {200: CSV, 400: _ERROR}),
    Operation("POST", "/v2/directives", "Register the steps of an experiment",
              {200: json({"status": Values("exist", "created"), "experimentId": "string",
                          "since": "date-time", "steps": ["@YttrexStep"]})},
              body=Body([{"url?": "string", "type?": "string", "watchFor?": "integer|string|null"}],
                        _STEPS)),
    Operation("POST", "/v2/directives/{experiment_id}",
              "The same; a kind of list, ignored, in place of the id",
              {200: json({"status": Values("exist", "created"), "experimentId": "string",
                          "since": "date-time", "steps": ["@YttrexStep"]})},
              body=Body([{"url?": "string", "type?": "string", "watchFor?": "integer|string|null"}],
                        _STEPS)),
    Operation("GET", "/v2/directives/public", "The twenty latest experiments",
              {200: json(["@YttrexExperiment"])}),
    Operation("GET", "/v2/directives/{experiment_id}", "The steps of an experiment",
              {200: json(["@YttrexStep"])}),
    Operation("GET", "/v2/guardoni/list", "All experiments, newest first",
              {200: json({"content": ["@YttrexExperiment"], "total": "integer",
                          "pagination": {"amount": "integer", "skip": "integer"}})},
              query=("?amount", "skip")),
    Operation("POST", "/v2/handshake", "Which experiment a collector is in; signed, its token",
              {200: json({"ignored?": "boolean", "experimentId?": "string|boolean",
                          "userToken?": "string"}),
               400: json("@YttrexRefusal"), 401: json("@YttrexRefusal"),
               415: json("@YttrexRefusal")},
              body=Body({"experimentId?": "string", "href?": "string", "config?": "object"},
                        {"experimentId": "DEFAULT_UNSET"}),
              security=({}, _SIGNED)),
    Operation("POST", "/v2/events", "Submit signed evidence",
              {200: json("@YttrexReceipt"),
               400: json(("@YttrexRefusal", "@YttrexReceipt")), 401: json("@YttrexRefusal"),
               413: json("@YttrexRefusal"), 415: json("@YttrexRefusal")},
              query=("X-YTtrex-Version", "X-YTtrex-NonAuthCookieId"),
              body=Body(["object"], [_ITEM]), security=(_SIGNED,)),
    Operation("POST", "/v1/events", "The first protocol's address: discontinued", {410: _ERROR}),
)  # fmt: skip

DESCRIPTION = Description(
    "ytTREX",
    "/yttrex/api",
    "Evidence of what YouTube showed. Also at the root, and under the host name "
    "youtube.tracking.exposed.",
    PARAMETERS,
    SHAPES,
    OPERATIONS,
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
    with_parts={404: _ERROR},
    with_body={400: _ERROR, 413: _ERROR},
)
