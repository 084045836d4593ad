"""Pages to observations: pure functions without clock and I/O, one renderer a file."""

from __future__ import annotations

from collector.platforms.youtube.parse.page import parse_page
from collector.platforms.youtube.parse.version import PARSER

__all__ = ["PARSER", "parse_page"]
