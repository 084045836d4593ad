"""YouTube: addresses, page status, parsers, and what a puppet does in its pages."""

from __future__ import annotations

from collector.platforms.youtube.parse.page import parse_page
from collector.platforms.youtube.parse.version import PARSER
from collector.platforms.youtube.status import page_status
from collector.platforms.youtube.urls import parse_url

__all__ = ["PARSER", "page_status", "parse_page", "parse_url"]
