"""Numbers in words: what was found, how sure that is, and what it cannot say."""

from __future__ import annotations

from collections.abc import Sequence

from collector.analysis.inference import Permutation
from collector.analysis.outcomes import Exposure, Outcomes, Overlap

ALPHA = 0.05
"""Adjusted p-values up to this are called an effect."""

SURFACES = {
    "home": "home page",
    "related": "related list",
    "search": "search results",
    "channel": "channel page",
}

STATUS = {
    "ok": ("·", "page captured, status ok"),
    "consent": ("C", "consent dialog in the way"),
    "captcha": ("R", "captcha"),
    "login": ("L", "sign-in page"),
    "unavailable": ("U", "video or page unavailable"),
    "error": ("E", "error page"),
    "empty": ("0", "page without a list"),
    "unknown": ("?", "page of an unknown kind"),
    "done": ("✓", "done, nothing to capture"),
    "missing": ("M", "ran, but not as planned"),
    "failed": ("F", "failed"),
    "skipped": ("–", "never begun"),
    "contaminated": ("X", "may or may not have happened"),
    "open": ("…", "never finished"),
}
"""Word of a cell → sign and meaning."""


def percent(share: float | None, digits: int = 0) -> str:
    return "–" if share is None else f"{100 * share:.{digits}f} %"


def signed(share: float | None) -> str:
    """A difference of shares, with its sign, times 100."""
    return "–" if share is None else f"{100 * share:+.1f}".replace("-", "−")


def points(share: float) -> str:
    """A difference of shares, with its sign, in percentage points."""
    return f"{signed(share)} points"


def p_value(p: float | None) -> str:
    if p is None:
        return "–"
    return "< 0.001" if p < 0.001 else f"{p:.3f}".rstrip("0").rstrip(".")


def surface(name: str) -> str:
    return SURFACES.get(name, name)


def number(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def twins_needed(outcomes: int = 1) -> int:
    """Twins an arm from which the smallest two-sided p of a pair of arms can be ``ALPHA``."""
    twins = 1
    while outcomes * (1 / 2) ** (twins - 1) > ALPHA:
        twins += 1
    return twins


def verdict(test: Permutation | None, adjusted: float | None) -> str:
    """One of: ``effect``, ``at the limit``, ``no effect``, ``not tested``."""
    if test is None:
        return "not tested"
    if adjusted is not None and adjusted <= ALPHA:
        return "effect"
    if test.p <= test.smallest_p < 1:
        return "at the limit"
    return "no effect"


def exposure_sentence(exposure: Exposure, outcomes: Outcomes) -> str:
    """What an exposure comparison says, in one or two sentences."""
    test = exposure.test
    adjusted = outcomes.adjusted.get(exposure.name)
    head = (
        f"On the {surface(exposure.surface)}, “{exposure.label}” took"
        f" {percent(exposure.arm_mean)} of attention in arm {exposure.arm} and"
        f" {percent(exposure.control_mean)} in arm {exposure.control}"
        f" (difference {points(exposure.difference)}"
    )
    if exposure.twin_gap is not None:
        head += f"; twins differ by {100 * exposure.twin_gap:.1f} points on average"
    if test is None:
        return head + "); it was not tested."
    head += f"; p = {p_value(test.p)}"
    if adjusted is not None and len(outcomes.adjusted) > 1:
        head += f", {p_value(adjusted)} after Holm’s correction"
    head += "). "
    match verdict(test, adjusted):
        case "effect":
            return head + "This is an effect: more than identical puppets differ by."
        case "at the limit":
            return head + "No arrangement of the puppets separates the arms more."
        case _:
            return head + "This is no evidence of an effect."


def limit_sentences(outcomes: Outcomes) -> list[str]:
    """What the number of twins keeps a run from saying; empty when it does not."""
    limited = [
        e
        for e in outcomes.exposures
        if verdict(e.test, outcomes.adjusted.get(e.name)) == "at the limit"
    ]
    if not limited:
        return []
    twins = min(complete_twins(e) for e in limited)
    smallest = max(e.test.smallest_p for e in limited if e.test)
    several = len(outcomes.adjusted)
    adjusted = min(1.0, smallest * several)
    return [
        f"With {number(twins, 'twin')} an arm the smallest attainable p is {p_value(smallest)}"
        + (f" ({p_value(adjusted)} after correction for {several} outcomes)" if several > 1 else "")
        + ": this run alone cannot establish an effect of any size;"
        f" {twins_needed(several)} twins an arm could."
    ]


def complete_twins(exposure: Exposure) -> int:
    """Puppets with data in the smaller of the two arms."""
    return min(exposure.sizes)


def overlap_sentence(found: Overlap) -> str:
    """What a rank overlap says."""
    head = f"On the {surface(found.surface)}, lists of different arms"
    if found.between is None:
        return f"{head} could not be compared."
    head += f" overlap by {found.between:.2f} ({found.measure.upper()}, 0–1)"
    if found.within is None:
        return f"{head}; there are no twins to say how much of that is noise."
    head += f", lists of twins by {found.within:.2f}"
    if found.test is None:
        return f"{head}."
    p, smallest = p_value(found.test.p), p_value(found.test.smallest_p)
    return f"{head} (p = {p}, smallest attainable {smallest})."


def listed(words: Sequence[str]) -> str:
    """``a, b and c``"""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
