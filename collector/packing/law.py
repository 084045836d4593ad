"""The laws that a dossier can be made for."""

from __future__ import annotations

from enum import StrEnum


class Law(StrEnum):
    """What the dossier is for."""

    DSA40 = "dsa40"
    """A request for data: Regulation (EU) 2022/2065, Article 40(8)."""
    DSA37 = "dsa37"
    """An audit: its Article 37, and Delegated Regulation (EU) 2024/436, Article 12."""
