"""What a process loads, and does not, before it does anything."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def said(program: str, **environment: str) -> str:
    """What a new Python says that runs a program."""
    env = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, text=True, check=True, timeout=240, env={**env, **environment},
    ).stdout.strip()  # fmt: skip


@pytest.mark.sweep(1)
@pytest.mark.parametrize("module", ["collector.store", "mockserver.child"])
def test_pandas_is_left_alone_and_can_be_loaded_later(module: str) -> None:
    program = (
        f"import sys, {module}; print('pandas' in sys.modules);"
        " import pandas; print(hasattr(pandas, 'DataFrame'))"
    )
    assert said(program).split() == ["False", "True"]


@pytest.mark.parametrize(("given", "threads"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "2"}, "2")])
def test_numpys_blas_keeps_to_one_thread_unless_told(given: dict[str, str], threads: str) -> None:
    program = (
        "import os, collector.cli, collector.start;"
        "collector.cli.main = lambda: print(os.environ['OPENBLAS_NUM_THREADS']);"
        "collector.start.main()"
    )
    assert said(program, **given) == threads


@pytest.mark.sweep(3)
@pytest.mark.parametrize(
    ("module", "spared"),
    [
        ("twinwatch", ["matplotlib", "playwright", "flask", "jinja2"]),
        ("collector.cli", ["numpy", "pydantic", "sqlite_utils", "httpx"]),
        ("collector.cli.plan", ["matplotlib", "playwright", "flask", "faker"]),
        ("collector.cli.report", ["matplotlib", "playwright", "flask", "jinja2"]),
        ("mockserver.cli", ["numpy", "flask", "jinja2"]),
    ],
)
def test_what_is_heavy_is_loaded_by_who_uses_it(module: str, spared: list[str]) -> None:
    assert said(f"import sys, {module}; print({{*{spared}}} & set(sys.modules))") == "set()"
