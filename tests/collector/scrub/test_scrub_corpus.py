"""Real pages sent in by volunteers: whoever was signed in is gone, what was recommended is not."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from places import CORPUS
from selectolax.lexbor import LexborHTMLParser
from work import cpu_s

from collector.scrub import scrub, secrets

PAGES = sorted(CORPUS.glob("youtube/*/*.json.gz"))

#: Every fourth in ``make test``: some of each kind, the other ones in ``make test-all``.
EACH = [
    pytest.param(
        path,
        id=f"{path.parent.name}-{path.name[:8]}",
        marks=[pytest.mark.slow] if number % 4 else [],
    )
    for number, path in enumerate(PAGES)
]

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not PAGES, reason="no captured pages: set TWINWATCH_CORPUS to their folder"),
]


def sources(path: Path) -> list[tuple[str, str]]:
    found = json.loads(gzip.decompress(path.read_bytes()))["sources"]
    return [(one["html"], one.get("href", "")) for one in found if one.get("html")]


@pytest.mark.sweep(6)
@pytest.mark.parametrize("path", EACH)
def test_nothing_of_the_viewer_survives(path: Path) -> None:
    for page, _ in sources(path):
        clean = scrub(page)
        for found in secrets(page):
            assert found.value not in clean
        assert not re.search(r"/yti/(?!scrubbed-avatar)", clean)
        assert not re.search(r"studio\.youtube\.com/channel/(?!UCscrubbed-channel)", clean)
        assert not re.search(r'email"[^>]*>\s*[^<\s]+@', clean)
        avatar = re.search(r'id="avatar-btn".{0,900}?src="([^"]+)"', clean, re.DOTALL)
        assert avatar is None or "scrubbed-avatar" in avatar[1]
        assert scrub(clean) == clean


def _without_viewer_places(page: str) -> list[str]:
    """Every link to a video, in order, and every video title: what an audit is about."""
    return re.findall(r'href="(/watch\?v=[\w-]{11})|id="video-title"[^>]*title="([^"]*)"', page)


@pytest.mark.parametrize("path", EACH)
def test_what_was_recommended_is_untouched(path: Path) -> None:
    for page, _ in sources(path):
        assert _without_viewer_places(scrub(page)) == _without_viewer_places(page)


@pytest.mark.slow
def test_a_large_page_takes_what_a_few_readings_of_it_take() -> None:
    """The design's budget is 30 ms a megabyte, which is half of it here; 2.7 times what a parser in
    C takes to make a tree of the same page, on any machine."""
    pages = [page for path in PAGES[:20] for page, _ in sources(path)[:1] if len(page) > 400_000]
    scrub(pages[0])  # imports and caches are warm
    known = ["a1B2c3D4e5F", "CgthMUIyYzNENGU1RijXxx%3D%3D"]
    ratios = [
        cpu_s(lambda page=page: scrub(page, known=known))  # type: ignore[misc]
        / cpu_s(lambda page=page: LexborHTMLParser(page))  # type: ignore[misc]
        for page in pages
    ]
    assert sorted(ratios)[len(ratios) // 2] < 12
