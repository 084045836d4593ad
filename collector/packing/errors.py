"""What can go wrong with a pack."""

from __future__ import annotations

from collector.common.errors import UserError


class PackRefused(UserError):
    """The run cannot be packed, or a file is not a pack."""
