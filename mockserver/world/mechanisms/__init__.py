"""Recommenders behind one protocol: which one ranks is a name, and an entry point finds it.

Protects the rule that an audit must tell mechanisms apart: the same world, viewers, markup and
truth log stand around every one of them, and each says its formula, its parameters and its state.

A recommender is registered under the entry point group ``twinwatch.recommenders``; what is
registered is called as ``make(seed, arrays, overrides)`` and gives a :class:`Ranker`.
"""

from __future__ import annotations

from mockserver.world.mechanisms.protocol import (
    DEFAULT,
    GROUP,
    Ranker,
    make_ranker,
    names,
    rank,
)

__all__ = ["DEFAULT", "GROUP", "Ranker", "make_ranker", "names", "rank"]
