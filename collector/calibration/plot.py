"""Power against twins as an SVG file, in the style of the report's figures."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import as_file, files
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from collector.analysis import plots
from collector.analysis.design import POWER


def power_plot(found: Mapping[str, Any]) -> str:
    """The text of an SVG file: a line for each size of effect; the same numbers, the same bytes.

    :param found: what ``power.power`` or ``piloted.pilot`` gives.
    """
    with (
        as_file(files("collector.analysis") / "figures.mplstyle") as style,
        mpl.rc_context(fname=str(style)),
    ):
        figure = Figure(figsize=(plots.WIDTH, 3.2), layout="constrained")
        axes = figure.add_subplot()
        for number, (name, by_twins) in enumerate(found["power"].items()):
            twins = [int(each) for each in by_twins]
            axes.plot(twins, list(by_twins.values()), label=name, marker="osD^vP"[number % 6])
        false = found["false_effect"]
        axes.plot(
            [int(each) for each in false], [each["rate"] for each in false.values()],
            label="false alarm, any outcome", linestyle=":", marker="x",
        )  # fmt: skip
        axes.axhline(POWER, linewidth=0.8, linestyle="--")
        axes.set_ylim(0, 1.02)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlabel("twins of each arm")
        axes.set_ylabel("share of audits that say effect")
        axes.legend(loc="lower right")
        return plots.svg(figure)
