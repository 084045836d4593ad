"""A local page to watch a run and to look back at it: ``collector view``.

>>> from collector.view import viewing                       # doctest: +SKIP
>>> with viewing(Path("runs/mine"), live=True) as address:   # doctest: +SKIP
...     print(address)
"""

from __future__ import annotations

from collector.view.serve import viewing

__all__ = ["viewing"]
