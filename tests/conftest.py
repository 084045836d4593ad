"""Shared by all tests: the plugin that tests plugins, Ctrl-C as a terminal gives it, and patience.

Nothing here may depend on how fast the machine is: a limit on time is a guard against hanging.
"""

from __future__ import annotations

import functools
import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import hypothesis
import pytest

pytest_plugins = ["pytester"]

# A shell starts what it puts into the background with SIGINT ignored, and Python then leaves it so;
# tests that interrupt would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The plugin is not used and slow to load, which counts in tests that start pytest themselves.
os.environ.setdefault("PYTEST_ADDOPTS", "-p no:schemathesis")

# Reports are signed with a key of this user: tests have one of their own.
os.environ.setdefault("TWINWATCH_KEYS", tempfile.mkdtemp(prefix="twinwatch-test-keys-"))

# httpx gives up after five seconds, which a mock on a busy machine may well need for an answer.
for _method in ("get", "post", "put", "delete", "head", "request"):
    setattr(httpx, _method, functools.partial(getattr(httpx, _method), timeout=120))

# Hypothesis takes an example that lasts a fifth of a second for a failure.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

#: The longest files, longest first: begun last, one of them would be all that runs in the end.
LONGEST = (
    "test_kill_supervisor",
    "test_http_equals_chromium",
    "test_kill_matrix",
    "test_fleet_dask",
    "test_http_feed",
    "test_feedsite_markup",
    "test_openapi_answers",
    "test_feedsite_people",
    "test_fleet_same",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; the others, and the tests within a file, stay in their order."""
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(place)))


@pytest.fixture(scope="session")
def zygote_command(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, ...]]:
    """What starts a session's process by a fork of one that has imported everything."""
    from kill_tools import zygote

    folder = tmp_path_factory.mktemp("zygote")
    with zygote(folder, folder / "no places to die") as command:
        yield command


@pytest.fixture(scope="module")
def forked_sessions(zygote_command: tuple[str, ...]) -> Iterator[None]:
    """The sessions of a file's runs are forked: a second of the processor less for each."""
    from collector.schedule import supervised

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(supervised, "WORKER", zygote_command)
        yield


@pytest.fixture(scope="session")
def plain_site() -> Iterator[str]:
    """Address of a site of this machine that is no mock."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()
