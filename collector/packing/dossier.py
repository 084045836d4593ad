"""Dossiers for the law: what a request or an audit statement asks for, filled in from the plan.

Protects the rule that a document for an authority holds facts: each answer is computed from the
plan (or, of a run, from its ledger) or is what the scenario's ``registration`` says; everything
else is a placeholder, marked and listed. The headings say in short what is asked; the wording of
the law, and whether it applies, is for people to check.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from collector.analysis.declared import declare
from collector.analysis.design import in_words
from collector.contract.layout import FORMAT, RunDir
from collector.packing.law import Law
from collector.packing.tables import packed_tables
from collector.registration.burden import burden_of
from collector.registration.facts import Facts, read_facts
from collector.registration.words import smallest, table, treatment
from collector.scenario.estimate import plan_time, readable
from collector.scenario.lint import attainable_by
from collector.scenario.loader import load_scenario
from collector.scenario.plan import Plan, make_plan
from collector.store import TABLES, VIEWS


@dataclass(frozen=True, slots=True)
class Dossier:
    """A filled document. ``placeholders``: what people still have to state, in its order."""

    text: str
    placeholders: tuple[str, ...]


@dataclass
class _Writer:
    """The document under way."""

    plan: Plan
    facts: Facts | None
    lines: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def told(self, name: str) -> str:
        value = (self.plan.scenario.get("registration") or {}).get(name)
        return "; ".join(value) if isinstance(value, list) else str(value or "")

    def section(self, heading: str, *paragraphs: str) -> None:
        self.lines += [f"## {heading}", "", *(line for p in paragraphs for line in (p, ""))]

    def state(self, what: str, told: str = "") -> str:
        """What is told of it, or a placeholder."""
        if told.strip():
            return told.strip()
        self.missing.append(what)
        return f"**[to state: {what}]**"


def dossier_of(source: str, law: Law) -> Dossier:
    """The dossier of a run (its folder) or a scenario (its file, or the name of a shipped one).

    :raises UserError: it is neither.
    """
    folder = Path(source)
    if folder.is_dir() and (RunDir(folder).read_manifest() or {}).get("format") == FORMAT:
        facts = read_facts(folder)
        return dossier(facts.plan, law, facts)
    return dossier(make_plan(load_scenario(source)), law)


def dossier(plan: Plan, law: Law, facts: Facts | None = None) -> Dossier:
    """The document for a plan, and for a run of it where there is one."""
    writer = _Writer(plan, facts)
    _LAWS[law](writer)
    if writer.missing:
        listed = [f"{number}. {what}" for number, what in enumerate(writer.missing, 1)]
        writer.section("Still to be stated", "\n".join(listed))
    return Dossier("\n".join(writer.lines), tuple(writer.missing))


# ---- facts that both documents use


def _subject(it: _Writer) -> str:
    plan = it.plan
    site = (
        "the bundled mock (a rehearsal: no platform is contacted)"
        if plan.site == "mock"
        else plan.site
    )
    rows = {
        "scenario": plan.scenario_name,
        "platform": f"{plan.platform}, {site}",
        "plan (SHA-256)": plan.hash,
        "master seed": plan.seed,
    }
    if it.facts is not None:
        rows["run"] = it.facts.run["id"]
        rows["collected"] = f"{it.facts.run['started']} to {it.facts.run['finished'] or 'open'}"
        if it.facts.prereg is not None:
            rows["preregistration (SHA-256)"] = it.facts.prereg.sha256
    return "\n".join(f"- {name}: {value}" for name, value in rows.items())


def _outcomes(it: _Writer) -> str:
    declared = declare(it.plan.scenario["analysis"], it.plan.scenario)
    rows = [
        {
            "outcome": question.name,
            "unit": question.measure.unit.value,
            "smallest effect": smallest(
                declared.smallest.get(question.measure.name), question.measure.unit.value
            ),
        }
        for question in declared.questions
    ]
    if not rows:
        return "No arms are compared: the study describes."
    return table(rows, ("outcome", "unit", "smallest effect"))


def _arms(it: _Writer) -> str:
    scenario = it.plan.scenario
    rows = []
    for name, arm in scenario["arms"].items():
        persona: Mapping[str, Any] = arm["persona"] or scenario["persona"]
        rows.append(
            {
                "arm": name,
                "description": arm["description"],
                "puppets": arm["twins"],
                "language": persona["locale"],
                "time zone": persona["timezone"],
                "place": persona["place"],
            }
        )
    shown = table(rows, ("arm", "description", "puppets", "language", "time zone", "place"))
    return f"{shown}\n\nWhat each arm does, step by step:\n\n{treatment(scenario)}"


def _power(it: _Writer) -> str:
    found = attainable_by(it.plan)
    return "" if found is None else f"{in_words(found)}."


def _timeline(it: _Writer) -> str:
    plan = it.plan
    dues = [s.due for s in plan.sessions if s.due is not None]
    days = max((due.days + timedelta(seconds=due.seconds).days for due in dues), default=0)
    daily = plan.scenario.get("sessions")
    return (
        f"{len(plan.sessions)} sessions of {len({s.puppet for s in plan.sessions})} puppets"
        + (f", {daily}" if daily else "")
        + (f", in {plan.scenario['waves']} waves" if plan.scenario.get("waves", 1) > 1 else "")
        + (f", the last {days} days after the first" if days else "")
        + f"; about {readable(plan_time(plan))} in real time."
    )


def _variables() -> str:
    """Every variable that the instrument collects, with its format."""
    rows = []
    for name in packed_tables():
        columns = TABLES[name].columns if name in TABLES else VIEWS[name].columns
        about = TABLES[name].about if name in TABLES else VIEWS[name].about
        rows.append({"table": name, "what a row is": about, "variables": ", ".join(columns)})
    return table(rows, ("table", "what a row is", "variables"))


_PROTECTION = (
    "- Subjects: sock puppets only; no account of a person is used. What third persons have"
    " published on the pages is captured with them.\n"
    "- Pseudonymisation: names, e-mail addresses, avatars and tokens of the signed-in viewer are"
    " taken out of a page before it is stored or sent; puppets bear the names of their arms.\n"
    "- Storage: pages compressed under their SHA-256, written once; tables in SQLite; keys, cookies"
    " and recordings in folders for their owner alone (0700, 0600).\n"
    "- Integrity: plan, pages and tables under SHA-256; a chain over the captures and an Ed25519"
    " signature in the evidence pack.\n"
    "- Formats: HTML in WACZ, CSV with a Frictionless descriptor, JSON."
)


# ---- DSA, Article 40(8)


def _dsa40(it: _Writer) -> None:
    it.lines += [
        f"# Request for data access: {it.plan.scenario_name}",
        "",
        "Regulation (EU) 2022/2065, Article 40(4) and (8). Filled in from the plan by twinwatch;"
        " what is marked is for the applicants to state.",
        "",
        _subject(it),
        "",
    ]
    it.section("(a) Affiliation with a research organisation",
               "Applicants: " + it.state("applicants, with their organisation", it.told("authors")),
               it.state("evidence of the affiliation of each applicant"))  # fmt: skip
    it.section(
        "(b) Independence from commercial interests", it.state("declaration of independence")
    )
    it.section("(c) Funding", it.state("all funding of the research"))
    it.section("(d) Data security, confidentiality, protection of personal data",
               "What the instrument does with what it collects itself:", _PROTECTION,
               "Legal basis, DPIA, record of processing, access, deletion: "
               + it.state("data protection documents (DMP, DPIA, ROPA) for the data requested",
                          it.told("data_protection")))  # fmt: skip
    it.section("(e) Necessity and proportionality",
               "Question: " + it.state("research question", it.told("question")
                                       or it.plan.scenario["description"]),
               "Data requested: " + it.state("data requested: variables, format, scope, period"),
               "Why these data are necessary: " + it.state("why they are necessary, and why nothing"
                                                           " less will do"),
               "What can be collected without access, by the instrument itself:", _variables(),
               "Scope of that collection:", _arms(it),
               "Time frame: " + _timeline(it),
               "What that collection can and cannot show: " + (_power(it) or "it describes."),
               "Other studies: " + it.state("other studies, and what they leave open",
                                            it.told("prior_studies")))  # fmt: skip
    it.section("(f) Purpose: systemic risks (Article 34) or their mitigation (Article 35)",
               "Risk: " + it.state("the risk, as Article 34(1) names it", it.told("risk")),
               "Why these outcomes stand for it: " + it.state("from the risk to the outcomes",
                                                              it.told("why_metric")),
               _outcomes(it))  # fmt: skip
    it.section("(g) Publication, free of charge",
               it.state("commitment to publish, where and when", it.told("publication")),
               "The instrument packs tables, pages, plan, preregistration, deviations and report"
               " into one signed file (`collector pack`).")  # fmt: skip


# ---- DSA, Article 37, with Delegated Regulation (EU) 2024/436, Article 12


def _dsa37(it: _Writer) -> None:
    it.lines += [
        f"# Statement on sampling: {it.plan.scenario_name}",
        "",
        "Regulation (EU) 2022/2065, Article 37; Delegated Regulation (EU) 2024/436, Article 12."
        " Filled in from the plan by twinwatch; what is marked is for the auditor to state.",
        "",
        _subject(it),
        "",
    ]
    it.section("What is audited",
               "Obligation: " + it.state("the audited obligation and the period of the audit"),
               "Risk: " + it.state("the risk that the test is about", it.told("risk")),
               "Audit question: " + it.state("audit question", it.told("question")
                                             or it.plan.scenario["description"]))  # fmt: skip
    it.section("Sample size and how it was chosen (Article 12(1))", _arms(it),
               _timeline(it),
               "Reason: " + it.state("why this size and this selection represent what is audited",
                                     it.told("why_sample")))  # fmt: skip
    it.section("Detection risk (Article 12(1))",
               "What the design can show: " + (_power(it) or "nothing is compared."),
               _outcomes(it),
               "Two-sided randomisation test over puppets within blocks; p-values adjusted by"
               " Holm's method over all outcomes above. A verdict “no effect larger than X” is"
               " given only where the interval excludes X.",
               "Level of assurance: " + it.state("the level of assurance sought, and why these"
                                                 " numbers suffice for it"))  # fmt: skip
    it.section("What the sample covers (Article 12(2))",
               "Personalisation: " + _personalisation(it),
               "Languages and places: see the table of arms.",
               "Minors and other vulnerable recipients (Article 12(2)(f)): "
               + it.state("whether and how they are represented"),
               "Changes of the audited system in the period: " + _changes(it))  # fmt: skip
    it.section("Load of the test on the platform and on others", burden_of(it.plan).sentence)
    it.section("Limits (Article 12(3))",
               "A sock puppet is not a person: what it watches is scripted, and it has no history"
               " but the one that the plan gives it.",
               _achieved(it),
               "Further limits: "
               + it.state("what the sample leaves out, and its consequence"))  # fmt: skip


def _personalisation(it: _Writer) -> str:
    factors = it.plan.scenario.get("factors")
    if factors is None:
        return it.state("what the arms differ in")
    told = "; ".join(f"{name} ({', '.join(keys)})" for name, keys in factors.items())
    return f"the arms differ in {told or 'nothing'}; twins of one arm are identical."


def _changes(it: _Writer) -> str:
    waves = it.plan.scenario.get("waves", 1)
    if waves > 1:
        return f"the whole is repeated in {waves} waves ({it.plan.scenario.get('repeat')} apart)."
    return "the test is a single wave; " + it.state("how changes over the period are covered")


def _achieved(it: _Writer) -> str:
    """What became of the sample; of a plan alone that it is one."""
    if it.facts is None:
        return "Nothing was collected yet: this is the plan."
    states: dict[str, int] = {}
    for row in it.facts.sessions:
        states[row["state"]] = states.get(row["state"], 0) + 1
    told = ", ".join(f"{n} {state}" for state, n in sorted(states.items()))
    bad = sum(row["status"] != "ok" for row in it.facts.captures)
    return (
        f"Achieved: sessions {told}; {len(it.facts.captures)} pages captured, {bad} of them not"
        " what they should be. Deviations: `collector review`."
    )


_LAWS: Mapping[Law, Callable[[_Writer], None]] = {Law.DSA40: _dsa40, Law.DSA37: _dsa37}
