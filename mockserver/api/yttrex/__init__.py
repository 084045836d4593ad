"""The ytTREX API over what was submitted to this mock (``docs/api-yttrex.md`` lists its endpoints).

The shapes are those of the 2019 documentation, completed by the later servers; statuses, limits and
ownership are what a server should have. ``MockConfig.compat == "2019"`` brings the historical
statuses and CSV dialect back, but none of the historical holes.
"""

from __future__ import annotations

from flask.blueprints import BlueprintSetupState

from mockserver.openapi.blueprint import ApiBlueprint

bp = ApiBlueprint("yttrex", __name__)

from mockserver.api.trex import errors  # noqa: E402
from mockserver.api.yttrex import (  # noqa: E402  (the routes need bp)
    adverts,
    evidence,
    experiments,
    flat,
    handshake,
    ingestion,
    personal,
    statistics,
    tables,
    videos,
)


@bp.record_once
def _prepare(state: BlueprintSetupState) -> None:
    """Tables and the documentation's examples, before the first request."""
    tables.prepare(state.app.extensions["mock"].db)


for _module in (
    evidence,
    videos,
    personal,
    flat,
    adverts,
    statistics,
    experiments,
    handshake,
    ingestion,
    errors,
):
    _module.register(bp)
