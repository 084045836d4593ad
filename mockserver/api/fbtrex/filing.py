"""Files the events of one verified submission, with the collector's own parser.

Protects three rules: a submission is stored whole or not at all, a replay changes nothing, and a
fragment that the parser finds to be private is not kept, whatever the client said of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import zstandard

from collector.common.identity import iso_z, js_json, parse_iso, pseudonym
from collector.common.model import AuthorKind, ParseError, Post, Visibility
from collector.platforms.facebook.parse import PARSER, parse_post
from mockserver.api.fbtrex import labeller
from mockserver.api.fbtrex.events import (
    AnomalyEvent,
    Event,
    ImpressionEvent,
    TimelineEvent,
)
from mockserver.api.fbtrex.summary import to_summary
from mockserver.api.fbtrex.tables import Supporter
from mockserver.db import Submissions


@dataclass(slots=True)
class Filed:
    """Rows that are new."""

    htmls: int = 0
    impressions: int = 0
    timelines: int = 0
    anomalies: int = 0


@dataclass(frozen=True, slots=True)
class Read:
    """An impression with what the parser read from its fragment."""

    event: ImpressionEvent
    post: Post | None
    problem: str | None


def read_post(event: ImpressionEvent, languages: Sequence[str]) -> Read:
    """Parse the fragment of an impression; takes time, so it is done before the transaction."""
    if event.html is None:
        return Read(event, None, None)
    post = parse_post(event.html, when=parse_iso(event.time), languages=languages)
    if post is None:
        return Read(event, None, "no post in the fragment")
    if post.unparsed and post.visibility is Visibility.PRIVATE:
        # Nothing in it says that it is private: the client's word counts, and the fragment waits
        # for a better parser.
        found = post.unparsed[0]
        crashed = found.error is ParseError.CRASHED
        return Read(event, None, f"crashed: {found.sample}" if crashed else "no audience in it")
    if post.visibility is Visibility.PRIVATE:
        private = replace(
            event, visibility=Visibility.PRIVATE, html=None, html_id=None, kind=None, came_from=None
        )
        return Read(private, None, None)
    return Read(event, post, None)


class Batch:
    """Files what one supporter sent."""

    def __init__(self, db: Submissions, supporter: Supporter, geoip: str) -> None:
        self.db = db
        self.supporter = supporter
        self.geoip = geoip
        self.now = iso_z(db.now())
        self.filed = Filed()

    def file(self, events: Sequence[Event | Read]) -> Filed:
        """File everything in one transaction."""
        with self.db.writing():
            for event in events:
                if isinstance(event, TimelineEvent):
                    self._timeline(event)
                elif isinstance(event, Read):
                    self._impression(event)
                elif isinstance(event, AnomalyEvent):
                    self.db.db.execute(
                        "INSERT INTO fbtrex_anomalies VALUES (?, ?)",
                        [self.supporter.supporter, self.now],
                    )
                    self.filed.anomalies += 1
        return self.filed

    def _timeline(self, event: TimelineEvent) -> None:
        # An impression may arrive before its timeline; the timeline's own word then counts.
        cursor = self.db.db.execute(
            "INSERT INTO fbtrex_timelines VALUES (?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT (supporter,"
            " id) DO UPDATE SET start_time = excluded.start_time, nonfeed = excluded.nonfeed,"
            " tag_id = excluded.tag_id, implied = 0 WHERE implied = 1",
            [
                self.supporter.supporter,
                event.id,
                event.start_time,
                self.geoip,
                int(event.nonfeed),
                event.tag_id,
                self.now,
            ],
        )
        self.filed.timelines += cursor.rowcount

    def _impression(self, read: Read) -> None:
        event, owner = read.event, self.supporter.supporter
        self.db.db.execute(
            "INSERT OR IGNORE INTO fbtrex_timelines VALUES (?, ?, ?, ?, 0, NULL, 1, ?)",
            [owner, event.timeline_id, event.time, self.geoip, self.now],
        )
        cursor = self.db.db.execute(
            "INSERT OR IGNORE INTO fbtrex_impressions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                owner,
                event.id,
                event.timeline_id,
                event.order,
                event.time,
                str(event.visibility),
                event.html_id,
                event.kind,
                event.came_from,
            ],
        )
        if not cursor.rowcount:
            return
        self.filed.impressions += 1
        if event.html is None or event.html_id is None:
            return
        self.filed.htmls += 1
        self.db.db.execute(
            "INSERT INTO fbtrex_htmls VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                owner,
                event.html_id,
                event.id,
                event.timeline_id,
                self.now,
                PARSER,
                read.problem,
                zstandard.compress(event.html.encode()),
            ],
        )
        if read.post is not None:
            self._summary(event, event.html_id, read.post)

    def _summary(self, event: ImpressionEvent, html_id: str, post: Post) -> None:
        doc = to_summary(
            post,
            time=parse_iso(event.time),
            order=event.order,
            html_id=html_id,
            user=self.supporter.pseudo,
            timeline=pseudonym(f"timeline{event.timeline_id}"),
        )
        semantic_id = doc.get("semanticId")
        self.db.db.execute(
            "INSERT INTO fbtrex_summaries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                self.supporter.supporter,
                event.id,
                html_id,
                event.timeline_id,
                event.time,
                event.order,
                semantic_id,
                doc["nature"],
                doc.get("source"),
                int(post.author is not AuthorKind.PAGE),
                js_json(doc),
            ],
        )
        if semantic_id:
            self.understand(semantic_id, doc["texts"], event.time)

    def understand(self, semantic_id: str, texts: Sequence[str], time: str) -> None:
        """Label a text that is new to the node."""
        db = self.db
        if db.rows("SELECT 1 FROM fbtrex_labels WHERE semantic_id = ?", [semantic_id]):
            return
        text = "\n".join(texts)
        found = labeller.annotate(text)
        if found is None or not found[1]:
            return
        lang, notes = found
        # To the hour: the exact moment would tell whose impression it was.
        time = f"{time[:13]}:00:00.000Z"
        db.db.execute(
            "INSERT INTO fbtrex_labels VALUES (?, ?, ?, ?)", [semantic_id, lang, time, len(text)]
        )
        for place, note in enumerate(notes):
            db.db.execute(
                "INSERT INTO fbtrex_semantics VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    semantic_id,
                    place,
                    note.label,
                    lang,
                    note.title,
                    note.spot,
                    note.wp,
                    note.confidence,
                    time,
                ],
            )
