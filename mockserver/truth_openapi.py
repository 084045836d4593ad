"""What the truth log's operations share: shapes, parameters, security. The operations themselves
stand at their routes."""

from __future__ import annotations

from mockserver.openapi.operations import Description, Param, json_of
from mockserver.openapi.shapes import Shape
from mockserver.platforms.visited import visited
from mockserver.truth import bp

(_, _FIRST), *_OTHERS = visited().items()
_ROWS: Shape = {"content": ["object"], "total": "integer", "next": "integer|null"}

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
        "memory": {f"{name}?": "object" for name in visited()},
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
    "platform": Param(
        "string",
        "; ".join(f"{name}: {site.items} instead of {_FIRST.items}" for name, site in _OTHERS),
        _OTHERS[0][0],
    ),
}

DESCRIPTION = Description(
    "truth",
    "/_truth",
    "What was really served and watched, for tests; answers to loopback only.",
    PARAMETERS,
    SHAPES,
    bp.operations,
    schemes={
        "truthBearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "The token that mockserver serve prints.",
        }
    },
    security=({"truthBearer": []},),
    always={403: json_of("@TruthError")},
)
