"""The report's tables for a paper: CSV, and LaTeX that a document can ``\\input``."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from collector.analysis import words
from collector.analysis.flow import Stream
from collector.analysis.judging import Judgement
from collector.analysis.labelling import Labelling
from collector.analysis.sensitivity import Choice
from collector.cells import safe_cell


@dataclass(frozen=True)
class Table:
    """Numbers in rows. Values are raw: shares are 0–1, what is not known is ``None``."""

    name: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    said: tuple[tuple[str, ...], ...] = ()
    """The rows in words, for print; empty: the raw ones."""
    printed: tuple[str, ...] = ()
    """The columns in print; empty: the raw ones."""
    in_print: bool = True
    """It is written for LaTeX, too."""


def as_csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """RFC 4180; a cell that a spreadsheet would run has an apostrophe in front."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#",
    "_": r"\_\allowbreak{}", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", "|": r"\textbar{}", "`": r"\textasciigrave{}",
    "[": "{[}", "*": "{*}",
    "−": "$-$", "–": "--", "—": "---", "…": r"\dots{}", "±": r"$\pm$", "×": r"$\times$",
    "·": r"$\cdot$", "½": r"$\frac12$", "²": "$^2$", "√": r"$\surd$", "∞": r"$\infty$",
    "κ": r"$\kappa$", "α": r"$\alpha$", "Δ": r"$\Delta$", "Σ": r"$\Sigma$", "→": r"$\rightarrow$",
    "←": r"$\leftarrow$", "<": "$<$", ">": "$>$", "≤": r"$\leq$", "≥": r"$\geq$", "≠": r"$\neq$",
    "≈": r"$\approx$", "‹": r"$\langle$", "›": r"$\rangle$",
    "“": "``", "”": "''", "‘": "`", "’": "'",
}  # fmt: skip
"""What a document would take for a command, and signs that it has in mathematics alone. ``[`` and
``*`` behind the end of a row are arguments of it."""

#: Points: of a line of an article on A4; of a letter of the text, and of small print; between the
#: columns of a table, and of one in small print.
_LINE, _LETTER, _SMALL, _GAP, _NARROW = 345, 4.9, 4.2, 12, 6
#: Between the words of a cell a line may end.
_WORDS = re.compile(r"[\s_]|(?<=-)")
#: A cell of more letters is not the measure of its column.
_LONG = 40


def latex(text: str) -> str:
    """Text as LaTeX sets it: no character of it is a command, none is without a shape."""
    shown = "".join(letter for letter in " ".join(text.split()) if letter.isprintable())
    return "".join(_LATEX.get(letter, letter) for letter in shown)


def as_latex(table: Table) -> str:
    """A ``table`` with caption and label; needs ``\\usepackage{array,booktabs}``.

    What is wider than a line of text is set in small print, and its cells are wrapped.
    """
    columns = table.printed or table.columns
    rows = table.said or tuple(tuple(_plain(cell) for cell in row) for row in table.rows)
    wide = _wrapped(list(zip(columns, *rows, strict=True)))
    lines = [
        "% needs \\usepackage{array,booktabs}",
        "\\begin{table}",
        "\\centering",
        *((r"\footnotesize", rf"\setlength{{\tabcolsep}}{{{_NARROW / 2:g}pt}}") if wide else ()),
        f"\\caption{{{latex(table.caption)}}}",
        f"\\label{{tab:{table.name}}}",
        f"\\begin{{tabular}}{{@{{}}{wide or 'l' * len(columns)}@{{}}}}",
        "\\toprule",
        " & ".join(latex(column) for column in columns) + r" \\",
        "\\midrule",
        ("\n\\addlinespace\n" if wide else "\n").join(
            " & ".join(latex(cell) for cell in row) + r" \\" for row in rows
        ),
        "\\bottomrule",
        "\\end{tabular}",
        "\\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _wrapped(columns: Sequence[Sequence[str]]) -> str:
    """Columns that share a line, each as wide as its longest word and its part of the rest; empty
    where all fit as they are."""
    longest = [max(map(len, cells)) for cells in columns]
    if sum(longest) * _LETTER + _GAP * (len(columns) - 1) <= _LINE:
        return ""
    gaps = _NARROW * (len(columns) - 1)
    least = [1 + max(len(w) for cell in cells for w in _WORDS.split(cell)) for cells in columns]
    more = [max(0, min(each, _LONG) - word) for each, word in zip(longest, least, strict=True)]
    free = max(0.0, (_LINE - gaps) / _SMALL - sum(least)) / max(1, sum(more))
    given = [word + free * each for word, each in zip(least, more, strict=True)]
    return "".join(
        "\n  >{\\raggedright\\arraybackslash}"
        rf"p{{\dimexpr{each / sum(given):.3f}\linewidth-{gaps / len(columns):.2f}pt\relax}}"
        for each in given
    )


def _plain(cell: Any) -> str:
    if cell is None:
        return "–"
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)


def tables(
    judgement: Judgement,
    streams: Sequence[Stream],
    choices: Sequence[Choice],
    labelling: Labelling,
) -> Iterator[Table]:
    """Every table that a report has: verdicts, flow, sensitivity, and the coders' agreement."""
    yield verdicts(judgement)
    yield Table(
        "flow",
        "Puppets: assigned, begun, delivered, analysed",
        ("arm", "assigned", "begun", "delivered", "analysed", "analysed in all", "lost for"),
        tuple(
            (
                each.arm, each.assigned, each.begun, each.delivered, each.analysed, each.in_all,
                "; ".join([*each.not_begun, *each.not_delivered, *each.not_analysed]),
            )
            for each in streams
        ),
    )  # fmt: skip
    if choices:
        yield sensitivity(choices)
    if labelling.agreement:
        yield agreement(labelling)


def verdicts(judgement: Judgement) -> Table:
    """A row a declared outcome."""
    found = judgement.verdicts
    return Table(
        "verdicts",
        "Declared outcomes",
        (
            "surface", "outcome", "arm", "control", "verdict", "unit", "estimate", "low", "high",
            "level", "p", "p_adjusted", "puppets_arm", "puppets_control", "reason",
        ),
        tuple(
            (
                v.surface, v.outcome, v.arm, v.control, v.verdict.value, v.unit.value, v.estimate,
                *(v.interval or (None, None)), v.level, v.p, v.p_adjusted, v.puppets[1],
                v.puppets[0], v.reason,
            )
            for v in found
        ),
        tuple(
            (
                v.outcome, words.surface(v.surface), f"{v.arm} against {v.control}",
                words.verdict_word(v), words.amount(v.estimate, v.unit), words.interval(v),
                words.p_value(v.p_adjusted), f"{v.puppets[1]} + {v.puppets[0]}",
            )
            for v in found
        ),
        ("outcome", "surface", "contrast", "verdict", "difference", "interval", "p (adjusted)",
         "puppets"),
    )  # fmt: skip


def sensitivity(choices: Sequence[Choice]) -> Table:
    """A row an outcome and choice."""
    return Table(
        "sensitivity",
        "Each outcome under other models of attention, without and with incomplete puppets",
        ("outcome", "unit", "attention", "incomplete", "declared", "estimate", "low", "high",
         "puppets"),
        tuple(
            (
                c.outcome, c.unit.value, c.attention.value, c.incomplete, c.declared, c.estimate,
                *(c.interval or (None, None)), c.puppets,
            )
            for c in choices
        ),
        tuple(
            (
                c.outcome, c.attention.value + (" (declared)" if c.declared else ""),
                "complete and incomplete" if c.incomplete else "complete",
                words.amount(c.estimate, c.unit),
                words.UNBOUNDED if c.interval is None else
                f"{words.amount(c.interval[0], c.unit)} to {words.amount(c.interval[1], c.unit)}",
                str(c.puppets),
            )
            for c in choices
        ),
        ("outcome", "attention", "puppets that count", "difference", "interval", "puppets"),
    )  # fmt: skip


def agreement(labelling: Labelling) -> Table:
    """A row a pair of coders."""
    found = labelling.agreement
    return Table(
        "agreement",
        f"Agreement of coders ({labelling.name}); Krippendorff's α {_plain(found['alpha'])}",
        ("coder", "other", "items", "agree", "kappa", "kappa_low", "kappa_high", "alpha"),
        tuple(
            (
                *pair["coders"], pair["items"], pair["agree"], pair["kappa"],
                *(pair["kappa_interval"] or (None, None)), found["alpha"],
            )
            for pair in found["pairs"]
        ),
        printed=("coder", "other", "items", "agree", "κ", "κ from", "κ to", "α"),
    )  # fmt: skip
