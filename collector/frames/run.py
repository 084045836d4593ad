"""A run, loaded: its frames by name, the report's numbers, and the labels they were made with."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from collector.analysis.blinding import refuse_blinded
from collector.analysis.judging import Judgement, judge
from collector.analysis.labelling import Wanted
from collector.analysis.load import load_run
from collector.analysis.report import report_data
from collector.analysis.rundata import RunData
from collector.common.errors import UserError
from collector.environment import with_extra
from collector.frames import tables
from collector.frames.columns import FRAMES
from collector.frames.whereabouts import Whereabouts, whereabouts
from collector.store import Store

if TYPE_CHECKING:
    from pandas import DataFrame


class NoPandas(UserError):
    """Frames are asked for, and pandas is not installed."""


class Run:
    """One run. Each frame is made when it is asked for, and is a new object each time.

    >>> run = twinwatch.load("runs/mine")           # doctest: +SKIP
    >>> run.exposure().groupby("arm").topic.count()  # doctest: +SKIP
    >>> run.table("puppets").column_names            # doctest: +SKIP

    Made by :func:`load`. A method of a frame's name raises :class:`NoPandas`, a ``UserError``,
    where pandas is not installed; :meth:`table` needs none. Names of columns say the unit: ``_s``
    is seconds; shares are 0–1; moments are UTC. Columns, with types and meanings:
    ``docs/frames.md``, or ``collector.frames.FRAMES``.
    """

    def __init__(self, folder: Path, labels: Wanted = None) -> None:
        self.folder = Path(folder)
        self._labels = labels
        self._data: RunData = load_run(self.folder, labels, pages=False)
        told = "its frames say of each row of which arm it is"
        refuse_blinded(
            self._data.run, self._data.events, self.folder, told, "the report, or its numbers"
        )

    def __repr__(self) -> str:
        return f"<twinwatch.Run {self.name!r}, labels: {self.labels}>"

    @property
    def name(self) -> str:
        """Name of the run."""
        return str(self._data.run["id"])

    @property
    def arms(self) -> tuple[str, ...]:
        """The arms, the control first."""
        return self._data.arms

    @property
    def labels(self) -> str:
        """The labels in force: ``mock``, a file, or ``version N``."""
        return self._data.labelling.name

    @cached_property
    def _where(self) -> Whereabouts:
        with self._store() as store:
            return whereabouts(store, self._data)

    @cached_property
    def _whole(self) -> RunData:
        """With the pages, which only the outcomes need."""
        return load_run(self.folder, self._labels)

    @cached_property
    def _judged(self) -> Judgement:
        return judge(self._whole)

    def _store(self) -> Store:
        return Store(self.folder / "store.db", readonly=True)

    def table(self, name: str) -> pa.Table:
        """A frame as an Arrow table, which needs no pandas.

        :param name: of a method: ``exposure``, ``puppets``, …
        :raises UserError: there is no such frame.
        """
        data, where = self._data, self._where
        match name:
            case "captures":
                return tables.captures(data, where)
            case "watches":
                return tables.watches(data, where)
            case "receipts":
                return tables.receipts(data, where)
            case "outcomes":
                return tables.outcomes(data, where, self._judged)
        if name not in FRAMES:
            raise UserError(
                f"there is no frame {name!r}", place="table", fix="choose: " + ", ".join(FRAMES)
            )
        with self._store() as store:
            match name:
                case "puppets":
                    return tables.puppets(store, data, where, self._judged)
                case "steps":
                    return tables.steps(store, data, where)
                case "cells":
                    return tables.cells(store, data, where)
                case "served":
                    return tables.served(store, data)
                case "codings":
                    return tables.codings(store, data)
            return tables.impressions(store, data, where, counted=name == "exposure")

    def _frame(self, name: str) -> DataFrame:
        try:
            import pandas as pd  # comes with an extra
        except ImportError as error:
            raise NoPandas(
                f"{name}() makes a pandas frame, and pandas is not installed",
                place="twinwatch",
                fix=f"{with_extra('frames')}, or take run.table({name!r}) of pyarrow",
            ) from error
        types: Mapping[Any, Any] = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
        return self.table(name).to_pandas(types_mapper=types.get)

    def puppets(self) -> DataFrame:
        """A row a puppet, as assigned: what became of it, and whether it was analysed."""
        return self._frame("puppets")

    def steps(self) -> DataFrame:
        """A row a planned step: the ledger."""
        return self._frame("steps")

    def cells(self) -> DataFrame:
        """A row a cell of the matrix puppet × step, missing ones included."""
        return self._frame("cells")

    def captures(self) -> DataFrame:
        """A row a capture, of any status."""
        return self._frame("captures")

    def impressions(self) -> DataFrame:
        """A row an item on any capture, whether it counts or not."""
        return self._frame("impressions")

    def exposure(self) -> DataFrame:
        """A row an item that counts in the report, with its rank and its share of attention."""
        return self._frame("exposure")

    def watches(self) -> DataFrame:
        """A row a watch, with what its receipt proves."""
        return self._frame("watches")

    def receipts(self) -> DataFrame:
        """A row a sample of a watch: where playback stood."""
        return self._frame("receipts")

    def outcomes(self) -> DataFrame:
        """A row a puppet and declared outcome: the values that the report tests."""
        return self._frame("outcomes")

    def served(self) -> DataFrame:
        """A row an item that the mock says it served; empty on a real site."""
        return self._frame("served")

    def codings(self) -> DataFrame:
        """A row an item, coder and version of the labels that were given after the run."""
        return self._frame("codings")

    def numbers(self) -> dict[str, Any]:
        """The numbers of the report, as ``collector report --json`` prints them."""
        return report_data(self.folder, self._labels)


def load(folder: str | Path, labels: Wanted = None) -> Run:
    """Open a run's folder for analysis; nothing in it is changed.

    >>> run = twinwatch.load("runs/mine")                       # doctest: +SKIP
    >>> run.outcomes().groupby(["outcome", "arm"]).value.mean()  # doctest: +SKIP

    :param folder: of the run, with ``store.db`` in it.
    :param labels: a version of labels (``2``), ``"run"`` for those that the run began with, or a
        file; without it the newest version, as in the report.
    :raises UserError: there is no run in the folder, or no such labels.
    """
    return Run(Path(folder), labels)
