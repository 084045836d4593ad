"""The reporting checklist of an algorithm audit: 25 items, filled in from the run itself.

Each item asks what a reader needs to judge an audit (after the guidelines for trials, CONSORT, with
puppets in place of people). An item is filled from plan, ledger and report; what only people know
comes from ``registration``; where nobody said it, or only half of it is known, the item says so and
its box stays empty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from collector.analysis.report import report_data
from collector.registration.burden import burden_of
from collector.registration.deviations import ORDER, Deviation
from collector.registration.facts import Facts
from collector.registration.review import otherwise_struck
from collector.store import SessionState

UNSAID = "not stated"


@dataclass(frozen=True)
class _Source:
    """What the items are filled from."""

    facts: Facts
    deviations: Sequence[Deviation]

    @cached_property
    def report(self) -> Mapping[str, Any]:
        return report_data(self.facts.there.root)

    @cached_property
    def scenario(self) -> Mapping[str, Any]:
        return self.facts.plan.scenario

    @cached_property
    def declared(self) -> str:
        wanted = self.scenario["analysis"]
        names = ", ".join(wanted.get("outcomes") or ("the usual outcome",))
        return f"{names}; labels: {', '.join(wanted.get('exposure') or ('none',))}"

    def told(self, name: str) -> str:
        """A field of ``registration``; empty where nobody stated it."""
        value = (self.scenario.get("registration") or {}).get(name)
        return "; ".join(value) if isinstance(value, list) else str(value or "")


def _verdicts(it: _Source) -> str:
    found = it.report.get("verdicts") or ()
    return "; ".join(
        f"{v['surface']}: {v['outcome']}, {v['arm']} against {v['control']}: {v['verdict']}"
        + (f", {v['estimate']:+.3g}" if v["estimate"] is not None else "")
        + (f" [{v['interval'][0]:.3g}, {v['interval'][1]:.3g}]" if v["interval"] else "")
        for v in found
    )


def _missing(it: _Source) -> str:
    rows = it.report.get("arms") or ()
    return "; ".join(f"{r['arm']}: {r['data']} of {r['cells']} cells are data" for r in rows)


def _dose(it: _Source) -> str:
    done = sum(row["status"] == "complete" for row in it.facts.receipts)
    told = f"{done} of {len(it.facts.receipts)} watches with a complete receipt"
    struck = otherwise_struck(it.facts)
    return told + (f"; {struck} steps took another item (otherwise)" if struck else "")


def _arms(it: _Source) -> str:
    arms = it.scenario["arms"]
    return "; ".join(
        f"{name}: {arm['twins']} twins" + (f", {arm['description']}" if arm["description"] else "")
        for name, arm in arms.items()
    )


def _factors(it: _Source) -> str:
    factors = it.scenario.get("factors")
    if factors is None:
        return ""
    return "; ".join(f"{name} ({', '.join(keys)})" for name, keys in factors.items()) or "nothing"


def _power(it: _Source) -> str:
    """The reason for the sample, the least p that it allows, and the power that was simulated."""
    prereg = it.facts.prereg
    power = (prereg.fields["power"] if prereg else None) or {}
    parts = [f"reason: {it.told('why_sample') or UNSAID}", power.get("sentence", "")]
    return "; ".join(filter(None, (*parts, f"power: {_simulated(it, power) or UNSAID}")))


def _simulated(it: _Source, power: Mapping[str, Any]) -> str:
    """Power by size, with the twins of the smallest arm; empty where none was registered."""
    found = power.get("simulated")
    if found is None:
        return ""
    twins = str(min(arm["twins"] for arm in it.scenario["arms"].values()))
    sizes = [f"{100 * own[twins]:.0f} % of {size}" for size, own in found["power"].items()
             if twins in own]  # fmt: skip
    return f"{', '.join(sizes)} with {twins} twins an arm" if sizes else ""


def _seeds(it: _Source) -> str:
    plan = it.facts.plan
    blocks = len({s.block for s in plan.sessions})
    return f"master seed {plan.seed}; {blocks} blocks, arms rotating; order in plan.json"


def _blind(it: _Source) -> str:
    if not it.told("blinded"):
        return "reports were not blinded"
    ended = [e["time"] for e in it.facts.events if e["kind"] == "unblind"]
    return f"blinded until {ended[0]}" if ended else "blinded, and still is"


def _deviations(it: _Source) -> str:
    counts = {s: sum(d.severity is s for d in it.deviations) for s in ORDER}
    return ", ".join(f"{n} {s}" for s, n in counts.items() if n) or "none"


def _truth(it: _Source) -> str:
    found = it.report.get("truth")
    if found is None:
        return "" if it.facts.plan.site != "mock" else "the truth log was not kept"
    total = found["total"]
    return f"against the mock's log: {total['missed']} missed, {total['invented']} invented"


def _versions(it: _Source) -> str:
    wanted = ("collector", "parser", "browser", "browser_kind")
    versions = it.facts.manifest.get("versions") or {}
    return ", ".join(f"{name} {versions[name]}" for name in wanted if name in versions)


def _labels(it: _Source) -> str:
    """The labels that the report was made with, and how far their coders agree."""
    found = it.report["labels"]
    if found["version"] is None:
        return ", ".join(f"{n} labels of {name}" for name, n in sorted(found["sources"].items()))
    agreed = "; ".join(
        f"{' and '.join(pair['coders'])}: {100 * pair['agree']:.1f} % of {pair['items']} alike"
        + (f", Cohen's kappa {pair['kappa']:.3f}" if pair["kappa"] is not None else "")
        for pair in found["agreement"].get("pairs", ())
    )
    said = f"{sum(found['sources'].values())} labels, given after the run by"
    said += f" {', '.join(found['coders'])} (version {found['version']})"
    return f"{said}; {agreed or 'no item was coded twice, so no agreement is known'}"


def _personas(it: _Source) -> str:
    own = {row["persona"].get("locale") for row in it.facts.puppets}
    return f"{', '.join(sorted(filter(None, own)))}; selection: {it.told('why_sample') or UNSAID}"


def _noise(it: _Source) -> str:
    gaps = [v["twin_gap"] for v in it.report.get("verdicts") or () if v["twin_gap"] is not None]
    return "difference between twins: " + ", ".join(f"{g:.3g}" for g in gaps) if gaps else ""


#: What is asked, and what answers it. An answer that is empty, or has ``UNSAID`` in it, is missing.
ITEMS: tuple[tuple[str, Callable[[_Source], str]], ...] = (
    ("Question", lambda it: it.told("question") or it.scenario["description"]),
    ("Risk or harm that the audit is about", lambda it: it.told("risk")),
    ("Hypotheses, with their direction", lambda it: it.told("hypotheses")),
    ("Preregistration, and where", lambda it: it.facts.prereg.sha256 if it.facts.prereg else ""),
    ("Platform, site, and surfaces", lambda it: f"{it.facts.plan.platform} on"
     f" {it.facts.manifest.get('site')}; {', '.join(it.scenario['analysis'].get('surfaces', ()))}"),
    ("Dates of collection", lambda it: f"{it.facts.run['started']} to {it.facts.run['finished']}"),
    ("Arms, and how many twins each has", _arms),
    ("What the arms differ in, and that nothing else differs", _factors),
    ("Personas and their selection", _personas),
    ("Sample size and its reason, power", _power),
    ("Randomisation: seed, order, blocks", _seeds),
    ("Blinding", _blind),
    ("Treatment, step by step", lambda it: f"plan.json, SHA-256 {it.facts.plan.hash}"),
    ("Treatment as delivered", _dose),
    ("Outcomes, as declared before the run", lambda it: it.declared),
    ("Attention model", lambda it: str(it.scenario["analysis"].get("attention", ""))),
    ("Labels: source, and agreement between coders", _labels),
    ("Flow of puppets: assigned, begun, completed, analysed", lambda it: "see the diagram below"),
    ("Missing cells in each arm", _missing),
    ("Result of every declared outcome, with its interval", _verdicts),
    ("Noise: how far apart twins are", _noise),
    ("Deviations from the plan", _deviations),
    ("Instrument: versions, and its check against a known answer",
     lambda it: "; ".join(filter(None, (_versions(it), _truth(it))))),
    ("Ethics, law, and load on the platform", lambda it:
     f"ethics: {it.told('ethics') or UNSAID}; {burden_of(it.facts.plan).sentence}"),
    ("Data and code: where, under which hash", lambda it: it.told("publication")),
)  # fmt: skip


def checklist(facts: Facts, deviations: Sequence[Deviation]) -> str:
    """The filled checklist as Markdown: 25 numbered items and the flow of puppets."""
    source = _Source(facts, deviations)
    lines = [f"# Reporting checklist: {facts.run['scenario']}, run {facts.run['id']}", ""]
    filled = 0
    for number, (asked, answer) in enumerate(ITEMS, 1):
        said = answer(source).strip()
        whole = bool(said) and UNSAID not in said
        filled += whole
        lines.append(f"{number}. [{'x' if whole else ' '}] **{asked}**: {said or UNSAID}")
    lines += ["", f"{filled} of {len(ITEMS)} items are filled in.", "", "## Flow of puppets", ""]
    return "\n".join([*lines, "```text", *_flow(source), "```", ""])


def _flow(it: _Source) -> list[str]:
    """Assigned → begun → completed → analysed, an arm a line."""
    assigned: dict[str, set[str]] = {arm: set() for arm in it.facts.plan.arms}
    for session in it.facts.plan.sessions:
        assigned[session.arm].add(session.puppet)
    states: dict[str, list[Mapping[str, Any]]] = {}
    for row in it.facts.sessions:
        states.setdefault(row["puppet"], []).append(row)
    used = _analysed(it)
    lines = [f"{'arm':<20} assigned   begun   completed   analysed"]
    for arm, puppets in assigned.items():
        begun = sum(any(row["started"] for row in states.get(p, ())) for p in puppets)
        whole = sum(
            bool(states.get(p)) and all(r["state"] == SessionState.DONE for r in states[p])
            for p in puppets
        )
        analysed = used.get(arm)
        told = "–" if analysed is None else str(analysed)
        lines.append(f"{arm:<20} {len(puppets):>8} → {begun:>5} → {whole:>9} → {told:>8}")
    return lines


def _analysed(it: _Source) -> dict[str, int]:
    """Arm → the fewest puppets of it that a declared outcome used."""
    found: dict[str, int] = {}
    for verdict in it.report.get("verdicts") or ():
        for arm, count in zip(
            (verdict["control"], verdict["arm"]), verdict["puppets"], strict=True
        ):
            found[arm] = min(count, found.get(arm, count))
    return found
