"""The frames as Arrow tables: typed, described, in an order that never changes.

Large ones (impressions, exposure) are read in batches and keep what belongs to the capture once per
capture, so that a million rows take seconds and a few hundred megabytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from collector.analysis.flow import delivered
from collector.analysis.judging import Judgement
from collector.analysis.metrics import attention_weights
from collector.analysis.outcomes import attention_of
from collector.analysis.rundata import RunData
from collector.frames.clocks import fell_back, later
from collector.frames.columns import FRAMES, Column, Kind
from collector.frames.whereabouts import Whereabouts
from collector.store import Store
from collector.store.details import otherwise_of
from collector.store.rows import Row
from collector.store.times import from_iso

_BATCH = 50_000
_TYPES = {
    Kind.WORD: pa.dictionary(pa.int32(), pa.string()),
    Kind.TEXT: pa.string(),
    Kind.INT: pa.int64(),
    Kind.FLOAT: pa.float64(),
    Kind.BOOL: pa.bool_(),
    Kind.TIME: pa.timestamp("ms", "UTC"),
}


def columns_of(name: str, factors: Iterable[str] = ()) -> dict[str, Column]:
    """The columns of a frame, those of the scenario's factors after ``arm``."""
    found: dict[str, Column] = {}
    for column, spec in FRAMES[name].columns.items():
        found[column] = spec
        if column == "arm":
            for factor in factors:
                level = factor.removeprefix("factor_")
                found[factor] = Column(Kind.WORD, f"Level of the factor `{level}`.")
    return found


def schema_of(name: str, factors: Iterable[str] = ()) -> pa.Schema:
    """The Arrow schema, each column with its description."""
    return pa.schema(
        [
            pa.field(column, _TYPES[spec.kind], metadata={"description": spec.about})
            for column, spec in columns_of(name, factors).items()
        ],
        metadata={"description": FRAMES[name].about},
    )


def _array(kind: Kind, values: list[Any], first: Iterable[str] = ()) -> pa.Array:
    """Values as an Arrow array. ``first``: categories that come first, in this order."""
    if kind is Kind.WORD:
        words = [None if value is None else str(value) for value in values]
        there = {word for word in words if word is not None}
        order = [word for word in first if word in there]
        order += sorted(there - set(order))
        at = {word: number for number, word in enumerate(order)}
        codes = pa.array([None if w is None else at[w] for w in words], pa.int32())
        return pa.DictionaryArray.from_arrays(codes, pa.array(order, pa.string()))
    if kind is Kind.TIME:
        values = [None if value is None else _moment(value) for value in values]
    elif kind is Kind.BOOL:
        values = [None if value is None else bool(value) for value in values]
    return pa.array(values, _TYPES[kind])


def _moment(text: str) -> datetime:
    return from_iso(text)


def table_of(
    name: str, rows: Iterable[Mapping[str, Any]], data: RunData, factors: tuple[str, ...]
) -> pa.Table:
    """Rows as the table of a frame; a column that a row lacks is missing there."""
    rows = list(rows)
    schema = schema_of(name, factors)
    arrays = []
    for column, spec in columns_of(name, factors).items():
        first = data.arms if column == "arm" else _ORDERS.get(column, ())
        arrays.append(_array(spec.kind, [row.get(column) for row in rows], first))
    return pa.Table.from_arrays(arrays, schema=schema)


_ORDERS = {"phase": ("before", "arms", "after")}


def puppets(store: Store, data: RunData, where: Whereabouts, judgement: Judgement) -> pa.Table:
    """See :data:`FRAMES`."""
    analysed = {p.name for answer in judgement.answers for p in answer.measured.puppets}
    whole = delivered(data, judgement.declaration)
    about = {row["id"]: row for row in store.puppets(data.run["id"])}
    by_session: dict[str, list[Row]] = {}
    for row in data.sessions:
        by_session.setdefault(row["puppet"], []).append(row)
    steps: dict[str, list[str | None]] = {}
    for cell in data.cells:
        steps.setdefault(cell["puppet"], []).append(cell["outcome"])
    found = []
    for name, place in where.puppets.items():
        persona = json.loads(about[name]["persona"] or "{}")
        sessions, outcomes = by_session.get(name, []), steps.get(name, [])
        skews = [row["skew_ms"] for row in sessions if row["skew_ms"] is not None]
        found.append(
            place
            | {
                "seed": about[name]["seed"],
                "pseudonym": about[name]["pseudonym"],
                "locale": persona.get("locale"),
                "timezone": persona.get("timezone"),
                "sessions": len(sessions),
                "sessions_done": sum(row["state"] == "done" for row in sessions),
                "steps": len(outcomes),
                "steps_done": sum(outcome == "done" for outcome in outcomes),
                "skew_ms": max(skews, default=None),
                "delivered": name in whole,
                "analysed": name in analysed,
            }
        )
    return table_of("puppets", found, data, where.factors)


def steps(store: Store, data: RunData, where: Whereabouts) -> pa.Table:
    """See :data:`FRAMES`."""
    found = (
        place
        | row
        | {
            "otherwise": fell_back(
                json.loads(row["args"] or "{}"), row["outcome"], otherwise_of(row["detail"])
            )
        }
        for row in store.steps()
        if (place := where.steps.get((row["session"], row["step"])))
    )
    return table_of("steps", _in_order(found), data, where.factors)


def cells(store: Store, data: RunData, where: Whereabouts) -> pa.Table:
    """See :data:`FRAMES`."""
    missing = {
        (row["session"], row["step"])
        for row in store.rows("SELECT session, step FROM missing_cells")
    }
    found = (
        place
        | {key: row[key] for key in ("kind", "outcome", "captures", "status", "detail")}
        | {"missing": (row["session"], row["step"]) in missing}
        for row in store.rows("SELECT * FROM cells")
        if (place := where.steps.get((row["session"], row["step"])))
    )
    return table_of("cells", _in_order(found), data, where.factors)


def _in_order(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["puppet"], row["puppet_step"]))


def captures(data: RunData, where: Whereabouts) -> pa.Table:
    """See :data:`FRAMES`."""
    return table_of("captures", where.captures.values(), data, where.factors)


_LISTED = ("surface", "position", "kind", "item_id", "title", "channel")
_SHOWN = ("views", "seconds", "age_seconds")
_NUMBERS = frozenset({"position", *_SHOWN})
_WORDS = frozenset({"surface", "kind", "topic"})


def impressions(store: Store, data: RunData, where: Whereabouts, *, counted: bool) -> pa.Table:
    """``exposure`` (only what counts, with ranks and weights) or ``impressions`` (everything)."""
    name = "exposure" if counted else "impressions"
    at = {
        capture: number
        for number, (capture, row) in enumerate(where.captures.items())
        if row["counted"] or not counted
    }
    topics: dict[tuple[Any, Any, Any], str | None] = {}
    labelling = data.labelling
    batches: list[pa.Table] = []
    asked = _LISTED if counted else (*_LISTED, *_SHOWN)
    listed = ", ".join("channel_name" if each == "channel" else each for each in asked)
    cursor = store.db.execute(
        f"SELECT capture, channel_href, {listed} FROM impressions"
        " ORDER BY capture, surface, position"
    )
    while batch := cursor.fetchmany(_BATCH):
        batch = [row for row in batch if row[0] in at]
        if not batch:
            continue
        capture, href, *columns = zip(*batch, strict=True)
        made = dict(zip(asked, columns, strict=True))
        about = []
        for key in zip(made["item_id"], made["kind"], href, strict=True):
            if key not in topics:
                topics[key] = labelling.topic(*key)
            about.append(topics[key])
        batch_of = {"at": pa.array([at[each] for each in capture], pa.int32())}
        for column, values in (*made.items(), ("topic", about)):
            array = pa.array(values, pa.int64() if column in _NUMBERS else pa.string())
            batch_of[column] = array.dictionary_encode() if column in _WORDS else array
        batches.append(pa.table(batch_of))
    if not batches:
        return schema_of(name, where.factors).empty_table()
    items = pa.concat_tables(batches).unify_dictionaries().combine_chunks()
    order = np.argsort(items["at"].to_numpy(), kind="stable")
    items = items.take(pa.array(order))
    places = table_of("captures", where.captures.values(), data, where.factors).combine_chunks()
    numbers = items["at"].combine_chunks()
    found: dict[str, Any] = {}
    wanted = columns_of(name, where.factors)
    for column, spec in wanted.items():
        if column == "label_source":
            found[column] = _source(items["topic"], labelling.name)
        elif column in ("rank", "weight"):
            continue
        elif column in items.column_names:
            found[column] = _sorted(items[column]) if spec.kind is Kind.WORD else items[column]
        else:
            found[column] = places[column].combine_chunks().take(numbers)
    if counted:
        found["rank"], found["weight"] = _ranked(items, attention_of(data))
    arrays = [
        each.combine_chunks() if isinstance(each, pa.ChunkedArray) else each
        for each in (found[column] for column in wanted)
    ]
    return pa.Table.from_arrays(arrays, schema=schema_of(name, where.factors))


def _sorted(column: Any) -> pa.Array:
    """A category's words in the order of the alphabet."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    words = array.dictionary.to_pylist()
    order = sorted(range(len(words)), key=lambda number: words[number])
    back = pa.array([order.index(number) for number in range(len(words))], pa.int32())
    codes = back.take(array.indices) if words else pa.nulls(len(array), pa.int32())
    return pa.DictionaryArray.from_arrays(
        codes, pa.array([words[number] for number in order], pa.string())
    )


def _source(topic: Any, name: str) -> pa.Array:
    """The name of the labels where an item has one."""
    array = topic.combine_chunks() if isinstance(topic, pa.ChunkedArray) else topic
    codes = pc.if_else(pc.is_null(array), None, pa.scalar(0, pa.int32()))
    return pa.DictionaryArray.from_arrays(codes, pa.array([name], pa.string()))


def _ranked(items: pa.Table, curve: Any) -> tuple[pa.Array, pa.Array]:
    """Rank without advertising, and its weight; both missing for an ad."""
    organic = ~np.asarray(pc.fill_null(pc.equal(items["kind"].cast(pa.string()), "ad"), False))
    surfaces = items["surface"].combine_chunks().indices.to_numpy()
    lists = items["at"].to_numpy().astype(np.int64) * (int(surfaces.max()) + 1) + surfaces
    starts = np.flatnonzero(np.r_[True, lists[1:] != lists[:-1]])
    number = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(lists)]))
    through = np.cumsum(organic)
    before = (through - organic)[starts][number]
    rank = through - before
    length = np.add.reduceat(organic.astype(np.int64), starts)[number]
    weight = np.zeros(len(lists))
    for count in np.unique(length):
        here = (length == count) & organic
        weight[here] = _weights(int(count), str(curve))[rank[here] - 1]
    return (
        pa.array(rank, pa.int64(), mask=~organic),
        pa.array(weight, pa.float64(), mask=~organic),
    )


@cache
def _weights(length: int, curve: str) -> NDArray[np.float64]:
    return np.array(attention_weights(length, curve), dtype=np.float64)


def watches(data: RunData, where: Whereabouts) -> pa.Table:
    """See :data:`FRAMES`."""
    return table_of("watches", _watched(data, where), data, where.factors)


def _watched(data: RunData, where: Whereabouts) -> list[Row]:
    """Receipts with their places. The report counts their steps through all sessions."""
    by_step = {(row["session"], row["puppet_step"]): row for row in where.steps.values()}
    found = []
    for row in data.receipts:
        place = by_step[row["session"], row["step"]]
        found.append(row | place | where.watches[row["session"], place["step"]])
    return found


def receipts(data: RunData, where: Whereabouts) -> pa.Table:
    """See :data:`FRAMES`."""
    found = (
        row
        | {
            "sample": number,
            "page_s": float(sample[0]),
            "position_s": float(sample[1]),
            "virtual_time": later(row["virtual_time"], sample[0]),
        }
        for row in _watched(data, where)
        for number, sample in enumerate(row["samples"])
    )
    return table_of("receipts", found, data, where.factors)


def outcomes(data: RunData, where: Whereabouts, judgement: Judgement) -> pa.Table:
    """See :data:`FRAMES`."""
    found = []
    for answer in judgement.answers:
        question, measured = answer.question, answer.measured
        for puppet in (*measured.puppets, *measured.lost):
            found.append(
                where.puppets[puppet.name]
                | {
                    "surface": question.surface,
                    "outcome": question.outcome,
                    "metric": question.measure.name,
                    "label": question.label,
                    "contrast": question.contrast.arm,
                    "control": question.contrast.control,
                    "treated": puppet.arm in question.contrast.treated,
                    "stratum": f"{puppet.block} {question.contrast.strata[puppet.arm]}".strip(),
                    "interaction": question.contrast.crossed is not None,
                    "value": measured.values.get(puppet.name),
                    "unit": question.measure.unit.value,
                    "slots": len(measured.shown.get(puppet, ())),
                }
            )
    return table_of("outcomes", found, data, where.factors)


def served(store: Store, data: RunData) -> pa.Table:
    """See :data:`FRAMES`."""
    rows = store.rows(
        "SELECT puppet, load, surface, slot AS rank, kind, item_id, topic, title, score"
        " FROM truth_impressions WHERE puppet IS NOT NULL ORDER BY puppet, load, surface, slot"
    )
    return table_of("served", ({"run": data.run["id"]} | row for row in rows), data, ())


def codings(store: Store, data: RunData) -> pa.Table:
    """See :data:`FRAMES`."""
    rows = store.rows(
        "SELECT version, coder, item_id, label, unsure, note FROM codings"
        " ORDER BY version, coder, item_id"
    )
    return table_of("codings", rows, data, ())
