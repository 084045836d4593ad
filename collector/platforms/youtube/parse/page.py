"""One page: find what the viewer sees, decide the language, read list and page-level fields.

The document is the first witness and what the server sent (``ytInitialData``) the second. Where the
document shows no list because none was drawn (server HTML, an answer of the site's API), what was
sent is read, and ``source`` says so: sent is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from collector.common.model import (
    Answer,
    Impression,
    ItemKind,
    Observation,
    PageKind,
    PageStatus,
    ParseError,
    Platform,
    Surface,
    Unparsed,
)
from collector.platforms.address import find_address
from collector.platforms.youtube.locale import guess_languages
from collector.platforms.youtube.marks import Look, has_consent_bump, look, without_items
from collector.platforms.youtube.parse import (
    crosscheck,
    payload,
    search_page,
    sent_list,
    watch_more,
    watch_page,
)
from collector.platforms.youtube.parse.card import Reading
from collector.platforms.youtube.parse.creators import told_by
from collector.platforms.youtube.parse.depth import TooDeep
from collector.platforms.youtube.parse.lists import read_list, read_queue, read_sent_list
from collector.platforms.youtube.parse.payload import Json
from collector.platforms.youtube.parse.renderers.classic import TAGS as CLASSIC_TAGS
from collector.platforms.youtube.parse.scope import find_page, interface_language, what_it_is
from collector.platforms.youtube.parse.sent_page import said_instead, what_was_sent
from collector.platforms.youtube.parse.survey import Item, Survey, survey
from collector.platforms.youtube.parse.tree import Node, encoded, text_of
from collector.platforms.youtube.parse.version import PARSER
from collector.platforms.youtube.parse.witness import INLINE, Witness, gather, player_answer
from collector.platforms.youtube.refusal import GONE, Reason, of_player
from collector.platforms.youtube.urls import HOSTS, ParsedUrl, is_about, parse_url, surface_of

_AVATAR = b'id="avatar-btn"'
_ACCOUNT = re.compile(rb"<button\b[^<>]*\bid=\"avatar-btn\"")
_SIGN_IN = b'href="https://accounts.google.com/ServiceLogin'
_CLASSIC_SAMPLES = "#metadata-line span"
_SAMPLES = (
    "#metadata-line span, .ytContentMetadataViewModelMetadataText, "
    ".yt-content-metadata-view-model__metadata-text, "
    ".yt-content-metadata-view-model-wiz__metadata-text"
)
#: Texts of cards that are enough to tell the language by.
_ENOUGH_SAMPLES = 12
_MOST_TEXT = 300


def parse_page(
    html: str,
    url: str,
    *,
    client_time: datetime | None = None,
    languages: Sequence[str] = (),
    witness: bool = True,
    answers: Sequence[Answer] = (),
) -> Observation:
    """One captured page as data. Pure; never raises on the content of a page.

    ``languages`` are hints (the browser's preferences); ``client_time`` is the page's own clock,
    from which relative dates of publication are counted. An empty ``url`` is looked for in the
    page. ``answers`` is what the site's API answered to this page, in the order of coming. Without
    ``witness`` what was sent (the page's own JSON, answers) is not compared with what it shows.
    """
    address = url.strip() or find_address(html, HOSTS)
    asked, surface = parse_url(address), surface_of(address)
    data = encoded(html)
    if not address:
        asked, surface = what_it_is(data) or (asked, surface)
    seen = look(html, address, data)
    page = _Page(html, data, asked, surface, address, client_time, languages, answers)
    if seen.status in (None, PageStatus.OK):
        try:
            page.read(seen, witness)
            seen = page.judged(seen)
        except TooDeep as error:
            seen = Look(PageStatus.ERROR)
            page = _Page(html, data, asked, surface, address, client_time, languages, answers)
            page.reading.unparsed.append(Unparsed("", "", ParseError.TOO_DEEP, str(error)))
    return page.observation(seen)


def parse_answer(
    answer: Any,
    url: str = "",
    *,
    languages: Sequence[str] = (),
    client_time: datetime | None = None,
) -> Observation | None:
    """One decoded answer of the site's API (``browse``, ``next``, ``search``, ``player``) as data:
    what was sent. ``None`` if the JSON is none of the site's answers."""
    found = payload.answer_of(answer)
    player = payload.player_of(answer)
    if found is None and player is None:
        return None
    data: Json = found if found is not None else {}
    asked, surface = what_was_sent(data)
    if url and parse_url(url).kind is asked.kind:
        asked = parse_url(url)
    page = _Page("", b"", asked, surface, url, client_time, languages)
    page.source = "innertube"
    page.sent, page.player = Witness("innertube", data), player
    page.read_sent()
    return page.observation(page.judged(Look(None)))


@dataclass(slots=True)
class _Page:
    """A page while it is being read."""

    html: str
    data: bytes
    """``html`` as :func:`tree.encoded` gives it: what is looked for in all of it is found in a
    quarter of the time."""
    asked: ParsedUrl
    surface: Surface | None
    url: str
    client_time: datetime | None
    hints: Sequence[str]
    answers: Sequence[Answer] = ()
    reading: Reading = field(default_factory=lambda: Reading(()))
    fields: dict[str, Any] = field(default_factory=dict)
    impressions: tuple[Impression, ...] = ()
    sent: Witness | None = None
    player: Json | None = None
    source: str = ""
    drawn: bool = False
    around: bytes = b""
    """Where the account's button and the consent dialog stand."""

    # ---- reading

    def read(self, seen: Look, witness: bool) -> None:
        """The document, then what was sent."""
        scope = find_page(self.data, self.asked)
        root = scope.root
        self.around = self.data if scope.around is None else scope.around
        surface = self.surface
        found = survey(root, surface) if root is not None else Survey()
        hints = [interface_language(self.html), *self.hints]
        self.reading = Reading(_languages(found.items, hints))
        if root is None:
            self.reading.note("", "root", ParseError.MISSING_ELEMENT, self.asked.kind.value)
        else:
            self.drawn = True
            if not scope.visible:
                self.reading.note(root.tag, "hidden", ParseError.DISAGREES, self.url)
            if surface is not None:
                self.impressions = read_list(root, found, surface, self.reading)
            if surface is Surface.SHORTS and self.impressions and self.asked.video_id:
                last = self.impressions[-1]  # the one that plays is the one in the address
                if not last.item_id:
                    known = replace(last, item_id=self.asked.video_id, href=self.url)
                    self.impressions = (*self.impressions[:-1], known)
            for item in filter(_nameless, self.impressions):
                sample = item.title or ""
                self.reading.note(item.renderer, "href", ParseError.NO_LINK, sample)
            if seen.status is PageStatus.OK or self.impressions:
                self.fields = self._document_fields(root, found)
        if witness or not self.impressions:
            self._second_witness(seen)

    def _document_fields(self, root: Node, found: Survey) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        match self.asked.kind:
            case PageKind.VIDEO:
                fields = watch_page.read_fields(
                    root, found, self.url, self.client_time, self.reading
                )
                if self.asked.video_id and not fields.get("videoId"):
                    fields["videoId"] = self.asked.video_id
                fields |= watch_more.read_more(found, self.reading)
                queue = read_queue(found.queue, self.reading)
                if queue:
                    fields["queue"] = [_queued(item) for item in queue]
            case PageKind.SEARCH:
                fields = search_page.read_fields(found, self.asked)
            case PageKind.CHANNEL:
                fields = {"channel": self.asked.channel, "channelPath": self.asked.channel_path}
        if found.hidden:
            fields["hiddenItems"] = len(found.hidden)
        return fields

    def _second_witness(self, seen: Look) -> None:
        """What was sent: compared where there is a list, read where there is none."""
        inline: Json | None = None
        try:
            # An application's element alone holds no scripts.
            alone = self.html.startswith("<ytd-app")
            around = self.html if alone else self._text_around()
            inline = payload.load(around, "ytInitialData")
            if inline is not None or not self.impressions:
                self.player = payload.load(around, "ytInitialPlayerResponse")
        except payload.BadJson as error:
            self.reading.note("script", "json", ParseError.BAD_JSON, str(error))
        if self.answers:
            self.player = player_answer(self.answers, self.asked.video_id) or self.player
        self.sent = gather(inline, self.answers)
        if self.sent is None:
            return
        if self.impressions or seen.status is PageStatus.OK:
            found = crosscheck.compare(self.sent, self.impressions, self.asked, self.reading)
            field = "inlineJson" if self.sent.source == INLINE else "answers"
            self.fields[field] = "of another page" if found is None else "compared"
            if found is None:
                self.player = None
                return
            if self.sent.more:
                self.fields["answers"] = "compared"
            self.fields.update(found.fields)
            self.impressions = told_by(found.creators, self.impressions, self.reading)
            if self.player is not None:
                self.fields.update(watch_more.read_player(self.player, self.asked.video_id))
        elif self._invites_instead():
            return  # an invitation is drawn where the list would be: what was sent is not shown
        elif self._is_of_this_page():
            self.source = self.sent.source
            self.read_sent()

    def _text_around(self) -> str:
        """The document without its pages: where its scripts and dialogs stand."""
        if not self.around or self.around is self.data:
            return self.html
        return self.around.decode("utf-8", "surrogatepass")

    def _invites_instead(self) -> bool:
        """True if the document shows a new visitor an invitation in the place of a list."""
        return without_items(self.html, self.asked.kind).reason is Reason.NEW_VISITOR

    def _is_of_this_page(self) -> bool:
        """True if what was sent is of the page that the address names."""
        assert self.sent is not None
        sent, surface = what_was_sent(self.sent.first)
        if not self.url and self.asked.kind is PageKind.OTHER:
            self.asked, self.surface = sent, surface
        if self.asked.video_id and sent.video_id and self.asked.video_id != sent.video_id:
            return False
        if PageKind.OTHER in (self.asked.kind, sent.kind):
            return True
        return self.asked.kind is sent.kind

    def read_sent(self) -> None:
        """The list as it was sent."""
        assert self.sent is not None
        items = self.sent.items()
        hints = [interface_language(self.html), *self.hints]
        self.reading = Reading(sent_list.languages_of(items, [h for h in hints if h]))
        self.surface = self.surface or what_was_sent(self.sent.first)[1]
        self.impressions = read_sent_list(items, self.surface, self.reading)
        queue = read_sent_list(sent_list.queue(self.sent.first), Surface.QUEUE, self.reading)
        if queue:
            self.fields["queue"] = [_queued(item) for item in queue]
        if self.asked.kind is PageKind.VIDEO:
            video = self.asked.video_id
            self.fields = {"videoId": video, **self.fields}
            if self.player is not None:
                self.fields.update(watch_more.read_player(self.player, video))
        elif self.asked.kind is PageKind.SEARCH:
            self.fields = {"query": self.asked.query, "correction": [], **self.fields}
        elif self.asked.kind is PageKind.CHANNEL:
            self.fields["channel"] = self.asked.channel
            self.fields["channelPath"] = self.asked.channel_path

    # ---- judging

    def judged(self, seen: Look) -> Look:
        """The status after reading; a refusal of the player becomes a field of its own."""
        refused = of_player(self.player)
        if refused is not None:
            self.fields["refusal"] = {"reason": refused[0].value, "text": refused[1][:_MOST_TEXT]}
            if refused[0] is Reason.BOT_CHECK:
                return Look(PageStatus.CAPTCHA, Reason.BOT_CHECK)
        if self.impressions:
            unknown = any(i.kind is ItemKind.UNKNOWN or _nameless(i) for i in self.impressions)
            noted = (u.error is ParseError.UNKNOWN_RENDERER for u in self.reading.unparsed)
            strange = unknown or any(noted)
            return Look(PageStatus.PARTIAL if strange else PageStatus.OK)
        if seen.status is PageStatus.OK and (
            self.asked.kind is PageKind.VIDEO or self.surface is None
        ):
            return Look(PageStatus.PARTIAL) if self._lost_all() else seen
        if refused is not None:
            status = PageStatus.UNAVAILABLE if refused[0] in GONE else PageStatus.LOGIN
            return Look(status, refused[0])
        said = without_items(self.html, self.asked.kind) if self.html else Look(None)
        if said.reason is Reason.NOT_DRAWN or said.status is None:
            if self.drawn and is_about(self.url):
                return Look(PageStatus.UNKNOWN, Reason.NOT_READ)
            if self.sent is not None and self.sent.first:
                return said_instead(self.sent.first)
            if self.player is not None:
                return Look(PageStatus.OK)  # a player's answer lists nothing
            if self.drawn and self.asked.kind is PageKind.OTHER:
                return Look(PageStatus.UNKNOWN, Reason.NOT_READ)
        return said

    def _lost_all(self) -> bool:
        """True if a list was sent with this page and the document shows nothing of it."""
        compared = "compared" in (self.fields.get("inlineJson"), self.fields.get("answers"))
        return compared and self.sent is not None and bool(self.sent.items())

    def observation(self, seen: Look) -> Observation:
        """The page as data."""
        status = seen.status or PageStatus.UNKNOWN
        if seen.reason is not None:
            self.fields["statusReason"] = seen.reason.value
        if self.source and self.impressions:
            self.fields["source"] = self.source
        listed = status in (PageStatus.OK, PageStatus.PARTIAL) or bool(self.impressions)
        asks = listed and b"-consent-bump" in (self.around or self.data)
        if asks and has_consent_bump(self._text_around()):
            self.fields["consentDialog"] = True
        return Observation(
            platform=Platform.YOUTUBE,
            kind=self.asked.kind,
            status=status,
            url=self.url,
            lang=self.reading.languages[0] if self.reading.languages else None,
            login=_login(self.data, self.around or self.data) if listed else None,
            parser=PARSER,
            fields=self.fields,
            impressions=self.impressions,
            unparsed=tuple(self.reading.unparsed) if listed or seen.status is not None else (),
        )


def _nameless(item: Impression) -> bool:
    """True for a known card whose link is gone: it holds its place, and nobody can tell which it
    is. An advert may have no link of its own."""
    return not item.item_id and item.kind not in (ItemKind.AD, ItemKind.UNKNOWN)


def _queued(item: Impression) -> dict[str, Any]:
    """One item of the playlist panel."""
    return {
        "position": item.position,
        "kind": item.kind.value,
        "videoId": item.item_id,
        "title": item.title,
        "channel": item.channel_name,
        "seconds": item.seconds,
    }


def _languages(items: Sequence[Item], hints: Sequence[str]) -> tuple[str, ...]:
    """The languages to read the page in, judged by the counts and ages of its first cards."""
    samples: list[str] = []
    for item in items:
        known = item.content is not None and item.content.tag in CLASSIC_TAGS
        samples_in = item.node.css(_CLASSIC_SAMPLES if known else _SAMPLES)
        texts = [text_of(node) for node in samples_in]
        samples += [text for text in texts if any(c.isdecimal() for c in text)]
        if len(samples) >= _ENOUGH_SAMPLES:
            break
    return guess_languages(samples, [h for h in hints if h])


def _login(html: bytes, around: bytes) -> bool | None:
    """True with an account's button, false with a sign-in link, ``None`` if the page says neither
    or both. The button stands outside of the document's pages; a link may stand in them."""
    at = around.find(_AVATAR)
    account = at >= 0 and _ACCOUNT.search(around, max(around.rfind(b"<", 0, at), 0)) is not None
    sign_in = _SIGN_IN in html
    return account if account != sign_in else None
