"""A blueprint whose routes say what they are: the OpenAPI operation stands at the route.

Protects the rule that an endpoint is one statement: path, methods, view and description. Nothing
else lists an API's operations.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint
from flask.typing import RouteCallable

from mockserver.openapi.operations import Operation, Route

#: One operation for every method of a route, or one a method.
Operations = Operation | Mapping[str, Operation]
_PART = re.compile(r"<(?:\w+:)?(\w+)>")


class ApiBlueprint(Blueprint):
    """A blueprint that keeps the operations given to ``add_url_rule``, ``get``, ``post`` …

    >>> bp = ApiBlueprint("demo", __name__)
    >>> bp.add_url_rule("/video/<id>/", "video", lambda id: id, operation=Operation("A video", {}))
    >>> [(each.method, each.path, each.operation.about) for each in bp.operations]
    [('GET', '/video/{id}/', 'A video')]
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.operations: list[Route] = []
        """In the order in which their routes were added."""

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: RouteCallable | None = None,
        provide_automatic_options: bool | None = None,
        *,
        operation: Operations | None = None,
        **options: Any,
    ) -> None:
        """Add a route. ``operation``: what ``GET /openapi.json`` says of it; ``None``: nothing."""
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)
        if operation is None:
            return
        if isinstance(operation, Operation):
            operation = dict.fromkeys(options.get("methods") or ("GET",), operation)
        path = _PART.sub(r"{\1}", rule)
        self.operations += [Route(method, path, each) for method, each in operation.items()]
