"""Published data of others, read into a store of ours, so that one report serves both."""

from __future__ import annotations

from collector.imports.e18 import Imported, import_e18

__all__ = ["Imported", "import_e18"]
