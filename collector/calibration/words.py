"""A calibration's table in lines that can be read, and as the table of docs and README."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collector.analysis.mechanism import Mechanism
from collector.calibration.rates import upper_limit

_UNKNOWN = Mechanism.UNKNOWN.value


def percent(share: float | None) -> str:
    """``4.1``; a dash where there is nothing to count."""
    return "–" if share is None else f"{100 * share:.1f}"


def lines(table: Mapping[str, Any]) -> Iterator[str]:
    """One line a cell and outcome, in columns."""
    yield (
        f"{'truth':<22}{'twins':>5}{'audits':>8}  {'outcome':<34}"
        f"{'true':>7}{'bias':>7}{'effect':>8}{'bound':>7}{'undec.':>8}{'withh.':>8}{'cover':>7}"
    )
    for cell in table["cells"]:
        runs = cell["experiments"]
        several = len({outcome.get("arm") for outcome in cell["outcomes"]}) > 1
        for number, outcome in enumerate(cell["outcomes"]):
            head = f"{cell['truth']:<22}{cell['twins']:>5}{runs:>8}" if number == 0 else " " * 35
            verdicts = outcome["verdicts"]
            name = f"{outcome['surface']}: {outcome['outcome']}"
            if several:
                name = f"{outcome['arm']} {name}"
            covered = (outcome.get("coverage") or {}).get("rate")
            yield (
                f"{head}  {name[:33]:<34}"
                f"{percent(outcome.get('true')):>7}{percent(outcome.get('bias')):>7}"
                f"{percent(verdicts['effect'] / runs):>8}{percent(verdicts['no_larger'] / runs):>7}"
                f"{percent(verdicts['undecided'] / runs):>8}"
                f"{percent(verdicts['withheld'] / runs):>8}{percent(covered):>7}"
            )
        false = cell["false_effect"]
        if false:
            yield (
                f"{'':<35}  any effect {percent(false['rate'])} %, at most"
                f" {percent(false['upper95'])} % (95 %)"
            )
    for kind, own in (table.get("groups") or {}).items():
        told = ", ".join(f"{k} twins {percent(each['rate'])} %" for k, each in own.items())
        yield f"twins stay apart, {kind}: {told}"
    for each in table.get("carry_over") or ():
        yield (
            f"carry-over, half-life {each['half_life_s']:g} s, {each['puppets']} puppets a gap:"
            f" within 10 % in {percent(each['within']['rate'])} %, safe gap within a minute in"
            f" {percent(each['safe_within']['rate'])} %"
        )
    for each in table.get("mechanism") or ():
        if each["size"] is None:
            why = (
                "cannot be told where no surface has two pages a puppet"
                if each.get("single")
                else "this design does not find half of what can be"
            )
            yield f"mechanism, {each['mechanism']}: {why}"
            continue
        yield (
            f"mechanism, {each['mechanism']} of {amount(each['size'], each['unit'])}:"
            f" {each['right']} in {percent(each['rate'])} % of {each['of']} effects,"
            f" something else in {each['wrong']}, not told apart in {each['not_told']};"
            f" {each['unstable']} of {each['tried']} audits withheld as unstable"
        )


def amount(size: float, unit: str) -> str:
    """``15.1 points`` or ``65.6 % of the places``."""
    return f"{percent(size)} {'points' if unit == 'points' else '% of the places'}"


def mechanisms(table: Mapping[str, Any]) -> str:
    """The table of mechanisms of ``docs/calibration.md``: a line for each, of the JSON alone."""
    rows = [
        "| mechanism | twins | found by 80 of 100 from | tried with | audits | effects found |"
        " named rightly, % (at least) | something else | not told apart | withheld as unstable |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for each in table["mechanism"]:
        head = f"| {each['mechanism']} | {each['twins']} |"
        if each["size"] is None:
            rows.append(f"{head} – | – | – | – | – | – | – | – |")
            continue
        others = {k: n for k, n in each["named"].items() if k not in (each["right"], _UNKNOWN)}
        wrong = upper_limit(each["of"] - each["count"], each["of"])
        told = ", ".join(f"{name} {count}" for name, count in others.items())
        rows.append(
            f"{head} {amount(each['detectable'], each['unit'])} |"
            f" {amount(each['size'], each['unit'])} | {each['tried']} | {each['of']} |"
            f" {percent(each['rate'])} ({percent(1 - wrong)}) | {told or '0'} |"
            f" {each['not_told']} | {each['unstable']} |"
        )
    return "\n".join(rows)


def markdown(table: Mapping[str, Any]) -> str:
    """The table of ``docs/calibration.md``: a line a cell, made of the committed JSON alone."""
    rows = [
        "| truth | twins | audits | any effect, % (bound) | first exposure share: effect, % |"
        " excluded, % | withheld, % | bias, points | intervals hold, % |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for cell in table["cells"]:
        runs = cell["experiments"]
        first = next((o for o in cell["outcomes"] if o.get("true") is not None), None)
        if first is None:
            continue
        verdicts, any_ = first["verdicts"], cell["any_effect"]
        block = f" in blocks of {cell['block']}" if cell.get("block") else ""
        rows.append(
            f"| `{cell['truth']}` | {cell['twins']}{block} | {runs:,} |"
            f" {percent(any_['rate'])} ({percent(any_['upper95'])}) |"
            f" {percent(verdicts['effect'] / runs)} | {percent(verdicts['no_larger'] / runs)} |"
            f" {percent(verdicts['withheld'] / runs)} | {percent(first['bias'])} |"
            f" {percent(first['coverage']['rate'])} |"
        )
    return "\n".join(rows)
