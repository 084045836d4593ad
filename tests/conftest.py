"""Shared by all tests: the plugin that tests plugins, and Ctrl-C as a terminal gives it."""

from __future__ import annotations

import os
import signal

pytest_plugins = ["pytester"]

# A shell starts what it puts into the background with SIGINT ignored, and Python then leaves it so;
# tests that interrupt would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The plugin is not used and slow to load, which counts in tests that start pytest themselves.
os.environ.setdefault("PYTEST_ADDOPTS", "-p no:schemathesis")
