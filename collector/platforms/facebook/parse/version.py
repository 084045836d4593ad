"""The parser's version: changes whenever the same evidence would give other data."""

from __future__ import annotations

PARSER = "facebook/2026.10"
