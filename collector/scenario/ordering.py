"""The order in which a puppet takes the entries of a repeat: as written, shuffled, or balanced.

Protects comparisons within a block: the order follows from the seed, the place in the file and the
number of the twin, never from the arm, so that the puppets that start together meet the same
questions in the same order. Balanced orders come from a Latin square in which each entry also
follows each other one equally often (the construction of Williams), so that what one question
leaves behind falls on all others alike.
"""

from __future__ import annotations

import random
from collections.abc import Callable


def rows_of(entries: int) -> int:
    """How many twins see every order once: as many as entries, twice that for an odd number."""
    if entries < 2:
        return 1
    return entries if entries % 2 == 0 else 2 * entries


def balanced(entries: int, row: int) -> list[int]:
    """Row ``row`` (any number; they come round) of the balanced square of ``entries``."""
    row %= rows_of(entries)
    turned = row >= entries
    zigzag = [0]
    for step in range(1, entries):
        zigzag.append((step + 1) // 2 if step % 2 else entries - step // 2)
    found = [(one + row) % entries for one in zigzag]
    return found[::-1] if turned else found


def order_of(
    entries: int,
    *,
    shuffle: bool,
    counterbalance: bool,
    twin: int,
    turn: int,
    seed: Callable[..., int],
) -> list[int]:
    """The places of the entries in the order in which they are taken.

    :param twin: from 1.
    :param turn: which round of the repeat, from 0.
    :param seed: the seed for what is named; the same for every arm.
    """
    if shuffle:
        found = list(range(entries))
        random.Random(seed("shuffle", twin, turn)).shuffle(found)
        return found
    if counterbalance:
        names = list(range(entries))
        random.Random(seed("counterbalance")).shuffle(names)
        return [names[one] for one in balanced(entries, twin - 1 + turn)]
    return list(range(entries))
