"""A run of pytest inside a test: forked from what has imported everything, or started as usual."""

from __future__ import annotations

from collections.abc import Callable

import pytest

#: As strict about warnings as the project's own.
STRICT = (
    "-W", "error",
    "-W", "ignore:Session-scoped fixtures defined as instance:pytest.PytestRemovedIn10Warning",
)  # fmt: skip


def started(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    """As a user starts it, which is seconds of imports."""
    return pytester.runpytest_subprocess(*STRICT, *args)


def forked(
    pytester: pytest.Pytester, command: Callable[..., tuple[str, ...]], *args: str
) -> pytest.RunResult:
    """In a process of its own that has imported what fixtures need; so do its sessions and mocks.

    What was imported cannot be rewritten any more: an ``assert`` tells nothing but its line.
    """
    return pytester.run(*command("pytest"), *STRICT, "--assert=plain", *args)
