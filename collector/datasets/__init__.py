"""Datasets: what sock puppets would have seen on the mock, simulated without server and browser.

``build`` writes one from a scenario, ``check`` tells whether one is whole. A dataset has the tables
of a run (``collector.store``), the same bytes for the same seed, and a data card. The mock world
is part of this room only: nothing below it knows a dataset.
"""

from __future__ import annotations

from collector.datasets.build import MOST_ROWS, Built, DatasetSpec, Shape, build
from collector.datasets.check import Checked, check

__all__ = ["MOST_ROWS", "Built", "Checked", "DatasetSpec", "Shape", "build", "check"]
