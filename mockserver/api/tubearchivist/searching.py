"""Search: titles of videos, names of channels and playlists, and the little query language.

All words must be there, the last one as a beginning. The same answer for everybody.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
from flask import current_app

from mockserver.api.tubearchivist import shapes, subtitles
from mockserver.api.tubearchivist.archive import Archive
from mockserver.api.tubearchivist.described import WRONG, ok
from mockserver.api.tubearchivist.dispatch import Endpoint, route
from mockserver.api.tubearchivist.envelope import Call, bad
from mockserver.api.tubearchivist.subtitles import Line, Spoken
from mockserver.api.tubearchivist.tables import Document
from mockserver.api.tubearchivist.watching import watching
from mockserver.api.tubearchivist.words import Words
from mockserver.openapi.blueprint import ApiBlueprint
from mockserver.openapi.operations import Operation
from mockserver.world.search import fold

#: Hits of one answer, all kinds together.
MOST = 30
MOST_QUERY = 1000
#: An archive of more videos is indexed before anybody asks.
_LARGE = 20_000
_YES, _NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0"})
_TYPES = ("video", "channel", "playlist", "full")
_KEYWORDS = {
    "simple": ("fuzzy",),
    "video": ("channel", "active", "fuzzy"),
    "channel": ("active", "subscribed", "fuzzy"),
    "playlist": ("active", "subscribed", "fuzzy"),
    "full": ("lang", "source", "channel", "fuzzy"),
}
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_KEYWORD = re.compile(r"\A([a-z]+):(.*)\Z", re.DOTALL)


def register(bp: ApiBlueprint) -> None:
    """Route ``/search/`` on ``bp``."""
    # fmt: off
    route(bp, "/search/", Endpoint("Search", {"GET": search}, {
        "GET": Operation("Search videos, channels and playlists", {**ok({
            "results": {"video_results": ["@ArchiveVideo"],
                        "channel_results": ["@ArchiveChannel"],
                        "playlist_results": ["@ArchivePlaylist"],
                        "fulltext_results": ["any"]}, "queryType": "string"}), **WRONG},
            ("query",))}))
    # fmt: on


class Index:
    """The words of an archive's titles, names and subtitles, each built when first asked for."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._lock = threading.Lock()
        self._made: dict[str, tuple[int, list[str], Words]] = {}
        self._spoken: Spoken | None = None
        self._titles: Words | None = None

    def warm(self) -> None:
        """Begin to build what takes long, in the background, when there is much of it."""
        if len(self._archive.columns.names) >= _LARGE:
            threading.Thread(target=self._build, name="tubearchivist-index", daemon=True).start()

    def _build(self) -> None:
        self._archive.columns.prepare()
        self.titles()
        self.spoken()
        self.names("channel")
        self.names("playlist")
        if not self._archive.standalone:
            self._archive.world.search("warm", limit=1)

    def titles(self) -> Words:
        """Of the videos; rows are those of the archive's columns."""
        with self._lock:
            if self._titles is None:
                archive = self._archive
                videos = archive.world.videos
                self._titles = Words(
                    str((archive.videos.get(key) or {}).get("title", ""))
                    if archive.standalone
                    else videos[key].title
                    for key in archive.columns.names
                )
            return self._titles

    def names(self, kind: str) -> tuple[list[str], Words]:
        """Ids of all channels or playlists, and the words of their names, row by row."""
        with self._lock:
            version = self._archive.renamed[kind]
            found = self._made.get(kind)
            if found is None or found[0] != version:
                flags = dict(self._archive.flags[kind])
                found = (version, list(flags), Words(flag.name for flag in flags.values()))
                self._made[kind] = found
            return found[1], found[2]

    def spoken(self) -> Spoken:
        """Give the lines of all subtitles, gathered when first asked for."""
        with self._lock:
            if self._spoken is None:
                archive = self._archive
                videos = {} if archive.standalone else archive.world.videos
                self._spoken = Spoken(videos, archive.stored_subtitles)
            return self._spoken


def parse(query: str) -> tuple[str, str, dict[str, str]]:
    """Type, words and keywords of a query. Raises ValueError for two colons in the first word.

    >>> parse("video:linux kernel channel:tux active:yes")
    ('video', 'linux kernel', {'channel': 'tux', 'active': 'yes'})
    """
    words = query.lower().split()
    if not words:
        raise ValueError("the query is empty")
    if words[0].count(":") > 1:
        raise ValueError("the query's first word has two colons")
    kind = "simple"
    first, separator, rest = words[0].partition(":")
    if separator and first in _TYPES:
        kind = first
        words[0] = rest
    keywords: dict[str, str] = {}
    terms: list[str] = []
    current: str | None = None
    for word in words:
        match = _KEYWORD.match(word)
        if match is not None and match[1] in _KEYWORDS[kind]:
            current = match[1]
            keywords[current] = match[2]
        elif current is not None:
            keywords[current] = f"{keywords[current]} {word}".strip()
        elif word:
            terms.append(word)
    return kind, " ".join(terms), keywords


def search(call: Call) -> Any:
    """Search by ``query``, which may begin with a kind (``video:``, ``channel:``,
    ``playlist:``, ``full:``) and hold ``key:value`` filters.

    :raises Refused: 400, no query, one that is too long, or one that cannot be parsed
    """
    query = call.args.get("query")
    if query is None:
        bad("no search query specified")
    if len(query) > MOST_QUERY:
        bad(f"the query is too long: at most {MOST_QUERY} characters")
    try:
        kind, words, keywords = parse(query)
    except ValueError as error:
        bad(str(error))
    found: dict[str, list[Any]] = {
        f"{name}_results": [] for name in ("video", "channel", "playlist", "fulltext")
    }
    if kind == "full":
        found["fulltext_results"] = _said(call, words, keywords)
    elif kind == "simple":
        room = MOST
        for one in ("video", "channel", "playlist"):
            found[f"{one}_results"] = _titled(call, one, words, keywords, room)
            room -= len(found[f"{one}_results"])
    else:
        found[f"{kind}_results"] = _titled(call, kind, words, keywords, MOST)
    return {"results": found, "queryType": kind}


def _index() -> Index:
    found: Index = current_app.extensions["tubearchivist.index"]
    return found


def _titled(
    call: Call, kind: str, words: str, keywords: dict[str, str], most: int
) -> list[dict[str, Any]]:
    """Videos, channels or playlists; without words, all that fit the keywords."""
    if not words and not keywords:
        return []
    hits: list[Document] = []
    if kind == "video":
        for key in _videos(call, words, keywords)[:most]:
            document = call.archive.video(key)
            if document is not None:
                hits.append(watching().marked(call.profile, call.user, document))
    else:
        table = call.archive.channels if kind == "channel" else call.archive.playlists
        flags = call.archive.flags[kind]
        ids, names = _index().names(kind)
        rows = names.best(names.all_of(words)) if words else range(len(ids))
        for row in rows:
            flag = flags.get(ids[row])
            if flag is None or not _fits(flag.active, keywords.get("active")):
                continue
            if not _fits(flag.subscribed, keywords.get("subscribed")):
                continue
            document = table.get(ids[row])
            if document is not None:
                hits.append(document)
            if len(hits) >= most:
                break
    return [shapes.hit(call.profile, kind, document) for document in hits]


def _videos(call: Call, words: str, keywords: dict[str, str]) -> list[str]:
    known = call.archive.columns
    titles = _index().titles()
    mask = known.alive
    active = keywords.get("active")
    if active in _YES or active in _NO:
        mask = mask & (known.active == (active in _YES))
    if "channel" in keywords:
        mask = mask & known.channels(_named_channels(keywords["channel"]))
    if not words:
        return known.ordered(mask)[:MOST]
    return [known.names[row] for row in titles.best(mask & titles.all_of(words))[:MOST]]


def _named_channels(words: str) -> list[str]:
    """Channels whose name has every word."""
    ids, names = _index().names("channel")
    return [ids[row] for row in np.flatnonzero(names.all_of(words)).tolist()]


def _fits(have: bool, wanted: str | None) -> bool:
    if wanted in _YES:
        return have
    return not have if wanted in _NO else True


def _said(call: Call, words: str, keywords: dict[str, str]) -> list[dict[str, Any]]:
    """Lines of subtitles that hold any of the words, those that hold most of them first."""
    spoken = _index().spoken()
    held, terms = spoken.words.any_of(words)
    mask = held > 0
    for name in ("lang", "source"):
        if name in keywords:
            mask &= spoken.of(name, [keywords[name]])
    if "channel" in keywords and call.modern:
        mask &= spoken.of("channel", _named_channels(keywords["channel"]))
    found = islice(_lines(call.archive, spoken, mask, held), MOST)
    return [
        shapes.subtitle(call.profile, document, _lit(document, terms), score)
        for document, score in found
    ]


def _lines(
    archive: Archive, spoken: Spoken, mask: np.ndarray, held: np.ndarray
) -> Iterator[tuple[Document, float]]:
    for row in spoken.words.best(mask, held):
        line = spoken.lines[row]
        if line.video in archive.videos:
            document = line.document or _made(archive, line, spoken.texts[row])
            yield document, float(held[row])


def _made(archive: Archive, line: Line, text: str) -> Document:
    """A line of the world's subtitles as a document."""
    video = archive.world.videos[line.video]
    begins, ends = subtitles.times(video, len(subtitles.lines(video)), line.number)
    return {
        "youtube_id": video.id,
        "title": video.title,
        "subtitle_channel": archive.world.channels[video.channel_id].name,
        "subtitle_channel_id": video.channel_id,
        "subtitle_end": ends,
        "subtitle_fragment_id": f"{video.id}-{video.lang}-{line.number}",
        "subtitle_index": line.number,
        "subtitle_lang": line.lang,
        "subtitle_last_refresh": archive.refreshed,
        "subtitle_line": text,
        "subtitle_source": line.source,
        "subtitle_start": begins,
    }


def _lit(document: Document, terms: tuple[str, ...]) -> str:
    """The line with its hits marked, as the original marks them."""
    text = str(document.get("subtitle_line", ""))
    wanted = frozenset(terms)

    def light(match: re.Match[str]) -> str:
        word = match[0]
        return f'<span class="settings-current">{word}</span>' if fold(word) in wanted else word

    return _WORD.sub(light, text)
