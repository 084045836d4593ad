"""Observations under the reference collector's field names and shapes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from collector.model import Observation


def to_metadata(
    observation: Observation,
    *,
    id: str,  # noqa: A002 (the reference's field name)
    public_key: str | None = None,
    client_time: datetime | None = None,
    saving_time: datetime | None = None,
    blang: str | None = None,
    experiment_id: str | None = None,
    research_tag: str | None = None,
) -> dict[str, Any]:
    """The reference's metadata document of one page (``selected``, ``related`` or ``results``)."""
    return {"id": id, "type": observation.kind.value, "href": observation.url, "blang": blang}
