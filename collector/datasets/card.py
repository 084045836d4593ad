"""The data card: what a dataset is, how it was made, and how to tell that it is whole.

Written twice, as ``datacard.json`` for programs and ``README.md`` for people. Holds no time and
nothing of the machine, so that the same dataset has the same card.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

from collector import __version__
from collector.datasets.simulator import Simulator
from collector.export.rows import about, columns
from collector.platforms.registry import Genre, spec_of
from collector.store import SCHEMA_VERSION, TABLES

FORMAT = "twinwatch-dataset/1"
CARD, README = "datacard.json", "README.md"
#: What ``collector report`` writes beside the data.
REPORT = "report.html"
FIGURES = "report-figures/"

#: What a card must say; ``check`` asks for each.
REQUIRED = (
    "format", "name", "description", "shape", "seed", "scenario", "plan_hash", "world",
    "recommender", "generator", "licence", "cite", "command", "simulated", "not_simulated",
    "counts", "schema", "files",
)  # fmt: skip

_UNITS = {
    "age_seconds": "s", "seconds": "s", "viewport_width": "CSS px", "viewport_height": "CSS px",
    "top": "CSS px", "bottom": "CSS px", "size": "UTF-16 units", "visible_share": "0–1",
}  # fmt: skip

SIMULATED = (
    "Every puppet is carried through its plan against the mock world itself: the same catalogue,"
    " the same recommender, the same page loads and choices as in a run on the bundled mock. The"
    " program that carries out a run's steps carries out these.",
    "Rows of impressions are what the parser of real pages reads from the mock's own markup.",
    "truth_impressions, truth_pages and truth_watches are what the world served and was told;"
    " observations miss nothing and invent nothing of it.",
)
NOT_SIMULATED = (
    "There is no browser, no network and no HTML: content_hash of a capture is the SHA-256 of what"
    " was shown, its size is 0, and nothing is ever unread.",
    "Times are those of a clock that begins at 2026-01-01 UTC and takes a fixed time for each kind"
    " of step; the world itself stands still at that moment, so ages do not grow.",
    "How many items a scroll brings into the list is estimated from the height of the window.",
    "A watch takes what is planned, or ends with the video; receipts hold its first and last"
    " reading. Adverts before a video are watched to their end. Nothing stalls, and a video that is"
    " open but not watched does not play.",
    "Clicks, key presses, screenshots, snapshots and the player's autoplay switch are skipped"
    " steps. Of a channel only its uploads are listed; its other tabs are pages of unknown status."
    " Faults of the site do not occur.",
    "What a page shows of the viewer's own past on a card (watched share, own like) is left out.",
)


def unit_of(column: str) -> str | None:
    """The unit of a column, where it has one."""
    if column in _UNITS:
        return _UNITS[column]
    return {"_s": "s", "_ms": "ms"}.get(column[column.rfind("_") :]) if "_" in column else None


def schema() -> dict[str, Any]:
    """Tables and columns with types, units and descriptions."""
    return {
        name: {
            "about": table.about,
            "key": list(table.key),
            "columns": {
                column: {"type": kind, "unit": unit_of(column), "about": about(name, column)}
                for column, kind in columns(name).items()
            },
        }
        for name, table in TABLES.items()
    }


def generator(parser: str) -> dict[str, str]:
    """Everything whose version may change a byte."""
    return {
        "twinwatch": __version__,
        "parser": parser,
        "numpy": version("numpy"),
        "pyarrow": version("pyarrow"),
        "sqlite": sqlite3.sqlite_version,
    }


def is_own(name: str) -> bool:
    """The card's own files, and what a later report of the dataset lays beside them."""
    return name in (CARD, README, REPORT) or name.startswith(FIGURES)


def files_of(folder: Path) -> dict[str, dict[str, Any]]:
    """Path → SHA-256 and size of every file below ``folder``, the card's own left out."""
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*"))}
    own = {name: path for name, path in paths.items() if path.is_file() and not is_own(name)}
    # Hashing lets other threads run: as many files at once as there are processors.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        hashes = pool.map(sha256_of, own.values())
        return {
            name: {"sha256": found, "bytes": path.stat().st_size}
            for (name, path), found in zip(own.items(), hashes, strict=True)
        }


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def card_of(
    simulator: Simulator,
    *,
    name: str,
    shape: str,
    rows: int,
    rounds: int,
    parser: str,
    licence: str,
    command: str,
    counts: Mapping[str, int],
    files: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """The card's content.

    :param rows: how many impressions were asked for.
    :param rounds: how often the plan was taken, the last time perhaps in part.
    """
    plan, world = simulator.rounds.plan, simulator.world
    return {
        "format": FORMAT,
        "name": name,
        "description": f"Simulated observations of sock puppets: scenario {plan.scenario_name!r},"
        f" at least {rows:,} impressions, without any real person or platform.",
        "shape": shape,
        "platform": plan.platform,
        "seed": plan.seed,
        "scenario": dict(plan.scenario),
        "scenario_sha256": plan.source,
        "plan_hash": plan.hash,
        "rows_asked_for": rows,
        "ends": "at the page on which the number of impressions that was asked for is reached",
        "rounds": {
            "count": rounds,
            "seeds": "round 0 is the plan of the seed; round n that of"
            " derive_seed(seed, 'round', n), its puppets being further twins",
        },
        "world": {"seed": world.seed, "name": world.recipe.name, "era": world.era,
                  "clock": world.clock.spec, "fingerprint": world.fingerprint()},
        "recommender": world.describe(),
        "generator": generator(parser),
        "schema_version": SCHEMA_VERSION,
        "licence": licence,
        "cite": f"twinwatch {__version__}: dataset {name}, scenario {plan.scenario_name},"
        f" seed {plan.seed}, plan {plan.hash[:12]}, {licence}.",
        "command": command,
        "simulated": list(SIMULATED),
        "not_simulated": list(NOT_SIMULATED),
        "personal_data": "none: puppets are pseudonyms, channels and people are invented",
        "counts": dict(counts),
        "schema": schema() if shape == "twinwatch" else published_schema(),
        "files": {path: dict(facts) for path, facts in files.items()},
    }  # fmt: skip


def published_schema() -> dict[str, Any]:
    """What stands in a file of the shape ``e18``."""
    return {
        "impressions": "pageName, profile, postId, impressionTime, publicationTime,"
        " visualizationDiff (s), type, displayName, like, love, haha, wow, sad, angry, thankful,"
        " impressionOrder, id, permaLink, rtotal, comments, shares, timelineId",
        "posts": "postId, publicationTime, pageName, text, appears:"
        " visualizationDiff (s), impressionOrder, profile, id",
        "timewindow": "start, end",
    }


def write_card(folder: Path, card: Mapping[str, Any]) -> None:
    """``datacard.json`` and ``README.md``."""
    text = json.dumps(card, indent=2, ensure_ascii=False, sort_keys=True, default=str)
    (folder / CARD).write_text(text + "\n", encoding="utf-8")
    (folder / README).write_text(readme(card), encoding="utf-8")


def readme(card: Mapping[str, Any]) -> str:
    """The card for people."""
    lines = [f"# {card['name']}", "", card["description"], ""]
    lines += _facts(card)
    lines += ["", "## What is simulated", "", *(f"- {each}" for each in card["simulated"])]
    lines += ["", "## What is not", "", *(f"- {each}" for each in card["not_simulated"])]
    lines += ["", "## Rows", "", "| table | rows |", "|---|---|"]
    lines += [f"| `{name}` | {count:,} |" for name, count in card["counts"].items()]
    lines += ["", "## Files", "", "| file | bytes | SHA-256 |", "|---|---|---|"]
    lines += [
        f"| `{path}` | {facts['bytes']:,} | `{facts['sha256']}` |"
        for path, facts in card["files"].items()
    ]
    lines += ["", "## The recommender", "", "```text", _formula(card), "```"]
    lines += ["", "Parameters:", "", "```json", _parameters(card), "```"]
    lines += ["", *_schema(card["schema"])]
    return "\n".join(lines).rstrip() + "\n"


def _facts(card: Mapping[str, Any]) -> Sequence[str]:
    return (
        f"- Licence: {card['licence']}. {card['personal_data'].capitalize()}.",
        f"- Cite: {card['cite']}",
        f"- Make it again: `{card['command']}`",
        f"- Seed {card['seed']}, plan `{card['plan_hash']}`",
        "- Made by: " + ", ".join(f"{name} {v}" for name, v in card["generator"].items()),
        "- Check it: `collector dataset check DIR`",
    )


def _recommender(card: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the card says of the recommender of its own kind of lists."""
    told: Mapping[str, Any] = card["recommender"]
    return told["feed"] if spec_of(card["platform"]).genre is Genre.FEED else told


def _formula(card: Mapping[str, Any]) -> str:
    return str(_recommender(card)["formula"]).strip()


def _parameters(card: Mapping[str, Any]) -> str:
    own = _recommender(card)
    found = {name: own[name] for name in ("params", "weights") if name in own}
    return json.dumps(found, indent=1, sort_keys=True)


def _schema(found: Mapping[str, Any]) -> list[str]:
    lines = ["## Columns", ""]
    for name, table in found.items():
        if isinstance(table, str):
            lines += [f"- `{name}`: {table}"]
            continue
        lines += [f"### {name}", "", table["about"], "", "| column | type | unit | what it holds |",
                  "|---|---|---|---|"]  # fmt: skip
        lines += [
            f"| `{column}` | {spec['type']} | {spec['unit'] or ''} | {spec['about']} |"
            for column, spec in table["columns"].items()
        ]
        lines.append("")
    return lines
