"""A replayed session beside its original: observation by observation, timeline by timeline.

What depends on how fast a machine is (clocks, seconds in view, pixels) is left out; everything that
a page showed is compared, and a difference is named by where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any

from collector.common.model import Timeline
from collector.store import Store

#: Names whose values follow the clock or the speed of the machine. When something was published is
#: reckoned from how long ago a page says it was.
_OF_THE_MOMENT = frozenset(
    {"bottom", "delay_s", "id", "impressionTime", "publicationTime", "published", "startTime",
     "started", "time", "timelineId", "top", "visible_s"}
)  # fmt: skip
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing that both sessions have, or only one of them."""

    session: str
    step: int
    what: str
    items: int
    differences: tuple[str, ...] = ()
    """Where they differ; empty: nowhere."""

    @property
    def equal(self) -> bool:
        """Return whether they differ nowhere."""
        return not self.differences


def compare(session: str, original: Store, again: Store) -> list[Compared]:
    """Everything seen in a session, in order."""
    return [
        *_observations(session, original, again),
        *_timelines(session, original, again),
        *_steps(session, original, again),
    ]


def _observations(session: str, original: Store, again: Store) -> Iterator[Compared]:
    pairs = zip_longest(original.captures(session=session), again.captures(session=session))
    for first, second in pairs:
        some = first or second
        assert some is not None  # zip_longest ends with the longer one
        if first is None or second is None:
            where = "not in the replay" if second is None else "not in the original"
            yield Compared(session, some.step, some.kind.value, 0, (where,))
            continue
        seen, seen_again = original.observation(first.id), again.observation(second.id)
        one = {"step": first.step, "status": first.status, "page": seen}
        other = {"step": second.step, "status": second.status, "page": seen_again}
        items = len(seen.impressions) if seen is not None else 0
        yield Compared(session, first.step, first.kind.value, items, _differences(one, other))


def _timelines(session: str, original: Store, again: Store) -> Iterator[Compared]:
    def of(store: Store) -> list[tuple[int, Timeline]]:
        steps = {
            row["id"]: row["step"]
            for row in store.rows("SELECT id, step FROM timelines WHERE session = ?", [session])
        }
        found = [each for each in store.timelines() if each.id in steps]
        return [(steps[each.id], each) for each in sorted(found, key=lambda one: one.started)]

    for first, second in zip_longest(of(original), of(again)):
        step, some = first or second
        if first is None or second is None:
            where = "not in the replay" if second is None else "not in the original"
            yield Compared(session, step, "timeline", 0, (where,))
        else:
            differences = _differences(first[1].impressions, second[1].impressions)
            yield Compared(session, step, "timeline", len(some.impressions), differences)


def _steps(session: str, original: Store, again: Store) -> Iterator[Compared]:
    """Steps that had another outcome; nothing of those that had the same."""
    for first, second in zip(original.steps(session), again.steps(session), strict=True):
        if first["outcome"] != second["outcome"]:
            told = f"outcome: {first['outcome']} then, {second['outcome']} now"
            if second["detail"]:
                told += f" ({second['detail']})"
            yield Compared(session, first["step"], first["kind"], 0, (told,))


def _differences(one: Any, other: Any) -> tuple[str, ...]:
    found = list(_walk(_plain(one), _plain(other), ""))
    more = len(found) - _MOST_NAMED
    return tuple(found[:_MOST_NAMED]) + ((f"and {more} more",) if more > 0 else ())


def _walk(one: Any, other: Any, path: str) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted({*one, *other} - _OF_THE_MOMENT):
            yield from _walk(one.get(name), other.get(name), f"{path}.{name}".lstrip("."))
    elif isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            yield f"{path}: {len(one)} then, {len(other)} now"
        for number, (left, right) in enumerate(zip(one, other, strict=False), 1):
            yield from _walk(left, right, f"{path} {number}")
    elif one != other:
        yield f"{path}: {_short(one)} then, {_short(other)} now"


def _plain(value: Any) -> Any:
    """Data of the model as dicts and lists."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
