"""Facebook: addresses, page status, parsers, and what a puppet does in its pages."""

from __future__ import annotations

from collector.platforms.facebook.parse import PARSER, POST_SELECTOR, parse_page, parse_post
from collector.platforms.facebook.status import page_status
from collector.platforms.facebook.urls import parse_url

__all__ = ["PARSER", "POST_SELECTOR", "page_status", "parse_page", "parse_post", "parse_url"]
