"""What the player reports: played segments become watch history and rows of the truth log.

A page can send anything, so a report is validated: it comes from this site's own page, is of a load
that served this video to this visitor, and its segments are clamped to the length of what was
played. A report that is sent again changes nothing: seconds are those of the union of all
segments of one page load.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Self

from flask import Blueprint, Response, jsonify, request, send_file
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from mockserver.context import mock
from mockserver.platforms.origin import check_origin
from mockserver.platforms.youtube.visits import arrived

CLIP = Path(__file__).with_name("media") / "clip.webm"
VISITOR_COOKIE = "VISITOR_INFO1_LIVE"
MOST_BYTES = 16 * 1024
MOST_SEGMENTS = 200
#: A live stream has no length; nobody watches longer than this in one page load.
MOST_LIVE_S = 24 * 3600.0

Second = Annotated[float, Field(ge=0, le=1e7, allow_inf_nan=False)]
Token = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[\w.~=:-]+$")]


class Beacon(BaseModel):
    """The body of a report. ``st`` and ``et``: starts and ends of segments, in media seconds."""

    model_config = ConfigDict(extra="forbid", strict=True)

    load: Token
    v: Annotated[str, StringConstraints(pattern=r"^[\w-]{11}$")]
    st: Annotated[list[Second], Field(min_length=1, max_length=MOST_SEGMENTS)]
    et: Annotated[list[Second], Field(min_length=1, max_length=MOST_SEGMENTS)]
    ad: Token | None = None
    state: Annotated[str, StringConstraints(pattern=r"^(playing|paused|ended)$")]
    vis: bool = True
    rate: Annotated[float, Field(gt=0, le=16, allow_inf_nan=False)] = 1.0
    len: Second | None = None

    @model_validator(mode="after")
    def _pairs(self) -> Self:
        if len(self.st) != len(self.et):
            raise ValueError("st and et must be equally long")
        if any(end < start for start, end in zip(self.st, self.et, strict=True)):
            raise ValueError("a segment ends before it starts")
        return self

    def segments(self, length_s: float) -> list[tuple[float, float]]:
        """The segments within what was played; those wholly outside are dropped."""
        pairs = zip(self.st, self.et, strict=True)
        return [(start, min(end, length_s)) for start, end in pairs if start < length_s]


def register(bp: Blueprint) -> None:
    """Add the player's two addresses to the site."""
    bp.add_url_rule("/api/stats/watchtime", view_func=watchtime, methods=["POST"])
    bp.add_url_rule("/_media/clip.webm", view_func=clip, methods=["GET"])


def clip() -> Response:
    """The clip that every video repeats; with Range, which media elements insist on."""
    return send_file(CLIP, mimetype="video/webm", conditional=True, max_age=86400)


def watchtime() -> tuple[Response, int]:
    """Take a report: 204 when it was taken, 400 with the reason when it was not."""
    check_origin(request)
    visitor = request.cookies.get(VISITOR_COOKIE, "")
    if not visitor or len(visitor) > 128:
        return _refuse(f"the cookie {VISITOR_COOKIE} is missing")
    if (request.content_length or 0) > MOST_BYTES:
        return _refuse(f"a report is at most {MOST_BYTES} bytes")
    try:
        beacon = Beacon.model_validate_json(request.get_data(cache=False))
    except ValidationError as error:
        first: Any = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "body"
        return _refuse(f"{place}: {first['msg']}")

    world = mock().world
    video = world.videos.get(beacon.v)
    if video is None:
        return _refuse(f"v: no video {beacon.v}")
    if not world.truth.plays(visitor, beacon.load, beacon.v):
        return _refuse("load: this video was not served to this visitor in this load")
    ad = world.ads.get(beacon.ad) if beacon.ad is not None else None
    if beacon.ad is not None and ad is None:
        return _refuse(f"ad: no advert {beacon.ad}")

    length_s = float(ad.seconds if ad is not None else video.seconds or MOST_LIVE_S)
    row = world.truth.beacon(
        visitor,
        load=beacon.load,
        video_id=beacon.v,
        segments=beacon.segments(length_s),
        ad_id=beacon.ad,
        state=beacon.state,
        visible=beacon.vis,
        rate=beacon.rate,
        length=float(video.seconds) if video.seconds is not None else None,
    )
    if ad is None and row["seconds"] > 0:
        share = row["seconds"] / video.seconds if video.seconds else 0.0
        viewer = world.viewer(visitor)
        arrived(request, world, viewer)
        viewer.watched(beacon.v, row["seconds"], share, load=beacon.load)
    return Response(status=204), 204


def _refuse(reason: str) -> tuple[Response, int]:
    return jsonify({"error": reason}), 400
