"""A run's evidence in the order of its captures, ready for archives; nothing else is read.

Protects the rule that only what was scrubbed and filed leaves the house: pages come from
``evidence/`` by the hashes that the ledger names, never from recordings, profiles or traces.
"""

from __future__ import annotations

from collections.abc import Iterator

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
SELECT name, content_hash, saved_time, puppet, path FROM (
  SELECT a.capture || '/answers/' || a.number AS name, a.content_hash, c.saved_time, c.puppet,
         a.path, row_number() OVER (
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
    """(capture or post, SHA-256 of its page, moment) of all evidence, in the order of filing."""
    return [(row["id"], row["content_hash"], row["saved_time"]) for row in store.rows(_ALL)]


def kept_of(store: Store, evidence: EvidenceStore, puppet: str) -> Iterator[Kept]:
    """The pages, posts and answers of one puppet.

    :raises EvidenceMissing: a page that the ledger names is not there; or EvidenceCorrupt.
    """
    for row in list(store.rows(_CAPTURES, [puppet])):
        yield _page(row, evidence, puppet)
    for row in list(store.rows(_POSTS, [puppet])):
        name = f"{row['timeline']}/{row['number']}"
        yield Kept(
            name=name,
            url=f"urn:twinwatch:feed:{row['timeline']}:{row['number']}",
            saved=from_iso(row["time"]),
            html=evidence.get(row["content_hash"]).encode("utf-8", "surrogatepass"),
            sha256=row["content_hash"],
            title="",
            about={},
        )
    found = store.rows(
        f"SELECT * FROM ({_ANSWERS}) WHERE puppet = ? ORDER BY saved_time, name", [puppet]
    )
    for row in list(found):
        yield Kept(
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
