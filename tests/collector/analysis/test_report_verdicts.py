"""Verdicts first: what the page says of each outcome is what the numbers say, word by word."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hand_runs import hand_run
from report_page import check_verdicts, rows_of, words_of
from synthetic_run import Made, build, declared

from collector.analysis.judging import judge
from collector.analysis.load import load_run
from collector.analysis.methods import methods
from collector.analysis.report import report_data, write_report
from collector.analysis.rundata import RunData
from collector.store import Store

MANY = ["exposure-share", "rank-overlap", "incidence"]
WORLDS: dict[str, tuple[Made, dict[str, Any]]] = {
    "effect": (Made(twins=7, effect=0.6, watches=1), {}),
    "undecided": (Made(twins=7, effect=0.0, watches=1), {}),
    "bounded": (Made(twins=10, effect=0.0, watches=1), {"smallest_effect": "30 points"}),
    "too few": (Made(twins=2, effect=0.7, watches=1), {"outcomes": MANY}),
    "no label": (Made(twins=3, labels=False, watches=1), {}),
    "lost": (Made(twins=6, watches=1, lost={f"conspiracy-{n}": 4 for n in range(1, 6)}), {}),
    "three arms": (
        Made(arms=("neutral", "conspiracy", "science"), twins=7, effect=0.6, watches=1,
             exposure=("conspiracy", "science")),
        {"outcomes": MANY},
    ),
    "one arm": (Made(arms=("neutral",), control=None, watches=1), {}),
}  # fmt: skip


World = tuple[Path, str, dict[str, Any]]


@pytest.fixture(scope="module")
def worlds(
    told: Callable[[Path], tuple[str, dict[str, Any]]], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], World]:
    """A run, its page and its numbers, each made once."""

    @cache
    def made(name: str) -> World:
        what, analysis = WORLDS[name]
        folder = declared(build(tmp_path_factory.mktemp("run") / "run", what), **analysis)
        return folder, *told(folder)

    return made


@pytest.fixture
def world(request: pytest.FixtureRequest, worlds: Callable[[str], World]) -> World:
    return worlds(request.param)


@pytest.mark.sweep(1)
@pytest.mark.parametrize("world", WORLDS, indirect=True)
def test_the_page_says_what_the_numbers_say(world: World) -> None:
    """Each verdict once, with word, sign, unit, interval, p, reason; the headline is JSON's."""
    _, page, numbers = world
    check_verdicts(BeautifulSoup(page, "lxml"), numbers)


@pytest.mark.sweep(2)
@pytest.mark.parametrize(
    ("world", "words"),
    [
        ("effect", {"effect"}),
        ("undecided", {"undecided"}),
        ("bounded", {"no effect larger than X"}),
        ("no label", {"withheld"}),
        ("lost", {"withheld"}),
    ],
    indirect=["world"],
)
def test_the_worlds_have_every_word(world: World, words: set[str]) -> None:
    """Else the test above would hold of fewer verdicts than it promises."""
    assert {verdict["verdict"] for verdict in world[2]["verdicts"]} == words


FAULTS = {
    "another word": (r'(<span class="tag word[^>]*>)undecided', r"\1effect"),
    "an absence without a bound": (r'(<span class="tag word[^>]*>)undecided', r"\1no effect"),
    "a verdict is left out": (r'(?s)<tr class="outcome">.*?</tr>\s*<tr>.*?</tr>', ""),
    "a verdict stands twice": (r'(?s)(<tr class="outcome">.*?</tr>\s*<tr>.*?</tr>)', r"\1\1"),
    "the sign is lost": (r'(<td[^>]*><b>)[+−]', r"\1"),
    "the sign is turned": (r'(<td[^>]*><b>)[+]', r"\1−"),
    "the unit is lost": (r'(<td[^>]*><b>[^<]*?) points', r"\1"),
    "an interval of nothing": (r"−[\d.]+ to \+[\d.]+ points</td>", "−0.0 to +0.0 points</td>"),
    "p without correction": (
        r'(data-label="p"[^>]*>)([^<]+)(</td>\s*<td[^>]*>)[^<]+', r"\1\2\g<3>0.0001"
    ),
    "the arms are exchanged": (
        r"conspiracy against neutral(</td>)", r"neutral against conspiracy\1"
    ),
    "another headline": (r"<b>Undecided:</b>", "<b>Effect:</b>"),
    "no reason": (r"p after correction is [\d.]+", "it is so"),
    "what could be seen is not said": (r" in 80 of 100 runs", ""),
    "a limit of the few": (r"(<div class=\"abstract\">)", r"\1<p>at the limit</p>"),
}  # fmt: skip


@pytest.mark.sweep(3)
@pytest.mark.parametrize("world", ["undecided"], indirect=True)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_wording_is_noticed(world: World, fault: str) -> None:
    """The check above sees each of them: planted into a page that it finds right."""
    _, page, numbers = world
    pattern, planted = FAULTS[fault]
    spoiled, times = re.subn(pattern, planted, page, count=1)
    assert times == 1
    assert spoiled != page
    with pytest.raises(AssertionError):
        check_verdicts(BeautifulSoup(spoiled, "lxml"), numbers)


@pytest.mark.parametrize("world", ["too few"], indirect=True)
def test_what_has_no_bound_is_printed_so(world: World) -> None:
    """Two twins exclude no difference: the interval is “unbounded”, and the twins are named."""
    rows = rows_of(BeautifulSoup(world[1], "lxml"))
    shares = [row for row in rows if row["outcome"].startswith("exposure share")]
    assert shares
    for row in shares:
        assert row["interval"] == "unbounded"
        assert re.search(
            r"With \d+ twins an arm in blocks of 1 a result could be significant", row["why"]
        )
    likeness = next(row for row in rows if row["outcome"].startswith("rank overlap"))
    assert "cannot be shown" in likeness["why"]


@pytest.mark.sweep(1)
@pytest.mark.parametrize("world", ["effect", "lost", "no label", "three arms"], indirect=True)
def test_every_gate_is_on_the_page(world: World) -> None:
    """Each that withholds or notes with its reason and cure; each that passed once."""
    _, page, numbers = world
    soup = BeautifulSoup(page, "lxml")
    table = soup.select("#verdicts table")[1]
    rows = [[words_of(cell) for cell in row.find_all(["th", "td"])] for row in table.select("tr")][
        1:
    ]
    for gate in numbers["gates"]:
        own = [
            row for row in rows if row[0].split()[0] == gate["gate"] and row[1] == gate["ruling"]
        ]
        if gate["ruling"] == "passed":
            assert own
            continue
        told = [row for row in own if row[4].startswith(gate["reason"])]
        assert len(told) == 1, gate
        assert told[0][5] == (gate["mend"] or "–")
        assert (told[0][2] == "–") == (gate["number"] is None)
    assert len(rows) <= len(numbers["gates"])


@pytest.mark.parametrize("world", ["lost"], indirect=True)
def test_a_withheld_verdict_names_number_threshold_and_cure(world: World) -> None:
    _, page, numbers = world
    (gate,) = {v["gate"] for v in numbers["verdicts"]}
    soup = BeautifulSoup(page, "lxml")
    table = soup.select("#verdicts table")[1]
    row = next(
        row for row in table.select("tbody tr")
        if row.find("th").get_text().startswith(gate)  # type: ignore[union-attr]
        and "withheld" in row.get_text()
    )  # fmt: skip
    cells = [words_of(cell) for cell in row.find_all("td")]
    assert all(re.search(r"\d", cell) for cell in cells[1:3])
    assert cells[4] != "–"


@pytest.mark.parametrize("world", ["lost"], indirect=True)
def test_the_dose_is_that_of_the_ledger(world: World) -> None:
    """Searches that came about, over those that were planned, by puppet: counted again in SQL."""
    folder, page, numbers = world
    with Store(folder / "store.db", readonly=True) as store:
        done: dict[str, list[float]] = {}
        for row in store.rows(
            "SELECT p.arm, avg(s.outcome = 'done') AS share FROM steps s"
            " JOIN sessions n ON n.id = s.session JOIN puppets p ON p.id = n.puppet"
            " WHERE s.kind = 'search' GROUP BY p.id"
        ):
            done.setdefault(row["arm"], []).append(row["share"])
    told = {row["arm"]: row for row in numbers["dose"] if row["kind"] == "search"}
    for arm, shares in done.items():
        assert told[arm]["median"] == median(shares)
        assert (told[arm]["least"], told[arm]["largest"]) == (min(shares), max(shares))
    soup = BeautifulSoup(page, "lxml")
    table = soup.select("#verdicts table")[2]
    assert len(table.select("tbody tr")) == len(numbers["dose"])
    for row, dose in zip(table.select("tbody tr"), numbers["dose"], strict=True):
        cells = [words_of(cell) for cell in row.find_all(["th", "td"])]
        assert cells[1] == dose["kind"]
        assert cells[3] == f"{100 * dose['median']:.0f} %"
        assert cells[7] == ("yes" if dose["median"] >= 0.8 else "no")


def test_the_dose_says_how_often_another_item_was_taken(tmp_path: Path) -> None:
    """By arm and kind of step; such a follow counts as one of its topic only if it is."""
    folder = build(tmp_path / "run", Made(twins=1))
    with Store(folder / "store.db") as store:
        store.db.execute(
            "UPDATE steps SET detail = 'vid00000000 at 1; otherwise: none of 9 items is about x'"
            " WHERE kind = 'follow' AND path LIKE 'arms.conspiracy.%'"
        )
        (row,) = store.rows("SELECT count(*) AS n FROM steps WHERE detail LIKE '%otherwise%'")
    assert row["n"] > 0
    told = {(d["arm"], d["kind"]): d["otherwise"] for d in report_data(folder)["dose"]}
    assert told.pop(("conspiracy", "follow")) == row["n"]
    assert set(told.values()) == {0}
    soup = BeautifulSoup(write_report(folder).read_text("utf-8"), "lxml")
    cells = [
        [words_of(cell) for cell in line.find_all(["th", "td"])]
        for line in soup.select("[aria-label='Dose by arm'] tbody tr")
    ]
    assert [line[6] for line in cells if line[:2] == ["conspiracy", "follow"]] == [str(row["n"])]


@pytest.mark.sweep(2)
@pytest.mark.parametrize("world", ["effect", "bounded", "three arms", "one arm"], indirect=True)
def test_the_methods_are_those_of_the_run(world: World) -> None:
    """One block that a click selects, with everything that a reviewer asks for."""
    _, page, numbers = world
    soup = BeautifulSoup(page, "lxml")
    block = soup.select("blockquote.methods")
    assert [words_of(each) for each in block] == [" ".join(numbers["methods"].split())]
    text = numbers["methods"]
    total = sum(arm["puppets"] for arm in numbers["arms"])
    for said in (f"{total} sock puppets", "3f" * 32, "seed 20260101", "python 3.11.7",
                 "twinwatch 0.1.0", "“quick”"):  # fmt: skip
        assert said in text, said
    if len(numbers["arms"]) == 1:
        assert "nothing was tested" in text
        return
    for said in ("permutation test", "within blocks", "that test inverted", "Holm’s method",
                 "Tarone 1990", "0.85 to the power of rank − 1", "exchanges"):  # fmt: skip
        assert said in text, said
    if numbers["verdicts"][0]["smallest_effect"]:
        assert "Smallest effect of interest: 30.0 points (exposure share)" in text
    else:
        assert "No smallest effect of interest was declared" in text
    assert ("RBO-ext" in text) == any(v["metric"] == "rank-overlap" for v in numbers["verdicts"])


@pytest.mark.parametrize("world", ["effect"], indirect=True)
def test_the_methods_count_the_exchanges(world: World) -> None:
    """Seven pairs: 2^7 exchanges, all of them counted."""
    assert "all 128 exchanges were counted" in world[2]["methods"]


def test_the_methods_count_a_sample_of_too_many_exchanges() -> None:
    """Fifteen pairs: of 2^15 exchanges 20,000 are used, and their number is said."""
    lists = {
        f"{arm}-{n}": {"after.0": "a:news b:x c:x" if n % 3 else "b:x c:x d:x"}
        for arm in "ct" for n in range(1, 16)
    }  # fmt: skip
    data = planned(hand_run(lists, exposure=["news"], outcomes=["exposure-share"]))
    text = methods(data, judge(data))
    assert "of 32,768 exchanges" in text
    assert "a seeded sample of 20,000, the observed one included" in text


def planned(data: RunData) -> RunData:
    """With the hash of a plan."""
    return dataclasses.replace(data, run={**data.run, "plan_hash": "00"})


def test_the_methods_say_how_an_interaction_is_tested() -> None:
    """By turning signs of blocks, not by exchanging labels, and under which condition exactly."""
    arms = {
        f"{language}-{steps}": {
            "persona": {"locale": language}, "steps": [{"search": steps}],
        }
        for language in ("en", "fr") for steps in ("none", "some")
    }  # fmt: skip
    lists = {
        f"{arm}-{n}": {"after.0": "a:news b:x c:x" if (n + at) % 3 else "b:x c:x d:x"}
        for at, arm in enumerate(arms) for n in range(1, 7)
    }  # fmt: skip
    data = planned(hand_run(
        lists, arms=arms, exposure=["news"], outcomes=["exposure-share"],
        factors={"language": ["persona.locale"], "history": ["steps"]},
    ))  # fmt: skip
    judgement = judge(data)
    assert any("×" in verdict.arm for verdict in judgement.verdicts)
    told = methods(data, judgement)
    assert "Main effects were tested with a two-sided randomisation test" in told
    assert "Of 1 interaction no exchange of labels" in told
    assert "sign-flip test" in told
    assert "exact only if errors are exchangeable" in told
    plain = planned(hand_run({k: v for k, v in lists.items() if k[:2] == "en"}, exposure=["news"]))
    assert "sign-flip" not in methods(plain, judge(plain))


def test_the_methods_say_where_values_tied() -> None:
    """A label that most puppets do not meet: two intervals, and which of them says what of 0."""
    few = {
        f"{arm}-{n}": {"after.0": "a:news b:x" if arm == "t" and n < 5 else "b:x c:x"}
        for arm in "ct" for n in range(1, 8)
    }  # fmt: skip
    apart = {
        f"{arm}-{n}": {"after.0": " ".join(f"{i}:{'news' if i < n + 7 * (arm == 't') else 'x'}"
                                           for i in range(40))}
        for arm in "ct" for n in range(1, 8)
    }  # fmt: skip
    for lists, tied in ((few, True), (apart, False)):
        data = planned(hand_run(lists, exposure=["news"], outcomes=["exposure-share"]))
        told = methods(data, judge(data))
        assert "intervals are that test inverted" in told
        assert ("25 % of the puppets or more had one and the same value" in told) == tied
        assert ("Gaffke" in told) == tied
        assert "Welch" in told
        assert told.count("whether 0 is inside is decided by the test") == 1


@pytest.mark.parametrize("world", ["too few"], indirect=True)
def test_the_methods_claim_no_power_that_two_twins_lack(world: World) -> None:
    """Two pairs: no p below 0.5, so no outcome "could reach α at all"."""
    text = world[2]["methods"]
    assert "none of which could reach α" in text
    assert "that could reach α at all" not in text


@pytest.mark.parametrize(("refused", "kind"), [({}, "withheld"), ({"neutral-1": 0}, "")])
def test_a_captcha_that_asks_nobody_makes_no_old_visitor(
    tmp_path: Path, refused: dict[str, int], kind: str
) -> None:
    """No consent dialog means a known visitor, but not where the page was a captcha."""
    folder = build(tmp_path / "run", Made(twins=7, watches=1, blocked=refused))
    with Store(folder / "store.db") as store:
        store.db.execute(
            "UPDATE steps SET outcome = 'failed', detail = 'no consent dialog on this page'"
            " WHERE path = 'before.1' AND session IN"
            " (SELECT id FROM sessions WHERE puppet = 'neutral-1')"
        )
    gates = {verdict.gate for verdict in judge(load_run(folder)).verdicts}
    assert ("freshness" in gates) == bool(kind)


@pytest.mark.parametrize("world", ["effect"], indirect=True)
def test_what_was_not_declared_is_described(world: World) -> None:
    """Exploratory rows carry the unit of their measure and no p-value."""
    _, page, numbers = world
    soup = BeautifulSoup(page, "lxml")
    table = soup.select_one('[aria-label="Exploratory outcomes"] table')
    assert table is not None
    assert "described, not tested" in words_of(table)
    assert "p" not in [words_of(cell) for cell in table.select("thead th")]
    rows = [[words_of(cell) for cell in row.find_all(["th", "td"])] for row in table.select("tr")][
        1:
    ]
    assert len(rows) == len(numbers["exploratory"])
    for row, described in zip(rows, numbers["exploratory"], strict=True):
        if described["unit"] == "share":
            assert row[3].endswith(" points")
            estimate = float(row[3].removesuffix(" points").replace("−", "-"))
            assert estimate == pytest.approx(100 * described["estimate"], abs=0.051)
            assert row[2].endswith(" %")


def test_pages_are_called_what_the_scenario_calls_them(tmp_path: Path, drawn: None) -> None:
    """The ``label`` of a step, wherever its page is named."""
    folder = build(tmp_path / "run", Made(twins=2, watches=1, blocked={"neutral-2": 6}))
    with Store(folder / "store.db") as store:
        for path, label in (("after.0", "home, the end"), ("after.1", "probe")):
            store.db.execute(
                "UPDATE steps SET args = json_set(args, '$.label', ?) WHERE path = ?", [label, path]
            )
    soup = BeautifulSoup(write_report(folder).read_text("utf-8"), "lxml")
    heads = [words_of(cell) for cell in soup.select("table.matrix thead th")]
    assert "6 home, the end" in heads
    assert "7 probe" in heads
    missing = soup.select_one('[aria-label="Missing cells"] tbody')
    assert "home, the end" in words_of(missing)
    titles = [str(cell["title"]) for cell in soup.select("table.matrix td[title]")]
    assert sum("step 7 (probe, after.1)" in title for title in titles) == 4
    exposure = words_of(soup.select_one("#exposure"))
    assert "(home, the end)" in exposure
    assert "(probe)" in exposure
    assert "7: probe" in words_of(soup.select_one("#session svg")) or "7: probe" in words_of(
        soup.select("#session svg")[-1]
    )
    assert "probe" in words_of(soup.select_one("#surfaces"))
