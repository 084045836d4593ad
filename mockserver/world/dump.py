"""A catalogue as text, the same for worlds that are the same.

Protects the rule that a seed decides a world byte for byte: when it was built is not in the text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from mockserver.world.catalogue import Catalogue
from mockserver.world.clock import EPOCH


def lines_of(catalogue: Catalogue, start: datetime) -> Iterator[bytes]:
    """Everything in a catalogue as JSON, a line each without its end, dates as if it had been
    built at the epoch.

    :param start: the moment as of which it was built.
    """
    shift = EPOCH - start
    tables: tuple[Mapping[str, Any], ...] = (
        catalogue.channels, catalogue.videos, catalogue.playlists, catalogue.users, catalogue.ads
    )  # fmt: skip
    for table in tables:
        for key, item in table.items():
            values = {each.name: getattr(item, each.name) for each in fields(item)}
            if any(isinstance(value, Mapping) and value for value in values.values()):
                values = asdict(item)  # what is nested is taken apart too
            if key not in catalogue.dated:
                for name, value in values.items():
                    if isinstance(value, datetime):
                        values[name] = value + shift
            yield json.dumps(values, ensure_ascii=False, default=str).encode("utf-8")
