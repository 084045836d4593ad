"""What the descriptions of several endpoints share: answers, and bodies that are sent.

Described is the API's v0.4; what only other generations had has no operation.
"""

from __future__ import annotations

from mockserver.openapi.operations import PAGE, Body, Media, json_of
from mockserver.openapi.shapes import Shape

MISSING: dict[int, Media] = {404: json_of("@ArchiveMissing") | dict(PAGE)}
WRONG: dict[int, Media] = {400: json_of(("@ArchiveMessage", "@ArchiveDetail"))}
#: What is wrong with each field.
REFUSED: Media = json_of({"*": "any"})
LENGTH: dict[str, Shape] = {"duration": "integer", "duration_str": "string"}


def ok(shape: Shape) -> dict[int, Media]:
    """200 with JSON of a shape."""
    return {200: json_of(shape)}


def item(shape: str) -> dict[int, Media]:
    """200 with one document."""
    return {200: json_of({"data": shape, "config": "@ArchiveConfig"})}


def page_of(shape: str) -> dict[int, Media]:
    """A page of a list, an empty one past the end, a page that is not a number."""
    page = {"data": [shape], "config": "@ArchiveConfig", "paginate": "@ArchivePages"}
    return {200: json_of(page), 404: json_of((page, "@ArchiveMessage")) | dict(PAGE), **WRONG}


def deleted(kind: str) -> dict[int, Media]:
    """What was deleted, or that it could not be."""
    told: Shape = {kind: "string", "state": "string"}
    return {200: json_of(told), 404: json_of(told) | dict(PAGE)}


def subscribing(kind: str, example: str) -> Body:
    """The body that subscribes to channels or playlists."""
    shape = {"data": [{f"{kind}_id": "string", f"{kind}_subscribed": "boolean"}]}
    return Body(shape, {"data": [{f"{kind}_id": example, f"{kind}_subscribed": True}]})
