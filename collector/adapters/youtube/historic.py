"""What the ytTREX parser of 2022 said of a page, mistakes included."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from collector.platforms.youtube.historic import Source, reference_answer
from collector.saved import Saved


def answer_of(page_id: str, pages: Sequence[Saved]) -> dict[str, Any]:
    """The metadata document of a page from its captures; ``{}`` where the reference fails."""
    return reference_answer(
        page_id,
        [
            Source(page.html, page.href, page.language, page.client_time, page.saving_time)
            for page in pages
            if page.html
        ],
    )
