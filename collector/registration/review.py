"""Every deviation of a run from what was said before it.

Protects the rule that what changed is said, whether or not it changed the result. Three documents
say what was planned: the preregistration (where there is one), ``plan.json`` and, for what was to
run, ``manifest.json``; the ledger, the receipts and the captures say what was done. Each check
below compares one thing; a run that went as planned has no deviation.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from collector.labelpatterns import by_pattern
from collector.mock.truth import SOURCE
from collector.registration.deviations import ORDER, Deviation, Kind, Severity, short
from collector.registration.differences import scenario_differences
from collector.registration.executed import EXECUTED
from collector.registration.facts import Facts, read_facts
from collector.store.details import otherwise_of

Check = Callable[[Facts], Iterator[Deviation]]


def review(root: Path, prereg: Path | None = None) -> tuple[Deviation, ...]:
    """The deviations of the run in ``root``, the gravest first.

    :param prereg: a preregistration, in place of the one in the run's folder.
    :raises UserError: this is no run, or a file of it cannot be read.

    Example: ``[d.sentence for d in review(Path("runs/mine"))]``.
    """
    return review_of(read_facts(root, prereg))


def review_of(facts: Facts) -> tuple[Deviation, ...]:
    """The same of facts that were read already."""
    found = [each for check in (*_SAID, *EXECUTED) for each in check(facts)]
    return tuple(sorted(found, key=lambda d: (ORDER.index(d.severity), d.kind, d.where)))


def otherwise_struck(facts: Facts) -> int:
    """Steps that found nothing of what they sought and took what their ``otherwise`` gives. No
    deviation: the plan has that way out."""
    return sum(otherwise_of(row["detail"]) is not None for row in facts.steps)


def _differs(
    kind: Kind, severity: Severity, where: str, planned: object, found: object
) -> Iterator[Deviation]:
    if planned != found:
        yield Deviation(kind, severity, where, short(planned), short(found))


def _registered_plan(facts: Facts) -> Iterator[Deviation]:
    """The plan that was run is the one that was registered, key by key where it is not."""
    if facts.prereg is None or facts.prereg.plan_sha256 == facts.plan.hash:
        return
    found = list(scenario_differences(facts.prereg.scenario, facts.plan.scenario, "plan.json"))
    yield Deviation(
        Kind.PLAN,
        Severity.CRITICAL if found else Severity.MINOR,
        "plan.json",
        f"the registered plan {short(facts.prereg.plan_sha256)}",
        short(facts.plan.hash),
    )
    yield from found
    yield from _differs(
        Kind.SEED, Severity.MINOR, "seed (plan.json)", facts.prereg.fields["seed"], facts.plan.seed
    )


def _registered_means(facts: Facts) -> Iterator[Deviation]:
    """Driver, software and labels are those that were registered."""
    if facts.prereg is None:
        return
    it = facts.prereg.fields
    driver = (facts.manifest.get("options") or {}).get("driver")
    yield from _differs(Kind.BROWSER, Severity.CRITICAL, "driver", it["driver"], driver)
    versions = facts.manifest.get("versions") or {}
    for name, planned in it["software"].items():
        kind = Kind.PARSER if name == "parser" else Kind.SOFTWARE
        yield from _differs(
            kind, Severity.MINOR, f"{name} (manifest.json)", planned, versions.get(name)
        )
    yield from _differs(
        Kind.LABELS,
        Severity.CRITICAL,
        "the file of labels",
        it["labels"]["sha256"],
        facts.manifest.get("labels_sha256"),
    )


def _one_plan(facts: Facts) -> Iterator[Deviation]:
    """Plan, manifest and ledger speak of the same plan, scenario, analysis and seed."""
    plan, run, manifest = facts.plan, facts.run, facts.manifest
    named = manifest.get("plan_hash")
    yield from _differs(Kind.PLAN, Severity.CRITICAL, "plan.json", named, plan.hash)
    yield from _differs(
        Kind.PLAN, Severity.CRITICAL, "plan hash (store.db)", named, run["plan_hash"]
    )
    yield from scenario_differences(
        {k: v for k, v in plan.scenario.items() if k != "analysis"},
        {k: v for k, v in run["scenario_json"].items() if k != "analysis"},
        "store.db",
    )
    yield from scenario_differences(
        {"analysis": plan.scenario["analysis"]}, {"analysis": run["analysis"]}, "store.db"
    )
    yield from _differs(Kind.SEED, Severity.MAJOR, "seed (store.db)", plan.seed, run["seed"])
    seeds = (manifest.get("seeds") or {}).get("master")
    yield from _differs(Kind.SEED, Severity.MAJOR, "seed (manifest.json)", plan.seed, seeds)


def _place(facts: Facts) -> Iterator[Deviation]:
    """The run was on the site, and on the mock, that the scenario names."""
    plan, manifest = facts.plan, facts.manifest
    site = str(manifest.get("site") or "")
    yield from _differs(
        Kind.SITE, Severity.CRITICAL, "site", plan.site.rstrip("/"), site.rstrip("/")
    )
    yield from _differs(
        Kind.SITE,
        Severity.CRITICAL,
        "site (store.db)",
        site.rstrip("/"),
        facts.run["site"].rstrip("/"),
    )
    given = (manifest.get("options") or {}).get("mock_options") or {}
    if given:
        yield Deviation(
            Kind.MOCK, Severity.CRITICAL, "the mock", "as the scenario says", short(given)
        )
    world = (manifest.get("environment") or {}).get("world")
    if site == "mock" and world is not None:
        planned = {"seed": plan.seed, **(plan.scenario.get("mock") or {}), **given}
        yield from _differs(Kind.MOCK, Severity.CRITICAL, "the mock's world", planned, world)


def _labels(facts: Facts) -> Iterator[Deviation]:
    """Labels are those of the sources that the scenario names, from the file that was read; and
    nobody gave others after the run without having said so."""
    kept, expected = facts.there.labels, facts.manifest.get("labels_sha256")
    if kept.exists():
        found = hashlib.sha256(kept.read_bytes()).hexdigest()
        yield from _differs(Kind.LABELS, Severity.CRITICAL, "labels.csv", expected, found)
    files = {Path(one).name for one in facts.plan.label_sources if one != SOURCE}
    named = {*files, *({SOURCE} & set(facts.plan.label_sources))}
    for source, count in sorted(facts.labels.items()):
        if source not in {*named, *map(by_pattern, files)}:
            yield Deviation(
                Kind.LABELS,
                Severity.CRITICAL,
                f"labels of {source} (store.db)",
                f"labels of {', '.join(sorted(named))}",
                f"{count} labels of {source}",
            )
    told = (facts.plan.scenario.get("registration") or {}).get("labelling")
    if facts.coded and facts.plan.label_sources and not told:
        last = facts.coded[-1]
        yield Deviation(
            Kind.LABELS,
            Severity.MAJOR,
            "labels after the run (store.db)",
            f"labels of {', '.join(sorted(named))}",
            f"version {last['version']} by {', '.join(json.loads(last['coders']))}",
        )


def _announced(facts: Facts) -> Iterator[Deviation]:
    """What was announced with ``--deviate``, with its reason."""
    for event in facts.events:
        if event["kind"] == "deviation":
            yield Deviation(
                Kind.DECLARED,
                Severity.MAJOR,
                f"announced at {event['time']}",
                "as registered",
                event["message"],
            )


def _whole(facts: Facts) -> Iterator[Deviation]:
    """The run came to its end in one go."""
    state = facts.run["state"]
    if state != "finished":
        yield Deviation(Kind.EARLY_STOP, Severity.MAJOR, "the run", "finished", str(state))
    for one in facts.manifest.get("resumed") or ():
        yield Deviation(
            Kind.INTERRUPTION, Severity.MINOR, "the run", "in one go", f"resumed at {one['at']}"
        )


def _versions(facts: Facts) -> Iterator[Deviation]:
    """Browser, parser and software are the same from the first capture to the last."""
    planned = facts.manifest.get("versions") or {}
    kinds = {"browser": Kind.BROWSER, "parser": Kind.PARSER, "collector": Kind.SOFTWARE}
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in facts.captures:
        versions = {**row["versions"], "read by parser": row["parser"]}
        for name, version in versions.items():
            of = "parser" if name == "read by parser" else name
            if version is not None and of in kinds and version != planned.get(of):
                found[name, str(version)][row["puppet"]] += 1
    for (name, version), puppets in sorted(found.items()):
        of = "parser" if name == "read by parser" else name
        severity = Severity.MINOR if of == "collector" else Severity.MAJOR
        where = f"{name}: {sum(puppets.values())} captures of {', '.join(sorted(puppets))}"
        yield Deviation(kinds[of], severity, where, str(planned.get(of)), version)
    for one in facts.manifest.get("resumed") or ():
        for name, version in sorted((one.get("versions") or {}).items()):
            if name in kinds and version != planned.get(name):
                where = f"{name}, from {one['at']} on"
                yield Deviation(kinds[name], Severity.MAJOR, where, str(planned.get(name)), version)
    yield from _differs(
        Kind.SOFTWARE, Severity.MINOR, "versions (store.db)", dict(planned), facts.run["versions"]
    )


_SAID: tuple[Check, ...] = (
    _registered_plan,
    _registered_means,
    _one_plan,
    _place,
    _labels,
    _announced,
    _whole,
    _versions,
)
