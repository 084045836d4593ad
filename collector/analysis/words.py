"""Numbers in words: verdicts as sentences, each from its own numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from collector.analysis.measures import Unit
from collector.analysis.verdicts import Verdict, VerdictKind

SURFACES = {
    "home": "home page",
    "related": "related list",
    "search": "search results",
    "channel": "channel page",
    "feed": "feed",
}

STATUS = {
    "ok": ("·", "page captured, status ok"),
    "partial": ("½", "page read in part"),
    "consent": ("C", "consent dialog in the way"),
    "captcha": ("R", "captcha"),
    "login": ("L", "sign-in page"),
    "unavailable": ("U", "video or page unavailable"),
    "error": ("E", "error page"),
    "empty": ("0", "page that says it lists nothing"),
    "unknown": ("?", "page not drawn, or of an unknown kind"),
    "done": ("✓", "done, nothing to capture"),
    "missing": ("M", "ran, but not as planned"),
    "failed": ("F", "failed"),
    "skipped": ("–", "never begun"),
    "contaminated": ("X", "may or may not have happened"),
    "open": ("…", "never finished"),
}
"""Word of a cell → sign and meaning."""


def percent(share: float | None, digits: int = 0) -> str:
    """A share, 0–1, in per cent with so many decimals; a dash for none.

    >>> percent(0.256), percent(None)
    ('26 %', '–')
    """
    return "–" if share is None else f"{100 * share:.{digits}f} %"


def signed(share: float | None) -> str:
    """A difference of shares, with its sign, times 100."""
    return "–" if share is None else f"{100 * share:+.1f}".replace("-", "−")


def p_value(p: float | None) -> str:
    """A p value to three decimals; a dash for none.

    >>> p_value(0.0004), p_value(0.05)
    ('< 0.001', '0.05')
    """
    if p is None:
        return "–"
    return "< 0.001" if p < 0.001 else f"{p:.3f}".rstrip("0").rstrip(".")


def surface(name: str) -> str:
    """The name of a list for people; an unknown one stays as it is."""
    return SURFACES.get(name, name)


def number(count: int, one: str, many: str = "") -> str:
    """A count with its noun.

    >>> number(1, "puppet"), number(3, "page")
    ('1 puppet', '3 pages')
    """
    return f"{count} {one if count == 1 else many or one + 's'}"


def listed(words: Sequence[str]) -> str:
    """``a, b and c``"""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


_UNITS = {
    Unit.SHARE: " points",
    Unit.ITEMS: " items",
    Unit.LABELS: " labels",
    Unit.RATIO: " times the supply",
    Unit.SCORE: "",
    Unit.SIMILARITY: "",
}


def amount(value: float | None, unit: Unit, *, sign: bool = True) -> str:
    """A difference in its unit: ``+4.2 points``, ``−3 items``, ``0.12``."""
    if value is None:
        return "–"
    # Adding 0.0 makes a zero of a negative zero: "−0.0" is not a size.
    if unit == Unit.SHARE:
        text = f"{round(100 * value, 1) + 0.0:+.1f}"
    elif unit == Unit.SIMILARITY:
        text = f"{round(value, 3) + 0.0:+.3f}"
    else:
        text = f"{round(value, 9) + 0.0:+.3g}"  # what rounding leaves over is not a size
    return (text if sign else text.lstrip("+-")).replace("-", "−") + _UNITS[unit]


def level(value: float | None, unit: Unit) -> str:
    """The mean of an arm in its unit: ``42.0 %``, ``12.5``."""
    if value is None:
        return "–"
    return percent(value, 1) if unit == Unit.SHARE else f"{value:.3g}".replace("-", "−")


UNBOUNDED = "unbounded"
"""Of an interval: the design allows no bound."""


def interval(verdict: Verdict, *, together: bool = False) -> str:
    """``−1.2 to +3.4 points``; ``unbounded`` where the design allows no bound."""
    ends = verdict.simultaneous if together else verdict.interval
    if ends is None or not verdict.bounded or _says_nothing(ends, verdict.unit):
        return UNBOUNDED
    low = amount(ends[0], verdict.unit).removesuffix(_UNITS[verdict.unit])
    return f"{low} to {amount(ends[1], verdict.unit)}"


def _says_nothing(ends: tuple[float, float], unit: Unit) -> bool:
    """Every difference that there can be lies within: of the joint interval no more is kept."""
    whole = unit in (Unit.SHARE, Unit.SIMILARITY) and ends[0] <= -1 and ends[1] >= 1
    return whole or not all(map(math.isfinite, ends))


def subject(verdict: Verdict) -> str:
    """``conspiracy on the home page (exposure share), arm treated against neutral``"""
    what = verdict.label or verdict.outcome
    measure = f" ({verdict.outcome.partition(':')[0]})" if verdict.label else ""
    return (
        f"{what} on the {surface(verdict.surface)}{measure}, {verdict.arm} against"
        f" {verdict.control}"
    )


def verdict_sentence(verdict: Verdict) -> str:
    """All that has to be said of one declared outcome."""
    notes = "".join(f" Note: {note}." for note in verdict.notes)
    return f"{subject(verdict)}: {_SENTENCES[verdict.verdict](verdict)}{notes}"


def verdict_word(verdict: Verdict) -> str:
    """One of the four, with the X of its declaration."""
    if verdict.verdict is VerdictKind.NO_LARGER:
        return f"no effect larger than {amount(verdict.smallest_effect, verdict.unit, sign=False)}"
    return verdict.verdict.value


def because(verdict: Verdict) -> str:
    """Why this word: the reason, and what has to stand beside it. Sentences."""
    reason = verdict.reason
    begun = reason if reason.startswith("p ") else f"{reason[:1].upper()}{reason[1:]}"
    said = f"{begun}."
    return " ".join([said, *_BESIDE[verdict.verdict](verdict)])


def finding(verdict: Verdict) -> str:
    """The same in few words, for the headline."""
    if verdict.verdict is VerdictKind.EFFECT:
        return f"{subject(verdict)}: {_size(verdict)}"
    if verdict.verdict is VerdictKind.NO_LARGER:
        return f"{subject(verdict)}: {verdict_word(verdict)}"
    if verdict.verdict is VerdictKind.UNDECIDED:
        return f"{subject(verdict)}{_could(verdict)}"
    return f"{subject(verdict)}: {verdict.reason}"


def _size(verdict: Verdict) -> str:
    if verdict.unit == Unit.SIMILARITY:
        return (
            f"lists of the two arms are {_alike(verdict)} than lists of twins (on a scale of 0–1)"
        )
    return (
        f"{amount(verdict.estimate, verdict.unit)} ({_level(verdict)} interval {interval(verdict)})"
        if verdict.bounded
        else amount(verdict.estimate, verdict.unit)
    )


def _alike(verdict: Verdict) -> str:
    excess = verdict.estimate or 0.0
    return f"{abs(excess):.3f} {'less' if excess >= 0 else 'more'} alike"


def _level(verdict: Verdict) -> str:
    return f"{100 * verdict.level:g} %"


def _could(verdict: Verdict) -> str:
    if verdict.simultaneous is None:
        return "" if verdict.unit == Unit.SIMILARITY else f": {verdict.reason}"
    found = interval(verdict, together=True)
    return "" if found == UNBOUNDED else f": anything from {found}"


def _effect(verdict: Verdict) -> str:
    said = f"effect, {_size(verdict)}; p = {p_value(verdict.p)}, {_adjusted(verdict)}."
    return " ".join([said, *_beside_effect(verdict)])


def _beside_effect(verdict: Verdict) -> list[str]:
    said = []
    if verdict.arm_mean is not None:
        said.append(
            f"Means {level(verdict.arm_mean, verdict.unit)} and"
            f" {level(verdict.control_mean, verdict.unit)}."
        )
    limit, ends = verdict.smallest_effect, verdict.simultaneous
    if limit and ends and max(abs(ends[0]), abs(ends[1])) < limit:
        said.append(f"It is smaller than {amount(limit, verdict.unit, sign=False)}.")
    return said


def _adjusted(verdict: Verdict) -> str:
    return f"{p_value(verdict.p_adjusted)} after Holm’s correction"


def _no_larger(verdict: Verdict) -> str:
    return (
        f"{verdict_word(verdict)}: the simultaneous interval is"
        f" {interval(verdict, together=True)} (p = {p_value(verdict.p)}, {_adjusted(verdict)})."
    )


def _beside_no_larger(verdict: Verdict) -> list[str]:
    return [f"The simultaneous interval is {interval(verdict, together=True)}."]


def _undecided(verdict: Verdict) -> str:
    said = [f"undecided; {verdict.reason}."]
    if verdict.unit != Unit.SIMILARITY:
        said.append(f"The {_level(verdict)} interval is {interval(verdict)}.")
    return " ".join([*said, *_beside_undecided(verdict)])


def _beside_undecided(verdict: Verdict) -> list[str]:
    """What the run could have shown, and the twins that would do."""
    said = []
    if verdict.unit == Unit.SIMILARITY and verdict.estimate is not None:
        said.append(
            f"Lists of different arms are {_alike(verdict)} than those of twins; a likeness has no"
            " interval, so that they are alike cannot be shown."
        )
    if verdict.detectable is not None:
        shift = amount(verdict.detectable, verdict.unit, sign=False)
        said.append(f"This design finds {shift} in 80 of 100 runs.")
    limit, twins = verdict.smallest_effect, verdict.twins_needed
    if twins is not None:
        count = f"{number(twins, 'twin')} an arm in blocks of {verdict.block}"
        said.append(
            f"{count} would find {amount(limit, verdict.unit, sign=False)} in 80 of 100 runs."
            if limit
            else f"With {count} a result could be significant."
        )
    elif limit is None and verdict.detectable is not None:
        said.append("How many twins would settle it depends on analysis.smallest_effect: none was"
                    " declared.")  # fmt: skip
    return said


def _withheld(verdict: Verdict) -> str:
    return f"withheld; {verdict.reason}."


_SENTENCES = {
    VerdictKind.EFFECT: _effect,
    VerdictKind.NO_LARGER: _no_larger,
    VerdictKind.UNDECIDED: _undecided,
    VerdictKind.WITHHELD: _withheld,
}
_BESIDE: dict[VerdictKind, Callable[[Verdict], list[str]]] = {
    VerdictKind.EFFECT: _beside_effect,
    VerdictKind.NO_LARGER: _beside_no_larger,
    VerdictKind.UNDECIDED: _beside_undecided,
    VerdictKind.WITHHELD: lambda verdict: [],
}
