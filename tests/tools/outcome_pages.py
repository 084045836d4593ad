"""Pages and runs by hand for outcomes, and what is answered of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from collector.analysis.declared import Contrast, Question, declare
from collector.analysis.measures import measures
from collector.analysis.outcomes import (
    Measured,
    measure_question,
)
from collector.analysis.rundata import Item, Page, Puppet, RunData

A1, A2 = Puppet("a-1", "a", 1, 1), Puppet("a-2", "a", 2, 2)
B1, B2 = Puppet("b-1", "b", 1, 1), Puppet("b-2", "b", 2, 2)
FOUR = (A1, A2, B1, B2)
AGAINST = Contrast("b", "a", ("b",), ("a",), {"a": "", "b": ""})


def page(
    puppet: Puppet, items: str, path: str = "after.0", *, surface: str = "home", **more: Any
) -> Page:
    """A list written as ``m1 n2 -3 !4``: label, id; ``-`` no label, ``!`` an advertisement."""
    names = {"m": "music", "n": "news", "-": None, "!": None}
    listed = tuple(
        Item(n, "ad" if word[0] == "!" else "video", word[1:], word, names.get(word[0], word[0]))
        for n, word in enumerate(items.split(), 1)
    )
    number = int(path.rpartition(".")[2]) if path else 0
    given = {"step": number, "seq": number, "order": number + 1} | more
    return Page(
        capture=f"{puppet.name} {path} {surface} {given.get('turn', '')}", puppet=puppet,
        session=f"s-{puppet.name}", path=path, url="", event=None, surface=surface, items=listed,
        **given,
    )  # fmt: skip


def data(
    pages: Sequence[Page],
    puppets: Sequence[Puppet] = FOUR,
    *,
    analysis: Mapping[str, Any] | None = None,
    topics: Mapping[str, int] | None = None,
    turns: Sequence[str] = ("",),
) -> RunData:
    """A run of these pages and nothing else."""
    cells = tuple({"session": turn, "path": "after.0"} for turn in turns)
    return RunData(
        folder=Path(), run={"analysis": dict(analysis or {}), "scenario_json": {}},
        puppets=tuple(puppets), pages=tuple(pages), cells=cells, receipts=(),
        sessions=tuple({"id": turn, "turn": turn} for turn in turns), captures=(), coverage=(),
        served={}, watched={}, events=(), outbox={}, manifest={}, labels={}, topics=topics or {},
    )  # fmt: skip


def asked(name: str, label: str | None = None, surface: str = "home") -> Question:
    return Question(surface, measures()[name], label, AGAINST)


def answered(
    run: RunData, name: str, label: str | None = None, contrast: Contrast = AGAINST, **more: Any
) -> Measured:
    declaration = more.pop("declaration", None) or declare({}, {"arms": {"a": {}, "b": {}}})
    return measure_question(run, Question("home", measures()[name], label, contrast), declaration,
                            **more)  # fmt: skip
