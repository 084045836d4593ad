"""One page: find what the viewer sees, decide the language, read list and page-level fields."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from collector.model import (
    Impression,
    Observation,
    PageKind,
    PageStatus,
    ParseError,
    Platform,
    Surface,
    Unparsed,
)
from collector.platforms.youtube.locale import guess_languages
from collector.platforms.youtube.parse import (
    crosscheck,
    inline_json,
    search_page,
    watch_more,
    watch_page,
)
from collector.platforms.youtube.parse.card import Reading
from collector.platforms.youtube.parse.depth import TooDeep
from collector.platforms.youtube.parse.lists import read_list
from collector.platforms.youtube.parse.scope import find_page, interface_language
from collector.platforms.youtube.parse.survey import Survey, survey
from collector.platforms.youtube.parse.tree import Node, text_of
from collector.platforms.youtube.parse.version import PARSER
from collector.platforms.youtube.status import has_consent_bump, page_status
from collector.platforms.youtube.urls import Nature, nature

_SURFACES = {
    PageKind.HOME: Surface.HOME,
    PageKind.VIDEO: Surface.RELATED,
    PageKind.SEARCH: Surface.SEARCH,
    PageKind.CHANNEL: Surface.CHANNEL,
}
_ACCOUNT = re.compile(r"<button\b[^<>]*\bid=\"avatar-btn\"")
_SIGN_IN = 'href="https://accounts.google.com/ServiceLogin'
_SAMPLES = (
    "#metadata-line span, .ytContentMetadataViewModelMetadataText, "
    ".yt-content-metadata-view-model__metadata-text, "
    ".yt-content-metadata-view-model-wiz__metadata-text"
)
#: Texts of cards that are enough to tell the language by.
_ENOUGH_SAMPLES = 12


def parse_page(
    html: str,
    url: str,
    *,
    client_time: datetime | None = None,
    languages: Sequence[str] = (),
) -> Observation:
    """One captured page as data. Pure; never raises on the content of a page.

    ``languages`` are hints (the browser's preferences); ``client_time`` is the page's own clock,
    from which relative dates of publication are counted.
    """
    asked = nature(url)
    status = page_status(html, url)
    page = _Read()
    if status is PageStatus.OK:
        try:
            page = _read(html, asked, url, client_time, languages)
        except TooDeep as error:
            status = PageStatus.ERROR
            page = _Read(unparsed=(Unparsed("", "", ParseError.TOO_DEEP, str(error)),))
    return Observation(
        platform=Platform.YOUTUBE,
        kind=asked.kind,
        status=status,
        url=url,
        lang=page.lang,
        login=page.login,
        parser=PARSER,
        fields=page.fields,
        impressions=page.impressions,
        unparsed=page.unparsed,
    )


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read of a page."""

    lang: str | None = None
    login: bool | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    impressions: tuple[Impression, ...] = ()
    unparsed: tuple[Unparsed, ...] = ()


def _read(
    html: str,
    asked: Nature,
    url: str,
    client_time: datetime | None,
    languages: Sequence[str],
) -> _Read:
    scope = find_page(html, asked)
    root = scope.root
    surface = _SURFACES.get(asked.kind)
    found = survey(root, surface) if root is not None else Survey()
    hints = [interface_language(html), *languages]
    reading = Reading(_languages([node for node, _ in found.items], hints))
    impressions: tuple[Impression, ...] = ()
    fields: dict[str, Any] = {}
    if root is None:
        reading.note("", "root", ParseError.MISSING_ELEMENT, asked.kind.value)
    else:
        if not scope.visible:
            reading.note(root.tag, "hidden", ParseError.DISAGREES, url)
        if surface is not None:
            impressions = read_list(found.items, surface, reading)
        fields = _fields(root, found, asked, url, client_time, reading)
        _with_json(html, asked, impressions, fields, reading)
    if has_consent_bump(html):
        fields["consentDialog"] = True
    return _Read(
        lang=reading.languages[0],
        login=_login(html),
        fields=fields,
        impressions=impressions,
        unparsed=tuple(reading.unparsed),
    )


def _fields(
    root: Node,
    found: Survey,
    asked: Nature,
    url: str,
    client_time: datetime | None,
    reading: Reading,
) -> dict[str, Any]:
    match asked.kind:
        case PageKind.VIDEO:
            fields = watch_page.read_fields(root, found, url, client_time, reading)
            return fields | watch_more.read_more(found, reading)
        case PageKind.SEARCH:
            return search_page.read_fields(found, asked)
        case PageKind.CHANNEL:
            return {"channel": asked.channel, "channelPath": asked.channel_path}
    return {}


def _with_json(
    html: str,
    asked: Nature,
    impressions: tuple[Impression, ...],
    fields: dict[str, Any],
    reading: Reading,
) -> None:
    """Cross-checks the list with the page's JSON and takes from it what a page does not show."""
    try:
        data = inline_json.load(html, "ytInitialData")
        if data is None:
            return
        belongs = crosscheck.compare(data, impressions, asked, reading)
        fields["inlineJson"] = "compared" if belongs else "of another page"
        if not belongs:
            return
        player = inline_json.load(html, "ytInitialPlayerResponse")
        if player is not None:
            fields.update(watch_more.read_player(player, asked.video_id))
    except inline_json.BadJson as error:
        reading.note("script", "json", ParseError.BAD_JSON, str(error))


def _languages(items: Sequence[Node], hints: Sequence[str]) -> tuple[str, ...]:
    """The languages to read the page in, judged by the counts and ages of its first cards."""
    samples: list[str] = []
    for item in items:
        texts = [text_of(node) for node in item.css(_SAMPLES)]
        samples += [text for text in texts if any(c.isdecimal() for c in text)]
        if len(samples) >= _ENOUGH_SAMPLES:
            break
    return guess_languages(samples, [h for h in hints if h])


def _login(html: str) -> bool | None:
    """True with an account's button, false with a sign-in link, ``None`` if the page says neither
    or both."""
    account = 'id="avatar-btn"' in html and _ACCOUNT.search(html) is not None
    sign_in = _SIGN_IN in html
    return account if account != sign_in else None
