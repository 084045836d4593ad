"""Who advertised: counts over all adverts that were sent, and one row an advert.

The counts are over leaves (:mod:`mockserver.api.yttrex.ads`) that name a sponsor; links to channels
are none. An advert that was captured on two page loads counts twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, request

from collector.common.identity import iso_z, parse_iso
from mockserver.api.trex.envelope import ApiError, answer, route
from mockserver.api.trex.paging import MOST_CSV, number
from mockserver.api.yttrex.described import ERROR
from mockserver.context import mock
from mockserver.openapi.operations import Operation, json_of

#: Adverts that are counted at most, the latest first; the documents' own number is the default.
MOST = 1000
DEFAULT = 400
COLUMNS = (
    "pseudo",
    "metadataId",
    "savingTime",
    "clientTime",
    "experimentId",
    "researchTag",
    "href",
    "selectorName",
    "sponsoredSite",
    "sponsoredName",
)
_SPONSORS = json_of(["@YttrexSponsor"])
_PAID = "(l.sponsored_site IS NOT NULL OR l.sponsored_name IS NOT NULL)"


def register(bp: Blueprint) -> None:
    """Route the counts of sponsors on ``bp``."""
    # fmt: off
    route(bp, "/v2/ad", latest, Operation(
        "The sponsors of the latest 400 adverts, the most frequent first", {200: _SPONSORS}),
        defaults={"amount": ""})
    route(bp, "/v2/ad/<amount>", latest, Operation(
        "The sponsors of the latest adverts", {200: _SPONSORS}))
    route(bp, "/v2/ad/video/<video_id>", beside_video, Operation(
        "The sponsors of the adverts beside a video", {200: _SPONSORS}))
    route(bp, "/v2/ad/channel/<channel_id>", beside_channel, Operation(
        "The sponsors of the adverts on a channel's page and those of its videos",
        {200: _SPONSORS, 400: ERROR}, query=("since", "till")))
    # fmt: on


def latest(amount: str) -> Response:
    """The sponsors of the latest adverts, the most frequent first."""
    return _counted("1", [], number(amount, DEFAULT, MOST) or DEFAULT)


def beside_video(video_id: str) -> Response:
    """The sponsors of the adverts on a video's page."""
    return _counted(
        "json_extract(l.nature, '$.type') = 'video' AND json_extract(l.nature, '$.videoId') = ?",
        [video_id],
        MOST,
    )


def beside_channel(channel_id: str) -> Response:
    """The sponsors of the adverts on a channel's page and on those of its videos.

    Between ``since`` and ``till`` (ISO dates), where they are given.
    """
    wanted = (
        "(json_extract(l.nature, '$.authorSource') = ? OR l.metadata_id IN (SELECT m.id FROM"
        " yttrex_metadata m WHERE json_extract(m.doc, '$.authorSource') IN (?, ?, ?)))"
    )
    values = [channel_id, channel_id, f"/channel/{channel_id}", f"/{channel_id}"]
    for name, compared in (("since", ">="), ("till", "<=")):
        if given := request.args.get(name):
            try:
                values.append(iso_z(parse_iso(given)))
            except (ValueError, OverflowError) as error:
                raise ApiError(400, f"{name} is not an ISO date", historical=400) from error
            wanted += f" AND l.saving_time {compared} ?"
    return _counted(wanted, values, MOST)


def _counted(where: str, values: Sequence[Any], amount: int) -> Response:
    rows = mock().db.rows(
        "SELECT sponsored_name, sponsored_site, COUNT(*) AS n FROM (SELECT l.* FROM yttrex_leaves l"
        f" WHERE {_PAID} AND {where} ORDER BY l.saving_time DESC, l.rowid DESC LIMIT ?)"
        " GROUP BY 1, 2 ORDER BY 3 DESC, 2, 1",
        [*values, amount],
    )
    return answer(
        [
            {
                "sponsoredName": row["sponsored_name"],
                "sponsoredSite": row["sponsored_site"],
                "count": row["n"],
            }
            for row in rows
        ]
    )


def rows(where: str, values: Sequence[Any], *, words: int | None = None) -> list[dict[str, Any]]:
    """One row an advert, the latest first, under :data:`COLUMNS`.

    :param words: how many words of the pseudonym are told; by default all of them.
    """
    return [
        {
            "pseudo": "-".join(row["pseudonym"].split("-")[:words]),
            "metadataId": row["metadata_id"][:8],
            "savingTime": parse_iso(row["saving_time"]),
            "clientTime": parse_iso(row["client_time"]),
            "experimentId": row["experiment_id"],
            "researchTag": row["research_tag"],
            "href": row["href"],
            "selectorName": row["selector_name"],
            "sponsoredSite": row["sponsored_site"],
            "sponsoredName": row["sponsored_name"],
        }
        for row in mock().db.rows(
            "SELECT l.*, s.pseudonym FROM yttrex_leaves l JOIN yttrex_supporters s USING"
            f" (public_key) WHERE {where} ORDER BY l.saving_time DESC, l.rowid DESC LIMIT ?",
            [*values, MOST_CSV],
        )
    ]
