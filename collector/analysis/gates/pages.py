"""Are there pages to test: after the treatment, searched far enough apart, on fresh visitors?"""

from __future__ import annotations

from collector.analysis.declared import Declaration, Question
from collector.analysis.gates.base import Gate, Ruling, passed
from collector.analysis.rundata import RunData


def after_treatment(data: RunData, question: Question, declaration: Declaration) -> Gate:
    """Withheld: no page of the surface came after the treatment; or that was declared."""
    gate, surface = "after", question.surface
    if declaration.phase == "during":
        return Gate(
            gate,
            Ruling.WITHHELD,
            "declared as phase: during: pages of the treatment are described, not tested",
            "measure on pages in after:, and leave phase out",
        )
    pages = [page for page in data.pages if page.surface == surface]
    after = sum(page.phase == "after" for page in pages)
    planned = any((cell["path"] or "").startswith("after.") for cell in data.cells)
    if after or (planned and not pages):
        return passed(gate, float(after))
    return Gate(
        gate,
        Ruling.WITHHELD,
        f"no page of {surface} was taken after the treatment",
        f"add a step to after: that opens it ({_OPENS.get(surface, 'visit it')})",
        0.0,
        1.0,
    )


_OPENS = {
    "home": "visit: home",
    "related": 'visit: "/watch?v=dQw4w9WgXcQ"',
    "search": "search: WORDS",
    "channel": 'visit: "/@NAME"',
    "feed": "visit: home",
}


def spacing(data: RunData, question: Question) -> Gate:
    """Searches nearer than declared are left out and counted; withheld if none is left."""
    gate = "carry-over"
    asked = [p for p in data.pages if p.surface == question.surface and p.phase == "after"]
    hurried = sum(page.hurried for page in asked)
    if not hurried:
        return passed(gate, 0.0)
    told = data.run["scenario_json"].get("spacing")
    said = f"{hurried} of {len(asked)} pages came after a search less than {told} before"
    if hurried == len(asked):
        return Gate(
            gate, Ruling.WITHHELD, said, "let the searches wait (spacing:)", float(hurried), 0.0
        )
    return Gate(gate, Ruling.NOTED, f"{said} and are left out", number=float(hurried))


def freshness(data: RunData) -> Gate:
    """Withheld: a site that always asks new visitors for consent knew the puppets already."""
    gate = "freshness"
    known = data.visitors
    asks = data.run["site"] == "mock" or data.has_truth
    if not known or not asks:
        return passed(gate, float(len(known)))
    names = {row["puppet"] for row in known}
    return Gate(
        gate,
        Ruling.WITHHELD,
        f"the site knew {len(names)} of {len(data.puppets)} puppets before their first page: they"
        " carry a history that the scenario did not give them",
        "serve a fresh mock, or let the run have visitors of its own",
        float(len(names)),
        0.0,
    )
