"""What the tests of the archive's API share: a mock with a clock of its own, and a client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from mockserver.api.tubearchivist.archive import Archive
from mockserver.app import create_app
from mockserver.context import Mock, MockConfig

ADMIN, VIEWER = "a" * 40, "b" * 40
START = 1_767_225_600.0
"""2026-01-01T00:00:00Z, where the bench's clock begins."""


@dataclass
class Bench:
    app: Flask
    mock: Mock
    archive: Archive
    now: float = START

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = ADMIN,
        profile: str = "",
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> TestResponse:
        """A request of the API at ``path`` (without ``/api``), under a profile's prefix or not."""
        sent = {**({"Authorization": f"Token {token}"} if token else {}), **(headers or {})}
        prefix = f"/tubearchivist/{profile}" if profile else "/tubearchivist"
        if body is not None:
            more["json"] = body
        client = self.app.test_client(use_cookies=False)
        return client.open(f"{prefix}/api{path}", method=method, headers=sent, **more)

    def get(self, path: str, **more: Any) -> Any:
        """The JSON of a GET that must succeed."""
        response = self("GET", path, **more)
        assert response.status_code == 200, (path, response.status_code, response.text[:300])
        return response.json

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        """The JSON of a POST that must succeed."""
        response = self("POST", path, body, **more)
        assert response.status_code == 200, (path, response.status_code, response.text[:300])
        return response.json


@contextmanager
def bench(**config: Any) -> Iterator[Bench]:
    """A mock with tokens that are known; time stands until ``bench.now`` is set."""
    app = create_app(MockConfig(tubearchivist_tokens={"admin": ADMIN, "viewer": VIEWER}, **config))
    mock: Mock = app.extensions["mock"]
    archive: Archive = app.extensions["tubearchivist"]
    made = Bench(app, mock, archive)
    archive.now = lambda: made.now
    try:
        yield made
    finally:
        mock.close()


def documents(count: int = 30) -> dict[str, Any]:
    """An archive as stored: ``count`` videos of two channels, a playlist, a queue of four."""

    def channel(number: int) -> dict[str, Any]:
        return {
            "channel_id": f"UC{number:022d}",
            "channel_name": f"Channel {number}",
            "channel_active": True,
            "channel_description": False,
            "channel_last_refresh": 1712700000,
            "channel_subs": 10 * number,
            "channel_subscribed": number == 1,
            "channel_tags": False,
        }

    videos = {
        f"vid{number:08d}": {
            "youtube_id": f"vid{number:08d}",
            "title": f"Lecture {number} on rivers",
            "active": True,
            "channel": channel(1 + number % 2),
            "date_downloaded": 1712700000 + number,
            "media_size": 1000,
            "player": {"duration": 600, "watched": False},
            "published": f"2024-03-{1 + number % 28:02d}",
            "stats": {"view_count": number, "like_count": 1, "dislike_count": 0},
            "tags": ["rivers"],
            "vid_last_refresh": 1712700000,
            "vid_type": "videos",
            **({"playlist": ["PL" + "0" * 32]} if number < 3 else {}),
        }
        for number in range(count)
    }
    return {
        "ta_video": videos,
        "ta_channel": {document["channel_id"]: document for document in map(channel, (1, 2))},
        "ta_playlist": {
            "PL" + "0" * 32: {
                "playlist_id": "PL" + "0" * 32,
                "playlist_name": "River course",
                "playlist_active": True,
                "playlist_channel": None,
                "playlist_channel_id": None,
                "playlist_description": False,
                "playlist_entries": [
                    {
                        "youtube_id": key,
                        "title": key,
                        "uploader": "x",
                        "idx": at,
                        "downloaded": True,
                    }
                    for at, key in enumerate(list(videos)[:3])
                ],
                "playlist_last_refresh": 1712700000,
                "playlist_subscribed": False,
            }
        },
        "ta_download": {
            f"dl_{number:08d}": {
                "youtube_id": f"dl_{number:08d}",
                "title": "waits",
                "channel_id": f"UC{1:022d}",
                "channel_name": "Channel 1",
                "published": "2024-04-01",
                "status": "ignore" if number == 3 else "pending",
                "timestamp": 1712700000 + number,
            }
            for number in range(4)
        },
    }


def stored(folder: Path, content: Any = None) -> Path:
    """A file of documents as stored."""
    path = folder / "archive.json"
    path.write_text(json.dumps(documents() if content is None else content), "utf-8")
    return path
