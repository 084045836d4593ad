"""The shape of the published election data: ``reducer/1``, one JSON object packed with gzip.

It holds what such data holds: public posts with an id, in the order in which profiles saw them,
and the posts with every appearance. Advertisements and private posts are not in it.
"""

from __future__ import annotations

import contextlib
import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from collector.datasets.records import COLUMNS, Values

#: The file of the shape ``e18``.
FILE = "e18.json.gz"

#: The store's words for media, and those of the published data.
_MEDIA = {"posts": "post", "photos": "photo", "videos": "video"}
_REACTIONS = ("like", "love", "wow", "haha", "sad", "angry", "thankful")


class Published:
    """Writes impressions as they come and keeps the posts until the end."""

    def __init__(self, folder: Path) -> None:
        self._raw = (folder / FILE).open("wb")
        # Neither a name nor a time in the header: the same data are the same bytes.
        self._file = gzip.GzipFile("", "wb", compresslevel=6, fileobj=self._raw, mtime=0)
        self._file.write(b'{"impressions":[')
        self._posts: dict[str, dict[str, Any]] = {}
        self._profiles: dict[str, str] = {}
        self._times: list[str] = []
        self.impressions = 0

    @property
    def posts(self) -> int:
        """Return how many posts were seen so far."""
        return len(self._posts)

    def write(self, table: str, rows: Sequence[Values]) -> None:
        """Write the impressions among rows of ``feed``; of ``timelines`` keep whose each is."""
        if table == "timelines":
            names = COLUMNS[table]
            self._profiles.update(
                (row["id"], row["puppet"])
                for row in (dict(zip(names, values, strict=True)) for values in rows)
            )
        if table == "feed":
            self._write([dict(zip(COLUMNS[table], values, strict=True)) for values in rows])

    def _write(self, rows: Sequence[dict[str, Any]]) -> None:
        lines = []
        for row in rows:
            if row["post_id"]:
                lines.append(orjson.dumps(self._impression(row)))
        if lines:
            start = b"," if self.impressions else b""
            self._file.write(start + b",".join(lines))
            self.impressions += len(lines)

    def _impression(self, row: dict[str, Any]) -> dict[str, Any]:
        post = orjson.loads(row["post"])
        counts = {name.lower(): count for name, count in post["reactions"].items()}
        link = (row["source_link"] or "").rstrip("/")
        page = link.rpartition("/")[2] or None
        profile = self._profiles[row["timeline"]]
        name = f"{row['timeline']}-{row['number']}"
        kept = self._posts.setdefault(
            row["post_id"],
            {
                "postId": row["post_id"],
                "publicationTime": row["published"],
                "pageName": page,
                "text": " ".join(post["texts"]),
                "appears": [],
            },
        )
        kept["appears"].append((row["delay_s"], row["position"], profile, name))
        self._times.append(row["time"])
        if len(self._times) > 2:
            self._times = [min(self._times), max(self._times)]
        return {
            "pageName": page,
            "profile": profile,
            "postId": row["post_id"],
            "impressionTime": row["time"],
            "publicationTime": row["published"],
            "visualizationDiff": row["delay_s"],
            "type": _MEDIA.get(row["media"] or "", row["media"]),
            "displayName": row["source"],
            **{reaction: counts.get(reaction, 0) for reaction in _REACTIONS},
            "impressionOrder": row["position"],
            "id": name,
            "permaLink": row["permalink"],
            "rtotal": str(sum(counts.values())),
            "comments": str(row["comments"] or 0),
            "shares": str(row["shares"] or 0),
            "timelineId": row["timeline"],
        }

    def close(self) -> None:
        """Write the posts with where each appeared and the time window, and end the file."""
        self._file.write(b'],"posts":[')
        names = ("visualizationDiff", "impressionOrder", "profile", "id")
        for number, post in enumerate(self._posts.values()):
            appears = [dict(zip(names, seen, strict=True)) for seen in post["appears"]]
            line = orjson.dumps({**post, "appears": appears})
            self._file.write(b"," * bool(number) + line)
        window = {
            "start": min(self._times, default=None),
            "end": max(self._times, default=None),
        }
        self._file.write(b'],"timewindow":' + orjson.dumps(window) + b"}")
        self._file.close()
        self._raw.close()

    def abandon(self) -> None:
        """Close the file as it is, without writing what is not written yet."""
        # What is packed but not written stays unwritten.
        self._file.fileobj = None  # type: ignore[assignment]
        with contextlib.suppress(OSError):
            self._raw.close()
