"""While a page is filed nobody waits for more than has to be one: the store is locked for the rows
alone, and what takes time is done before. What is on record of a page says one thing of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collector.common.model import Answer, RawPage
from collector.evidence import EvidenceDiskFull, EvidenceStore
from collector.platforms.registry import spec_of
from collector.session.filing import Filing
from collector.store import Store

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
KEY = "H7AsuUszehN4qKTj2GYYwNNzkJVqUQBRo2wgKevzeUwx"
HTML = "<html><body><ytd-app></ytd-app></body></html>"
WATCHED = '<ytd-app><ytd-watch-metadata></ytd-watch-metadata><h1 title="t"></h1></ytd-app>'


@pytest.fixture
def filing(tmp_path: Path) -> Iterator[Filing]:
    """The record of one session, in an empty folder."""
    with Store(tmp_path / "store.db") as store:
        store.add_run("r", scenario="s", seed=1, plan_hash="0" * 64)
        store.add_puppet("p", run="r", arm="only", twin=1, block=1)
        store.add_session("s", run="r", puppet="p", block=1, position=0)
        yield Filing(
            store, EvidenceStore(tmp_path / "evidence"), spec=spec_of("youtube"), run="r",
            puppet="p", session="s", public_key=KEY, target="none", research_tag=None,
            experiment_id=None, versions={},
        )  # fmt: skip


def page(**more: Any) -> RawPage:
    return RawPage(
        url="http://youtube.localhost:8000/watch?v=dQw4w9WgXcQ", html=HTML, client_time=NOW,
        saved_time=NOW, viewport=(1280, 800), languages=("en-US",), user_agent="x", event="e1",
        answers=(Answer("/youtubei/v1/next", '{"a":1}'), Answer("/youtubei/v1/player", '{"b":2}')),
        **more,
    )  # fmt: skip


def test_a_page_is_read_for_the_outbox_before_the_store_is_locked(
    filing: Filing, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked: list[bool] = []
    found = filing.outbox.parts

    def parts(*args: Any, **more: Any) -> list[dict[str, Any]]:
        locked.append(filing.store.db.conn.in_transaction)
        return found(*args, **more)

    monkeypatch.setattr(filing.outbox, "parts", parts)
    filing.file(page(), 0)
    assert locked == [False]


def test_all_that_a_row_names_is_kept_before_the_row(
    filing: Filing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page and answers are on the disk when the first row of them is written."""
    kept: list[int] = []
    add = filing.store.add_capture

    def add_capture(*args: Any, **more: Any) -> Any:
        kept.append(len(list(filing.evidence)))
        return add(*args, **more)

    monkeypatch.setattr(filing.store, "add_capture", add_capture)
    capture = filing.file(page(), 0).capture
    assert kept == [3]
    read = [(path, filing.evidence.get(name)) for path, name in filing.store.answers(capture.id)]
    assert read == [("/youtubei/v1/next", '{"a":1}'), ("/youtubei/v1/player", '{"b":2}')]


@pytest.mark.parametrize("failing", [HTML, '{"a":1}', '{"b":2}'])
def test_a_page_of_which_something_could_not_be_kept_is_not_on_record(
    filing: Filing, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    put = filing.evidence.put

    def full(text: str) -> str:
        if text == failing:
            raise EvidenceDiskFull("the disk is full", place="evidence", fix="free some space")
        return put(text)

    monkeypatch.setattr(filing.evidence, "put", full)
    with pytest.raises(EvidenceDiskFull):
        filing.file(page(), 0)
    assert list(filing.store.captures()) == []
    assert filing.outbox.unbatched("none", 9) == []


#: A post in elements that no reader knows; a page of which only an answer tells what it lists.
REDESIGNED = (
    '<html><body><div id="mount_0_0_a"><div role="feed"><x-story><a href="https://www.facebook.com/'
    'page/posts/1234567890123">2h</a><p>Words</p></x-story></div></div></body></html>'
)
SENT = Answer(
    "/youtubei/v1/browse",
    '{"contents":{"twoColumnBrowseResultsRenderer":{"tabs":[{"tabRenderer":{"selected":true,'
    '"content":{"richGridRenderer":{"contents":[{"newTileModel":{"videoId":"AAAAAAAAAAA",'
    '"title":{"simpleText":"A tile"}}}]}}}}]}}}',
)


@pytest.mark.parametrize(
    ("platform", "path", "html", "answers", "settled", "status"),
    [
        ("facebook", "/", REDESIGNED, (), True, "partial"),
        ("youtube", "/", HTML, (SENT,), True, "partial"),
        ("youtube", "/", HTML, (), True, "unknown"),
        ("youtube", "/watch?v=AAAAAAAAAAA", WATCHED, (), True, "ok"),
        ("youtube", "/watch?v=AAAAAAAAAAA", WATCHED, (), False, "unknown"),
    ],
)
def test_capture_and_observation_say_the_same_of_a_page(
    filing: Filing, platform: str, path: str, html: str, answers: Any, settled: bool, status: str
) -> None:
    filing.spec, filing.dialect = spec_of(platform), None
    raw = replace(page(), url=f"http://{platform}.localhost{path}", html=html, answers=answers)
    filed = filing.file(raw, 0, settled=settled)
    assert (filed.status, filed.observation.status) == (status, status)
    assert [row["status"] for row in filing.store.rows("SELECT status FROM observations")] == [
        status
    ]
    if settled and not answers:
        assert filing.spec.status_of(html, raw.url) == status


@pytest.mark.parametrize("settled", [True, False])
def test_a_capture_that_was_not_read_before_the_end_is_read_when_the_session_goes_on(
    filing: Filing, monkeypatch: pytest.MonkeyPatch, settled: bool
) -> None:
    """Its observation says what the capture says of it, and what comes next is numbered on."""

    def killed(*args: Any) -> None:
        raise KeyboardInterrupt

    raw = replace(page(), html=WATCHED)
    with monkeypatch.context() as patched:
        patched.setattr(filing.store, "add_observation", killed)
        with pytest.raises(KeyboardInterrupt):
            filing.file(raw, 0, settled=settled)
    (capture,) = filing.store.captures()
    filing.filed = 0
    filing.go_on()
    read = filing.store.observation(capture.id)
    assert read is not None
    assert read.status == capture.status == ("ok" if settled else "unknown")
    assert read.fields["videoId"] == "dQw4w9WgXcQ"
    assert filing.file(raw, 1).capture.id == "s-0001"
