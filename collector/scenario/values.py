"""The kinds of values in a step (addresses, videos, names, durations), each with its refusal."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, PlainValidator

from collector.addresses import USER_IN_ADDRESS, names_a_user, parts_of, shown, without_userinfo
from collector.common.model import Surface
from collector.common.words import composed
from collector.platforms.registry import platforms
from collector.problems import Fixable
from collector.scenario.durations import Amount, format_duration, parse_amount, parse_duration

_VIDEO_ID = re.compile(r"[A-Za-z0-9_-]{11}", re.ASCII)

Duration = Annotated[
    timedelta, PlainValidator(parse_duration), PlainSerializer(format_duration, return_type=str)
]
HowMuch = Annotated[Amount, PlainValidator(parse_amount), PlainSerializer(str, return_type=str)]


def as_video(value: object) -> object:
    """The id of a video from its id or address. Raises Fixable on any other text."""
    if not isinstance(value, str):
        return value
    video = video_of(value)
    if video is None:
        raise Fixable(f"{value!r} is not a video", "write its 11-character id, or its watch URL")
    return video


def video_of(text: str) -> str | None:
    """The video id in an id or a watch URL."""
    if _VIDEO_ID.fullmatch(text):
        return text
    parts = parts_of(text)
    if parts.path == "/watch":
        for pair in parts.query.split("&"):
            name, _, value = pair.partition("=")
            if name == "v" and _VIDEO_ID.fullmatch(value):
                return value
    if parts.host == "youtu.be" and _VIDEO_ID.fullmatch(parts.path[1:]):
        return parts.path[1:]
    return None


def as_address(value: object) -> object:
    """``home``, a path, or a URL: the real site's addresses become paths of whatever site runs."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text == "home":
        return "/"
    if re.search(r"[\x00-\x20\x7f]", text):
        raise Fixable(f"{value!r} holds a space or a control character", "write %20 for a space")
    if text.startswith("/") and not text.startswith("//"):
        return text
    if names_a_user(text):
        raise Fixable(USER_IN_ADDRESS, f"leave them out: {without_userinfo(text)}")
    parts = parts_of(text)
    if not parts.is_web:
        raise Fixable(f"{shown(text)!r} is not an address", "write home, /watch?v=ID or https://…")
    if any(parts.host in spec.paths_of for spec in platforms().values()):
        tail = parts.path or "/"
        return tail + (f"?{parts.query}" if parts.query else "")
    return text


def as_list(value: object) -> object:
    """A text as a list of that one; anything else stays as it is."""
    return [value] if isinstance(value, str) else value


def as_surface(value: object) -> Surface:
    """A list of videos by its name. Raises Fixable on anything else."""
    if isinstance(value, str) and value in (Surface.HOME, Surface.RELATED, Surface.SEARCH):
        return Surface(value)
    raise Fixable(f"{value!r} is not a list of videos", "write home, related or search")


Label = Annotated[
    str,
    Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$"),
    AfterValidator(composed),
]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$")]
Query = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$")]
Rank = Annotated[int, Field(ge=1, le=500)]
From = Annotated[Surface, BeforeValidator(as_surface)]
