"""The operations of the truth log."""

from __future__ import annotations

from mockserver.openapi.operations import Body, Description, Operation, Param, json
from mockserver.openapi.shapes import Shape

_ROWS: Shape = {"content": ["object"], "total": "integer", "next": "integer|null"}
_ERROR = json("@TruthError")
_PAGED = ("visitor", "after", "limit")

_MEMORY = {
    "seed": 1,
    "world": "small",
    "era": "2026",
    "memory": {
        "youtube": {
            "lang": "en", "country": "US", "consented": "reject", "loads": 1,
            "events": [{"kind": "search", "target": "music", "seconds": 0, "fraction": 0,
                        "on": True, "load": ""}],
            "subscriptions": [], "likes": [], "dislikes": [], "hidden": [],
        }
    },
}  # fmt: skip

SHAPES: dict[str, Shape] = {
    "TruthError": {"error": "boolean", "message": "string"},
    "TruthRows": _ROWS,
    "TruthLabels": {"content": {"*": "string"}, "total": "integer", "next": "null"},
    "TruthVisitors": {
        "content": [
            {
                "visitor": "string",
                "platform": "string",
                "bucket?": "integer",
                "lang": "string",
                "country?": "string",
                "consented": "any",
                "loads": "integer",
                "events?": "integer",
                "follows?": "integer",
                "likes?": "integer",
                "hidden?": "integer",
                "seen?": "integer",
            }
        ],
        "total": "integer",
        "next": "null",
    },
    "TruthHello": {
        "mock": "string",
        "version": "string",
        "proof": "string",
        "seed": "integer",
        "world": "string",
        "era": "string",
        "recommender": {"*": "number"},
        "faults": {"*": "number"},
        "known": ["string"],
    },
    "TruthMemory": {
        "seed": "integer",
        "world": "string",
        "era": "string",
        "memory": {"youtube?": "object", "facebook?": "object"},
    },
    "TruthTruths": {
        "content": ["object"],
        "total": "integer",
        "next": "integer|null",
        "block_every_s": "number",
        "puppets": {"*": ["string|integer"]},
    },
    "TruthRecommender": {
        "seed": "integer",
        "world": "string",
        "era": "string",
        "formula": "string",
        "params": {"*": "number"},
        "null_parameters": {"*": "number"},
        "weights": {"*": {"*": "number"}},
        "topics": ["string"],
        "counts": {"*": "integer"},
        "feed": "object",
    },
}

PARAMETERS = {
    "visitor": Param("string", "only this visitor"),
    "after": Param("integer", "rows after this number"),
    "limit": Param("integer", "at most so many rows"),
    "load": Param("string", "only this page load"),
    "surface": Param("string", "only this place"),
    "kind": Param("string", "only this kind"),
    "video_id": Param("string", "only this video"),
    "status": Param("string", "only this status"),
    "platform": Param("string", "facebook: posts and pages instead of videos", "facebook"),
}

OPERATIONS = (
    Operation("POST", "/hello", "What this is, with a proof of its token, which is not asked for",
              {200: json("@TruthHello"), 400: _ERROR},
              body=Body("object", {"nonce": "any text", "visitors": []})),
    Operation("GET", "/impressions", "Every entry served",
              {200: json("@TruthRows"), 400: _ERROR}, (*_PAGED, "load", "surface", "kind")),
    Operation("GET", "/watches", "Every playback", {200: json("@TruthRows"), 400: _ERROR},
              (*_PAGED, "load", "video_id")),
    Operation("GET", "/pages", "Every page sent", {200: json("@TruthRows"), 400: _ERROR},
              (*_PAGED, "load", "status", "kind")),
    Operation("GET", "/visitors", "Every visitor", {200: json("@TruthVisitors")}),
    Operation("GET", "/labels", "Topics by id", {200: json("@TruthLabels")}, ("platform",)),
    Operation("GET", "/recommender", "The formula and its parameters",
              {200: json("@TruthRecommender")}),
    Operation("GET", "/truths", "What is true by arm, block and time",
              {200: json("@TruthTruths")}),
    Operation("PUT", "/puppets", "Tell arm and block of a run's visitors",
              {200: json("object"), 400: _ERROR},
              body=Body("object", {"puppets": {"visitor": ["treated", 1]}})),
    Operation("GET", "/whoami", "What the site saw of a visitor",
              {200: json("object"), 404: _ERROR}, ("visitor",)),
    Operation("GET", "/memory", "What the site knows of a visitor",
              {200: json("@TruthMemory"), 404: _ERROR}, ("visitor",)),
    Operation("PUT", "/memory", "Give a visitor what the site knows of another",
              {200: json("object"), 400: _ERROR, 409: _ERROR}, ("visitor",),
              body=Body("@TruthMemory", _MEMORY)),
)  # fmt: skip

DESCRIPTION = Description(
    "truth",
    "/_truth",
    "What was really served and watched, for tests; answers to loopback only.",
    PARAMETERS,
    SHAPES,
    OPERATIONS,
    schemes={
        "truthBearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "The token that mockserver serve prints.",
        }
    },
    security=({"truthBearer": []},),
    always={403: _ERROR},
)
