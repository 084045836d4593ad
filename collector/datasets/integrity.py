"""Do the rows of a dataset belong together, and is nobody in them?

Rows are watched as they go by, so that a large dataset fits: of a table only the keys that others
refer to are kept. What would tell who looked (visitor ids, account numbers, keys) follows from the
seeds of the puppets, so it is known, and every text is searched for it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from collector.common.identity import KeyPair, pseudonym
from collector.datasets.readers import Fault, Row
from collector.export import Format
from collector.platforms.registry import platforms
from collector.profile import visitor_id_of
from collector.store import TABLES

_REFERENCE = re.compile(r"\A(\w+)\((\w+)\)")
_WORD = re.compile(r"[A-Za-z0-9_-]{11,}")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,190}\.[a-z]{2,24}", re.ASCII)

#: Tables whose rows are numbered without holes within another: the owner's column, the number's,
#: and where the owner says how many there are.
_LISTS = {
    "impressions": ("capture", "position", "observations", "capture"),
    "feed": ("timeline", "number", "timelines", "id"),
}


class Integrity:
    """Watches the rows of every table, in the order of the schema."""

    def __init__(self, wrong: Callable[[Fault], None]) -> None:
        """:param wrong: told everything that is wrong."""
        self._wrong = wrong
        self._keys: dict[tuple[str, str], set[Any]] = {}
        self._wanted = {
            (found[1], found[2])
            for table in TABLES.values()
            for spec in table.columns.values()
            if (found := _REFERENCE.match(spec.references))
        }
        self._said: dict[str, dict[str, tuple[int, str]]] = {name: {} for name in _LISTS}
        self._counted: dict[str, Counter[tuple[str, str]]] = {name: Counter() for name in _LISTS}
        self._steps: set[tuple[Any, Any]] = set()
        self._secret: dict[str, str] = {}

    def watched(self, table: str, rows: Iterator[Row], place: str, form: Format) -> Iterator[Row]:
        """The same rows; what is wrong with them is told on the way."""
        names = list(TABLES[table].columns)
        number_of = {name: number for number, name in enumerate(names)}
        references = [
            (number_of[name], name, (found[1], found[2]))
            for name, spec in TABLES[table].columns.items()
            if (found := _REFERENCE.match(spec.references))
        ]
        if table.startswith("truth_"):
            references.append((number_of["puppet"], "puppet", ("puppets", "id")))
        kept = [
            (number_of[column], self._keys.setdefault((owner, column), set()))
            for owner, column in self._wanted
            if owner == table
        ]
        specs, key = TABLES[table].columns, TABLES[table].key
        texts = [number_of[name] for name, spec in specs.items() if spec.type == "TEXT"]
        # An empty name of a column in the dictionary stands for the table itself.
        required = [
            number_of[name]
            for name, spec in specs.items()
            if (spec.required or name in key) and name != "column"
        ]
        # A CSV has its header in line 1.
        for line, row in enumerate(rows, 2 if form is Format.CSV else 1):
            for number in required:
                if row[number] is None:
                    self._wrong(Fault(place, "is empty", line, names[number]))
            for number, column, target in references:
                value = row[number]
                if value is not None and value not in self._keys.get(target, ()):
                    problem = f"there is no {target[0]} {value!r}"
                    self._wrong(Fault(place, problem, line, column))
            for number, keys in kept:
                if row[number] in keys:
                    self._wrong(
                        Fault(place, f"{row[number]!r} is there twice", line, names[number])
                    )
                keys.add(row[number])
            self._look(table, row, number_of, place, line)
            self._search(row, texts, names, place, line)
            yield row

    def _look(self, table: str, row: Row, at: dict[str, int], place: str, line: int) -> None:
        if table == "puppets":
            self._puppet(row, at, place, line)
        elif table == "steps":
            self._steps.add((row[at["session"]], row[at["step"]]))
        elif table == "captures" and (row[at["session"]], row[at["step"]]) not in self._steps:
            self._wrong(Fault(place, "its session has no such step", line, "step"))
        for name, (owner, number, teller, key) in _LISTS.items():
            if table == teller:
                self._said[name][row[at[key]]] = (row[at["impressions"]], f"{place}:{line}")
            if table == name:
                surface = row[at["surface"]] if "surface" in at else ""
                counts, which = self._counted[name], (row[at[owner]], surface)
                counts[which] += 1
                if row[at[number]] != counts[which]:
                    problem = f"is {row[at[number]]}, not {counts[which]}"
                    self._wrong(Fault(place, problem, line, number))

    def _puppet(self, row: Row, at: dict[str, int], place: str, line: int) -> None:
        seed, name = row[at["seed"]], row[at["id"]]
        if seed is None:
            return
        keys = KeyPair.generate(hashlib.sha256(f"key {seed} {name}".encode()).digest())
        visitor = visitor_id_of(seed)
        cookies = (spec.cookies(visitor).values() for spec in platforms().values())
        for secret in (visitor, *chain.from_iterable(cookies), keys.public_key, keys.secret_key):
            self._secret[secret] = name
        if row[at["pseudonym"]] != pseudonym(keys.public_key):
            self._wrong(Fault(place, "is not the pseudonym of the puppet", line, "pseudonym"))
        try:
            json.loads(row[at["persona"]] or "{}")
        except ValueError as error:
            self._wrong(Fault(place, f"is not JSON: {error}", line, "persona"))

    def _search(self, row: Row, texts: list[int], names: list[str], place: str, line: int) -> None:
        secret = self._secret
        for number in texts:
            text = row[number]
            if not text or len(text) < 6:
                continue
            if not secret.keys().isdisjoint(_WORD.findall(text)):
                word = next(word for word in _WORD.findall(text) if word in secret)
                problem = f"holds what identifies the viewer {secret[word]}"
                self._wrong(Fault(place, problem, line, names[number]))
            if "@" in text and (mail := _MAIL.search(text)):
                self._wrong(Fault(place, f"holds a mail address ({mail[0]})", line, names[number]))

    def end(self) -> None:
        """Everything was seen: lists that should have been longer or shorter are told."""
        for name, said in self._said.items():
            totals: Counter[str] = Counter()
            for (owner, _), count in self._counted[name].items():
                totals[owner] += count
            for owner, (wanted, place) in said.items():
                if totals[owner] != wanted:
                    problem = f"says {wanted} of {owner!r}, and {name} has {totals[owner]}"
                    self._wrong(Fault(place, problem, column="impressions"))
