"""How often is something claimed where there is nothing? Null worlds of every shipped scenario.

    nice -n 19 .venv/bin/python tests/bench/null_worlds.py --worlds 200 --out null.jsonl
    .venv/bin/python tests/bench/null_worlds.py --table null.jsonl

An audit a seed, of each shipped scenario with two arms or more, in a world where nothing that a
viewer does moves what it is shown: the recommender's weights of history, subscriptions, videos
seen and feedback are 0, and the feed's of deeds and posts seen. Sessions are simulated in memory,
as ``collector dataset new`` does, written to a store and judged as ``collector report`` judges.

A line of JSON an audit is appended to ``--out`` as it is made; what stands there already is not
made again, so a run that was stopped goes on, and several may share the work (``--part 1/2``).
Exits with 1 if more than 5 % of the worlds of a scenario, and more than chance leaves at that
rate, are called an effect, or if any is said to differ in another way.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))

from known_worlds import NULL, judged, run

from collector.analysis import summary
from collector.analysis.verdicts import VerdictKind
from collector.scenario.loader import Loaded, load_scenario
from collector.scenario.shipped import shipped_scenarios
from mockserver.world.social.parameters import NULL_PARAMETERS

#: What nothing that a viewer does can move, on either site.
PARAMETERS = NULL | NULL_PARAMETERS
#: Of 200 null worlds so many effects or more come in 1 of 100 at a rate of 5 %.
TOO_MANY = 19
HEADS = ("effect", "bounded", "undecided", "withheld")


def scenarios() -> list[str]:
    """Shipped scenarios of which something is tested: two arms or more."""
    return [name for name in shipped_scenarios() if len(load_scenario(name).scenario.arms) > 1]


def audit(loaded: Loaded, seed: int) -> dict[str, Any]:
    """One audit of the null world: its headline, and the verdict of each outcome."""
    with tempfile.TemporaryDirectory() as folder:
        data, judgement = judged(
            run(Path(folder) / "run", loaded, seed=seed, parameters=PARAMETERS)
        )
    return {
        "scenario": loaded.scenario.name,
        "seed": seed,
        "headline": summary.headline(data, judgement)["kind"],
        "verdicts": [
            {
                "outcome": f"{each.surface} {each.metric} {each.arm}",
                "verdict": each.verdict.name.lower(),
                "estimate": each.estimate,
                "p": each.p_adjusted,
                "gate": each.gate,
            }
            for each in judgement.verdicts
        ],
    }


def claims_difference(found: Mapping[str, Any]) -> bool:
    """Whether anything of an audit says that the arms differ."""
    effect = VerdictKind.EFFECT.name.lower()
    return found["headline"] == "effect" or any(
        each["verdict"] == effect for each in found["verdicts"]
    )


def table(audits: Iterable[Mapping[str, Any]]) -> tuple[list[str], bool]:
    """A line a scenario in Markdown, and whether all of them hold."""
    by: dict[str, list[Mapping[str, Any]]] = {}
    for each in audits:
        by.setdefault(each["scenario"], []).append(each)
    lines = [
        "| scenario | worlds | outcomes | effect | no larger | undecided | withheld | gates |",
        "|---|---|---|---|---|---|---|---|",
    ]
    held = True
    for name, found in sorted(by.items()):
        heads = Counter(each["headline"] for each in found)
        wrong = sum(map(claims_difference, found))
        gates = Counter(v["gate"] for each in found for v in each["verdicts"] if v["gate"])
        cells = [
            name, len(found), len(found[0]["verdicts"]),
            f"{wrong} ({100 * wrong / len(found):.1f} %)", *(heads[kind] for kind in HEADS[1:]),
            ", ".join(f"{gate} {count}" for gate, count in gates.most_common()) or "–",
        ]  # fmt: skip
        lines.append(f"| {' | '.join(map(str, cells))} |")
        held &= wrong * 200 < TOO_MANY * len(found) and set(heads) <= set(HEADS)
        held &= wrong == heads["effect"]
    return lines, held


def made(path: Path) -> list[dict[str, Any]]:
    """The audits of a file, each once."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    audits = [json.loads(line) for line in lines if line.endswith("}")]
    return list({(each["scenario"], each["seed"]): each for each in audits}.values())


def measure(names: Sequence[str], seeds: Sequence[int], out: Path) -> None:
    for name in names:
        loaded = load_scenario(name)
        known = {(each["scenario"], each["seed"]) for each in made(out)}
        for seed in seeds:
            if (loaded.scenario.name, seed) in known:
                continue
            line = json.dumps(audit(loaded, seed)) + "\n"
            # One write to the end of a file: several processes may share it.
            file = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            os.write(file, line.encode())
            os.close(file)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--worlds", type=int, default=200)
    parser.add_argument("--first", type=int, default=1000, help="seed of the first audit")
    parser.add_argument("--only", nargs="+", help="these scenarios, by name")
    parser.add_argument("--part", default="1/1", help="n/m: every m-th seed, from the n-th on")
    parser.add_argument("--out", type=Path, default=Path("null-worlds.jsonl"))
    parser.add_argument("--table", type=Path, help="print the table of such a file, and no more")
    asked = parser.parse_args()
    if asked.table is None:
        part, parts = map(int, asked.part.split("/"))
        seeds = range(asked.first + part - 1, asked.first + asked.worlds, parts)
        measure(asked.only or scenarios(), seeds, asked.out)
    lines, held = table(made(asked.table or asked.out))
    print("\n".join(lines))
    return int(not held)


if __name__ == "__main__":
    sys.exit(main())
