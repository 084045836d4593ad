"""``ro-crate-metadata.json``: what is in a pack, what made it, from what (RO-Crate 1.3).

Written as plain JSON-LD, entity by entity, so that the same run gives the same bytes. The action
that made the data is described as in Process Run Crate, whose own rules still ask for RO-Crate 1.1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from collector import __version__
from collector.packing.citation import Author

CRATE = "https://w3id.org/ro/crate/1.3"
CONTEXT = f"{CRATE}/context"
FILE = "ro-crate-metadata.json"

_TYPES = {
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".md": "text/markdown",
    ".html": "text/html",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".csv": "text/csv",
    ".gz": "application/gzip",
    ".wacz": "application/wacz",
    ".cff": "application/yaml",
    ".chain": "text/plain",
    ".sig": "application/json",
}

Entity = dict[str, Any]


def _ref(name: str) -> Entity:
    return {"@id": name}


def _file(path: str, about: str, size: int | None, digest: str | None) -> Entity:
    suffix = "." + path.rpartition(".")[2] if "." in path else ""
    found: Entity = {
        "@id": path,
        "@type": "File",
        "name": path.rpartition("/")[2],
        "encodingFormat": _TYPES.get(suffix, "text/plain"),
    }
    if about:
        found["description"] = about
    if size is not None:
        found["contentSize"] = str(size)
    if digest is not None:
        found["sha256"] = digest
    return found


def crate(
    *,
    run: str,
    title: str,
    description: str,
    started: str,
    finished: str,
    authors: Sequence[Author],
    licence: str | None,
    browser: str,
    plan_hash: str,
    files: Mapping[str, tuple[str, int | None, str | None]],
    inputs: Sequence[str],
    outputs: Sequence[str],
) -> bytes:
    """The metadata document.

    :param started: ISO-8601; ``finished`` too.
    :param files: path → (what it is, bytes, SHA-256) of everything else in the pack.
    :param inputs: those of them that the run was made from.
    :param outputs: those that it left.
    """
    people = [
        {"@id": f"#author-{n}", "@type": "Person" if a.family else "Organization", "name": a.name}
        | ({"familyName": a.family, "givenName": a.given} if a.family else {})
        for n, a in enumerate(authors, 1)
    ]
    right = (
        {
            "@id": f"https://spdx.org/licenses/{licence}",
            "@type": "CreativeWork",
            "name": licence,
            "description": "Licence of the data.",
        }
        if licence
        else {
            "@id": "#licence",
            "@type": "CreativeWork",
            "name": "Not stated",
            "description": "No licence is stated: ask the authors.",
        }
    )
    software = {
        "@id": "#twinwatch",
        "@type": "SoftwareApplication",
        "name": "twinwatch",
        "version": __version__,
        "softwareVersion": __version__,
        "url": f"urn:twinwatch:{__version__}",
        "description": f"Sock puppets in {browser}.",
    }
    action = {
        "@id": "#run",
        "@type": "CreateAction",
        "name": f"Run {run}",
        "description": f"Carries out the plan with the SHA-256 {plan_hash}.",
        "instrument": _ref("#twinwatch"),
        "startTime": started,
        "endTime": finished,
        "agent": _ref(people[0]["@id"]),
        "object": [_ref(name) for name in inputs],
        "result": [_ref(name) for name in outputs],
        "actionStatus": "http://schema.org/CompletedActionStatus",
    }
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": title,
        "description": description,
        "datePublished": finished[:10],
        "license": _ref(right["@id"]),
        "author": [_ref(each["@id"]) for each in people],
        "hasPart": [_ref(path) for path in files],
        "mentions": [_ref("#run")],
        "identifier": f"sha256:{plan_hash}",
    }
    graph: list[Entity] = [
        {
            "@id": FILE,
            "@type": "CreativeWork",
            "about": _ref("./"),
            "conformsTo": _ref(CRATE),
        },
        root,
        *(_file(path, about, size, digest) for path, (about, size, digest) in files.items()),
        software,
        action,
        *people,
        right,
    ]
    found = {"@context": CONTEXT, "@graph": graph}
    return json.dumps(found, indent=2, ensure_ascii=False).encode()
