"""Every path and example that ``docs/api-gdata.md`` lists is served."""

from __future__ import annotations

import re

import pytest
from gdata_tools import find, get, xml
from places import ROOT, file_of

DOCUMENT = (ROOT / "docs" / "api-gdata.md").read_text("utf-8")
SAMPLES = {
    "id": "03YbknYlJK0",
    "category": "Comedy",
    "response": "ZTUVgYoeN_o",
    "comment": "5F2E6A0B9C13D874",
    "feed": "most_viewed",
    "country": "US",
    "user": "liz",
    "upload": "ZTUVgYoeN_o",
    "playlist": "45C563323B344971",
    "contact": "darcy",
    "message": "4C7A1E0D52B98F36",
    "entry": "f8bcc0d63a08ada4",
}
ROWS = re.findall(r"^\| `(/[^`]+)` \| (.+) \| (.+) \|$", DOCUMENT, re.MULTILINE)


@pytest.mark.parametrize(("path", "tests"), [(path, tests) for path, _, tests in ROWS])
def test_it_is_served_and_tested(path: str, tests: str) -> None:
    address = re.sub(r"\$(\w+)", lambda found: SAMPLES[found[1]], path)
    assert get(f"/feeds{address}").status_code == 200
    assert get(f"/feeds/api{address}?v=2").status_code == 200
    for name in re.findall(r"`(\w+\.py)`", tests):
        assert file_of(name).is_file()


def test_the_table_is_whole() -> None:
    assert len(ROWS) > 22


def test_the_examples_answer() -> None:
    asked = re.findall(r"curl '?http://127\.0\.0\.1:8000(/feeds[^\s']+)", DOCUMENT)
    assert len(asked) == 6
    for path in asked:
        assert get(path).status_code == 200


def test_the_listed_standard_feeds_are_those_there_are() -> None:
    row = next(what for path, what, _ in ROWS if path == "/standardfeeds/$feed")
    told = get("/feeds/standardfeeds/none").text
    for name in re.findall(r"`([a-z_]+)`", row):
        assert name in told
        assert find(xml(f"/feeds/standardfeeds/{name}"), "a:title")
