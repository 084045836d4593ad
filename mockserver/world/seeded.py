"""Randomness that is only ever a function of a seed and a name.

Every random choice of the world comes from here: a generator is made by hashing the seed and the
parts of a name with SHA-256, so neither the order in which things are made nor Python's own
string hashing changes a byte. ``hashed_uniforms`` gives one number per item without any state at
all.
"""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

Part = str | int | None


def digest(seed: int, *name: Part) -> bytes:
    """SHA-256 of the seed and the parts of ``name``; parts cannot run into each other."""
    text = "\x1f".join([str(seed), *(("\x00" if part is None else str(part)) for part in name)])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def key64(seed: int, *name: Part) -> int:
    """An unsigned 64-bit number for (seed, name)."""
    return int.from_bytes(digest(seed, *name)[:8], "big")


def rng(seed: int, *name: Part) -> random.Random:
    """A generator of its own for (seed, name)."""
    return random.Random(int.from_bytes(digest(seed, *name)[:16], "big"))


def unit(seed: int, *name: Part) -> float:
    """One number in [0, 1) for (seed, name)."""
    return (key64(seed, *name) >> 11) / float(1 << 53)


def units(seed: int, *name: Part) -> Callable[[Part], float]:
    """``unit`` for many names that differ in their last part: ``units(s, "a")("b")`` equals
    ``unit(s, "a", "b")``."""
    text = "\x1f".join([str(seed), *(("\x00" if part is None else str(part)) for part in name)])
    begun = hashlib.sha256(f"{text}\x1f".encode("utf-8", "surrogatepass"))

    def last(part: Part) -> float:
        whole = begun.copy()
        whole.update(("\x00" if part is None else str(part)).encode("utf-8", "surrogatepass"))
        return (int.from_bytes(whole.digest()[:8], "big") >> 11) / float(1 << 53)

    return last


def many_units(last: Sequence[bytes], seed: int, *name: Part) -> np.ndarray:
    """``unit`` for many names that differ in their last part, at once.

    :param last: the last parts, in UTF-8
    :returns: float64 array of shape (len(last),), in [0, 1)

    >>> many_units([b"b", b"c"], 1, "a").tolist() == [unit(1, "a", "b"), unit(1, "a", "c")]
    True
    """
    text = "\x1f".join([str(seed), *(("\x00" if part is None else str(part)) for part in name)])
    begun, hashed = f"{text}\x1f".encode("utf-8", "surrogatepass"), hashlib.sha256
    firsts = [hashed(begun + each).digest() for each in last]
    numbers = np.frombuffer(b"".join(firsts), dtype=">u8")[::4]
    return (numbers >> np.uint64(11)) / float(1 << 53)


def token(seed: int, *name: Part, size: int) -> str:
    """``size`` bytes for (seed, name) in URL-safe base64 without padding."""
    raw = b""
    counter = 0
    while len(raw) < size:
        raw += digest(seed, *name, counter)
        counter += 1
    return base64.urlsafe_b64encode(raw[:size]).rstrip(b"=").decode("ascii")


def hashed_uniforms(key: int, count: int) -> np.ndarray:
    """``count`` numbers in (0, 1), number ``i`` a function of (key, i) alone (SplitMix64).

    :returns: float64 array of shape (count,)
    """
    with np.errstate(over="ignore"):
        z = _steps(count) + np.uint64(key & 0xFFFFFFFFFFFFFFFF)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            z ^= z >> np.uint64(shift)
            z *= np.uint64(factor)
        z ^= z >> np.uint64(31)
    z >>= np.uint64(11)
    drawn = z.astype(np.float64)
    drawn += 0.5
    drawn /= float(1 << 53)
    return drawn


@lru_cache(maxsize=8)
def _steps(count: int) -> np.ndarray:
    """SplitMix64's counter at 1 to ``count``: uint64, read-only."""
    with np.errstate(over="ignore"):
        found: np.ndarray = np.arange(1, count + 1, dtype=np.uint64)
        found *= np.uint64(0x9E3779B97F4A7C15)
    found.flags.writeable = False
    return found


def hashed_gumbels(key: int, count: int) -> np.ndarray:
    """``count`` standard Gumbel numbers; added to log-weights they rank like sampling."""
    drawn = hashed_uniforms(key, count)
    for _ in range(2):
        np.log(drawn, out=drawn)
        np.negative(drawn, out=drawn)
    return drawn
