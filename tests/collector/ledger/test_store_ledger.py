"""The ledger only moves forward; what is filed reads back as it was; names of visitors stay out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from collector.common.model import (
    Capture,
    Impression,
    ItemKind,
    Observation,
    PageKind,
    PageStatus,
    ParseError,
    Platform,
    Receipt,
    ReceiptStatus,
    Surface,
    Unparsed,
)
from collector.store import Outcome, Store, WrongOrder, from_iso, to_iso

WHEN = datetime(2026, 1, 2, 3, 4, 5, 678_900, tzinfo=timezone(timedelta(hours=2)))

CAPTURE = Capture(
    id="c1",
    run="r",
    puppet="control-1",
    session="s1",
    step=0,
    seq=0,
    page_uuid="u",
    platform=Platform.YOUTUBE,
    url="http://youtube.localhost/",
    kind=PageKind.HOME,
    status=PageStatus.OK,
    content_hash="ab" * 32,
    size=123,
    client_time=WHEN.replace(microsecond=678_000),
    saved_time=WHEN.replace(microsecond=678_000),
    viewport=(1280, 720),
    languages=("en-US", "en"),
    event="load1",
    versions={"collector": "1", "parser": "2", "browser": "3"},
)
OBSERVATION = Observation(
    platform=Platform.YOUTUBE,
    kind=PageKind.HOME,
    status=PageStatus.OK,
    url=CAPTURE.url,
    lang="en",
    login=False,
    parser="youtube/1",
    fields={"title": "Ünï", "views": 3},
    impressions=(
        Impression(1, Surface.HOME, ItemKind.VIDEO, "v" * 11, title="=1+1", verified=None),
        Impression(2, Surface.HOME, ItemKind.AD, "ad", is_live=True, extra={"a": [1]}),
    ),
    unparsed=(Unparsed("ytd-x", "title", ParseError.BAD_LABEL, "??"),),
)
RECEIPT = Receipt(
    video_id="v" * 11,
    status=ReceiptStatus.SHORT,
    planned_s=60,
    watched_s=41.5,
    duration_s=None,
    ad_s=5,
    stalled_s=0,
    rate=1,
    visible_share=1,
    ended=False,
    error="An error occurred",
    next_video_id=None,
    samples=((0.0, 0.0), (1.0, 0.98)),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "out" / "store.db") as store:
        store.add_run("r", scenario="quick", seed=7, plan_hash="f" * 64)
        store.add_puppet("control-1", run="r", arm="control", twin=1, block=1)
        store.add_session("s1", run="r", puppet="control-1", block=1, position=1)
        for step in range(3):
            store.step_planned("s1", step, kind="watch", args={"for": "60s"})
        yield store


def test_a_step_goes_planned_started_finished(store: Store) -> None:
    store.step_started("s1", 0, WHEN)
    store.step_finished("s1", 0, Outcome.MISSING, "captcha", WHEN)
    row = store.steps("s1")[0]
    assert (row["started"], row["finished"]) == ("2026-01-02T01:04:05.678Z",) * 2
    assert (row["outcome"], row["detail"]) == ("missing", "captcha")


@pytest.mark.parametrize(
    "moves",
    [
        [("finish", "done")],
        [("start", ""), ("start", "")],
        [("start", ""), ("finish", "done"), ("finish", "failed")],
        [("start", ""), ("finish", "done"), ("start", "")],
        [("finish", "skipped"), ("start", "")],
    ],
)
def test_the_ledger_refuses_to_go_back(store: Store, moves: list[tuple[str, str]]) -> None:
    def move(kind: str, outcome: str) -> None:
        if kind == "start":
            store.step_started("s1", 1)
        else:
            store.step_finished("s1", 1, outcome)

    for earlier in moves[:-1]:
        move(*earlier)
    before = store.steps("s1")
    with pytest.raises(WrongOrder):
        move(*moves[-1])
    assert store.steps("s1") == before


def test_a_step_that_never_started_can_be_skipped(store: Store) -> None:
    store.step_finished("s1", 2, Outcome.SKIPPED, "the session was lost")
    assert store.steps("s1")[2]["outcome"] == "skipped"


def test_an_unknown_outcome_is_refused(store: Store) -> None:
    store.step_started("s1", 0)
    with pytest.raises(ValueError, match="maybe"):
        store.step_finished("s1", 0, "maybe")


def test_a_step_has_one_receipt(store: Store) -> None:
    store.add_receipt("s1", 0, RECEIPT)
    with pytest.raises(WrongOrder, match="already"):
        store.add_receipt("s1", 0, RECEIPT)
    assert list(store.receipts(session="s1")) == [("s1", 0, RECEIPT)]


def test_captures_and_observations_read_back_as_filed(store: Store) -> None:
    store.add_capture(CAPTURE)
    store.add_observation("c1", OBSERVATION)
    assert store.capture("c1") == CAPTURE
    assert list(store.captures(session="s1")) == [CAPTURE]
    assert list(store.captures(puppet="nobody")) == []
    assert store.observation("c1") == OBSERVATION
    with pytest.raises(KeyError):
        store.capture("c2")
    assert store.observation("c2") is None


def test_a_capture_is_filed_once(store: Store) -> None:
    store.add_capture(CAPTURE)
    with pytest.raises(sqlite3.IntegrityError):
        store.add_capture(replace(CAPTURE, status=PageStatus.CAPTCHA))
    assert store.capture("c1") == CAPTURE


def test_parsing_again_replaces_what_was_read(store: Store) -> None:
    store.add_capture(CAPTURE)
    store.add_observation("c1", OBSERVATION)
    better = replace(
        OBSERVATION, parser="youtube/2", impressions=OBSERVATION.impressions[:1], unparsed=()
    )
    store.add_observation("c1", better)
    assert store.observation("c1") == better


def test_rows_that_belong_to_nothing_are_refused(store: Store) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        store.add_capture(replace(CAPTURE, session="none"))


def test_a_transaction_is_all_or_nothing_across_tables(store: Store) -> None:
    store.db.execute("CREATE TABLE outbox (capture TEXT)")

    def interrupted() -> None:
        with store.transaction():
            store.add_capture(CAPTURE)
            store.db.execute("INSERT INTO outbox VALUES ('c1')")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        interrupted()
    assert list(store.captures()) == []
    assert list(store.rows("SELECT * FROM outbox")) == []


def test_a_nested_failure_undoes_only_itself(store: Store) -> None:
    with store.transaction():
        store.log("r", "first", "kept")
        with pytest.raises(sqlite3.IntegrityError):
            store.add_capture(replace(CAPTURE, session="none"))
        store.log("r", "second", "kept too")
    assert [row["kind"] for row in store.rows("SELECT kind FROM events ORDER BY id")] == [
        "first",
        "second",
    ]


def test_visitor_ids_do_not_enter_the_store(store: Store) -> None:
    row = {"seq": 1, "time": "t", "visitor": "SECRETvisit", "load": "l", "surface": "home",
           "context": None, "slot": 1, "kind": "video", "item_id": "v", "topic": "news",
           "title": "T", "score": 1.5, "parts": {"noise": 0.5}, "lang": "en"}  # fmt: skip
    watch = {
        "seq": 1,
        "time": "t",
        "visitor": "other",
        "load": "l",
        "video_id": "v",
        "seconds": 9.5,
    }
    page = {
        "seq": 1,
        "time": "t",
        "visitor": "SECRETvisit",
        "load": "l",
        "path": "/",
        "kind": "home",
    }
    for _ in range(2):  # pulled twice, kept once
        store.add_truth(
            impressions=[row], watches=[watch], pages=[page], puppets={"SECRETvisit": "control-1"}
        )
    (served,) = store.rows("SELECT * FROM truth_impressions")
    assert (served["puppet"], served["slot"], served["parts"]) == ("control-1", 1, '{"noise": 0.5}')
    (watched,) = store.rows("SELECT * FROM truth_watches")
    assert (watched["puppet"], watched["seconds"]) == (None, 9.5)
    (sent,) = store.rows("SELECT * FROM truth_pages")
    assert (sent["puppet"], sent["path"]) == ("control-1", "/")
    store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"SECRETvisit" not in store.path.read_bytes()


def test_labels_are_replaced_by_later_ones(store: Store) -> None:
    store.add_labels({"v": "news"}, source="mock")
    store.add_labels({"v": "science", "w": "news"}, source="coder")
    assert list(store.rows("SELECT * FROM labels ORDER BY item_id")) == [
        {"item_id": "v", "label": "science", "source": "coder"},
        {"item_id": "w", "label": "news", "source": "coder"},
    ]


def test_views_join_who_what_and_why(store: Store) -> None:
    store.add_capture(CAPTURE)
    store.add_observation("c1", OBSERVATION)
    store.add_capture(replace(CAPTURE, id="c2", seq=1, step=1, status=PageStatus.CAPTCHA))
    store.add_observation("c2", OBSERVATION)
    store.add_labels({"v" * 11: "news"}, source="mock")
    store.add_receipt("s1", 0, RECEIPT)
    for step, outcome in ((0, Outcome.DONE), (1, Outcome.DONE)):
        store.step_started("s1", step)
        store.step_finished("s1", step, outcome)
    exposure = list(store.rows("SELECT * FROM exposure ORDER BY position"))
    assert [(row["arm"], row["item_id"], row["topic"]) for row in exposure] == [
        ("control", "v" * 11, "news"),
        ("control", "ad", None),
    ]
    missing = list(store.rows("SELECT step, outcome, status FROM missing_cells ORDER BY step"))
    assert missing == [
        {"step": 1, "outcome": "done", "status": "captcha"},
        {"step": 2, "outcome": None, "status": None},
    ]
    assert {row["topic"] for row in exposure} == {"news", None}
    (watched,) = store.rows("SELECT * FROM watch_receipts")
    assert watched["watched_share"] == pytest.approx(41.5 / 60)
    (unread,) = store.rows("SELECT * FROM coverage")
    assert (unread["renderer"], unread["count"], unread["captures"]) == ("ytd-x", 2, 2)


def test_columns_of_a_run_and_a_session_can_be_filled_in_later(store: Store) -> None:
    store.update_run("r", state="finished", finished=WHEN, recommender={"params": {"noise": 1}})
    store.update_session("s1", state="done", skew_ms=12.5)
    assert store.runs()[0]["finished"] == "2026-01-02T01:04:05.678Z"
    assert store.runs()[0]["recommender"] == '{"params": {"noise": 1}}'
    assert store.sessions("r")[0]["skew_ms"] == 12.5
    with pytest.raises(WrongOrder):
        store.update_run("nope", state="finished")


def test_times_are_utc_milliseconds_and_a_naive_one_is_refused() -> None:
    assert to_iso(WHEN) == "2026-01-02T01:04:05.678Z"
    assert from_iso(to_iso(WHEN)) == WHEN.replace(microsecond=678_000)
    with pytest.raises(ValueError, match="zone"):
        to_iso(datetime(2026, 1, 1))


def test_the_file_is_the_owners_alone(store: Store) -> None:
    assert store.path.stat().st_mode & 0o077 == 0
    assert from_iso("2026-01-01T00:00:00.000Z").tzinfo == UTC


def test_a_mix_is_about_the_video_it_begins_with(store: Store) -> None:
    store.add_capture(CAPTURE)
    mix = Impression(1, Surface.HOME, ItemKind.MIX, "RDMM" + "v" * 11)
    by_channel = Impression(
        2, Surface.HOME, ItemKind.VIDEO, "w" * 11, channel_href="/channel/UC" + "c" * 22
    )
    store.add_observation("c1", replace(OBSERVATION, impressions=(mix, by_channel)))
    store.add_labels({"v" * 11: "news", "UC" + "c" * 22: "sports"}, source="mock")
    topics = [row["topic"] for row in store.rows("SELECT topic FROM exposure ORDER BY position")]
    assert topics == ["news", "sports"]
