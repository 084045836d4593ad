"""A timeline as evidence: one small document that holds the posts as they were seen, in order.

What the page's recorder hands over becomes a document without people and without private posts;
the document is what is hashed, stored and signed, and :func:`parse_evidence` reads it back. Pure.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from typing import Any

from collector.common.model import FeedImpression, Nature, Observation, Timeline, Visibility
from collector.platforms.facebook.parse import parse_page, parse_post
from collector.platforms.facebook.privacy import People, people, without_people

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORMAT = "timeline/1"
_ROOT = re.compile(r"<html\b[^<>]*+>")
_KIND = 'data-twinwatch="timeline/1"'
_SECTION = r"<section ((?:data-[a-z]+=\"[^\"]*\" ?)+)>(.*?)</section><!--/{mark}-->"
_ATTRIBUTE = re.compile(r"(?<![a-z-])([a-z-]+)=\"([^\"]*)\"")
#: What stands for a private post: the mark of a post, and an audience that names nobody.
_EMPTY = {
    "2019": '<div class="userContentWrapper">'
    '<a data-hover="tooltip" aria-label="private"></a></div>',
    "2023": '<div aria-posinset="0"><h4><a href="/private">private</a></h4></div>',
    "mobile": '<article><div class="story_body_container"><header><i aria-label="private"></i>'
    "</header></div></article>",
    "2020": '<div data-pagelet="FeedUnit_private"><i role="img" aria-label="private"></i></div>',
}


@dataclass(frozen=True, slots=True)
class Seen:
    """One post of a recorded timeline. ``html`` is empty for a private one."""

    order: int
    time: datetime
    visible_s: float
    top: int
    bottom: int
    visibility: Visibility
    html: str


def _moment(milliseconds: float) -> datetime:
    return _EPOCH + timedelta(milliseconds=int(milliseconds))


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def evidence(
    record: Mapping[str, Any],
    *,
    timeline_id: str,
    languages: Sequence[str],
    reference: datetime | None = None,
) -> str:
    """The document of one recorded timeline (what ``take()`` of ``impressions.js`` answers).

    :param timeline_id: a UUID. :param reference: the site's present when the timeline began, for
        relative times; the page's own clock by default (they differ under virtual time).
    """
    when = reference or _moment(record["started"])
    reads = [parse_post(post["html"], when=when, languages=languages) for post in record["posts"]]
    # Only pages advertise, whatever their addresses look like.
    pages = {read.source_link for read in reads if read and read.nature is Nature.SPONSORED}
    known = People()
    for post in record["posts"]:
        known |= people(post["html"], pages=pages)
    parts = []
    # What cannot be read stands in the generation of the others: a page has posts of one.
    usual = next((read.markup for read in reads if read is not None), "2020")
    # No post can hold the mark that ends it: the mark depends on what the posts hold.
    everything = "".join(post["html"] for post in record["posts"])
    mark = hashlib.sha256(everything.encode("utf-8", "replace")).hexdigest()[:24]
    for post, read in zip(record["posts"], reads, strict=True):
        private = read is None or read.visibility is Visibility.PRIVATE
        markup = read.markup if read is not None else usual
        shown = _EMPTY[markup] if private else without_people(post["html"], known)
        attributes = {
            "order": post["order"],
            "time": _iso(_moment(post["time"])),
            "visible": round(post["visible"] / 1000, 3),
            "top": post["top"],
            "bottom": post["bottom"],
            "visibility": Visibility.PRIVATE if private else Visibility.PUBLIC,
        }
        told = " ".join(f'data-{name}="{escape(str(value))}"' for name, value in attributes.items())
        parts.append(f"<section {told}>{shown}</section><!--/{mark}-->")
    head = {
        "data-twinwatch": _FORMAT,
        "data-timeline": timeline_id,
        "data-started": _iso(_moment(record["started"])),
        "data-reference": _iso(when),
        "data-load": record["load"] or "",
        "data-url": record["url"],
        "data-mark": mark,
    }
    told = " ".join(f'{name}="{escape(value)}"' for name, value in head.items())
    lang = languages[0] if languages else ""
    return (
        f'<!DOCTYPE html><html lang="{escape(lang)}" {told}><head><meta charset="utf-8"></head>'
        f'<body><div id="contentCol" role="feed">{"".join(parts)}</div></body></html>'
    )


def is_evidence(html: str) -> bool:
    """Whether a text is a timeline as this room files it."""
    return _root(html) is not None


def _root(html: str) -> str | None:
    """The opening of the document; ``None`` where it is no evidence of a timeline."""
    found = _ROOT.search(html[:4000])
    return found[0] if found is not None and _KIND in found[0] else None


def head_of(html: str) -> dict[str, str]:
    """``timeline``, ``started``, ``reference``, ``load``, ``url`` and ``lang`` of a document."""
    found = _root(html)
    if found is None:
        raise ValueError("not the evidence of a timeline")
    return {
        name.removeprefix("data-"): unescape(value) for name, value in _ATTRIBUTE.findall(found)
    }


def seen(html: str) -> Iterator[Seen]:
    """The posts of a timeline's document, in the order of coming into view."""
    pattern = re.compile(_SECTION.format(mark=re.escape(head_of(html)["mark"])), re.DOTALL)
    for section in pattern.finditer(html):
        told = {name.removeprefix("data-"): value for name, value in _ATTRIBUTE.findall(section[1])}
        visibility = Visibility(told["visibility"])
        yield Seen(
            order=int(told["order"]),
            time=datetime.fromisoformat(told["time"]),
            visible_s=float(told["visible"]),
            top=int(told["top"]),
            bottom=int(told["bottom"]),
            visibility=visibility,
            html="" if visibility is Visibility.PRIVATE else section[2],
        )


def parse_timeline(html: str) -> Timeline:
    """A timeline's document as data.

    :raises ValueError: it is no such document
    """
    head = head_of(html)
    when, languages = datetime.fromisoformat(head["reference"]), [head["lang"]]
    impressions = []
    for one in seen(html):
        post = parse_post(one.html, when=when, languages=languages) if one.html else None
        impressions.append(
            FeedImpression(
                order=one.order,
                visibility=one.visibility,
                time=one.time,
                content_hash=hashlib.sha256(one.html.encode()).hexdigest() if one.html else None,
                post=post,
                visible_s=one.visible_s,
                top=one.top,
                bottom=one.bottom,
            )
        )
    return Timeline(
        id=head["timeline"],
        started=datetime.fromisoformat(head["started"]),
        url=head["url"],
        impressions=tuple(impressions),
        event=head["load"] or None,
    )


def parse_evidence(
    html: str,
    url: str,
    *,
    client_time: datetime | None = None,
    languages: Sequence[str] = (),
) -> Observation:
    """``parse_page`` for evidence: of a timeline's document, with when and how long each was seen.

    Any other page is read as it is.
    """
    if not is_evidence(html):
        return parse_page(html, url, client_time=client_time, languages=languages)
    head = head_of(html)
    read = parse_page(
        html, url, client_time=datetime.fromisoformat(head["reference"]), languages=languages
    )
    if len(read.impressions) != sum(1 for _ in seen(html)):
        return read
    impressions = tuple(
        replace(
            impression,
            extra={
                **impression.extra,
                "impressionOrder": one.order,
                "impressionTime": _iso(one.time),
                "visible_s": one.visible_s,
                "top": one.top,
                "bottom": one.bottom,
            },
        )
        for impression, one in zip(read.impressions, seen(html), strict=True)
    )
    fields = {
        "timelineId": head["timeline"],
        "startTime": head["started"],
        "load": head["load"],
        "private": sum(1 for one in seen(html) if one.visibility is Visibility.PRIVATE),
    }
    return replace(read, impressions=impressions, fields={**read.fields, **fields})
