"""Visits that lead away from the site of a scenario, which no puppet makes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from collector.addresses import parts_of
from collector.platforms.registry import spec_of
from collector.problems import Path, dotted
from collector.scenario.loader import Loaded
from collector.scenario.steps import Repeat, Step
from collector.scenario.verbs.pages import Visit


def elsewhere(loaded: Loaded, site: str | None = None) -> Iterator[str]:
    """A sentence for each such visit, with line and key.

    :param site: where the puppets browse, in place of what the scenario says.
    """
    it = loaded.scenario
    if loaded.experiment_id is not None:
        return  # a Guardoni file says it itself, by row and column
    here, hosts = (site or it.site).rstrip("/"), spec_of(it.platform).site_hosts
    parts: dict[Path, Sequence[Step]] = {("before",): it.before, ("after",): it.after}
    parts |= {("arms", name, "steps"): arm.steps for name, arm in it.arms.items()}
    for prefix, steps in parts.items():
        for path, address in _visits(steps, prefix):
            there = parts_of(address)
            if address.startswith("/") or there.host in hosts:
                continue
            if f"{there.scheme}://{there.netloc}" == here:
                continue
            line = loaded.document.line_of(path) if loaded.document is not None else None
            where = f"line {line}: " if line else ""
            yield f"{dotted(path)}: {where}{address} is on another site; the visit will fail"


def _visits(steps: Sequence[Step], prefix: Path) -> Iterator[tuple[Path, str]]:
    for number, step in enumerate(steps):
        path = (*prefix, number, step.kind)
        if isinstance(step, Repeat):
            yield from _visits(step.steps, (*path, "steps"))
        elif isinstance(step, Visit):
            yield path, step.url
