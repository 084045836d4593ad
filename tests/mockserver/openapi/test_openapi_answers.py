"""Schemathesis asks every described operation: no 500, and answers of described status and shape.

Its cases are few and the same every time: those of its coverage phase (limits of every parameter
and body, one by one, right and wrong) and a few made up. ``test_openapi_document`` asks the
description's own examples, ``test_hostile_*`` what no description would make.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from typing import Any

import openapi_tools as tools
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from mockserver import truth_openapi as truth
from mockserver.api.fbtrex import openapi as fbtrex
from mockserver.api.gdata import openapi as gdata
from mockserver.api.tubearchivist import openapi as tubearchivist
from mockserver.api.yttrex import openapi as yttrex

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
APIS = tuple(each.DESCRIPTION for each in (yttrex, fbtrex, tubearchivist, gdata, truth))
#: Cases of one operation: of the coverage phase, and made up.
MOST_COVERED, MADE_UP = 24, 3
QUIET = settings(
    max_examples=MADE_UP,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@lru_cache(maxsize=1)
def described() -> Any:
    found: Any = schemathesis.openapi.from_wsgi("/openapi.json", tools.app())
    # Other methods are asked by test_hostile_*.
    found.config.phases.coverage.unexpected_methods = set()
    return found


def ask(case: Any) -> None:
    case.call_and_validate(
        base_url=tools.LOCAL, headers=tools.auth(case.formatted_path), checks=CHECKS
    )


@pytest.mark.sweep(6)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param(operation.method, path, id=f"{operation.method} {path}")
        for api in APIS
        for operation in api.operations
        for path in [api.prefix + operation.path]
    ],
)
def test_answers_are_as_described(method: str, path: str) -> None:
    schema = described()
    operation = schema[path][method]
    covered = schema.iter_coverage_cases(
        operation,
        generation_modes=list(GenerationMode),
        generation_config=schema.config.generation,
    )
    for case in islice(covered, MOST_COVERED):
        ask(case)
    QUIET(given(operation.as_strategy())(ask))()
