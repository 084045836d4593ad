"""Ask the server what it holds of a run: the proof that a submission arrived, in its own words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from collector import bounded
from collector.certificates import trusting
from collector.platforms.registry import spec_of
from collector.profile import Profile
from collector.store import Store
from collector.submit import Outbox, api_root

_TIMEOUT_S = 60.0


def read_back(
    store: Store,
    target: str,
    puppets: Mapping[str, Profile],
    platform: str,
    ca: Path | None = None,
) -> dict[str, Any]:
    """Puppet → the server's ``personal`` answer, for each that submitted something to ``target``.

    Only reads; needs the read tokens that the server gave when it accepted the evidence. ``ca`` is
    a PEM file of authorities that are trusted beside this machine's.
    """
    personal = spec_of(platform).read_back
    if personal is None:
        return {}
    outbox = Outbox(store.db)
    root = api_root(target)
    found: dict[str, Any] = {}
    with bounded.client(to=root, context=trusting(ca), timeout=_TIMEOUT_S) as client:
        for name, profile in sorted(puppets.items()):
            token = outbox.user_token(root, profile.public_key)
            if token is None:
                continue
            path = personal.format(token=token)
            answer = client.get(f"{root}/{path}")
            answer.raise_for_status()
            found[name] = answer.json()
            found[name].setdefault("total", len(found[name].get("content", ())))
    return found


def totals(answers: Mapping[str, Any]) -> int:
    """How many observations the server holds of all puppets together."""
    return sum(int(answer.get("total", 0)) for answer in answers.values())
