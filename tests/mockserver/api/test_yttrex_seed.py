"""The API documentation's own example requests answer with its own example content."""

from __future__ import annotations

import json
import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from places import ROOT
from yttrex_tools import Bench

from mockserver.api.yttrex import seeds

DOCUMENT = (
    Path(os.environ.get("TWINWATCH_SEEDS", ROOT.parent / "shared" / "seeds"))
    / "000_302ee0321d375039.txt"
)


def printed_examples() -> list[tuple[str, dict[str, Any]]]:
    """(path, observation) of every sample request that the document gives a response to."""
    text = DOCUMENT.read_text("utf-8")
    found = re.findall(
        r"Request:\s+`https://youtube\.tracking\.exposed/api(/\S+)`\s+Response:\s+`(.*?)`",
        text,
        re.DOTALL,
    )
    # The document's arrays lost their opening bracket.
    return [(path, json.loads(body.strip().removesuffix("]"))) for path, body in found]


def test_the_documents_examples(api: Bench) -> None:
    if not DOCUMENT.is_file():
        pytest.skip(f"the API documentation is not at {DOCUMENT} (set TWINWATCH_SEEDS)")
    examples = printed_examples()
    assert [path for path, _ in examples] == [
        "/v1/videoId/dQw4w9WgXcQ",
        "/v1/related/dQw4w9WgXcQ",
    ]
    for path, expected in examples:
        reply = api.get(path)
        assert reply.status_code == 200
        # Dumped text compares keys, their order and values at once.
        assert [json.dumps(o) for o in reply.get_json()] == [json.dumps(expected)]


def test_the_examples_by_what_is_known_of_them(api: Bench) -> None:
    (seen,) = api.get("/v1/videoId/dQw4w9WgXcQ").get_json()
    assert list(seen) == [
        "id",
        "authorName",
        "authorSource",
        "likeInfo",
        "publicationString",
        "related",
        "relatedN",
        "savingTime",
        "title",
        "videoId",
        "viewInfo",
        "watcher",
    ]
    assert seen["id"] == "47c16bdc2358e51110003a626d822a61e6bc908f"
    assert seen["watcher"] == "icecream-pie-tea"
    assert seen["viewInfo"]["viewNumber"] == 564061689
    assert [item["videoId"] for item in seen["related"]] == [
        "qeMFqkcPYcg",
        "chq0kA6kJzs",
        "MW_WQENS98Y",
        "qi8O1-SErr8",
    ]
    assert list(seen["related"][0]) == [
        "index",
        "title",
        "source",
        "vizstr",
        "videoId",
        "displayTime",
        "expandedTime",
        "viz",
        "duration",
        "timeago",
    ]
    (beside,) = api.get("/v1/related/dQw4w9WgXcQ").get_json()
    assert list(beside)[-2:] == ["watcher", "timeago"]
    assert (beside["videoId"], beside["watcher"]) == ("RN8Li7kYNnw", "okra-pie-cucumber")
    assert all(list(r) == ["title", "source", "index", "videoId"] for r in beside["related"])
    assert beside["related"][15]["videoId"] == "dQw4w9WgXcQ"
    assert beside["relatedN"] == 16


def test_two_months_ago_is_counted_from_the_servers_start(api: Bench) -> None:
    ago = lambda: api.get("/v1/related/dQw4w9WgXcQ").get_json()[0]["timeago"]  # noqa: E731
    assert ago() == "2 months"
    api.clock.moment += timedelta(days=31)
    assert ago() == "3 months"


def test_a_messy_video_id_is_found_by_its_clean_one(api: Bench) -> None:
    for token in ("Kt-tLuszKBA", "Kt-tLuszKBA&t=403s"):
        assert [r["videoId"] for r in api.get(f"/v1/related/{token}").get_json()] == ["RN8Li7kYNnw"]


def test_everything_documented_works_on_the_examples(api: Bench) -> None:
    token = seeds.demo_token()
    assert re.fullmatch("[0-9a-f]{40}", token)
    personal = api.get(f"/v1/personal/{token}/20-0").get_json()
    assert list(personal) == ["profile", "recent", "total", "request"]
    assert personal["profile"]["p"] == "icecream-pie-tea"
    assert len(personal["recent"]) == 20
    assert personal["recent"][0]["videoId"] == "dQw4w9WgXcQ"
    assert personal["recent"][0]["relative"] == "3 months ago"
    assert personal["total"] == 1 + 24
    assert (personal["request"]["amount"], personal["request"]["skip"]) == (20, 0)

    last = api.get("/v1/last").get_json()
    assert [r["watcher"] for r in last["content"][:2]] == ["okra-pie-cucumber", "icecream-pie-tea"]
    assert len(last["content"]) == 20
    after_five = api.get(f"/v1/personal/{token}/10-5").get_json()["recent"]
    assert [r["id"] for r in after_five] == [r["id"] for r in personal["recent"][5:15]]
    assert last["content"][0]["timeago"] == "2 months ago"

    for path, rows in (
        (f"/v1/personal/{token}/csv", 4),
        ("/v1/videoCSV/dQw4w9WgXcQ/10-0", 4),
        ("/v1/videoCSV/RN8Li7kYNnw", 16),
    ):
        lines = api.get(path).text.split("\r\n")
        assert lines[0].count(",") == 15
        assert len(lines) >= rows + 2

    page = api.get("/v1/htmlId/47c16bdc2358e51110003a626d822a61e6bc908f").get_json()
    assert "Never Gonna Give You Up" in page["html"]
    assert page["metadata"]["p"] == "icecream-pie-tea"
    statistics = api.get("/v2/statistics/").get_json()
    days = {doc["name"]: doc for doc in statistics["content"]}
    assert days["nature"]["videos"] == 1
    assert days["nature"]["day"] == "2019-07-11T00:00:00.000Z"
    assert api.get("/v2/metadata").get_json()["totals"]["video"] == 2 + 24


def test_examples_are_the_same_in_every_mock_and_filed_once(tmp_path: Path) -> None:
    from mockserver.api.yttrex import tables
    from mockserver.db import Submissions

    tokens = []
    for _ in range(2):
        db = Submissions(tmp_path / "mock.db")
        tables.prepare(db)
        assert tables.count(db) == 2 + 24
        tokens.append([r["user_token"] for r in db.rows("SELECT * FROM yttrex_supporters")])
        db.close()
    assert tokens[0] == tokens[1] == [example.user_token for example in seeds.examples()]


def test_the_whole_mock_answers_the_examples() -> None:
    from mockserver.app import create_app
    from mockserver.context import MockConfig

    app = create_app(MockConfig())
    client = app.test_client()
    for mount in ("/api", "/yttrex/api"):
        (seen,) = client.get(f"{mount}/v1/related/dQw4w9WgXcQ").get_json()
        assert seen["timeago"] == "2 months"
    named = client.get("/api/v2/statistics/", headers={"Host": "youtube.tracking.exposed"})
    assert named.status_code == 200
    app.extensions["mock"].close()
