"""What a shell may complete: names of scenarios, personas and profiles. Slow imports stay out."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from collector.profile import ProfileStore, shipped_personas
from collector.scenario.shipped import shipped_scenarios


def _matching(names: list[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def scenario_names(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Shipped scenarios; what is none of them may be a file."""
    return _matching(list(shipped_scenarios()), incomplete) or [
        CompletionItem(incomplete, type="file")
    ]


def shipped_scenario_names(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete the name of a scenario that comes with the package."""
    return _matching(list(shipped_scenarios()), incomplete)


def persona_names(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete the name of a persona that comes with the package."""
    return _matching(list(shipped_personas()), incomplete)


def profile_names(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """One's own profiles, below the ``--root`` given before or the usual place."""
    above = context.parent
    root = above.params.get("root") if above is not None else None
    return _matching(sorted(ProfileStore(root).names()), incomplete)
