"""Runs written by hand, in memory: a few puppets with the very lists that a test needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from collector.analysis.rundata import Done, Item, Page, Puppet, RunData
from collector.store.rows import Row

#: Puppet → path of a step → the list that it captured: ``"a:news b:music -:ad c"``, an item with
#: its label, an advertisement, an item without one.
Lists = Mapping[str, Mapping[str, str]]

#: Arms of two factors with two levels each: name → persona.
CROSSED = {
    arm: {"persona": {"city": city, "language": language}}
    for arm, city, language in (
        ("aa", "Rome", "en"), ("ab", "Rome", "fr"), ("ba", "Oslo", "en"), ("bb", "Oslo", "fr"),
    )
}  # fmt: skip


def items_of(text: str) -> tuple[Item, ...]:
    found = []
    for position, word in enumerate(text.split(), 1):
        name, _, label = word.partition(":")
        kind = "ad" if label == "ad" else "video"
        topic = None if kind == "ad" else label or None
        found.append(Item(position, kind, name, f"title of {name}", topic))
    return tuple(found)


def hand_run(
    lists: Lists,
    *,
    blocks: Mapping[str, int] | None = None,
    surface: str = "home",
    cells: Sequence[Row] = (),
    treatment: Sequence[Done] = (),
    receipts: Sequence[Row] = (),
    factors: Mapping[str, Any] | None = None,
    arms: Mapping[str, Any] | None = None,
    unparsed: Mapping[str, int] | None = None,
    hurried: Sequence[str] = (),
    visitors: Sequence[Row] = (),
    spacing: str | None = None,
    turns: Mapping[str, str] | None = None,
    topics: Mapping[str, int] | None = None,
    site: str = "mock",
    **analysis: Any,
) -> RunData:
    """Puppets are called ``arm-twin`` and stand in the block of their twin's number unless
    ``blocks`` says otherwise. A path may begin with a turn: ``w1s1 after.0``."""
    puppets = {}
    for name in lists:
        arm, _, twin = name.rpartition("-")
        puppets[name] = Puppet(name, arm, int(twin), (blocks or {}).get(name, int(twin)))
    pages: list[Page] = []
    for name, own in lists.items():
        for order, (place, text) in enumerate(own.items(), 1):
            turn, _, path = place.rpartition(" ")
            pages.append(
                Page(
                    capture=f"{name}/{place}",
                    puppet=puppets[name],
                    session=f"s-{name}{turn}",
                    step=order,
                    seq=order,
                    order=order,
                    path=path,
                    url="/",
                    event=None,
                    surface=surface,
                    items=items_of(text),
                    turn=turn,
                    unparsed=(unparsed or {}).get(name, 0),
                    hurried=place in hurried,
                )
            )
    known = Counter(item.topic for page in pages for item in page.organic if item.topic)
    names = list(dict.fromkeys(p.arm for p in puppets.values()))
    if not cells:
        cells = [
            {"puppet": p.puppet.name, "arm": p.puppet.arm, "session": p.session, "step": p.step,
             "kind": "visit", "path": p.path, "outcome": "done", "status": "ok", "detail": ""}
            for p in pages
        ]  # fmt: skip
    sessions = {cell["session"]: "" for cell in cells} | {p.session: p.turn for p in pages}
    return RunData(
        folder=Path("hand"),
        run={
            "id": "hand", "seed": 1, "scenario": "hand", "site": site, "state": "finished",
            "started": None, "versions": {}, "environment": {}, "recommender": {},
            "scenario_json": {
                "arms": arms or {name: {} for name in names},
                "factors": factors,
                "spacing": spacing,
            },
            "analysis": {"surfaces": [surface], **analysis},
        },
        puppets=tuple(puppets.values()),
        pages=tuple(pages),
        cells=tuple(cells),
        receipts=tuple(receipts),
        sessions=tuple({"id": name, "turn": turn} for name, turn in sessions.items()),
        captures=(),
        coverage=(),
        served={},
        watched={},
        events=(),
        outbox={},
        manifest={},
        labels={"hand": sum(known.values())},
        topics=dict(known) if topics is None else topics,
        treatment=tuple(treatment),
        visitors=tuple(visitors),
    )  # fmt: skip
