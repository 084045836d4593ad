"""Shared by all tests: the plugin that tests plugins, Ctrl-C as a terminal gives it, and patience.

Nothing here may depend on how fast the machine is: a limit on time is a guard against hanging.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import pytest

pytest_plugins = ["pytester", "shares"]

# Collecting makes millions of objects that stay: looking through them for what can be thrown away,
# again and again, is half of the work, and later some of each test's.
gc.disable()


def pytest_collection_finish() -> None:
    """What was collected is no garbage and is not looked at again; what tests make, a world of
    thousands of objects, is looked through less often than by default."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


# A shell starts what it puts into the background with SIGINT ignored, and Python then leaves it so;
# tests that interrupt would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)

# As the command does: threads of numpy's BLAS wait for each other, and take the others' processors.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# The plugin is not used and slow to load, which counts in tests that start pytest themselves.
os.environ.setdefault("PYTEST_ADDOPTS", "-p no:schemathesis")

# Playwright's driver compiles megabytes of JavaScript at each start, some hundred times.
os.environ.setdefault("NODE_COMPILE_CACHE", tempfile.mkdtemp(prefix="twinwatch-node-"))

# Reports are signed with a key of this user: tests have one of their own.
os.environ.setdefault("TWINWATCH_KEYS", tempfile.mkdtemp(prefix="twinwatch-test-keys-"))

# httpx gives up after five seconds, which a mock on a busy machine may well need for an answer.
for _method in ("get", "post", "put", "delete", "head", "request"):
    # None of them speaks TLS, and each would read the list of all authorities first.
    _patient = functools.partial(getattr(httpx, _method), timeout=120, verify=False)
    setattr(httpx, _method, _patient)

# Hypothesis takes an example that lasts a fifth of a second for a failure.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of the cases of a test that is a ``sweep(N)``, all but N are slow."""
    sweeps: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("sweep") and not item.get_closest_marker("slow"):
            sweeps.setdefault(item.nodeid.partition("[")[0], []).append(item)
    for cases in sweeps.values():
        marker = cases[0].get_closest_marker("sweep")
        assert marker is not None
        # Evenly spread over the sweep, its first and last case among them.
        number = min(int(marker.args[0]), len(cases))
        steps = max(number - 1, 1)
        kept = {round(each * (len(cases) - 1) / steps) for each in range(number)}
        for place_in_sweep, case in enumerate(cases):
            if place_in_sweep not in kept:
                case.add_marker(pytest.mark.slow)


def _fork(patch: pytest.MonkeyPatch, command: Callable[..., tuple[str, ...]]) -> None:
    from collector.mock import ownmock
    from collector.schedule import supervised

    patch.setattr(supervised, "WORKER", command("session"))
    patch.setattr(ownmock, "COMMAND", command("mock"))


#: Of a run in several processes: what ends the server that forks for all of them, and its path.
_FORKS = pytest.StashKey[tuple[contextlib.ExitStack, str]]()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """One server forks for the tests of all processes."""
    from forks import forks

    if _FORKS not in node.config.stash:
        stack = contextlib.ExitStack()
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="twinwatch-forks-"))
        node.config.stash[_FORKS] = stack, stack.enter_context(forks(Path(folder)))
    node.workerinput["forks"] = node.config.stash[_FORKS][1]


def pytest_unconfigure(config: pytest.Config) -> None:
    if _FORKS in config.stash:
        config.stash[_FORKS][0].close()


@pytest.fixture(scope="session", autouse=True)
def forked_processes(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[pytest.MonkeyPatch, Callable[..., tuple[str, ...]]]]:
    """Sessions and mocks of runs that a test carries out in its own process are forked from a
    process that has imported everything: some five seconds of the processor less a run. Whoever
    tests how they begin asks for ``usual_processes``; the command line begins them as for a user.
    """
    from forks import command, forks

    with contextlib.ExitStack() as stack:
        path = getattr(pytestconfig, "workerinput", {}).get("forks")
        if path is None:
            path = stack.enter_context(forks(tmp_path_factory.mktemp("forks")))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        _fork(patch, command(path))
        yield patch, command(path)


@pytest.fixture
def inner_pytest(
    pytester: pytest.Pytester,
    forked_processes: tuple[pytest.MonkeyPatch, Callable[..., tuple[str, ...]]],
) -> Callable[..., pytest.RunResult]:
    """Runs pytest on the files of ``pytester``, forked as sessions and mocks are."""
    from inner_pytest import forked

    return functools.partial(forked, pytester, forked_processes[1])


@pytest.fixture(scope="module")
def usual_processes(
    forked_processes: tuple[pytest.MonkeyPatch, Callable[..., tuple[str, ...]]],
) -> Iterator[None]:
    """Sessions and mocks begin as for a user, from here to the end of the file."""
    patch, command = forked_processes
    patch.undo()
    yield
    _fork(patch, command)


def _quicken(patch: pytest.MonkeyPatch) -> None:
    from collector.analysis import canvas, certificate, plots

    patch.setattr(certificate, "_counts", lambda usable: (20, 8))
    patch.setattr(canvas, "as_pdf", lambda figure: b"")
    whole = plots.svg

    def sketch(figure: Any) -> str:
        figure.set_layout_engine("none")
        return whole(figure)

    patch.setattr(plots, "svg", sketch)


@pytest.fixture(scope="session", autouse=True)
def quick_reports() -> Iterator[pytest.MonkeyPatch]:
    """Reports made in a test's own process simulate few audits for their certificate, lay figures
    out as they come and draw no PDF files: nearly all of a report's time. Whoever tests one of
    these asks for ``whole_reports``; a report of the command line, in a process of its own, is
    always whole."""
    with pytest.MonkeyPatch.context() as patch:
        _quicken(patch)
        yield patch


@pytest.fixture(scope="module")
def whole_reports(quick_reports: pytest.MonkeyPatch) -> Iterator[None]:
    """Certificates and figures as a user gets them, from here to the end of the file."""
    quick_reports.undo()
    yield
    _quicken(quick_reports)


@pytest.fixture(scope="session")
def plain_site() -> Iterator[str]:
    """Address of a site of this machine that is not a mock."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()
