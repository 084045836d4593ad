"""Tables for a paper: every cell of each, in numbers and in print, written out."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hand_runs import hand_run

from collector.analysis.flow import Stream
from collector.analysis.judging import Judgement, judge
from collector.analysis.labelling import Labelling
from collector.analysis.measures import Unit
from collector.analysis.metrics import Attention
from collector.analysis.papertables import (
    Table,
    agreement,
    as_csv,
    as_latex,
    latex,
    sensitivity,
    tables,
    verdicts,
)
from collector.analysis.sensitivity import Choice
from collector.analysis.verdicts import Verdict, VerdictKind

EFFECT = Verdict(
    surface="home", outcome="exposure share: news", metric="exposure-share", label="news",
    arm="t", control="c", verdict=VerdictKind.EFFECT, estimate=0.125, interval=(0.05, 0.2),
    bounded=True, simultaneous=(0.01, 0.3), level=0.95, p=0.0156, p_adjusted=0.03125,
    smallest_effect=0.05, detectable=0.1, twins_needed=9, puppets=(6, 7), unit=Unit.SHARE,
    reason="so",
)  # fmt: skip
WITHHELD = replace(
    EFFECT, surface="feed", outcome="list length", unit=Unit.ITEMS, verdict=VerdictKind.WITHHELD,
    estimate=None, interval=None, p=None, p_adjusted=None, puppets=(0, 2), reason="no data",
)  # fmt: skip


def judgement(*found: Verdict) -> Judgement:
    lists = {f"{arm}-{n}": {"after.0": "a:news"} for arm in "ct" for n in (1, 2)}
    made = judge(hand_run(lists, exposure=["news"]))
    (answer,) = made.answers
    return replace(made, answers=tuple(replace(answer, verdict=verdict) for verdict in found))


def test_a_row_a_declared_outcome() -> None:
    assert verdicts(judgement(EFFECT, WITHHELD)) == Table(
        "verdicts",
        "Declared outcomes",
        ("surface", "outcome", "arm", "control", "verdict", "unit", "estimate", "low", "high",
         "level", "p", "p_adjusted", "puppets_arm", "puppets_control", "reason"),
        (
            ("home", "exposure share: news", "t", "c", "effect", "share", 0.125, 0.05, 0.2, 0.95,
             0.0156, 0.03125, 7, 6, "so"),
            ("feed", "list length", "t", "c", "withheld", "items", None, None, None, 0.95, None,
             None, 2, 0, "no data"),
        ),
        (
            ("exposure share: news", "home page", "t against c", "effect", "+12.5 points",
             "+5.0 to +20.0 points", "0.031", "7 + 6"),
            ("list length", "feed", "t against c", "withheld", "–", "unbounded", "–", "2 + 0"),
        ),
        ("outcome", "surface", "contrast", "verdict", "difference", "interval", "p (adjusted)",
         "puppets"),
    )  # fmt: skip


CHOICES = (
    Choice("home: news, t against c", "home", Unit.SHARE, Attention.LOG, False, True, 0.1,
           (-0.05, 0.25), 12, 0.05),
    Choice("home: length, t against c", "home", Unit.ITEMS, Attention.UNIFORM, True, False, None,
           None, 14, None),
)  # fmt: skip


def test_a_row_an_outcome_and_choice() -> None:
    assert sensitivity(CHOICES) == Table(
        "sensitivity",
        "Each outcome under other models of attention, without and with incomplete puppets",
        ("outcome", "unit", "attention", "incomplete", "declared", "estimate", "low", "high",
         "puppets"),
        (
            ("home: news, t against c", "share", "log", False, True, 0.1, -0.05, 0.25, 12),
            ("home: length, t against c", "items", "uniform", True, False, None, None, None, 14),
        ),
        (
            ("home: news, t against c", "log (declared)", "complete", "+10.0 points",
             "−5.0 points to +25.0 points", "12"),
            ("home: length, t against c", "uniform", "complete and incomplete", "–", "unbounded",
             "14"),
        ),
        ("outcome", "attention", "puppets that count", "difference", "interval", "puppets"),
    )  # fmt: skip


CODED = Labelling(
    version=3,
    agreement={
        "alpha": 0.123456,
        "pairs": [
            {"coders": ["ann", "bo"], "items": 40, "agree": 0.9, "kappa": 0.8,
             "kappa_interval": [0.6, 1.0]},
            {"coders": ["ann", "eve"], "items": 2, "agree": 1.0, "kappa": None,
             "kappa_interval": None},
        ],
    },
)  # fmt: skip


def test_a_row_a_pair_of_coders() -> None:
    found = agreement(CODED)
    assert found == Table(
        "agreement",
        "Agreement of coders (version 3); Krippendorff's α 0.1235",
        ("coder", "other", "items", "agree", "kappa", "kappa_low", "kappa_high", "alpha"),
        (
            ("ann", "bo", 40, 0.9, 0.8, 0.6, 1.0, 0.123456),
            ("ann", "eve", 2, 1.0, None, None, None, 0.123456),
        ),
        printed=("coder", "other", "items", "agree", "κ", "κ from", "κ to", "α"),
    )
    none = replace(CODED, agreement={"alpha": None, "pairs": []})
    assert agreement(none).caption == "Agreement of coders (version 3); Krippendorff's α –"


STREAM = Stream("t", 7, 6, 5, 4, 3, ("x (1)",), ("y (1)", "z (1)"), ("w (1)",))


def test_every_table_that_there_is_something_for() -> None:
    """Verdicts and flow always; the others where there are choices, or coders."""
    found = judgement(EFFECT)
    every = list(tables(found, [STREAM], CHOICES, CODED))
    assert [one.name for one in every] == ["verdicts", "flow", "sensitivity", "agreement"]
    assert every[0] == verdicts(found)
    assert every[1] == Table(
        "flow",
        "Puppets: assigned, begun, delivered, analysed",
        ("arm", "assigned", "begun", "delivered", "analysed", "analysed in all", "lost for"),
        (("t", 7, 6, 5, 4, 3, "x (1); y (1); z (1); w (1)"),),
    )
    assert every[2:] == [sensitivity(CHOICES), agreement(CODED)]
    few = list(tables(found, [], (), Labelling()))
    assert [one.name for one in few] == ["verdicts", "flow"]


def test_a_csv_as_the_rfc_has_it() -> None:
    """Lines end in CR LF, a quote is doubled, and a spreadsheet runs nothing."""
    text = as_csv(("a", "b,c"), [("=1+1", None), ('say "x"', 0.25), (-3, "two\nlines")])
    assert text == 'a,"b,c"\r\n\'=1+1,\r\n"say ""x""",0.25\r\n-3,"two\nlines"\r\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a\\b", r"a\textbackslash{}b"), ("& % $ #", r"\& \% \$ \#"), ("a_b", r"a\_\allowbreak{}b"),
        ("{}", r"\{\}"), ("~^", r"\textasciitilde{}\textasciicircum{}"),
        ("−1 – 2", "$-$1 -- 2"), ("±×", r"$\pm$$\times$"), ("κα", r"$\kappa$$\alpha$"),
        ("<>", "$<$$>$"), ("it’s", "it's"), ("“a” ‘b’", "``a'' `b'"),
        ("[1] *", "{[}1] {*}"), ("|`", r"\textbar{}\textasciigrave{}"),
        ("≥ ≤ ≠ ≈", r"$\geq$ $\leq$ $\neq$ $\approx$"), ("…", r"\dots{}"), ("—", "---"),
        ("a\u200bb\u202ec\ufeff", "abc"), ("  a \n\t b ", "a b"), ("ü", "ü"),
    ],
)  # fmt: skip
def test_letters_that_latex_would_take_for_commands(text: str, told: str) -> None:
    assert latex(text) == told


def lines(
    *rows: str, columns: str, heads: str, caption: str = "A \\& B", small: Sequence[str] = ()
) -> str:
    return "\n".join(
        [
            "% needs \\usepackage{array,booktabs}", "\\begin{table}", "\\centering", *small,
            f"\\caption{{{caption}}}", "\\label{tab:t}",
            f"\\begin{{tabular}}{{@{{}}{columns}@{{}}}}", "\\toprule", heads, "\\midrule", *rows,
            "\\bottomrule", "\\end{tabular}", "\\end{table}", "",
        ]
    )  # fmt: skip


def test_a_table_whole() -> None:
    """In print the words stand where there are some, else the numbers, to four digits."""
    rows: tuple[tuple[Any, ...], ...] = ((0.123456, None, "x_y"), (1234567.0, 3, True))
    bare = Table("t", "A & B", ("one", "two", "thr_ee"), rows)
    heads = "one & two & thr\\_\\allowbreak{}ee \\\\"
    assert as_latex(bare) == lines(
        "0.1235 & -- & x\\_\\allowbreak{}y \\\\", "1.235e+06 & 3 & True \\\\",
        columns="lll", heads=heads,
    )  # fmt: skip
    said = replace(bare, said=(("p < 1", "−2"),), printed=("a %", "b"))
    assert as_latex(said) == lines("p $<$ 1 & $-$2 \\\\", columns="ll", heads="a \\% & b \\\\")


def test_a_table_wider_than_a_line_is_wrapped() -> None:
    """A line has 345 points: 67 letters and one gap fit, 68 do not. Then each column gets its
    longest word and a letter, and of what is left a part by what its longest cell still wants.
    """
    fits = Table("t", "A & B", ("a", "b"), (("x" * 33, "y" * 34),))
    over = Table("t", "A & B", ("a", "b"), (("x" * 34, "y" * 34),))
    assert "{@{}ll@{}}" in as_latex(fits)
    assert "{@{}ll@{}}" not in as_latex(over)
    long = "an old, old story of a wide-eyed man " + "and his dog " * 9
    wide = Table(
        "t", "A & B", ("one", "two"), ((long, "a b c d e f g h i j k l m n o p q r s"),) * 2
    )
    told = as_latex(wide)
    first, second = map(float, re.findall(r"dimexpr(0\.\d+)\\linewidth-3\.00pt", told))
    letters = (345 - 6) / 4.2
    free = (letters - 6 - 4) / (40 - 6 + 37 - 4)  # "story" or "wide-"; "two"; at most 40
    assert first == pytest.approx((6 + free * 34) / letters, abs=5.1e-4)
    assert first + second == pytest.approx(1, abs=2e-3)
    shape = r">{\raggedright\arraybackslash}p{\dimexpr%.3f\linewidth-3.00pt\relax}"
    row = f"{' '.join(long.split())} & {wide.rows[0][1]} \\\\"
    assert told == lines(
        row, "\\addlinespace", row, heads="one & two \\\\",
        columns="".join("\n  " + shape % each for each in (first, second)),
        small=["\\footnotesize", "\\setlength{\\tabcolsep}{3pt}"],
    )  # fmt: skip


HOSTILE = 'über_50 % & #news^2 ~x\\y {z} "q" |a| `b´ $1 <é> “so” … ≥ 2 × [x] *'


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex here")
def test_latex_sets_every_table(tmp_path: Path) -> None:
    """Without an error, and no cell runs into the next: what it has too much fits in the gap."""
    bad = replace(EFFECT, outcome=f"[exposure share: {HOSTILE}", arm="treated_in-full")
    lost = replace(STREAM, not_begun=(f"{HOSTILE} (1)",))
    (_, choice), found = CHOICES, judgement(bad, WITHHELD)
    every = list(tables(found, [lost, STREAM], [*CHOICES, replace(choice, outcome=HOSTILE)], CODED))
    body = "\n".join(as_latex(table) for table in every)
    (tmp_path / "t.tex").write_text(
        "\\documentclass{article}\n\\usepackage{array,booktabs}\n\\begin{document}\n"
        f"{body}\\end{{document}}\n",
        "utf-8",
    )
    done = subprocess.run(
        ["pdflatex", "-draftmode", "-halt-on-error", "-interaction=nonstopmode", "t.tex"],
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    said = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, said[-2000:]
    over = [float(each) for each in re.findall(r"Overfull \\hbox \((\S+)pt", said)]
    assert max(over, default=0) < 6, said
