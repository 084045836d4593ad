"""Which labels are in force: a store of five tables, and what is read of it written out whole."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from collector.analysis.labelling import (
    Labelling,
    as_coder,
    drawn,
    fingerprint,
    read_labelling,
    topic_of,
)
from collector.common.errors import UserError

TABLES = """
CREATE TABLE labels (item_id, label, source);
CREATE TABLE label_versions (version, made, coders, files, codebook, agreement, sha256);
CREATE TABLE codings (version, coder, item_id, label, unsure, note, file_sha256);
CREATE TABLE impressions (item_id, title, channel_name, channel_href);
"""
A, B, C = (letter * 11 for letter in "abc")


class Tables:
    """What a store answers, from tables in memory."""

    def __init__(self) -> None:
        self.db = sqlite3.connect(":memory:")
        self.db.row_factory = sqlite3.Row
        self.db.executescript(TABLES)

    def put(self, table: str, *rows: tuple[object, ...]) -> None:
        marks = ", ".join("?" * len(rows[0]))
        self.db.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)

    def rows(self, sql: str, values: object = ()) -> list[dict[str, Any]]:
        return [dict(row) for row in self.db.execute(sql, values)]  # type: ignore[arg-type]


def plain() -> Tables:
    store = Tables()
    store.put("labels", (B, "news", "mock"), (A, "music", "mock"), (C, "news", "a.csv"))
    return store


FILES = [{"coder": "ann"}, {"coder": "zoe", "adjudicates": True}, {"coder": "bo"}]


def coded() -> Tables:
    """Version 2: Ann and Bo coded, Zoe settled what they differ in; version 10 has one coder."""
    store = plain()
    store.put(
        "label_versions",
        (10, "", '["eve"]', '[{"coder": "eve"}]', None, None, "tenth"),
        (2, "", '["bo", "ann"]', json.dumps(FILES), None, '{"alpha": 0.5}', "second"),
    )
    store.put(
        "codings",
        (2, "resolved", A, "news", 0, None, None), (2, "resolved", B, "x", 0, None, None),
        (2, "ann", A, "news", 0, None, None), (2, "bo", A, "news", 0, None, None),
        (2, "ann", B, "news", 0, None, None), (2, "bo", B, "x", 0, None, None),
        (2, "zoe", B, "x", 0, None, None), (2, "ann", C, None, 1, None, None),
        (10, "resolved", C, "other", 0, None, None), (10, "eve", C, "other", 0, None, None),
        (2, "late", C, "y", 0, None, None),
    )  # fmt: skip
    return store


SECOND = Labelling(
    labels={A: "news", B: "x"},
    version=2,
    sources={"codings 2": 2},
    coded={"bo": {A: "news", B: "x"}, "ann": {A: "news", B: "news"}, "late": {C: "y"}},
    settled=frozenset({B}),
    agreement={"alpha": 0.5},
    files=tuple(FILES),
    sha256="second",
    others=(2, 10),
)
TENTH = Labelling(
    labels={C: "other"},
    version=10,
    sources={"codings 10": 1},
    coded={"eve": {C: "other"}},
    files=({"coder": "eve"},),
    sha256="tenth",
    others=(2, 10),
)


def read(store: Tables, *wanted: Any) -> Labelling:
    return read_labelling(store, *wanted)  # type: ignore[arg-type]


def test_a_runs_own_labels_with_their_sources() -> None:
    """Counted by source; the hash is of id, tab and label, sorted by id."""
    own = {A: "music", B: "news", C: "news"}
    text = f"{A}\tmusic\n{B}\tnews\n{C}\tnews\n"
    expected = Labelling(
        labels=own,
        sources={"a.csv": 1, "mock": 2},
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    for wanted in ((), ("run",)):
        found = read(plain(), *wanted)
        assert found == expected
        assert list(found.sources) == ["a.csv", "mock"]
    assert read(Tables()) == Labelling()
    assert fingerprint(own) == expected.sha256


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [((), TENTH), ((None,), TENTH), ((2,), SECOND), (("2",), SECOND), (("v2",), SECOND),
     (("v10",), TENTH)],
)  # fmt: skip
def test_a_version_whole(wanted: tuple[object, ...], expected: Labelling) -> None:
    """The newest without a wish; the last number, not the last text."""
    assert read(coded(), *wanted) == expected


def test_of_three_versions_the_newest_is_in_force() -> None:
    store = coded()
    store.put("label_versions", (5, "", "[]", "[]", None, None, "fifth"))
    assert [read(store, *wanted).version for wanted in ((), (5,))] == [10, 5]
    assert read(store).others == (2, 5, 10)


def test_the_coders_stand_in_the_order_of_their_sheets() -> None:
    assert list(read(coded(), 2).coded) == ["bo", "ann", "late"]


def test_the_runs_own_beside_versions() -> None:
    found = read(coded(), "run")
    assert (found.labels[A], found.version, found.others) == ("music", None, (2, 10))


@pytest.mark.parametrize("wanted", [3, "3", "v3"])
@pytest.mark.parametrize(
    ("store", "known"),
    [(plain, "none: collector label import makes one"), (coded, "2, 10")],
)
def test_a_version_that_there_is_not(wanted: object, store: Any, known: str) -> None:
    with pytest.raises(UserError) as caught:
        read(store(), wanted)
    assert caught.value.problem == "the run has no labels of version 3"
    assert caught.value.place == "--labels"
    assert caught.value.fix == (
        f"its versions are {known}; 'run' are the run's own, a file is read as it is"
    )


def test_a_file_and_its_patterns(tmp_path: Path) -> None:
    """An id of the file goes before a pattern, and what no row fits has no label."""
    file = tmp_path / "mine.csv"
    file.write_text(
        f"video_id,label,title_pattern,channel_pattern\n{A},food,,\n,sport,ball,\n,press,,paper\n"
        ",street,,/@road\n"
    )
    store = coded()
    store.put(
        "impressions",
        (A, "a ball", None, None), (B, "Football", None, None), (B, "Football", None, None),
        (C, "quiet", "The Paper", None), ("d" * 11, "quiet", None, None),
        ("e" * 11, None, None, "/@road"),
    )  # fmt: skip
    labels = {A: "food", B: "sport", C: "press", "e" * 11: "street"}
    expected = Labelling(
        labels=labels,
        sources={"mine.csv": 1, "mine.csv (patterns)": 3},
        sha256=fingerprint(labels),
        others=(2, 10),
    )
    for wanted in (file, str(file)):
        found = read(store, wanted)
        assert list(found.sources) == list(expected.sources)
        assert found == expected
    plain_file = tmp_path / "ids.csv"
    plain_file.write_text(f"video_id,label\n{A},food\n")
    assert read(store, plain_file).sources == {"ids.csv": 1}


def test_ids_are_those_of_the_platform(tmp_path: Path) -> None:
    file = tmp_path / "posts.csv"
    file.write_text("item_id,label\n123456789,news\n")
    assert read(plain(), file, "facebook").labels == {"123456789": "news"}
    with pytest.raises(UserError):
        read(plain(), file)


LABELS = {A: "video", "UC" + "x" * 22: "channel", "/@gym": "handle"}
CHANNEL = "/channel/UC" + "x" * 22


@pytest.mark.parametrize(
    ("item", "kind", "href", "topic"),
    [
        (A, "video", CHANNEL, "video"),
        (B, "video", CHANNEL, "channel"),
        (B, "video", "/@gym", "handle"),
        (B, "video", "/@other", None),
        (B, "video", None, None),
        (None, None, None, None),
        (None, "mix", CHANNEL, "channel"),
        ("RD" + A, "mix", None, "video"),
        ("RD" + A, "mix", CHANNEL, "video"),
        ("RD" + B, "mix", CHANNEL, "channel"),
        ("RD" + A, "playlist", None, None),
        ("RD" + A, "video", CHANNEL, "channel"),
    ],
)
def test_the_label_of_an_item(
    item: str | None, kind: str | None, href: str | None, topic: str | None
) -> None:
    """Its own; of a mix that of the video it begins with; else its channel's."""
    assert topic_of(LABELS, item, kind, href) == topic
    assert Labelling(labels=LABELS).topic(item, kind, href) == topic


def test_what_labels_are_called() -> None:
    assert Labelling().name == "none"
    assert Labelling(sources={"mock": 2, "a.csv": 1}).name == "mock, a.csv"
    assert Labelling(version=2, sources={"codings 2": 2}).name == "version 2"


def test_a_coders_own_labels_and_those_of_all_where_there_are_none() -> None:
    assert as_coder(SECOND, "ann") == {A: "news", B: "news"}
    assert as_coder(SECOND, "late") == {A: "news", B: "x", C: "y"}


def test_a_draw_is_of_what_coders_said() -> None:
    """Each of two who differ as likely as the other; settled and agreed items stay; of an item that
    one saw, what others said where one said the same: x gave way to y twice, to z once."""
    coders = {
        "a": {"agreed": "n", "open": "p", "settled": "p", "one": "x", "i1": "x", "i2": "x",
              "i3": "x", "own": "w"},
        "b": {"agreed": "n", "open": "q", "settled": "q", "i1": "y", "i2": "y", "i3": "z"},
    }  # fmt: skip
    labels = {"agreed": "n", "open": "p", "settled": "s", "alone": "k", "own": "other"}
    told = Labelling(labels=labels, coded=coders, settled=frozenset({"settled"}))
    draws = [drawn(told, seed) for seed in range(3000)]
    for fixed, label in (("agreed", "n"), ("settled", "s"), ("alone", "k"), ("own", "w")):
        assert {draw[fixed] for draw in draws} == {label}
    halves = Counter(draw["open"] for draw in draws)
    assert set(halves) == {"p", "q"}
    assert abs(halves["p"] - 1500) < 4 * 3000**0.5 / 2
    others = Counter(draw["one"] for draw in draws)
    assert set(others) == {"y", "z"}
    assert abs(others["y"] - 2000) < 4 * (3000 * 2 / 9) ** 0.5
    assert drawn(told, 7) == drawn(told, 7)
    assert {tuple(sorted(draw.items())) for draw in draws[:50]} != {tuple(sorted(draws[0].items()))}
    assert told.labels is labels
    assert labels["open"] == "p"


def test_three_coders_say_what_each_of_the_others_said() -> None:
    """Of an item with three labels a, a, b: to a belong a and b twice each, to b twice a."""
    coders = {
        "1": {"i": "a", "alone-a": "a", "alone-b": "b"}, "2": {"i": "a"}, "3": {"i": "b"},
    }  # fmt: skip
    told = Labelling(coded=coders)
    draws = [drawn(told, seed) for seed in range(2000)]
    assert {draw["alone-b"] for draw in draws} == {"a"}
    count = Counter(draw["alone-a"] for draw in draws)
    assert set(count) == {"a", "b"}
    assert abs(count["a"] - 1000) < 4 * 2000**0.5 / 2
    open_ = Counter(draw["i"] for draw in draws)
    assert abs(open_["a"] - 2000 * 2 / 3) < 4 * (2000 * 2 / 9) ** 0.5
