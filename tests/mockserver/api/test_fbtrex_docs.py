"""Every endpoint that ``docs/api-fbtrex.md`` lists is there, under the method it names."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator

import pytest
from docs_tools import endpoints_of
from fbtrex_tools import TOKEN, Bench, bench

from collector.common.identity import js_json
from collector.common.jsondata import load

SAMPLES = {
    "userToken": TOKEN,
    "paging": "3-0",
    "name": "impressions",
    "unit": "days",
    "amount": "2",
    "lang": "es",
    "label": "Vacunas",
    "semanticId": "7cd2480750f1cdb23215da6da4186b30cbe2f424",
    "day": "2019-05-02",
}


@pytest.fixture(scope="module")
def api() -> Iterator[Bench]:
    made = bench()
    yield made
    made.db.close()


def listed() -> list[tuple[str, str]]:
    return endpoints_of("api-fbtrex.md")


def test_the_table_lists_the_documented_endpoints() -> None:
    words = {path.split("/")[4].partition("[")[0] for _, path in listed() if "userToken" in path}
    assert words == {"summary", "stats", "csv", "enrich", "exporter", "remove", "daily"}
    assert ("GET", "/v2/statistics/counter") in listed()


@pytest.mark.parametrize(("method", "path"), listed())
def test_every_listed_endpoint_answers(api: Bench, method: str, path: str) -> None:
    (timeline,) = api.personal("stats", "1-0")["timelines"]
    row = next(row for row in api.personal("stats", "1-0")["content"] if "htmlId" in row)
    known = SAMPLES | {"timelineId": timeline, "htmlId": row["htmlId"]}
    for whole in {path.replace("[", "").replace("]", ""), re.sub(r"\[.*\]", "", path)}:
        concrete = re.sub(r"\$(\w+)", lambda match: known[match[1]], whole)
        reply = api.client.open(
            f"/fbtrex/api{concrete}", method=method, headers={"Authorization": f"Bearer {TOKEN}"}
        )
        expected = 400 if method == "POST" else 200
        assert reply.status_code == expected, concrete


def test_the_documented_posts_are_those_of_the_document() -> None:
    """``documented.json`` holds them; ids, hashes and texts are the document's, byte for byte."""
    posts = load("mockserver.api.fbtrex", "documented.json")
    assert [post["impressionOrder"] for post in posts] == [41, 14]
    digest = "bfb7a933aff87bc762dedc12a51b194903588718bb17c365d75b718557df168f"
    assert hashlib.sha256(js_json(posts).encode()).hexdigest() == digest


def test_the_documented_posts_are_served_as_they_are_kept(api: Bench) -> None:
    found = {}
    for paging in ("400-0", "400-400"):
        found |= {row["semanticId"]: row for row in api.personal("summary", paging)}
    for post in load("mockserver.api.fbtrex", "documented.json"):
        served = found[post["semanticId"]]
        assert served["user"]
        assert served["timeline"]
        kept = json.loads(js_json(post)) | {name: served[name] for name in ("user", "timeline")}
        assert served == {name: kept[name] for name in served}
        assert {"semanticId", "texts", "LIKE" if "LIKE" in post else "textsize"} <= set(served)
