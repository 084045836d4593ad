"""The fbTREX API over what was submitted to this mock (``docs/api-fbtrex.md`` lists its endpoints).

The shapes are those of the 2020 documentation; statuses, limits and ownership are what a server
should have. ``MockConfig.compat == "2019"`` brings the historical statuses and CSV dialect back,
but none of the historical holes. ``bp`` is the API, ``pages`` what people open in a browser.
"""

from __future__ import annotations

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from mockserver.context import mock
from mockserver.openapi.blueprint import ApiBlueprint

bp = ApiBlueprint("fbtrex", __name__)
pages = Blueprint("fbtrex_pages", __name__, template_folder="templates")

from mockserver.api.fbtrex import (  # noqa: E402  (the routes need bp)
    demo,
    feeds,
    ingestion,
    own,
    personal,
    public,
    reality,
    tables,
    topics,
)
from mockserver.api.fbtrex.access import failure  # noqa: E402
from mockserver.api.trex import errors  # noqa: E402
from mockserver.api.trex.envelope import ApiError  # noqa: E402


@bp.record_once
def _prepare(state: BlueprintSetupState) -> None:
    """Tables before the first request; the demo supporter comes with it."""
    tables.prepare(state.app.extensions["mock"].db)


@bp.before_request
@pages.before_request
def _demo() -> None:
    demo.ensure(mock().db)


for _module in (personal, public, topics, own, ingestion, errors):
    _module.register(bp)
for _module in (feeds, reality):
    _module.register(pages)
bp.register_error_handler(ApiError, failure)
