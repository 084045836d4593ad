"""What items are about, as the analysis is to see it: the run's own labels, a version, or a file.

Protects two rules. What the puppets were run with (table ``labels``) stays as it was, so a session
can be replayed; what somebody said afterwards stands beside it in numbered versions, and a report
can be made again with any of them. And where coders did not agree, an interval is wider than one
that takes their labels for facts.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from collector.common.errors import UserError
from collector.common.model import DEFAULT_PLATFORM, ItemKind, Platform
from collector.labelfile import read_label_file
from collector.labelpatterns import by_pattern
from collector.store import Store

RESOLVED = "resolved"
"""The coder's name of what all say together."""
OWN = "run"
"""The word for the labels that the run itself had."""

#: ``None``: the newest version, else the run's own; ``"run"``; a version; a file of labels.
Wanted = int | str | Path | None


@dataclass(frozen=True)
class Labelling:
    """The labels in force, and who gave them."""

    labels: Mapping[str, str] = field(default_factory=dict)
    """Item id → label."""
    version: int | None = None
    """``None``: the run's own, or a file's."""
    sources: Mapping[str, int] = field(default_factory=dict)
    """Where labels come from → how many."""
    coded: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Coder → item id → label: the sheets, without who settled them."""
    settled: frozenset[str] = frozenset()
    """Items that somebody settled."""
    agreement: Mapping[str, Any] = field(default_factory=dict)
    """How far the coders agree; empty with fewer than two."""
    files: tuple[Mapping[str, Any], ...] = ()
    sha256: str = ""
    """Of the labels in force: :func:`fingerprint`."""
    others: tuple[int, ...] = ()
    """Numbers of all versions that the run has."""

    def topic(self, item_id: str | None, kind: str | None, channel_href: str | None) -> str | None:
        """The label of an item; of a mix that of the video it begins with, else its channel's.

        The same as the views of the store say.
        """
        return topic_of(self.labels, item_id, kind, channel_href)

    @property
    def name(self) -> str:
        """``version 2``, or where the labels come from."""
        if self.version is not None:
            return f"version {self.version}"
        return ", ".join(self.sources) or "none"


def topic_of(
    labels: Mapping[str, str], item_id: str | None, kind: str | None, channel_href: str | None
) -> str | None:
    """See :meth:`Labelling.topic`."""
    found = labels.get(item_id or "")
    if found is None and kind == ItemKind.MIX and item_id:
        found = labels.get(item_id[-11:])
    if found is None and channel_href:
        found = labels.get(channel_href.replace("/channel/", ""))
    return found


def fingerprint(labels: Mapping[str, str]) -> str:
    """SHA-256 of labels: a line ``id TAB label`` an item, sorted by id."""
    lines = "".join(f"{item}\t{labels[item]}\n" for item in sorted(labels))
    return hashlib.sha256(lines.encode()).hexdigest()


def read_labelling(
    store: Store, wanted: Wanted = None, platform: str = DEFAULT_PLATFORM
) -> Labelling:
    """The labels that a report is to be made with.

    :raises UserError: there is no such version, or the file cannot be used.
    """
    versions = tuple(
        row["version"] for row in store.rows("SELECT version FROM label_versions ORDER BY version")
    )
    if isinstance(wanted, str) and wanted.lstrip("v").isdigit():
        wanted = int(wanted.lstrip("v"))
    if isinstance(wanted, int):
        if wanted not in versions:
            known = ", ".join(map(str, versions)) or "none: collector label import makes one"
            raise UserError(
                f"the run has no labels of version {wanted}",
                place="--labels",
                fix=f"its versions are {known}; {OWN!r} are the run's own, a file is read as it is",
            )
        return _version(store, wanted, versions)
    if wanted is not None and wanted != OWN:
        path = Path(wanted)
        file = read_label_file(path, Platform(platform))
        matched = file.patterns.labels(
            row
            for row in store.rows(
                "SELECT DISTINCT item_id, title, channel_name, channel_href FROM impressions"
            )
            if row["item_id"] not in file.labels
        )
        labels = {**matched, **file.labels}
        counts = {path.name: len(file.labels), by_pattern(path.name): len(matched)}
        return Labelling(
            labels=labels,
            sources={source: count for source, count in counts.items() if count},
            sha256=fingerprint(labels),
            others=versions,
        )
    if wanted is None and versions:
        return _version(store, versions[-1], versions)
    own: dict[str, str] = {}
    sources: dict[str, int] = defaultdict(int)
    for row in store.rows("SELECT item_id, label, source FROM labels ORDER BY source, item_id"):
        own[row["item_id"]] = row["label"]
        sources[row["source"]] += 1
    return Labelling(
        labels=own, sources=dict(sources), sha256=fingerprint(own) if own else "", others=versions
    )


def _version(store: Store, version: int, others: tuple[int, ...]) -> Labelling:
    (about,) = store.rows("SELECT * FROM label_versions WHERE version = ?", [version])
    files = tuple(json.loads(about["files"]))
    judges = {each["coder"] for each in files if each.get("adjudicates")}
    resolved: dict[str, str] = {}
    settled: set[str] = set()
    coded: dict[str, dict[str, str]] = {name: {} for name in json.loads(about["coders"])}
    for row in store.rows(
        "SELECT coder, item_id, label FROM codings WHERE version = ? AND label IS NOT NULL"
        " ORDER BY coder, item_id",
        [version],
    ):
        if row["coder"] == RESOLVED:
            resolved[row["item_id"]] = row["label"]
        elif row["coder"] in judges:
            settled.add(row["item_id"])
        else:
            coded.setdefault(row["coder"], {})[row["item_id"]] = row["label"]
    return Labelling(
        labels=resolved,
        version=version,
        sources={f"codings {version}": len(resolved)},
        coded=coded,
        settled=frozenset(settled),
        agreement=json.loads(about["agreement"] or "{}"),
        files=files,
        sha256=about["sha256"],
        others=others,
    )


def as_coder(labelling: Labelling, coder: str) -> dict[str, str]:
    """All labels as one coder gave them; of items that she did not code what all say together."""
    return {**labelling.labels, **labelling.coded[coder]}


def drawn(labelling: Labelling, seed: int) -> dict[str, str]:
    """Labels as they might be as well: one draw for a multiple imputation.

    An item on which coders differ gets the label of one of them, each as likely. An item that one
    coder saw gets what another would have said: drawn as often as another gave each label where
    this one gave hers. What was settled, and what all coders say alike, stays.
    """
    chance = random.Random(seed)
    by_item: dict[str, list[str]] = defaultdict(list)
    for coder in sorted(labelling.coded):
        for item, label in labelling.coded[coder].items():
            by_item[item].append(label)
    other = _said_by_another(by_item.values())
    found = dict(labelling.labels)
    for item in sorted(by_item):
        said = by_item[item]
        if item in labelling.settled:
            continue
        if len(said) == 1:
            known = other.get(said[0])
            found[item] = chance.choice(known) if known else said[0]
        elif len(set(said)) > 1:
            found[item] = chance.choice(said)
    return found


def _said_by_another(codings: Iterable[list[str]]) -> dict[str, list[str]]:
    """Label → what another coder said of an item to which one gave it, once for each such pair."""
    found: dict[str, list[str]] = defaultdict(list)
    for said in codings:
        for at, label in enumerate(said):
            found[label] += said[:at] + said[at + 1 :]
    return found
