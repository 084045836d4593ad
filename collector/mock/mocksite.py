"""The bundled mock as a run sees it: started for the run, or one that runs already.

The only place below the command line where the collector meets the mock server; it is imported when
it is started, never before.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from collector.contract.mocksite import MockSite

__all__ = ["MockSite", "mock_site"]


@contextmanager
def mock_site(
    *,
    seed: int,
    db: Path | None = None,
    log: Path | None = None,
    options: Mapping[str, Any] | None = None,
) -> Iterator[MockSite]:
    """A mock server for the time of the block.

    :param seed: of its world; the same seed shows the same videos and ranks them the same way.
    :param db: where it keeps what is submitted to it.
    :param log: file for what goes wrong in the server, in place of standard error.
    :param options: further fields of ``mockserver.context.MockConfig``.
    """
    # The mock and its worlds, for the run that starts one.
    from mockserver.context import MockConfig
    from mockserver.serve import serving

    config = MockConfig(**{"seed": seed, "db": db, **(options or {})})
    with _logging_to(log), serving(config, demo=False) as server:
        yield MockSite.of(server)


@contextmanager
def _logging_to(log: Path | None) -> Iterator[None]:
    if log is None:
        yield
        return
    handler = logging.FileHandler(log, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    loggers = [logging.getLogger(name) for name in ("mockserver", "waitress")]
    before = [logger.propagate for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.propagate = False
    try:
        yield
    finally:
        for logger, propagate in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.propagate = propagate
        handler.close()
