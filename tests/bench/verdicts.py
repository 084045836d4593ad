"""How often is each verdict given? Worlds of the mock with an effect, to the headline.

    nice -n 19 .venv/bin/python tests/bench/verdicts.py --worlds 200
    nice -n 19 .venv/bin/python tests/bench/verdicts.py --worlds 200 --kind injected

For every shipped scenario with two arms or more: audits of the scenario as it is; last, of the
basic audit with a known effect of about 20 points. A line each: headlines by kind, effects per
outcome, gates. Of the injected worlds also the mean estimate of each outcome and how often it was
called an effect. Sessions are simulated in memory, as ``collector dataset new`` does, not through
HTTP: about 0.1 s a puppet on a quiet core. Worlds without an effect: ``null_worlds.py``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))

from known_worlds import base, judged, run

from collector.analysis import summary
from collector.analysis.verdicts import VerdictKind
from collector.scenario.loader import Loaded, load_scenario
from collector.scenario.shipped import shipped_scenarios


def rates(
    scenario: Loaded | Mapping[str, Any],
    worlds: int,
    parameters: Mapping[str, float] | None,
    first: int = 1000,
) -> dict[str, Any]:
    """Headlines by kind, verdicts by kind, and the mean estimate of each outcome."""
    heads: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    gates: Counter[str] = Counter()
    estimates: dict[str, list[float]] = {}
    effects: Counter[str] = Counter()
    outcomes = 0
    for seed in range(first, first + worlds):
        with tempfile.TemporaryDirectory() as folder:
            data, judgement = judged(
                run(Path(folder) / "run", scenario, seed=seed, parameters=parameters)
            )
        heads[summary.headline(data, judgement)["kind"]] += 1
        outcomes += len(judgement.verdicts)
        for verdict in judgement.verdicts:
            kinds[verdict.verdict.name.lower()] += 1
            if verdict.gate:
                gates[verdict.gate] += 1
            if verdict.estimate is not None:
                name = f"{verdict.surface} {verdict.outcome} {verdict.arm}"
                estimates.setdefault(name, []).append(verdict.estimate)
                effects[name] += verdict.verdict is VerdictKind.EFFECT
    return {
        "heads": heads,
        "kinds": kinds,
        "gates": gates,
        "outcomes": outcomes,
        "estimates": {name: fmean(found) for name, found in estimates.items()},
        "effects": effects,
    }


def line(name: str, world: str, worlds: int, found: Mapping[str, Any]) -> str:
    heads, kinds = found["heads"], found["kinds"]
    told = " ".join(f"{heads[kind]:>9}" for kind in ("effect", "bounded", "undecided", "withheld"))
    share = kinds[VerdictKind.EFFECT.name.lower()] / max(1, found["outcomes"])
    gates = ", ".join(f"{gate} {count}" for gate, count in found["gates"].most_common()) or "-"
    return f"{name:<24} {world:<10} {worlds:>6} {told} {100 * share:>8.1f}   {gates}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=200)
    parser.add_argument("--only", help="one scenario by name")
    parser.add_argument("--kind", choices=("as-it-is", "injected"), help="these worlds alone")
    parser.add_argument("--first", type=int, default=1000, help="seed of the first audit")
    asked = parser.parse_args()
    print(
        f"{'scenario':<24} {'world':<10} {'worlds':>6} {'effect':>9} {'bounded':>9}"
        f" {'undecided':>9} {'withheld':>9} {'% effect':>8}   withheld by (outcomes)"
    )
    for name in shipped_scenarios():
        if (asked.only and name != asked.only) or asked.kind == "injected":
            continue
        loaded = load_scenario(name)
        if len(loaded.scenario.arms) < 2:
            continue
        if not name.endswith("null"):
            found = rates(loaded, asked.worlds, None, asked.first)
            print(line(name, "as it is", asked.worlds, found), flush=True)
    if not asked.only and asked.kind in (None, "injected"):
        # About +20 points on the home page: a weak influence of the history, blocks of 4 and 1.
        found = rates(base(5, block=4), asked.worlds, {"history": WEAK}, asked.first)
        print(line("five twins, two outcomes", "injected", asked.worlds, found))
        for outcome, estimate in found["estimates"].items():
            share = found["effects"][outcome] / asked.worlds
            told = f"{100 * estimate:+.1f} points on average; effect {100 * share:.1f} %"
            print(f"    {outcome}: {told}")


#: Weight of the history at which the home page differs by about 20 points after three watches.
WEAK = 0.47

if __name__ == "__main__":
    main()
