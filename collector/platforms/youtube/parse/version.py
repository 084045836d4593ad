"""The parser's version, stored with every observation: raise it with every change of meaning."""

from __future__ import annotations

PARSER = "youtube/2026.9"
