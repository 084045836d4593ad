"""The preregistration as Markdown, to be read and to be put into a registry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from collector.analysis import words
from collector.analysis.measures import Unit
from collector.registration.prereg import Prereg

EMPTY = "*(not stated)*"

#: Field of ``registration`` → its heading.
HEADINGS: Mapping[str, str] = {
    "question": "Question",
    "hypotheses": "Hypotheses",
    "risk": "Risk",
    "why_metric": "Why these outcomes stand for the risk",
    "why_sample": "Why this sample",
    "exclusions": "Exclusions",
    "stopping": "Stopping",
    "labelling": "Labelling",
    "ethics": "Ethics",
    "data_protection": "Data protection",
    "prior_studies": "Prior studies",
    "publication": "Publication",
    "authors": "Authors",
}


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def cell(value: Any) -> str:
    """A value as one cell of a Markdown table."""
    text = _plain(value)
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").strip() or "–"


def table(rows: Sequence[Mapping[str, Any]], columns: Iterable[str]) -> str:
    """Rows as a Markdown table of these columns."""
    names = list(columns)
    lines = ["| " + " | ".join(name.replace("_", " ") for name in names) + " |"]
    lines.append("|" + "---|" * len(names))
    lines += ["| " + " | ".join(cell(row.get(name)) for name in names) + " |" for row in rows]
    return "\n".join(lines)


def _told(fields: Mapping[str, Any], name: str) -> str:
    value = fields["registration"][name]
    said = "; ".join(value) if isinstance(value, list) else str(value).strip()
    return f"## {HEADINGS[name]}\n\n{said or EMPTY}\n"


def _list(rows: Mapping[str, Any]) -> str:
    return "\n".join(f"- {name.replace('_', ' ')}: {cell(value)}" for name, value in rows.items())


def treatment(scenario: Mapping[str, Any]) -> str:
    """Every step, as a scenario writes it: what all arms take first, each arm's own, what all take
    last."""
    steps = {
        "before": scenario["before"],
        "arms": {name: arm["steps"] for name, arm in scenario["arms"].items()},
        "after": scenario["after"],
    }
    text = yaml.safe_dump(
        steps, default_flow_style=None, sort_keys=False, allow_unicode=True, width=100
    )
    return f"```yaml\n{text}```"


def smallest(value: float | None, unit: str) -> str:
    """``10 points``; empty where none was declared."""
    return "" if value is None else words.amount(value, Unit(unit), sign=False).strip()


def _power(power: Mapping[str, Any] | None) -> str:
    """What the design can show, and how often audits of it that were simulated have shown it."""
    if power is None:
        return "No arms are compared."
    found: Mapping[str, Any] | None = power.get("simulated")
    if found is None:
        return f"{power['sentence']}\n\nNo audits of it were simulated (`collector power`)."
    rows = []
    for twins, alarms in found["false_effect"].items():
        shift = found["detectable"].get(twins)
        rows.append(
            {"twins": twins}
            | {size: f"{100 * own[twins]:.0f} %" for size, own in found["power"].items()}
            | {"false alarms": f"{100 * alarms['rate']:.1f} %"}
            | {"found in 80 of 100": "–" if shift is None else f"{100 * shift:.1f} points"}
        )
    target = found["target"]
    how = (
        f"Simulated audits of this design that call {target['outcome']} on {target['surface']} an"
        f" effect, by its size and the twins of each arm: {found['runs']} for each number, in"
        f" blocks of {found['block']}, with {100 * found['lost']:.0f} % of the pages lost;"
        f" simulated by {found['how']}, seed {found['seed']} (`collector power`)."
    )
    return f"{power['sentence']}\n\n{how}\n\n{table(rows, tuple(rows[0]))}"


def in_markdown(prereg: Prereg) -> str:
    """The whole document; it names its hash and that of the plan."""
    it = prereg.fields
    design, power = it["design"], it["power"]
    factors = design["factors"]
    differ = (
        EMPTY
        if factors is None
        else "; ".join(f"{name} ({', '.join(keys)})" for name, keys in factors.items()) or "nothing"
    )
    parts = [
        f"# Preregistration: {it['scenario_name']}\n",
        _list(
            {
                "registration (SHA-256 of the JSON beside this text)": prereg.sha256,
                "plan (SHA-256)": it["plan_sha256"],
                "scenario file (SHA-256)": it["scenario_sha256"],
                "platform": f"{it['platform']} on {it['site']}",
                "master seed": it["seed"],
                "puppets are": it["driver"],
                "software": ", ".join(f"{k} {v}" for k, v in it["software"].items()),
                "blinded": "yes" if it["registration"]["blinded"] else "no",
            }
        )
        + "\n",
        *(_told(it, name) for name in ("question", "hypotheses", "risk", "why_metric")),
        "## Design\n\n"
        + table(design["arms"], ("arm", "description", "twins", "persona"))
        + f"\n\nThe arms differ in: {differ}.\n\n"
        + _list({k: v for k, v in design.items() if k not in ("arms", "factors")})
        + "\n",
        "## Treatment\n\n" + treatment(prereg.scenario) + "\n",
        _told(it, "why_sample"),
        "## Outcomes\n\n"
        + (
            table(
                [
                    row | {"smallest_effect": smallest(row["smallest_effect"], row["unit"])}
                    for row in it["outcomes"]
                ],
                ("outcome", "metric", "unit", "smallest_effect"),
            )
            if it["outcomes"]
            else "No arms are compared."
        )
        + "\n",
        "## Analysis\n\n" + _list(it["analysis"]) + "\n",
        "## Power\n\n" + _power(power) + "\n",
        *(_told(it, name) for name in ("exclusions", "stopping")),
        "## Labels\n\n" + _list(it["labels"]) + "\n",
        _told(it, "labelling"),
        "## Load on the platform and on others\n\n" + it["load"]["sentence"] + "\n",
        *(
            _told(it, name)
            for name in ("ethics", "data_protection", "prior_studies", "publication", "authors")
        ),
    ]
    if prereg.empty:
        names = ", ".join(HEADINGS[name].lower() for name in prereg.empty)
        parts.append(f"Not stated: {names}.\n")
    return "\n".join(parts)
