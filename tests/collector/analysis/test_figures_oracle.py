"""Which figures a run has, the numbers behind each, and which files of a folder are kept.

Runs are written by hand; nothing is laid out, and what is drawn is looked at apart.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
from hand_runs import hand_run
from matplotlib.figure import Figure

from collector.analysis import canvas, figures, paperplots, papertables, plots, tables
from collector.analysis.figures import Drawn, Picture
from collector.analysis.flow import Stream
from collector.analysis.judging import judge
from collector.analysis.measures import Unit, measures
from collector.analysis.metrics import Attention
from collector.analysis.papertables import Table
from collector.analysis.rundata import RunData
from collector.analysis.sensitivity import Choice
from collector.common.errors import UserError

#: What was asked to be drawn: the function and what it was given.
Asked = list[tuple[Any, ...]]


@pytest.fixture(name="asked")
def _asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    found: Asked = []

    def told(name: str) -> Any:
        return lambda *given, **more: found.append((name, *given, more))

    for module, names in ((plots, ("exposure_by_topic", "over_session", "overlap")),
                          (paperplots, ("flow", "sensitivity"))):  # fmt: skip
        for name in names:
            monkeypatch.setattr(module, name, told(name))
    return found


LISTS = {
    "c-1": {"before.0": "a:news b:x", "after.0": "a:news b:x c:x d:x", "after.1": "a:x"},
    "c-2": {"before.0": "a:x b:x", "after.0": "a:news b:news c:x d", "after.1": "b:y"},
    "t-1": {"before.0": "b:x a:x", "after.0": "e:news b:news c:news d:y", "after.1": "a:news"},
    "t-2": {"before.0": "a:x -:ad", "after.0": "f:y b:news c:news d:y"},
}


def run(**changes: Any) -> RunData:
    data = hand_run(LISTS, **({"exposure": ["news"], "attention": "uniform"} | changes))
    called = {"after.0": "the front page", "after.1": ""}
    return replace(data, pages=tuple(replace(p, label=called.get(p.path, "")) for p in data.pages))


def share(text: str, topic: str) -> float:
    items = [word for word in text.split() if not word.endswith(":ad")]
    return sum(word.endswith(f":{topic}") for word in items) / len(items)


def test_exposure_by_topic_with_every_puppets_number(asked: Asked) -> None:
    """Declared first, then the most shown; mean over the pages after the treatment."""
    data = run()
    (found,) = figures.exposure(data)
    means = {
        topic: {
            arm: [
                fmean(share(text, topic) for path, text in LISTS[name].items() if path[0] == "a")
                for name in LISTS if name[0] == arm
            ]
            for arm in "ct"
        }
        for topic in ("news", "x", "y")
    }  # fmt: skip
    assert (found.name, found.title) == ("figure-exposure-home", "home page")
    assert found.numbers["rows"] == {
        topic: {arm: pytest.approx(own) for arm, own in arms.items()}
        for topic, arms in means.items()
    }
    assert list(found.numbers["rows"]) == ["news", "x", "y"]
    rest = {key: value for key, value in found.numbers.items() if key != "rows"}
    assert rest == {
        "surface": "home", "phase": "after", "pages": 7, "names": ["the front page"],
    }  # fmt: skip
    assert found.columns == ("surface", "topic", "arm", "share")
    assert found.rows == tuple(
        ("home", topic, arm, pytest.approx(value))
        for topic, arms in means.items()
        for arm, own in arms.items()
        for value in own
    )
    found.draw()
    assert asked == [
        ("exposure_by_topic", found.numbers["rows"], ("c", "t"), {"declared": ("news",)}),
    ]  # fmt: skip


def test_a_topic_that_nobody_was_shown_and_a_surface_without_pages() -> None:
    """A declared label stands with its zeros; of a surface that nobody saw there is no figure."""
    (found,) = figures.exposure(run(exposure=["sailing"], surfaces=["home", "search"]))
    assert found.numbers["rows"]["sailing"] == {"c": [0.0, 0.0], "t": [0.0, 0.0]}
    lists = {name: {"after.0": ""} for name in ("c-1", "t-1")}
    assert figures.exposure(hand_run(lists, exposure=["news"])) == []


def test_so_many_topics_as_can_be_told_apart() -> None:
    words = " ".join(f"{n}:topic{n:02}" for n in range(14))
    lists = {f"{arm}-1": {"after.0": words, "after.1": words} for arm in "ct"}
    data = hand_run(lists, exposure=["topic13"], attention="uniform")
    (exposure,), (session,) = figures.exposure(data), figures.session(data)
    order = ["topic13", *(f"topic{n:02}" for n in range(9))]
    assert list(exposure.numbers["rows"]) == order
    assert session.numbers["topics"] == order[:5]


def test_exposure_over_the_session(asked: Asked) -> None:
    """Step by step, every phase; with the names and parts of the pages."""
    data = run()
    (found,) = figures.session(data)
    assert (found.name, found.title) == ("figure-session-home", "home page")
    steps = {"before.0": 1, "after.0": 2, "after.1": 3}
    lines: dict[str, Any] = {}
    for arm in "ct":
        for topic in ("x", "news", "y"):
            points: dict[int, list[float]] = {}
            for name, own in LISTS.items():
                for path, text in own.items():
                    if name[0] == arm:
                        points.setdefault(steps[path], []).append(share(text, topic))
            lines.setdefault(arm, {})[topic] = points
    assert found.numbers == {
        "surface": "home", "lines": lines, "names": {2: "the front page"},
        "topics": ["news", "x", "y"],
    }  # fmt: skip
    assert found.columns == ("surface", "arm", "topic", "step", "share")
    assert found.rows == tuple(
        ("home", arm, topic, step, value)
        for arm in "ct"
        for topic in ("news", "x", "y")
        for step, values in sorted(lines[arm][topic].items())
        for value in values
    )
    found.draw()
    parts = {arm: tables.session_parts(data, arm) for arm in ("c", "t")}
    assert asked == [
        ("over_session", found.numbers["lines"], {"parts": parts, "names": {2: "the front page"}}),
    ]  # fmt: skip


def test_over_a_session_of_one_step_there_is_no_line() -> None:
    """Declared surfaces first, then others that were seen, each where it has two steps."""
    one = {name: {"after.0": "a:news"} for name in ("c-1", "t-1")}
    assert figures.session(hand_run(one, exposure=["news"])) == []
    data = run()
    more = tuple(replace(p, surface="channel", capture=f"x{p.capture}") for p in data.pages)
    alone = replace(data.pages[0], surface="search", capture="alone")
    both = replace(data, pages=(alone, *more, *data.pages))
    found = figures.session(both)
    assert [one.name for one in found] == ["figure-session-home", "figure-session-channel"]
    assert found[1].rows[0][0] == "channel"


def test_every_likeness_declared_or_not() -> None:
    """Of every surface and pair of arms; what has no pair is left out."""
    data = run(outcomes=["jaccard", "exposure-share"])
    judgement = judge(data)
    found = figures.likenesses(data, judgement)
    names = [m.question.measure.name for m in found]
    every = [name for name, measure in measures().items() if measure.likeness is not None]
    assert sorted(names) == sorted(every)
    assert names[0] == "jaccard"
    assert found[0] is judgement.answers[0].measured
    alone = hand_run({"c-1": {"after.0": "a"}, "t-1": {}}, outcomes=["jaccard"])
    assert figures.likenesses(alone, judge(alone)) == []


def test_how_alike_twins_and_pairs_of_arms_are(asked: Asked) -> None:
    """A row the twins of each arm, and one between; measures in the order of the register."""
    data = run(outcomes=["jaccard", "rank-overlap"])
    found = [answer.measured for answer in judge(data).answers]
    (picture,) = figures.overlap(data, found)
    assert (picture.name, picture.title) == ("figure-overlap", "rank overlap")
    assert picture.columns == ("measure", "surface", "twins of", "similarity")
    picture.draw()
    ((name, panels, arms, more),) = asked
    assert (name, arms, more) == ("overlap", ("c", "t"), {})
    titles = [m.title for m in measures().values() if m.name in ("jaccard", "rank-overlap")]
    assert list(panels) == titles
    expected = []
    for title in titles:
        measured = next(m for m in found if m.question.measure.title == title)
        assert measured.overlap is not None
        pairs = measured.overlap.pairs
        own = [
            [p.similarity for p in pairs if (p.left.arm, p.right.arm) == (a, b)]
            for a, b in (("c", "c"), ("t", "t"), ("c", "t"))
        ]
        assert [len(each) for each in own] == [1, 0, 2], "t-2 lost a page"
        assert panels[title] == [
            ("home page", own[0], 0), ("home page", own[1], 1), ("home page", own[2], -1),
        ]  # fmt: skip
        for who, values in zip(("c", "t", "between arms"), own, strict=True):
            expected += [(title, "home page", who, value) for value in values]
    assert list(picture.rows) == expected
    assert figures.overlap(data, []) == []
    assert figures.overlap(data, [replace(found[0], overlap=None)])[0].rows == ()


def test_of_three_arms_each_row_says_which_two() -> None:
    lists = {f"{arm}-{n}": {"after.0": f"a{n} b {arm}"} for arm in ("c", "t", "u") for n in (1, 2)}
    data = hand_run(lists, outcomes=["jaccard"])
    (picture,) = figures.overlap(data, [answer.measured for answer in judge(data).answers])
    assert [row[1:3] for row in picture.rows if row[2] != "between arms"] == [
        ("home page, t against c", "c"), ("home page, t against c", "t"),
        ("home page, u against c", "c"), ("home page, u against c", "u"),
    ]  # fmt: skip


STREAM = Stream("t", 7, 6, 5, 4, 3, (), (), ())


def choice(estimate: float | None) -> Choice:
    return Choice("o", "home", Unit.SHARE, Attention.LOG, False, True, estimate, None, 3, None)


def test_the_flow_and_the_choices(asked: Asked) -> None:
    """Choices without an estimate are in the numbers, and not drawn; none known is no figure."""
    found = [choice(0.1), choice(None)]
    told = figures.paper([STREAM], found)
    ((flow,), (sensitivity,)) = told["flow"], told["sensitivity"]
    assert (flow.name, flow.title) == ("figure-flow", "flow of puppets")
    assert flow.columns == (
        "arm", "assigned", "begun", "delivered", "analysed", "analysed in all",
    )  # fmt: skip
    assert flow.rows == (("t", 7, 6, 5, 4, 3),)
    table = papertables.sensitivity(found)
    assert (sensitivity.name, sensitivity.title) == ("figure-sensitivity", "sensitivity")
    assert (sensitivity.columns, sensitivity.rows) == (table.columns, table.rows)
    assert len(sensitivity.rows) == 2
    flow.draw()
    sensitivity.draw()
    assert asked == [("flow", [STREAM], {}), ("sensitivity", [found[0]], {})]
    assert list(figures.paper([STREAM], [choice(None)])) == ["flow"]


# ---- files


def drawn(name: str, **more: Any) -> Drawn:
    return Drawn(Picture(name, "t", Figure, **more), f"<svg>{name}ü</svg>", b"%PDF")


def test_a_folder_holds_this_reports_files_and_what_is_not_ours(tmp_path: Path) -> None:
    """Older figures and tables go, anything else stays; no draft is left."""
    folder = tmp_path / "a" / "figures"
    numbers = {"columns": ("a", "b"), "rows": ((1, "=x"),)}
    table = Table("flow", "c", ("a",), ((1,),))
    figures.write([drawn("figure-old", **numbers), drawn("figure-new")], folder, [table])
    for name in ("notes.txt", "figure-old.png", "table-mine.xlsx", "other.svg"):
        (folder / name).write_text("mine")
    (folder / "figure-gone.csv").write_text("old")
    (folder / "table-gone.tex").write_text("old")
    figures.write([drawn("figure-new", **numbers)], folder)
    assert {path.name for path in folder.iterdir()} == {
        "figure-new.svg", "figure-new.pdf", "figure-new.csv", "notes.txt", "figure-old.png",
        "table-mine.xlsx", "other.svg",
    }  # fmt: skip
    assert (folder / "figure-new.svg").read_text("utf-8") == "<svg>figure-newü</svg>"
    assert (folder / "figure-new.pdf").read_bytes() == b"%PDF"
    assert (folder / "figure-new.csv").read_bytes() == b"a,b\r\n1,'=x\r\n"
    figures.write([], folder, [table])
    assert (folder / "table-flow.csv").read_bytes() == b"a\r\n1\r\n"
    assert (folder / "table-flow.tex").read_text("utf-8") == papertables.as_latex(table)
    assert not (folder / "figure-new.svg").exists()
    assert figures.folder_of(Path("/x/report.html")) == Path("/x/report-figures")


def test_a_figure_is_drawn_in_the_style_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "mine.mplstyle"
    own.write_text("font.size: 21\n")
    size: list[float] = []

    def make() -> Figure:
        size.append(canvas.settings()["font.size"])
        return Figure()

    made: list[Figure] = []
    monkeypatch.setattr(plots, "svg", lambda figure: made.append(figure) or "<svg>")
    monkeypatch.setattr(canvas, "as_pdf", lambda figure: made.append(figure) or b"pdf")
    picture = Picture("figure-x", "t", make)
    for given, expected in ((None, 9.5), (own, 21.0)):
        found = figures.draw(picture, given)
        assert (found.picture, found.svg, found.pdf) == (picture, "<svg>", b"pdf")
        assert size.pop() == expected
        assert made.pop() is made.pop()
    monkeypatch.setattr(plots, "inline", lambda svg, name: f"{name}: {svg}")
    assert found.inline == "figure-x: <svg>"


@pytest.fixture(name="heard")
def _heard(caplog: pytest.LogCaptureFixture) -> Iterator[logging.Logger]:
    log = logging.getLogger("matplotlib")
    before = (log.propagate, list(log.handlers))
    yield log
    assert (log.propagate, log.handlers) == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no such key: 3\n", "no such key"),
        ("font.size\n", "font.size"),
        ("font.size: large as a house\n", "font.size"),
        (None, "No such file"),
    ],
)
def test_a_style_that_is_none(
    tmp_path: Path, heard: logging.Logger, text: str | None, said: str
) -> None:
    """Said in one line with the file; whoever listens to matplotlib hears it again afterwards."""
    own = tmp_path / "mine.mplstyle"
    if text is not None:
        own.write_text(text)
    with pytest.raises(UserError) as caught:
        figures.check_style(own)
    assert caught.value.problem.startswith("matplotlib cannot use the style file: ")
    assert said in caught.value.problem or text is None
    assert "\n" not in caught.value.problem
    assert caught.value.place == str(own)
    assert caught.value.fix == (
        "write one `key: value` a line, as collector/analysis/figures.mplstyle does"
    )


def test_a_style_that_is_one(tmp_path: Path, heard: logging.Logger) -> None:
    own = tmp_path / "mine.mplstyle"
    own.write_text("font.size: 21\n")
    for propagate in (True, False):
        heard.propagate = propagate
        figures.check_style(own)
        assert heard.propagate is propagate
    heard.propagate = True
