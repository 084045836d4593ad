"""YouTube's own nouns in its languages, above neutral numbers and times: views and audiences."""

from __future__ import annotations

from collector.platforms.youtube.locale.detect import guess_languages
from collector.platforms.youtube.locale.views import ViewCount, find_views

__all__ = ["ViewCount", "find_views", "guess_languages"]
