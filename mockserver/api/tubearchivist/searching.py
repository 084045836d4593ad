"""Search: titles of videos, names of channels and playlists, and the little query language.

All words must be there, the last one as a beginning. The same answer for everybody.
"""

from __future__ import annotations

import re
import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, current_app

from mockserver.api.tubearchivist import shapes
from mockserver.api.tubearchivist.archive import Archive
from mockserver.api.tubearchivist.dispatch import Endpoint, route
from mockserver.api.tubearchivist.envelope import Call, bad
from mockserver.api.tubearchivist.tables import Document
from mockserver.api.tubearchivist.watching import watching
from mockserver.world.search import tokens

#: Hits of one answer, all kinds together.
MOST = 30
#: Longer queries are cut.
_MOST_WORDS = 20
_TYPES = ("video", "channel", "playlist", "full")
_KEYWORDS = {
    "simple": ("fuzzy",),
    "video": ("channel", "active", "fuzzy"),
    "channel": ("active", "subscribed", "fuzzy"),
    "playlist": ("active", "subscribed", "fuzzy"),
    "full": ("lang", "source", "channel", "fuzzy"),
}
_KEYWORD = re.compile(r"([a-z]+):(.*)\Z", re.DOTALL)


def register(bp: Blueprint) -> None:
    route(bp, "/search/", Endpoint("Search", {"GET": search}))


class Titles:
    """Words to ids, for one kind of document."""

    def __init__(self, titles: Iterable[tuple[str, str]]) -> None:
        gathered: dict[str, list[str]] = defaultdict(list)
        self._rank: dict[str, tuple[int, int]] = {}
        for number, (key, title) in enumerate(titles):
            words = dict.fromkeys(tokens(title, singles=True))
            self._rank[key] = (len(words), number)
            for word in words:
                gathered[word].append(key)
        self._by_word = {word: frozenset(keys) for word, keys in gathered.items()}
        self._words = sorted(self._by_word)

    def find(self, query: str) -> list[str]:
        """Ids whose title has every word of ``query``, shortest titles first."""
        words = list(dict.fromkeys(tokens(query)))[:_MOST_WORDS]
        if not words:
            return []
        found: frozenset[str] | None = None
        for word in words[:-1]:
            keys = self._by_word.get(word, frozenset())
            found = keys if found is None else found & keys
            if not found:
                return []
        last = words[-1]
        begun: set[str] = set()
        at = bisect_left(self._words, last)
        while at < len(self._words) and self._words[at].startswith(last):
            keys = self._by_word[self._words[at]]
            begun |= keys if found is None else keys & found
            at += 1
        return sorted(begun, key=self._rank.__getitem__)


class Index:
    """The archive's three kinds; built when first asked."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._lock = threading.Lock()
        self._made: dict[str, Titles] = {}

    def titles(self, kind: str) -> Titles:
        with self._lock:
            if kind not in self._made:
                self._made[kind] = Titles(self._all(kind))
            return self._made[kind]

    def _all(self, kind: str) -> Iterable[tuple[str, str]]:
        archive = self._archive
        if kind == "video":
            if not archive.standalone:
                return ((video.id, video.title) for video in archive.world.videos.values())
            return ((str(d["youtube_id"]), d["title"]) for d in archive.videos.all())
        if kind == "channel":
            return ((str(d["channel_id"]), d["channel_name"]) for d in archive.channels.all())
        return ((str(d["playlist_id"]), d["playlist_name"]) for d in archive.playlists.all())


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
    query = call.args.get("query")
    if query is None:
        bad("no search query specified")
    try:
        kind, words, keywords = parse(query[:1000])
    except ValueError as error:
        bad(str(error))
    found: dict[str, list[Any]] = {
        name: [] for name in ("video_results", "channel_results", "playlist_results")
    }
    room = MOST
    kinds = ("video", "channel", "playlist") if kind == "simple" else (kind,)
    for one in kinds:
        if one == "full":
            continue
        for document in _hits(call, one, words, keywords, room):
            found[f"{one}_results"].append(shapes.hit(call.profile, one, document))
            room -= 1
    return {"results": {**found, "fulltext_results": []}, "queryType": kind}


def _hits(
    call: Call, kind: str, words: str, keywords: dict[str, str], most: int
) -> Iterable[Document]:
    archive = call.archive
    table = {"video": archive.videos, "channel": archive.channels, "playlist": archive.playlists}[
        kind
    ]
    index: Index = current_app.extensions["tubearchivist.index"]
    names = index.titles(kind)
    ids: Iterable[str]
    if words:
        ids = names.find(words)
    elif keywords:
        ids = table.ids()
    else:
        ids = ()
    channels = None
    if "channel" in keywords and kind == "video":
        channels = frozenset(index.titles("channel").find(keywords["channel"]))
    left = most
    for key in ids:
        if left <= 0:
            return
        if key not in table or (channels is not None and archive.channel_of(key) not in channels):
            continue
        document = archive.video(key) if kind == "video" else table.get(key)
        if document is None or not _fits(kind, document, keywords):
            continue
        left -= 1
        if kind == "video":
            document = watching().marked(call.profile, call.user, document)
        yield document


def _fits(kind: str, document: Document, keywords: dict[str, str]) -> bool:
    prefix = "" if kind == "video" else f"{kind}_"
    for name in ("active", "subscribed"):
        wanted = keywords.get(name)
        if wanted in {"yes", "no", "true", "false", "1", "0"}:
            have = bool(document.get(prefix + name))
            if have != (wanted in {"yes", "true", "1"}):
                return False
    return True
