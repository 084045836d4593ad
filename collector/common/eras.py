"""Of which year the markup of the bundled mock's sites is: the words of ``--era`` and ``era:``."""

from __future__ import annotations

from typing import Literal, get_args

EraName = Literal["2026", "2026-04", "2026-01", "2025-01", "2023", "2022", "2020", "2019", "2017"]
"""An era of either site; the other has the one that is nearest."""
ERAS: tuple[str, ...] = get_args(EraName)
IN_WORDS = (
    "2026 or 2022 (video; small pages), 2026-04, 2026-01 or 2025-01 (video; pages as full as real"
    " ones of that month), 2023 (social; a virtualised list), 2020 (social; 2020 to 2022, and where"
    " no other is said), 2019 (social) or 2017 (social)"
)
