"""Shared by all tests: the plugin that tests plugins."""

from __future__ import annotations

pytest_plugins = ["pytester"]
