"""An analysis to begin with, as a Jupyter notebook or a Quarto document: one text, two forms.

Its cells load a run, look at what was lost, hold the arms against each other, draw a figure and
print the methods paragraph; two of them assert that their numbers are the report's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collector.common.errors import UserError
from collector.outputs import write_output

_TEXT = '''
# %% [markdown]
# {title}

An analysis to begin with. Every table here is documented in docs/frames.md; the report of the same
run is made by `collector report {run}`.

# %%
import os

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import twinwatch

run = twinwatch.load(os.environ.get("TWINWATCH_RUN", {run!r}))
run

# %% [markdown]
## Who was assigned, who was analysed

The puppet is the unit of inference. What was not captured is a missing cell, never a zero.

# %%
puppets = run.puppets()
puppets.groupby("arm", observed=True)[["delivered", "analysed"]].sum().assign(
    assigned=puppets.groupby("arm", observed=True).size()
)

# %%
run.cells().groupby(["arm", "kind"], observed=True).missing.mean().unstack("arm")

# %% [markdown]
## What was seen

Share of attention by topic after the treatment: the mean over the pages of a puppet, then over the
puppets of an arm.

# %%
seen = run.exposure().query("phase == 'after'")
page = seen.groupby(["surface", "arm", "puppet", "slot"], observed=True).weight.sum()
topic = seen.groupby(["surface", "arm", "puppet", "slot", "topic"], observed=True).weight.sum()
share = topic.unstack("topic").reindex(page.index).fillna(0.0)
by_puppet = share.groupby(["surface", "arm", "puppet"], observed=True).mean()
by_puppet.groupby(["surface", "arm"], observed=True).mean().T.round(3)

# %% [markdown]
## The declared outcomes

One value a puppet. These are the numbers that the report tests: the means are the same.

# %%
outcomes = run.outcomes()
side = outcomes.dropna(subset="value").groupby(
    ["surface", "outcome", "contrast", "control", "treated"], observed=True
).value.mean().unstack("treated")
side.columns = ["control" if not treated else "arm" for treated in side.columns]
verdicts = pd.DataFrame(run.numbers()["verdicts"])
for verdict in verdicts.dropna(subset=["arm_mean", "control_mean"]).itertuples():
    row = side.loc[(verdict.surface, verdict.outcome, verdict.arm, verdict.control)]
    assert abs(row["arm"] - verdict.arm_mean) < 1e-12
    assert abs(row["control"] - verdict.control_mean) < 1e-12
side.round(4)

# %% [markdown]
## A test of one's own

Arms are exchanged within strata (blocks, and the levels of other factors), as the report does it;
it also corrects for several outcomes and asks its gates first, so a verdict is taken from there and
from nowhere else.

# %%
def difference(values, treated, strata):
    """Mean over strata of arm minus control, each stratum with its weight."""
    total = weight = 0.0
    for stratum in np.unique(strata):
        here = strata == stratum
        t, c = values[here & treated], values[here & ~treated]
        if len(t) and len(c):
            w = len(t) * len(c) / (len(t) + len(c))
            total, weight = total + w * (t.mean() - c.mean()), weight + w
    return total / weight if weight else float("nan")


def exchanged(rows, draws=2000, seed=1):
    """Estimate, and the share of random exchanges within strata with one as large."""
    chance = np.random.default_rng(seed)
    values = rows.value.to_numpy(float)
    treated, strata = rows.treated.to_numpy(bool), rows.stratum.cat.codes.to_numpy()
    found, again, hits = difference(values, treated, strata), np.empty_like(treated), 1
    for _ in range(draws - 1):
        mixed = np.lexsort((chance.random(len(rows)), strata))
        again[np.argsort(strata, kind="stable")] = treated[mixed]
        hits += abs(difference(values, again, strata)) >= abs(found) - 1e-12
    return found, hits / draws


rows = []
for key, own in outcomes[~outcomes.interaction].dropna(subset="value").groupby(
    ["surface", "outcome", "contrast", "control"], observed=True
):
    estimate, p = exchanged(own)
    rows.append((*key, estimate, p))
tests = pd.DataFrame(rows, columns=["surface", "outcome", "arm", "control", "estimate", "p"])
both = tests.merge(
    verdicts, on=["surface", "outcome", "arm", "control"], suffixes=("", "_report")
)
known = both.dropna(subset=["estimate_report"])
assert np.allclose(known.estimate, known.estimate_report.astype(float), rtol=0, atol=1e-12)
both[["surface", "outcome", "arm", "estimate", "p", "p_report", "p_adjusted", "verdict"]]

# %% [markdown]
## A figure

# %%
tested = outcomes.dropna(subset="value")
names = list(tested.groupby(["surface", "outcome"], observed=True).groups)
figure, panels = plt.subplots(
    1, max(1, len(names)), figsize=(3.2 * max(1, len(names)), 3), squeeze=False
)
for axes, name in zip(panels[0], names, strict=False):
    own = tested[(tested.surface == name[0]) & (tested.outcome == name[1])]
    for at, arm in enumerate(run.arms):
        values = own[own.arm == arm].drop_duplicates("puppet").value
        axes.plot(np.full(len(values), at), values, "o", alpha=0.6)
        axes.hlines(values.mean(), at - 0.25, at + 0.25, color="black")
    axes.set_xticks(range(len(run.arms)), run.arms)
    axes.set_title(" · ".join(name), fontsize=8)
figure.tight_layout()

# %% [markdown]
## Methods

# %%
numbers = run.numbers()
print(numbers["headline"]["text"])
print()
print(numbers["methods"])
'''


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: Markdown, or Python."""

    code: bool
    text: str


def cells(run: str) -> Iterator[Cell]:
    """The cells of the analysis of a run; ``run`` is its folder as it is to be written."""
    name = Path(run).name or run
    text = _TEXT.replace("{title}", f"{name}: analysis").replace("{run!r}", json.dumps(run))
    text = text.replace("{run}", run)
    for part in re.split(r"^# %%", text, flags=re.MULTILINE)[1:]:
        head, _, body = part.partition("\n")
        yield Cell("[markdown]" not in head, body.strip("\n"))


def as_notebook(run: str) -> str:
    """A Jupyter notebook (nbformat 4.5), not run yet."""
    found: list[dict[str, Any]] = []
    for number, cell in enumerate(cells(run)):
        common = {"id": f"cell-{number}", "metadata": {}}
        source = cell.text.splitlines(keepends=True)
        if cell.code:
            found.append(
                {"cell_type": "code", **common, "execution_count": None, "outputs": []}
                | {"source": source}
            )
        else:
            found.append({"cell_type": "markdown", **common, "source": source})
    book = {
        "cells": found,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(book, indent=1, ensure_ascii=False) + "\n"


def as_quarto(run: str) -> str:
    """The same as a Quarto document."""
    name = Path(run).name or run
    parts = [
        f"---\ntitle: {json.dumps(name + ': analysis')}\nformat: html\njupyter: python3\n---\n"
    ]
    for number, cell in enumerate(cells(run)):
        if number == 0:
            parts.append(cell.text.partition("\n")[2].strip("\n") + "\n")
        elif cell.code:
            parts.append(f"```{{python}}\n{cell.text}\n```\n")
        else:
            parts.append(cell.text + "\n")
    return "\n".join(parts)


_FORMS = {".ipynb": as_notebook, ".qmd": as_quarto}


def write_notebook(run: str, out: Path) -> Path:
    """Write the analysis of a run; the suffix of the file says in which form.

    :raises UserError: another suffix, or the file is there already: it may hold somebody's work.
    """
    form = _FORMS.get(out.suffix.lower())
    if form is None:
        raise UserError(
            f"{out.suffix or 'no suffix'} is neither a notebook nor a Quarto document",
            place="--out",
            fix="end the name in .ipynb or .qmd",
        )
    if out.exists():
        raise UserError("is there already", place=str(out), fix="name another file with --out")
    out.parent.mkdir(parents=True, exist_ok=True)
    write_output(out, form(run), new=True)
    return out
