"""The site's words and forms in its ten languages.

One JSON file a language holds the words; what Unicode's locale data knows (numbers,
units, dates, "ago") comes from Babel through :class:`~.language.Language`.
"""

from __future__ import annotations

from mockserver.platforms.youtube.i18n.language import LANGUAGES, Language, choose

__all__ = ["LANGUAGES", "Language", "choose"]
