"""``CITATION.cff`` (1.2.0) of a run's data, and the people in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

#: Licences for data that ``--license`` knows (SPDX names).
LICENCES = ("CC-BY-4.0", "CC0-1.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "ODbL-1.0", "ODC-By-1.0")


@dataclass(frozen=True, slots=True)
class Author:
    """A person (``family`` and ``given``) or an organisation (``name``)."""

    name: str
    family: str = ""
    given: str = ""

    @classmethod
    def of(cls, written: str) -> Author:
        """``Doe, Jane`` is a person, anything without a comma an organisation."""
        family, comma, given = (part.strip() for part in written.partition(","))
        if comma and family and given:
            return cls(f"{given} {family}", family, given)
        return cls(written.strip().rstrip(","))


def authors_of(registration: dict[str, Any], run: str) -> list[Author]:
    """The authors that the scenario names; without any, an entity that says so."""
    named = [Author.of(each) for each in registration.get("authors") or ()]
    return named or [Author(f"Authors of the run {run} (not stated)")]


def citation(
    *,
    title: str,
    abstract: str,
    authors: list[Author],
    released: str,
    plan_hash: str,
    licence: str | None,
) -> bytes:
    """The file.

    :param released: the day on which collection ended, ``2026-11-28``.
    :param licence: one of :data:`LICENCES`; ``None``: none is stated.
    """
    found: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use these data, please cite them and state the hash of their plan.",
        "type": "dataset",
        "title": title,
        **({"abstract": abstract} if abstract else {}),
        "authors": [
            {"family-names": each.family, "given-names": each.given}
            if each.family
            else {"name": each.name}
            for each in authors
        ],
        "date-released": released,
        "identifiers": [
            {
                "type": "other",
                "value": f"sha256:{plan_hash}",
                "description": "SHA-256 of the plan (plan.json)",
            }
        ],
        "keywords": ["algorithm audit", "sock puppet", "recommender system"],
        **({"license": licence} if licence else {}),
    }
    text = yaml.safe_dump(found, sort_keys=False, allow_unicode=True, width=100)
    return str(text).encode()
