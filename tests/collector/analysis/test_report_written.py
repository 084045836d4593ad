"""What a report is made of and where it goes: reading and rendering stand still, files do not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hand_runs import hand_run

from collector.analysis import figures, page
from collector.analysis import report as module
from collector.analysis.feeds import Feeds, feeds_data
from collector.analysis.figures import Drawn, Picture
from collector.analysis.papertables import Table
from collector.analysis.report import report_data, write_report
from collector.analysis.rundata import RunData
from collector.common.errors import UserError

PICTURE = Picture("figure-x", "t", lambda: None)  # type: ignore[arg-type,return-value]
DRAWN = Drawn(PICTURE, "<svg>page</svg>", b"%PDF page")
TABLE = Table("flow", "c", ("a",), ((1,),))
FEEDS = Feeds((), {}, 0, 0, 0, "", "", {}, 0, False)


class Made:
    """What is read, what is rendered of it, and who was asked for what."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        data = hand_run({"c-1": {"after.0": "a"}, "t-1": {"after.0": "a"}})
        more = {"started": "2026", "state": "done", "detail": "", "skew_ms": None, "block": 1}
        sessions = tuple({**row, **more, "puppet": row["id"][2:]} for row in data.sessions)
        cells = tuple({**cell, "label": ""} for cell in data.cells)
        run = {**data.run, "plan_hash": "h", "command": "go /secret/a.yaml", "finished": "later"}
        self.data = replace(
            data, run=run, sessions=sessions, cells=cells, folder=Path("/secret/run")
        )
        self.feeds: Feeds | None = None
        self.read: list[Any] = []
        self.rendered: list[tuple[str, RunData, Feeds | None]] = []
        patch.setattr(module, "load_run", self._run)
        patch.setattr(module, "load_feeds", self._feeds)
        patch.setattr(page, "render", self._render)
        patch.setattr(page, "render_published", self._published)

    def _run(self, folder: Path, labels: object) -> RunData:
        self.read.append((folder, labels))
        return self.data

    def _feeds(self, folder: Path) -> Feeds | None:
        self.read.append(folder)
        return self.feeds

    def _render(self, data: RunData, feeds: Feeds | None, beside: str) -> Any:
        assert beside.endswith("-figures")
        self.rendered.append(("whole", data, feeds))
        return "<html>ü</html>", [DRAWN], [TABLE]

    def _published(self, data: RunData, feeds: Feeds) -> str:
        self.rendered.append(("published", data, feeds))
        return "<html>published</html>"


@pytest.fixture(name="made")
def _made(monkeypatch: pytest.MonkeyPatch) -> Made:
    return Made(monkeypatch)


def files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text("utf-8")
        for path in folder.rglob("*") if path.is_file()
    }  # fmt: skip


def test_a_report_lies_in_the_folder_of_its_run(made: Made, tmp_path: Path) -> None:
    """With the figures and tables beside it; read once, with the labels that were asked for."""
    made.feeds = FEEDS
    assert write_report(tmp_path, labels=3) == tmp_path / "report.html"
    found = files(tmp_path)
    assert sorted(found) == [
        "report-figures/figure-x.pdf", "report-figures/figure-x.svg",
        "report-figures/table-flow.csv", "report-figures/table-flow.tex", "report.html",
    ]  # fmt: skip
    assert found["report.html"] == "<html>ü</html>"
    assert found["report-figures/figure-x.svg"] == "<svg>page</svg>"
    assert made.read == [tmp_path, (tmp_path, 3)]
    assert made.rendered == [("whole", made.data, FEEDS)]


def test_a_file_that_is_named_is_made_with_its_folder(made: Made, tmp_path: Path) -> None:
    out = tmp_path / "a" / "b" / "mine.html"
    assert write_report(tmp_path / "run", out) == out
    assert {name.partition("/b/")[2].partition("/")[0] for name in files(tmp_path)} == {
        "mine.html", "mine-figures",
    }  # fmt: skip
    assert made.read == [tmp_path / "run", (tmp_path / "run", None)]


def test_a_style_of_ones_own_is_for_the_files(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checked before anything is read; each figure is drawn again in it."""
    order: list[Any] = []

    def drawn(picture: Picture, own: Path | None) -> Drawn:
        order.append((picture, own))
        return Drawn(picture, "<svg>own</svg>", b"own")

    monkeypatch.setattr(figures, "check_style", lambda own: order.append((own, len(made.read))))
    monkeypatch.setattr(figures, "draw", drawn)
    own = tmp_path / "mine.mplstyle"
    write_report(tmp_path, style=own)
    assert order == [(own, 0), (PICTURE, own)]
    assert (tmp_path / "report-figures" / "figure-x.svg").read_text() == "<svg>own</svg>"


def test_published_timelines_have_a_page_of_their_own(made: Made, tmp_path: Path) -> None:
    made.feeds = replace(FEEDS, pages_only=True)
    assert write_report(tmp_path) == tmp_path / "report.html"
    assert files(tmp_path) == {"report.html": "<html>published</html>"}
    assert made.rendered == [("published", made.data, made.feeds)]


@pytest.mark.parametrize("public", [True, False])
def test_a_public_report_names_no_folder_of_this_machine(
    made: Made, tmp_path: Path, public: bool
) -> None:
    write_report(tmp_path, public=public)
    ((_, data, _),) = made.rendered
    assert (data.run["command"] == "go a.yaml") is public
    assert ("secret" in str(data.folder)) is not public


def test_of_a_blinded_run_arms_have_letters_and_timelines_wait(made: Made, tmp_path: Path) -> None:
    made.feeds = replace(FEEDS, pages_only=True)
    scenario = {**made.data.run["scenario_json"], "registration": {"blinded": True}}
    made.data = replace(made.data, run={**made.data.run, "scenario_json": scenario})
    write_report(tmp_path)
    ((kind, data, feeds),) = made.rendered
    assert (kind, data.arms, feeds) == ("whole", ("A", "B"), None)


ABOUT = {
    "id": "hand", "scenario": "hand", "state": "finished", "seed": 1, "plan_hash": "h",
    "started": None, "finished": "later",
}  # fmt: skip


def test_the_numbers_of_a_run_and_of_one_with_timelines(made: Made, tmp_path: Path) -> None:
    """What was run first; timelines only where there are some, alone where nothing else is."""
    plain = report_data(tmp_path, 3)
    assert made.read == [(tmp_path, 3), tmp_path]
    assert plain["run"] == ABOUT
    assert "blinded" not in plain
    assert "feeds" not in plain
    assert plain["cells"] == {"planned": 2, "data": 2, "counts": {"ok": 2}}
    made.feeds = FEEDS
    with_feeds = report_data(tmp_path)
    assert with_feeds["feeds"] == feeds_data(FEEDS)
    assert set(with_feeds) == {*plain, "feeds"}
    made.feeds = replace(FEEDS, pages_only=True)
    assert report_data(tmp_path) == {"run": ABOUT, "feeds": feeds_data(made.feeds)}


def test_the_numbers_of_a_blinded_run_say_that_it_is(made: Made, tmp_path: Path) -> None:
    made.feeds = replace(FEEDS, pages_only=True)
    scenario = {**made.data.run["scenario_json"], "registration": {"blinded": True}}
    made.data = replace(made.data, run={**made.data.run, "scenario_json": scenario})
    found = report_data(tmp_path)
    assert found["blinded"] is True
    assert "feeds" not in found
    assert [row["arm"] for row in found["arms"]] == ["A", "B"]


@pytest.mark.parametrize("where", ["file", "figures"])
def test_what_cannot_be_written_is_one_error(made: Made, tmp_path: Path, where: str) -> None:
    """With the place and what to name instead; no draft is left."""
    out = tmp_path / "x" / "report.html"
    if where == "file":
        out.mkdir(parents=True)
    else:
        out.parent.mkdir()
        (out.parent / "report-figures").write_text("")
    before = sorted(path.name for path in out.parent.iterdir())
    with pytest.raises(UserError) as caught:
        write_report(tmp_path, out)
    assert caught.value.fix == "name a file that can be written: --out FILE"
    assert caught.value.place == str(out)
    left = {path.name for path in out.parent.iterdir()} - {"report-figures"}
    assert left == set(before) - {"report-figures"}
