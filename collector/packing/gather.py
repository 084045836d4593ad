"""A run's evidence in the order of its captures, ready for archives; nothing else is read.

Protects the rule that only what was scrubbed and filed leaves the house: pages come from
``evidence/`` by the hashes that the ledger names, never from recordings, profiles or traces.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from collector.evidence import EvidenceStore
from collector.packing.wacz import Kept, title_of
from collector.store import Store
from collector.store.rows import Row
from collector.store.times import from_iso

_CAPTURES = """
SELECT c.id, c.session, c.step, c.seq, c.url, c.status, c.kind, c.content_hash, c.saved_time,
       json_extract(s.args, '$.label') AS label
FROM captures c LEFT JOIN steps s ON s.session = c.session AND s.step = c.step
WHERE c.puppet = ? ORDER BY c.saved_time, c.session, c.seq
"""
_POSTS = """
SELECT t.id AS timeline, f.number, f.time, f.content_hash, t.session, t.step
FROM feed f JOIN timelines t ON t.id = f.timeline
WHERE t.puppet = ? AND f.content_hash IS NOT NULL ORDER BY t.started, t.id, f.number
"""
_ANSWERS = """
SELECT name, content_hash, saved_time, puppet FROM (
  SELECT a.capture || '/answers/' || a.number AS name, a.content_hash, c.saved_time, c.puppet,
         row_number() OVER (
           PARTITION BY c.puppet, a.content_hash ORDER BY c.saved_time, c.session, c.seq, a.number
         ) AS turn
  FROM answers a JOIN captures c ON c.id = a.capture
) WHERE turn = 1
"""
"""What the site's API answered, once for each puppet: captures of one page share their answers."""
_ALL = f"""
SELECT id, content_hash, saved_time, puppet FROM captures
UNION ALL
SELECT f.timeline || '/' || f.number, f.content_hash, f.time, t.puppet
FROM feed f JOIN timelines t ON t.id = f.timeline WHERE f.content_hash IS NOT NULL
UNION ALL
SELECT name, content_hash, saved_time, puppet FROM ({_ANSWERS})
ORDER BY 3, 1
"""


def filed(store: Store) -> list[tuple[str, str, str]]:
    """(capture, post or answer, SHA-256 of its text, moment) of all evidence, as it was filed."""
    return [(row["id"], row["content_hash"], row["saved_time"]) for row in store.rows(_ALL)]


def kept_of(store: Store, evidence: EvidenceStore, puppet: str) -> Iterator[Kept]:
    """The pages, posts and answers of one puppet, in the order of their moments.

    :raises EvidenceMissing: a page that the ledger names is not there; or EvidenceCorrupt.
    """
    answers = f"SELECT * FROM ({_ANSWERS}) WHERE puppet = ? ORDER BY saved_time, name"
    found: list[tuple[datetime, Callable[[], Kept]]] = [
        *(
            (from_iso(row["saved_time"]), partial(_page, row, evidence, puppet))
            for row in store.rows(_CAPTURES, [puppet])
        ),
        *(
            (from_iso(row["time"]), partial(_post, row, evidence))
            for row in store.rows(_POSTS, [puppet])
        ),
        *(
            (from_iso(row["saved_time"]), partial(_answer, row, evidence))
            for row in store.rows(answers, [puppet])
        ),
    ]
    for _, read in sorted(found, key=lambda one: one[0]):
        yield read()  # one after the other: a page has some hundred kilobytes


def _post(row: Row, evidence: EvidenceStore) -> Kept:
    return Kept(
        name=f"{row['timeline']}/{row['number']}",
        url=f"urn:twinwatch:feed:{row['timeline']}:{row['number']}",
        saved=from_iso(row["time"]),
        html=evidence.get(row["content_hash"]).encode("utf-8", "surrogatepass"),
        sha256=row["content_hash"],
        title="",
        about={},
    )


def _answer(row: Row, evidence: EvidenceStore) -> Kept:
    return Kept(
        name=row["name"],
        url=f"urn:twinwatch:answer:{row['name']}",
        saved=from_iso(row["saved_time"]),
        html=evidence.get(row["content_hash"]).encode("utf-8", "surrogatepass"),
        sha256=row["content_hash"],
        title="",
        about={},
        mime="application/json",
    )


def _page(row: Row, evidence: EvidenceStore, puppet: str) -> Kept:
    html = evidence.get(row["content_hash"])
    return Kept(
        name=row["id"],
        url=row["url"],
        saved=from_iso(row["saved_time"]),
        html=html.encode("utf-8", "surrogatepass"),
        sha256=row["content_hash"],
        title=title_of(html) or row["label"] or row["kind"],
        about={
            "puppet": puppet,
            "session": row["session"],
            "step": row["step"],
            "label": row["label"],
            "status": row["status"],
        },
    )
