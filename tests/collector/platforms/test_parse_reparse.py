"""``collector reparse``: one line a page, the same bytes every time, broken files included."""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import youtube_pages as y
from click.testing import CliRunner, Result

from collector.cli import main
from collector.common.model import Capture, PageKind, PageStatus, Platform
from collector.evidence import EvidenceStore
from collector.platforms.youtube import PARSER, parse_page
from collector.reparse import best_capture
from collector.store import Store

HOME = "https://www.youtube.com/"
WATCH = "https://www.youtube.com/watch?v=AAAAAAAAAAA"
LABEL = "Title by Maker 5 months ago 25 minutes 1,113,926 views"


def page(folder: Path, name: str, *htmls: str, url: str = HOME) -> Path:
    """A page as captured ones are kept: its captures two seconds apart."""
    folder.mkdir(parents=True, exist_ok=True)
    start = datetime(2022, 3, 24, 16, 6, 33, tzinfo=UTC)
    sources = [
        {
            "html": html,
            "href": url,
            "blang": "en",
            "clientTime": (start + timedelta(seconds=2 * i)).isoformat().replace("+00:00", "Z"),
            "savingTime": start.isoformat(),
        }
        for i, html in enumerate(htmls)
    ]
    path = folder / f"{name}.json.gz"
    path.write_bytes(gzip.compress(json.dumps({"sources": sources}).encode()))
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["reparse", *map(str, arguments)])


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    card = y.rich(y.classic("C" * 11, tag="ytd-rich-grid-media", label=LABEL))
    page(
        folder / "home", "aaa", y.app(y.home(card)), y.app(y.home(card, y.rich(y.lockup("D" * 11))))
    )
    page(folder / "video", "bbb", y.app(y.watch(y.mix("RDx", "E" * 11))), url=WATCH)
    page(folder / "leaves-video", "bbb", "<div>an element, not a page</div>", url=WATCH)
    (folder / "torn.json.gz").write_bytes(gzip.compress(b'{"sources": [')[:-4])
    (folder / "junk.json.gz").write_bytes(b"\x00\x01 not gzip")
    (folder / "list.json").write_text('["no captures"]')
    (folder / "latin.html").write_bytes("<p>caf\xe9 \x00 <b>".encode("latin-1"))
    return folder


def test_one_line_a_page_and_broken_files_are_lines(pages: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    result = run(pages, "--out", out, "--timings")
    assert result.exit_code == 1, result.output
    assert result.stdout.startswith("median: ")
    assert result.stdout.strip().endswith(" ms")
    seen = {line["id"]: line for line in lines(out)}
    assert list(seen) == ["aaa", "junk", "latin", "list", "torn", "bbb"]
    assert [seen[k]["status"] for k in seen] == ["ok", "error", "unknown", "error", "error", "ok"]
    assert all(line["parser"] == PARSER for line in seen.values())
    assert "cannot be read" in seen["junk"]["problem"]
    home = seen["aaa"]
    assert (home["type"], home["href"], home["captures"]) == ("home", HOME, 2)
    assert home["clientTime"] == "2022-03-24T16:06:35.000Z"
    first, second = home["selected"]
    assert (first["index"], first["videoId"], first["recommendedViews"]) == (1, "C" * 11, 1113926)
    assert first["publicationTime"] == "2021-10-24T16:06:35.000Z"
    assert (second["index"], second["kind"]) == (2, "video")
    (mix,) = seen["bbb"]["related"]
    assert (mix["kind"], mix["listId"], mix["index"]) == ("mix", "RDx", 1)


def test_the_same_bytes_again_and_in_processes(pages: Path, tmp_path: Path) -> None:
    names = ("one.jsonl", "two.jsonl", "three.jsonl")
    for name, jobs in zip(names, (1, 1, 2), strict=True):
        assert run(pages, "--out", tmp_path / name, "--jobs", jobs).exit_code == 1
    one, two, three = ((tmp_path / name).read_bytes() for name in names)
    assert one == two == three


def test_the_references_answer(pages: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    assert run(pages / "home", "--out", out, "--compat", "reference").exit_code == 0
    (home,) = lines(out)
    assert (home["id"], home["type"], home["selected"]) == ("aaa", "home", [])
    assert len(home["sections"]) == 2


def test_unparsed_things_are_listed(tmp_path: Path) -> None:
    post = y.rich("<ytd-poll-renderer><p>A poll</p></ytd-poll-renderer>")
    file = page(tmp_path, "x", y.app(y.home(post, y.rich(y.lockup("A" * 11)))))
    assert run(file, "--out", tmp_path / "o.jsonl").exit_code == 0
    (line,) = lines(tmp_path / "o.jsonl")
    assert line["unparsed"] == [
        {
            "renderer": "ytd-poll-renderer",
            "field": "",
            "error": "unknown-renderer",
            "sample": "A poll",
        }
    ]


def test_a_run_is_read_from_its_store(tmp_path: Path) -> None:
    pages = [
        (0, "one", y.app(y.home(y.rich(y.lockup("A" * 11)))), Platform.YOUTUBE),
        (1, "one", y.app(y.home(y.rich(y.lockup("A" * 11)), y.rich(y.lockup("B" * 11)))), None),
        (2, "two", y.app(y.home(y.rich(y.lockup("C" * 11)))), None),
        (3, "three", "<div>another site</div>", Platform.FACEBOOK),
    ]
    evidence = EvidenceStore(tmp_path / "evidence")
    when = datetime(2026, 1, 2, tzinfo=UTC)
    with Store(tmp_path / "store.db") as store:
        store.add_run("r", scenario="quick", seed=7, plan_hash="f" * 64)
        store.add_puppet("p", run="r", arm="control", twin=1, block=1)
        store.add_session("s", run="r", puppet="p", block=1, position=1)
        for seq, uuid, html, platform in pages:
            store.step_planned("s", seq, kind="capture", args={})
            store.add_capture(
                Capture(
                    id=f"c{seq}",
                    run="r",
                    puppet="p",
                    session="s",
                    step=seq,
                    seq=seq,
                    page_uuid=uuid,
                    platform=platform or Platform.YOUTUBE,
                    url=HOME,
                    kind=PageKind.HOME,
                    status=PageStatus.OK,
                    content_hash=evidence.put(html),
                    size=len(html),
                    client_time=when + timedelta(seconds=seq),
                    saved_time=when,
                    viewport=(1280, 720),
                    languages=("en-US",),
                    event=None,
                    versions={},
                )
            )
    assert run(tmp_path, "--out", tmp_path / "o.jsonl").exit_code == 0
    seen = [
        (p["id"], p["captures"], len(p.get("selected", p.get("items"))))
        for p in lines(tmp_path / "o.jsonl")
    ]
    assert seen == [("one", 2, 2), ("c3", 1, 0), ("c2", 1, 1)]
    evidence.path(hashlib.sha256(pages[2][2].encode()).hexdigest()).unlink()
    assert run(tmp_path, "--out", tmp_path / "o.jsonl").exit_code == 1
    assert [p["status"] for p in lines(tmp_path / "o.jsonl")] == ["ok", "unknown", "error"]


def test_a_missing_path_is_refused(tmp_path: Path) -> None:
    result = run(tmp_path / "nowhere", "--out", tmp_path / "o.jsonl")
    assert result.exit_code == 2
    assert "no such file" in result.output
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "no evidence here" in run(empty, "--out", tmp_path / "o.jsonl").output


def test_the_fullest_ok_capture_stands_for_its_page() -> None:
    one = parse_page(y.app(y.home(y.rich(y.lockup("A" * 11)))), HOME)
    two = parse_page(y.app(y.home(y.rich(y.lockup("A" * 11)), y.rich(y.lockup("B" * 11)))), HOME)
    bad = parse_page("<p>gone</p>", HOME)
    assert bad.status is PageStatus.UNKNOWN
    assert best_capture([one, two, bad]) is two
    assert best_capture([bad, one]) is one
    left = parse_page(y.app(y.watch(y.lockup("C" * 11), y.lockup("D" * 11), video="B" * 11)), WATCH)
    there = parse_page(y.app(y.watch(y.lockup("C" * 11), video="A" * 11)), WATCH)
    assert best_capture([there, left]) is there
    assert best_capture([two, one, two]).platform is Platform.YOUTUBE
