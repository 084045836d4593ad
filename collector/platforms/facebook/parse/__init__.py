"""Posts and feeds of every generation of markup as data. Pure: HTML in, dataclasses out."""

from __future__ import annotations

from collector.platforms.facebook.parse.feed import impression_of, parse_page
from collector.platforms.facebook.parse.post import parse_post
from collector.platforms.facebook.parse.registry import POST_SELECTOR, SELECTORS
from collector.platforms.facebook.parse.version import PARSER

__all__ = ["PARSER", "POST_SELECTOR", "SELECTORS", "impression_of", "parse_page", "parse_post"]
