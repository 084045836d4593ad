"""Processes that may end while somebody looks at them."""

from __future__ import annotations

import psutil


def lives(process: psutil.Process) -> bool:
    """Is it running? One that ends in this moment, or only waits to be reaped, is not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def words_of(process: psutil.Process) -> list[str]:
    """Its command line; of one that has ended, nothing."""
    try:
        words: list[str] = process.cmdline()
    except psutil.NoSuchProcess:
        return []
    return words
