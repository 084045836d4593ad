"""A request as the service understands it: dialect, format, page, order and filters, all checked.

Unknown parameters are ignored unless ``strict=true``; of a repeated parameter the first counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from mockserver.api.gdata.errors import FeedError
from mockserver.api.gdata.fields import Wanted, parse_fields
from mockserver.api.gdata.filters import (
    Area,
    Restricted,
    area,
    language,
    one_of,
    restricted,
    restriction,
)
from mockserver.api.gdata.names import CATEGORY_SCHEME, Version
from mockserver.api.gdata.terms import (
    NO_TEXT,
    Segment,
    Term,
    Text,
    parse_segments,
    parse_text,
    split_outside_braces,
)

DEFAULT_SIZE = 25
MOST_RESULTS = 50
LAST_ITEM = 1000
DEFAULT_CALLBACK = "gdata.io.handleScriptLoaded"

ORDERS = ("relevance", "published", "updated", "viewCount", "rating")
TIMES = ("today", "this_week", "this_month", "all_time")
FORMATS = {"1": 1, "5": 2, "6": 4}
"""Bits by format number."""

#: Every parameter there is.
_KNOWN = frozenset({
    "vq", "q", "orderby", "start-index", "max-results", "alt",
    "callback", "format", "author", "time", "racy", "safeSearch",
    "lr", "restriction", "location", "location-radius", "uploader", "caption",
    "category", "published-min", "published-max", "updated-min", "updated-max", "strict",
    "fields", "prettyprint", "client", "key", "v",
})  # fmt: skip
_CALLBACK = re.compile(r"[A-Za-z_$][\w$.\[\]]*", re.ASCII)
_INTEGER = re.compile(r"-?\d{1,9}", re.ASCII)


class Alt(StrEnum):
    """The form of an answer."""

    ATOM = "atom"
    RSS = "rss"
    JSON = "json"
    SCRIPT = "json-in-script"
    JSONC = "jsonc"


@dataclass(frozen=True, slots=True)
class Query:
    """The parameters of one request, checked. A default is what the service does where a
    parameter is missing; times are bounds in epoch seconds, the later one excluded."""

    version: Version = Version.V1
    alt: Alt = Alt.ATOM
    start: int = 1
    """1-based."""
    size: int = DEFAULT_SIZE
    order: str | None = None
    time: str = "all_time"
    words: str = ""
    """The search text as sent."""
    text: Text = NO_TEXT
    author: str = ""
    partners: bool = False
    """Only of channels that are verified."""
    lang: str = ""
    """Two letters; empty is any."""
    restricted: Restricted | None = None
    """``None`` is the list's own habit."""
    captions: bool = False
    """Only with captions."""
    placed: bool = False
    """Only of a known place."""
    area: Area | None = None
    fields: Wanted | None = None
    """The part of the answer that is wanted."""
    formats: int = 0
    """Bits of ``FORMATS``; 0 is any."""
    segments: tuple[Segment, ...] = ()
    since: float = float("-inf")
    until: float = float("inf")
    """Bounds of the publication, seconds since 1970; ``since`` included, ``until`` not."""
    callback: str = DEFAULT_CALLBACK
    pretty: bool = False
    others: tuple[tuple[str, str], ...] = field(default=())
    """What links to other pages repeat, in the order sent."""


def parse_alt(args: Mapping[str, str]) -> Alt:
    """Read ``alt``, the form of the answer; Atom where it is missing.

    :raises FeedError: 400, unknown
    """
    given = args.get("alt", "") or Alt.ATOM
    try:
        return Alt(given)
    except ValueError:
        raise FeedError(
            400, f"Invalid value for alt parameter: {given[:60]}; there are {', '.join(Alt)}."
        ) from None


def parse_version(args: Mapping[str, str], header: str | None) -> Version:
    """``v`` before the header ``GData-Version``; an unknown version is the newest one."""
    given = args.get("v") or header or ""
    return Version.V1 if given in {"", "1", "1.0"} else Version.V2


def parse_query(
    args: Mapping[str, str], version: Version, path_segments: tuple[Segment, ...] = ()
) -> Query:
    """Read all parameters of a request but ``alt``.

    :param path_segments: categories and keywords after ``/-/``
    :raises FeedError: 400, a parameter that is malformed or out of range
    """
    if args.get("strict") == "true" and (unknown := sorted(set(args) - _KNOWN)):
        raise FeedError(400, f"Unknown parameter: {unknown[0][:60]}.")
    size = _integer(args, "max-results", DEFAULT_SIZE, least=0)
    if size > MOST_RESULTS:
        raise FeedError(
            400,
            "Max-results value is too high. "
            f"Only up to {MOST_RESULTS} results can be returned per query.",
        )
    start = _integer(args, "start-index", 1, least=1)
    if start + size - 1 > LAST_ITEM or start > LAST_ITEM:
        raise FeedError(400, f"You cannot request beyond item {LAST_ITEM}.")
    callback = args.get("callback") or DEFAULT_CALLBACK
    if len(callback) > 200 or not _CALLBACK.fullmatch(callback):
        raise FeedError(400, "Invalid value for callback parameter: it must name a function.")
    words = args.get("vq") or args.get("q") or ""
    since = [_moment(args, f"{name}-min", float("-inf")) for name in ("published", "updated")]
    until = [_moment(args, f"{name}-max", float("inf")) for name in ("published", "updated")]
    uploader = args.get("uploader", "")
    restriction(args)
    return Query(
        version=version,
        alt=parse_alt(args),
        start=start,
        size=size,
        order=_order(args),
        time=one_of(args, "time", TIMES, "all_time"),
        words=words,
        text=parse_text(words),
        author=args.get("author") or (uploader if uploader != "partner" else ""),
        partners=uploader == "partner",
        lang=language(args),
        restricted=restricted(args),
        captions=one_of(args, "caption", ("true", "false"), "false") == "true",
        placed="location" in args,
        area=area(args),
        fields=parse_fields(args["fields"]) if args.get("fields") else None,
        formats=_formats(args.get("format", "")),
        segments=(*path_segments, *_categories(args.get("category", ""))),
        since=max(since),
        until=min(until),
        callback=callback,
        pretty=args.get("prettyprint") == "true",
        others=tuple(
            (name, value)
            for name, value in args.items()
            if name not in {"start-index", "max-results", "key"}
        ),
    )


def _integer(args: Mapping[str, str], name: str, default: int, *, least: int) -> int:
    given = args.get(name)
    if given is None or given == "":
        return default
    if not _INTEGER.fullmatch(given) or int(given) < least:
        raise FeedError(400, f"Invalid {name}: it must be a whole number of at least {least}.")
    return int(given)


def _order(args: Mapping[str, str]) -> str | None:
    given = args.get("orderby")
    if not given:
        return None
    if re.fullmatch(r"relevance_lang_[A-Za-z]{2,3}(?:[-_][A-Za-z]{2,4})?", given, re.ASCII):
        return "relevance"
    return one_of(args, "orderby", ORDERS, ORDERS[0])


def _formats(given: str) -> int:
    bits = 0
    for number in filter(None, given.split(",")):
        if number not in FORMATS:
            raise FeedError(400, f"Invalid value for format parameter: {number[:60]}.")
        bits |= FORMATS[number]
    return bits


def _categories(given: str) -> tuple[Segment, ...]:
    """``category=A,B``; the terms are as in a path."""
    return parse_segments(split_outside_braces(given, ",")) if given else ()


def _moment(args: Mapping[str, str], name: str, default: float) -> float:
    given = args.get(name)
    if not given:
        return default
    try:
        moment = datetime.fromisoformat(given)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise FeedError(400, f"Invalid {name}: it must be an RFC 3339 date.") from None


def category_term(term: str) -> Segment:
    """The filter for one category."""
    return (Term(term, CATEGORY_SCHEME),)
