"""What is read of a run's store, row by row: codings, turns, what was hurried, what was done."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from synthetic_run import Made, build, declared

from collector.analysis import load
from collector.analysis.labelling import Labelling
from collector.analysis.rundata import Puppet
from collector.common.errors import UserError
from collector.store import Store

TABLES = """
CREATE TABLE sessions (id TEXT, puppet TEXT);
CREATE TABLE turns (session TEXT, wave INTEGER, slot INTEGER);
CREATE TABLE puppets (id TEXT, arm TEXT);
CREATE TABLE steps (session TEXT, step INTEGER, path TEXT, kind TEXT, outcome TEXT, detail TEXT,
                    args TEXT);
CREATE TABLE queries (session TEXT, step INTEGER, gap_s REAL, time TEXT);
CREATE TABLE receipts (session TEXT, step INTEGER, samples TEXT, duration_s REAL, rate REAL);
CREATE TABLE watch_receipts (arm TEXT, puppet TEXT, session TEXT, step INTEGER, video_id TEXT);
CREATE TABLE cells (arm TEXT, puppet TEXT, session TEXT, step INTEGER);
CREATE TABLE events (session TEXT, kind TEXT, message TEXT);
CREATE TABLE truth_impressions (puppet TEXT, load TEXT, surface TEXT, slot INTEGER, kind TEXT,
                                item_id TEXT, topic TEXT);
CREATE TABLE truth_watches (puppet TEXT, video_id TEXT, seconds REAL);
CREATE TABLE captures (id TEXT, puppet TEXT, session TEXT, seq INTEGER, step INTEGER, url TEXT,
                       page_uuid TEXT, event INTEGER, status TEXT);
CREATE TABLE observations (capture TEXT, unparsed INTEGER);
CREATE TABLE impressions (capture TEXT, surface TEXT, position INTEGER, kind TEXT, item_id TEXT,
                          title TEXT, channel_href TEXT);
"""


class Tables:
    """A store of the tables that are read, in memory."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:")
        self.connection.row_factory = sqlite3.Row
        self.connection.executescript(TABLES)

    def rows(self, query: str, values: Sequence[Any] = ()) -> Iterator[dict[str, Any]]:
        for row in self.connection.execute(query, values):
            yield dict(row)

    def add(self, table: str, *rows: tuple[Any, ...]) -> None:
        marks = ", ".join("?" * len(rows[0]))
        self.connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


@pytest.fixture
def tables() -> Iterator[Tables]:
    made = Tables()
    yield made
    made.connection.close()


def of(tables: Tables) -> Store:
    return cast(Store, tables)


def test_codings_are_those_of_the_newest_version_by_coder(tables: Tables) -> None:
    assert load._codings(of(tables)) == {}
    tables.connection.execute(
        "CREATE TABLE codings (coder TEXT, item_id TEXT, label TEXT, version INTEGER)"
    )
    tables.add(
        "codings", ("ann", "a", "old", 1), ("ann", "a", "news", 2), ("ann", "b", "x", 2),
        ("bo", "a", "x", 2), ("bo", "b", None, 2), ("resolved", "a", "news", 2),
    )  # fmt: skip
    assert load._codings(of(tables)) == {"ann": {"a": "news", "b": "x"}, "bo": {"a": "x"}}


def test_steps_are_counted_through_all_sessions_of_a_puppet(tables: Tables) -> None:
    """In the order of waves and slots; a puppet's only session has no name."""
    tables.add("sessions", ("s3", "p"), ("s1", "p"), ("s2", "p"), ("alone", "q"))
    tables.add("turns", ("s1", 1, 1), ("s2", 1, 2), ("s3", 2, 1))
    tables.add(
        "steps", *[(session, step, "", "visit", "done", "", "{}")
                   for session, many in (("s1", 2), ("s2", 3), ("s3", 1), ("alone", 4))
                   for step in range(many)],
    )  # fmt: skip
    assert load._turns(of(tables)) == {
        "s1": load._Turn("w1s1", 0), "s2": load._Turn("w1s2", 2), "s3": load._Turn("w2s1", 5),
        "alone": load._Turn("", 0),
    }  # fmt: skip


def test_hurried_is_a_search_a_second_sooner_than_the_declared_spacing(tables: Tables) -> None:
    told = ("s", 1, None), ("s", 3, 88.9), ("t", 2, 89.0), ("t", 5, 10.0)
    tables.add("queries", *((*row, "") for row in told))
    spaced = {"spacing": "1m30s"}
    assert load.hurried_steps(of(tables), spaced) == {("s", 3), ("t", 5)}
    assert load.hurried_steps(of(tables), {}) == frozenset()


def test_a_run_says_which_of_its_pages_came_too_soon(tmp_path: Path) -> None:
    """Those of a search 10 s after another where 11 minutes were declared."""
    folder = build(tmp_path / "run", Made(twins=1, watches=0, truth=False, with_outbox=False))
    with Store(folder / "store.db") as store:
        store.db.execute(
            "UPDATE runs SET scenario_json = json_set(scenario_json, '$.spacing', '11m')"
        )
        for arm, gap in (("neutral", 10.0), ("conspiracy", 700.0)):
            store.add_query(f"b01-{arm}-1", 3, datetime(2026, 1, 5, tzinfo=UTC), gap)
    pages = load.load_run(folder).pages
    assert {(page.puppet.name, page.step) for page in pages if page.hurried} == {("neutral-1", 3)}
    assert len({(page.puppet.name, page.step) for page in pages}) == 10
    with Store(folder / "store.db") as store:
        store.db.execute("UPDATE captures SET status = 'partial' WHERE puppet = 'neutral-1'")
    assert {page.puppet.name for page in load.load_run(folder).pages} == {"conspiracy-1"}
    assert len(load.load_run(declared(folder, partial="kept")).pages) == 10


def test_a_run_is_read_with_all_that_was_noted_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last of two runs in a store: its own puppets; gaps, events, who was known, who coded;
    with the labels that are asked for, of its platform."""
    folder = build(tmp_path / "run", Made(twins=1, watches=0, truth=False, with_outbox=False))
    day = datetime(2026, 1, 5, tzinfo=UTC)
    with Store(folder / "store.db") as store:
        store.add_run(
            "run-0",
            scenario="past",
            seed=1,
            plan_hash="0",
            started=datetime(2025, 1, 5, tzinfo=UTC),
        )
        store.add_puppet("past-1", run="run-0", arm="past", twin=1, block=1)
        store.add_session("past", run="run-0", puppet="past-1", block=1, position=1, seed=1)
        store.add_query("b01-neutral-1", 3, day, 12.5)
        for kind, message in (("known-visitor", "a history"), ("note", "nothing")):
            store.log("run-1", kind, message, session="b01-neutral-1")
        store.db.execute("UPDATE runs SET platform = 'facebook' WHERE id = 'run-1'")
        store.db.execute(
            "INSERT INTO label_versions (version, made, coders, files, sha256)"
            " VALUES (1, '2026', '[\"ann\"]', '[]', '')"
        )
        store.db.execute(
            "INSERT INTO codings (version, coder, item_id, label, unsure)"
            " VALUES (1, 'ann', 'v0000000001', 'news', 0)"
        )
    asked = []

    def labelled(store: Store, *wanted: object) -> Labelling:
        asked.append(wanted)
        return Labelling(labels={"a": "news", "b": "news", "c": "arts"})

    monkeypatch.setattr(load, "read_labelling", labelled)
    data = load.load_run(folder, "run")
    assert asked == [("run", "facebook")]
    assert list(data.topics.items()) == [("arts", 1), ("news", 2)]
    assert data.run["id"] == "run-1"
    assert [each.name for each in data.puppets] == ["conspiracy-1", "neutral-1"]
    assert {row["id"] for row in data.sessions} == {"b01-conspiracy-1", "b01-neutral-1"}
    assert data.gaps == {"neutral-1": (12.5,)}
    assert [(row["kind"], row["message"]) for row in data.events] == [
        ("known-visitor", "a history"), ("note", "nothing"),
    ]  # fmt: skip
    assert data.visitors == ({"puppet": "neutral-1", "detail": "a history"},)
    assert data.codings == {"ann": {"v0000000001": "news"}}


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    """Nothing is made where no store is; of an empty one the place and the fix are said."""
    with pytest.raises(UserError, match=r"store\.db"):
        load.load_run(tmp_path / "none")
    assert not list(tmp_path.iterdir())
    with Store(tmp_path / "store.db"):
        pass
    with pytest.raises(UserError) as refused:
        load.load_run(tmp_path)
    assert str(refused.value) == (
        f"{tmp_path / 'store.db'}: the store holds no run\n"
        "  fix: give the folder of a run (collector run … --out FOLDER makes one)"
    )


def test_gaps_between_searches_stand_in_the_order_of_time(tables: Tables) -> None:
    """Of all sessions of a puppet; the first search has none before it."""
    tables.add("sessions", ("s1", "p"), ("s2", "p"), ("t", "q"), ("u", "r"))
    tables.add(
        "queries", ("s2", 1, 30.0, "2026-01-03"), ("s1", 2, 10.0, "2026-01-01"),
        ("s1", 1, None, "2026-01-00"), ("s1", 3, 20.0, "2026-01-02"),
        ("t", 1, 5.0, "2026-01-01"), ("u", 1, None, "2026-01-01"),
    )  # fmt: skip
    assert load._gaps(of(tables)) == {"p": (10.0, 20.0, 30.0), "q": (5.0,)}


def test_a_receipt_has_its_samples_and_its_topic(tables: Tables) -> None:
    """In the order of arms, puppets and steps; without samples it has none."""
    tables.add(
        "watch_receipts",
        ("t", "q", "s2", 4, "b"),
        ("c", "p", "s1", 7, "z"),
        ("c", "p", "s1", 2, "a"),
    )
    tables.add(
        "receipts", ("s1", 2, "[[0, 0.0], [5, 4.5]]", 60.0, 1.0), ("s1", 7, None, None, 2.0),
        ("s2", 4, "[]", 9.0, None),
    )  # fmt: skip
    found = load._receipts(of(tables), Labelling(labels={"a": "news", "b": "x"}))
    assert [
        (row["puppet"], row["step"], row["samples"], row["topic"], row["duration_s"], row["rate"])
        for row in found
    ] == [
        ("p", 2, [[0, 0.0], [5, 4.5]], "news", 60.0, 1.0), ("p", 7, [], None, None, 2.0),
        ("q", 4, [], "x", 9.0, None),
    ]  # fmt: skip


def test_what_was_done_has_the_topics_of_what_it_was_done_to(tables: Tables) -> None:
    """Of each step of an arm that gives a treatment: not of those that prepare, not before it."""
    tables.add("puppets", ("p", "t"))
    tables.add("sessions", ("s", "p"))
    tables.add(
        "steps", ("s", 0, "before.0", "search", "done", "", "{}"),
        ("s", 1, "arms.t.0", "visit", "done", "", "{}"),
        ("s", 2, "arms.t.1", "follow", "done", "a, b, z at 3", '{"rank": 3}'),
        ("s", 3, "arms.t.2", "watch", "missing", None, None),
    )  # fmt: skip
    found = load._treatment(of(tables), Labelling(labels={"a": "news", "b": "x"}))
    assert [(each.puppet, each.arm, each.path, each.kind, each.outcome) for each in found] == [
        ("p", "t", "arms.t.1", "follow", "done"), ("p", "t", "arms.t.2", "watch", "missing"),
    ]  # fmt: skip
    assert [each.topics for each in found] == [("news", "x", None), ()]
    assert [each.args for each in found] == [{"rank": 3}, {}]
    assert [each.detail for each in found] == ["a, b, z at 3", ""]


def test_a_page_has_the_label_of_the_last_of_its_steps_that_has_one(tables: Tables) -> None:
    """Captured three times as it grew: the first step is named, the next is not."""
    tables.add("sessions", ("s", "p"))
    for number, args in enumerate(('{"label": "first"}', "{}", '{"label": "other"}')):
        tables.add("steps", ("s", number, f"after.{number}", "visit", "done", "", args))
    for seq, (step, uuid) in enumerate(((0, "one"), (1, "one"), (2, "two"), (1, "three"))):
        tables.add("captures", (f"c{seq}", "p", "s", seq, step, "http://x/", uuid, 0, "ok"))
        tables.add("impressions", (f"c{seq}", "home", 1, "video", "a", ("A", None)[seq % 2], None))
    pages = load._pages(
        of(tables), {"p": Puppet("p", "t", 1, 1)}, {"s": load._Turn("", 0)},
        statuses=("ok",), hurried=frozenset({("s", 1)}), labelling=Labelling(labels={"a": "news"}),
    )  # fmt: skip
    told = [(page.capture, page.order, page.path, page.label, page.hurried) for page in pages]
    assert told == [
        ("c1", 1, "after.0", "first", True), ("c2", 2, "after.2", "other", False),
        ("c3", 3, "after.1", "", True),
    ]  # fmt: skip
    assert {item.topic for page in pages for item in page.items} == {"news"}
    assert [item.title for page in pages for item in page.items] == ["", "A", ""]


def test_rows_of_steps_stand_in_the_order_of_arm_puppet_and_step() -> None:
    """A step of a second session comes after all steps of the first."""
    turns = {"s1": load._Turn("w1s1", 0), "s2": load._Turn("w1s2", 3), "q1": load._Turn("", 0)}
    told = [("t", "p", "s2", 1), ("t", "p", "s1", 2), ("t", "o", "s1", 9), ("c", "z", "q1", 5)]
    rows = tuple(dict(zip(("arm", "puppet", "session", "step"), row, strict=True)) for row in told)
    assert [tuple(row.values()) for row in load._in_turn(rows, turns)] == [
        ("c", "z", "q1", 5), ("t", "o", "s1", 9), ("t", "p", "s1", 2), ("t", "p", "s2", 4),
    ]  # fmt: skip


def test_a_cell_has_the_label_of_its_step(tables: Tables) -> None:
    tables.add("cells", ("t", "p", "s", 1), ("c", "q", "u", 1), ("t", "p", "s", 0))
    tables.add(
        "steps", ("s", 0, "", "visit", "done", "", '{"label": "front"}'),
        ("s", 1, "", "visit", "done", "", "{}"), ("u", 1, "", "visit", "done", "", None),
    )  # fmt: skip
    assert [tuple(row.values()) for row in load._cells(of(tables))] == [
        ("c", "q", "u", 1, ""), ("t", "p", "s", 0, "front"), ("t", "p", "s", 1, ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "seconds"),
    [("11m", 660.0), ("1h30m", 5400.0), ("500ms", 0.5), ("1.5s", 1.5), ("2d", 172_800.0),
     ("", None), (None, None)],
)  # fmt: skip
def test_a_duration_in_seconds(told: str | None, seconds: float | None) -> None:
    assert load._seconds(told) == seconds


def test_what_the_platform_served_and_saw_watched(tables: Tables) -> None:
    """By puppet, page load and surface in the order of the places; of strangers nothing."""
    tables.add(
        "truth_impressions", ("p", "l1", "home", 2, "ad", "x", None),
        ("p", "l1", "home", 1, "video", "a", "news"), ("p", "l1", "related", 1, "video", "b", "x"),
        (None, "l1", "home", 3, "video", "c", "x"), ("o", "l2", "home", 1, "video", "a", "news"),
    )  # fmt: skip
    found = load._served(of(tables))
    told = {key: [(row["slot"], row["item_id"]) for row in rows] for key, rows in found.items()}
    assert told == {
        ("o", "l2", "home"): [(1, "a")], ("p", "l1", "home"): [(1, "a"), (2, "x")],
        ("p", "l1", "related"): [(1, "b")],
    }  # fmt: skip
    assert all(isinstance(rows, tuple) for rows in found.values())
    tables.add(
        "truth_watches", ("p", "a", 30.0), ("p", "a", 12.5), ("o", "b", 5.0), (None, "a", 9.0)
    )
    assert load._watched(of(tables)) == {("o", "b"): 5.0, ("p", "a"): 42.5}


def test_who_was_known_before_the_first_page(tables: Tables) -> None:
    """Not asked for consent before the treatment, on a page that was not refused; or found out."""
    none = "there is no consent dialog"
    for name, path, outcome, detail in (
        ("done", "before.1", "done", none), ("failed", "before.1", "failed", none),
        ("later", "arms.t.1", "done", none), ("asked", "before.1", "done", "rejected"),
        ("skipped", "before.1", "skipped", none), ("captcha", "before.1", "done", none),
        ("after", "before.1", "done", none),
    ):  # fmt: skip
        tables.add("sessions", (f"s-{name}", name))
        tables.add("steps", (f"s-{name}", 1, path, "consent", outcome, detail, "{}"))
    for name, step in (("captcha", 0), ("after", 2)):
        tables.add("steps", (f"s-{name}", step, "", "visit", "missing", "captcha", "{}"))
    tables.add(
        "events", ("s-asked", "known-visitor", "a history"), ("s-later", "note", "a history")
    )
    assert load._known_visitors(of(tables)) == (
        {"puppet": "after", "detail": none}, {"puppet": "asked", "detail": "a history"},
        {"puppet": "done", "detail": none}, {"puppet": "failed", "detail": none},
    )  # fmt: skip


def test_the_manifest_is_what_its_file_says(tmp_path: Path) -> None:
    """Without one, or where it is no mapping, nothing; a broken one is refused."""
    path = tmp_path / "manifest.json"
    assert load._manifest(tmp_path) == {}
    for text, said in (('{"seed": "é"}', {"seed": "é"}), ("[1]", {})):
        path.write_text(text, "utf-8")
        assert load._manifest(tmp_path) == said
    path.write_text("{", "utf-8")
    with pytest.raises(UserError) as refused:
        load._manifest(tmp_path)
    assert str(refused.value).startswith(f"{path}: the manifest is not JSON (Expecting property")
    assert refused.value.fix == (
        "restore it from a copy of the run, or remove it: the store holds the same facts"
    )
