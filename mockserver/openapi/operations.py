"""What one operation of an API is, as data, and the OpenAPI objects made of it.

An operation is written at its route: see :mod:`mockserver.openapi.blueprint`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from mockserver.openapi.shapes import Shape, schema

#: The security schemes that an operation needs together; one of several such sets is enough.
Needs = Mapping[str, list[str]]
#: Content type -> shape; ``None``: text, XML or a page, whose content is not described.
Media = Mapping[str, Shape | None]
_PART = re.compile(r"{(\w+)}")


def json_of(shape: Shape) -> dict[str, Shape | None]:
    """Make the content of an answer that is JSON of this shape."""
    return {"application/json": shape}


CSV: Media = {"text/csv": None}
PAGE: Media = {"text/html": None}
NO_BODY: Media = {}


@dataclass(frozen=True, slots=True)
class Param:
    """A part of the path, or a parameter of the query or a header."""

    shape: Shape
    about: str
    example: Any = None
    where: str = "query"
    required: bool = False


def part(about: str, example: Any = None, shape: Shape = "string") -> Param:
    """A part of the path."""
    return Param(shape, about, example, "path")


@dataclass(frozen=True, slots=True)
class Body:
    """A request's JSON body."""

    shape: Shape
    example: Any


@dataclass(frozen=True, slots=True)
class Operation:
    """What one method of a route does: its summary, its parameters, its answers.

    >>> Operation("A video", {200: json_of("@Video")}, query=("lang",)).about
    'A video'
    """

    about: str
    answers: Mapping[int, Media]
    query: tuple[str, ...] = ()
    """Names of the description's parameters of query and headers; ``?`` before a name tells a
    parameter of the query from a part of the path that is called the same."""
    body: Body | None = None
    security: tuple[Needs, ...] | None = None
    """``None``: as the description says."""
    examples: Mapping[str, Any] = field(default_factory=dict)
    """Examples of parameters that differ from the description's."""


@dataclass(frozen=True, slots=True)
class Route:
    """An operation, and where it is."""

    method: str
    path: str
    """Below the description's prefix, its parts in braces."""
    operation: Operation

    @property
    def parts(self) -> list[str]:
        """List the parts of the path that are in braces, without them."""
        return _PART.findall(self.path)


@dataclass(frozen=True, slots=True)
class Description:
    """One API described: its operations, and what they share."""

    name: str
    prefix: str
    about: str
    parameters: Mapping[str, Param]
    shapes: Mapping[str, Shape]
    operations: Sequence[Route]
    schemes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    security: tuple[Needs, ...] = ()
    with_parts: Mapping[int, Media] = field(default_factory=dict)
    """Answers of every operation whose path has parts."""
    with_body: Mapping[int, Media] = field(default_factory=dict)
    """Answers of every operation that reads a body."""
    always: Mapping[int, Media] = field(default_factory=dict)

    def paths(self, here: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """OpenAPI path items, by full path.

        ``here`` fills in the examples that are written ``$name``: ids that this server has.
        """
        made: dict[str, dict[str, Any]] = {}
        for route in self.operations:
            item = made.setdefault(self.prefix + route.path, {})
            item[route.method.lower()] = self._operation(route, here)
        return made

    def answers(self, route: Route) -> dict[int, Media]:
        """Every answer that a route can give."""
        operation, found = route.operation, dict(self.always)
        if route.parts:
            found |= self.with_parts
        if operation.body is not None:
            found |= self.with_body
        return dict(sorted((found | dict(operation.answers)).items()))

    def _operation(self, route: Route, here: Mapping[str, Any]) -> dict[str, Any]:
        operation = route.operation
        names = [*route.parts, *operation.query]
        made: dict[str, Any] = {
            "tags": [self.name],
            "operationId": self._id(route),
            "summary": operation.about,
            "responses": {
                str(status): _response(status, media)
                for status, media in self.answers(route).items()
            },
        }
        if names:
            made["parameters"] = [self._parameter(operation, name, here) for name in names]
        if operation.body is not None:
            content = {"schema": schema(operation.body.shape), "example": operation.body.example}
            made["requestBody"] = {"required": True, "content": {"application/json": content}}
        security = self.security if operation.security is None else operation.security
        if security:
            made["security"] = [dict(each) for each in security]
        return made

    def _parameter(
        self, operation: Operation, name: str, here: Mapping[str, Any]
    ) -> dict[str, Any]:
        param = self.parameters[name]
        example = operation.examples.get(name, param.example)
        if isinstance(example, str) and example.startswith("$"):
            example = here.get(example[1:])
        made: dict[str, Any] = {
            "name": name.removeprefix("?"),
            "in": param.where,
            "description": param.about,
            "required": param.where == "path" or param.required,
            "schema": schema(param.shape),
        }
        if example is not None:
            made["example"] = example
        return made

    def _id(self, route: Route) -> str:
        words = re.findall(r"\w+", route.path)
        return "_".join([self.name.lower(), route.method.lower(), *words])


def _response(status: int, media: Media) -> dict[str, Any]:
    made: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if media:
        made["content"] = {
            kind: {} if shape is None else {"schema": schema(shape)}
            for kind, shape in media.items()
        }
    return made
