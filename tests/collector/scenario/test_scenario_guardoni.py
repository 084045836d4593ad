"""Guardoni's CSV files: the original's experiment id, its behaviour, and a warning for each gap."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from yttrex_tools import bench

from collector.common.identity import content_id, js_json
from collector.problems import BadFile
from collector.scenario.guardoni_rows import watch_for_ms
from collector.scenario.loader import Loaded, load_scenario
from collector.scenario.plan import make_plan

VIDEO = "https://www.youtube.com/watch?v=SU31AEXDLrM"
Load = Callable[..., Loaded]

HOME = "https://www.youtube.com/"


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def loader(text: str | bytes, name: str = "own.csv") -> Loaded:
        file = tmp_path / name
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return load_scenario(file)

    return loader


def steps(loaded: Loaded) -> list[dict[str, Any]]:
    found = loaded.scenario.snapshot()["arms"]["default"]["steps"]
    assert isinstance(found, list)
    return found


def test_the_known_experiment_has_its_known_id(load: Load) -> None:
    loaded = load(f"title,url,urltag,watchFor\nT,{VIDEO},t1,10s\n")
    assert loaded.experiment_id == "adf0b6a08ef67acc0707215f89f7332825a0f91d"
    assert loaded.warnings == ()
    assert steps(loaded) == [
        {"visit": {"capture": False, "url": "/watch?v=SU31AEXDLrM"}},
        {"consent": {"choice": "reject"}},
        {"capture": {"label": "t1"}},
        {"pause": {"for": "5s"}},
        {"watch": {"for": "10s"}},
    ]


def test_the_plan_carries_the_id(load: Load) -> None:
    loaded = load(f"title,url,urltag,watchFor\nT,{VIDEO},t1,10s\n")
    plan = make_plan(loaded)
    assert plan.experiment_id == "adf0b6a08ef67acc0707215f89f7332825a0f91d"
    (session,) = plan.sessions
    assert (session.arm, session.twin) == ("default", 1)


def test_the_id_is_that_of_the_registered_steps(load: Load) -> None:
    """Columns in the file's order, ``type`` last, every step with a converted ``watchFor``."""
    text = (
        "urltag,watchFor,url,loadFor,incrementScrollByPX,totalScroll,onCompleted,colour\n"
        f"a,end,{VIDEO},3000,400,2000,click(video;0) – keypress(ArrowDown;10;30000),red\n"
        f"b,,{HOME},,,,,blue\n"
    )
    expected = content_id(
        steps=[
            {"urltag": "a", "watchFor": "end", "url": VIDEO, "loadFor": "3000", "type": "openURL"},
            {
                "type": "scroll",
                "incrementScrollByPX": 400,
                "totalScroll": 2000,
                "watchFor": None,
            },
            {"type": "click", "selector": "video", "delay": 0, "watchFor": None},
            {"type": "keypress", "key": "ArrowDown", "times": 10, "delay": 30000, "watchFor": None},
            {"urltag": "b", "url": HOME, "type": "openURL", "watchFor": None},
        ]
    )
    assert load(text).experiment_id == expected


def test_the_mock_registers_the_shipped_file_under_the_same_id() -> None:
    """Sent as Guardoni's own client sends it: before the server's conversion of time."""
    loaded = load_scenario("guardoni-climate")
    assert loaded.path is not None
    sent: list[dict[str, Any]] = []
    for row in csv.DictReader(loaded.path.read_text("utf-8").splitlines()):
        kept = {"title", "url", "urltag", "watchFor"}
        opened = {name: cell for name, cell in row.items() if name in kept and cell}
        sent.append({**opened, "type": "openURL"})
        if row["totalScroll"]:
            scroll = {name: int(row[name]) for name in ("incrementScrollByPX", "totalScroll")}
            sent.append({"type": "scroll", **scroll})
        for key in row["onCompleted"].split(" - ") if row["onCompleted"] else []:
            assert key == "keypress(k;1;500)"
            sent.append({"type": "keypress", "key": "k", "times": 1, "delay": 500})
    server = bench()
    told = server.client.post("/api/v2/directives", data=js_json(sent)).get_json()
    server.db.close()
    assert told["experimentId"] == loaded.experiment_id


def test_a_type_column_keeps_its_place_in_the_id(load: Load) -> None:
    loaded = load(f"type,url\nscroll,{HOME}\n")
    registered = [{"type": "openURL", "url": HOME, "watchFor": None}]
    assert loaded.experiment_id == content_id(steps=registered)
    assert loaded.warnings == ("row 2, type: 'scroll' is not honoured: a row opens a page",)


@pytest.mark.parametrize(
    ("said", "registered"),
    [
        ("10s", 10_000),
        ("2m", 120_000),
        ("end", "end"),
        ("10000", None),
        ("100", None),
        ("1.5s", 1000),
        ("10ms", 10_000),
        ("s", None),
        ("End", None),
        (" 7s", 7000),
        ("7s ", None),
        ("-5s", -5000),
        ("", None),
    ],
)
def test_the_server_s_conversion_of_time(said: str, registered: int | str | None) -> None:
    assert watch_for_ms(said) == registered


def watch(loaded: Loaded) -> list[Any]:
    return [step["watch"] for step in steps(loaded) if "watch" in step]


@pytest.mark.parametrize(
    ("said", "does", "warns"),
    [
        ("10s", [{"for": "10s"}], None),
        ("2m", [{"for": "2m"}], None),
        ("end", [{"cap": "10m"}], None),
        ("", [{"cap": "10m"}], "row 2, watchFor: nothing given: to the end, at most 10m"),
        ("10000", [{"cap": "10m"}], "row 2, watchFor: '10000' is not honoured"),
        ("10ms", [{"for": "10s"}], "row 2, watchFor: '10ms' was read by the server as 10000 ms"),
        ("0s", [], "row 2, watchFor: '0s' is not a time"),
    ],
)
def test_how_long_a_video_is_watched(
    load: Load, said: str, does: list[Any], warns: str | None
) -> None:
    loaded = load(f"url,watchFor\n{VIDEO},{said}\n")
    assert watch(loaded) == does
    if warns is None:
        assert loaded.warnings == ()
    else:
        (told,) = loaded.warnings
        assert told.startswith(warns)


def test_a_time_on_a_page_without_video_is_named(load: Load) -> None:
    loaded = load(f"url,watchFor\n{HOME},6s\n")
    assert watch(loaded) == []
    assert loaded.warnings == ("row 2, watchFor: '6s' is not honoured: not a watch page",)


def test_the_wait_after_loading_is_the_server_s(load: Load) -> None:
    loaded = load(f"url,loadFor\n{HOME},3000\n{HOME},5000\n{HOME},\n")
    assert [step["pause"] for step in steps(loaded) if "pause" in step] == [{"for": "5s"}] * 3
    (told,) = loaded.warnings
    assert told.startswith("row 2, loadFor: '3000' is not honoured: the server made it 5000 ms")


def test_scrolling(load: Load) -> None:
    text = (
        "url,urltag,incrementScrollByPX,totalScroll,interval\n"
        f"{HOME},h,400,2000,\n{HOME},i,400,2100,500\n"
    )
    loaded = load(text)
    scrolls = [step["scroll"] for step in steps(loaded) if "scroll" in step]
    assert scrolls == [
        {"pixels": 400, "times": 6, "every": "4s"},
        {"pixels": 400, "times": 7, "every": "1s"},
    ]
    assert {"capture": {"label": "i, end"}} in steps(loaded)
    assert loaded.warnings == ()


@pytest.mark.parametrize(
    ("cells", "warns"),
    [
        ("400,,", "incrementScrollByPX: is not honoured: scrolling needs"),
        (",2000,", "totalScroll: is not honoured: scrolling needs"),
        (",,500", "interval: is not honoured: scrolling needs"),
        ("many,2000,", "incrementScrollByPX: 'many' is not honoured: not a number"),
        ("0,2000,", "incrementScrollByPX: '0' is not honoured: not a number"),
        ("400,2000,soon", "interval: 'soon' is not honoured: not a number"),
    ],
)
def test_scrolling_that_cannot_be_is_named(load: Load, cells: str, warns: str) -> None:
    loaded = load(f"url,incrementScrollByPX,totalScroll,interval\n{HOME},{cells}\n")
    (told,) = loaded.warnings
    assert told.startswith(f"row 2, {warns}")
    assert not any("scroll" in step for step in steps(loaded))


def test_too_much_scrolling_is_cut_and_named(load: Load) -> None:
    loaded = load(f"url,incrementScrollByPX,totalScroll\n{HOME},1,99999\n")
    assert "1000 at most" in loaded.warnings[0]
    assert {"scroll": {"pixels": 1, "times": 1000, "every": "4s"}} in steps(loaded)


@pytest.mark.parametrize("dash", ["-", "–", " - ", " – "])
def test_commands_after_a_page(load: Load, dash: str) -> None:
    loaded = load(f"url,onCompleted\n{HOME},click(.a b;0){dash}keypress(ArrowDown;10;300)\n")
    assert steps(loaded)[-3:] == [
        {"click": {"selector": ".a b"}},
        {"keypress": {"key": "ArrowDown", "times": 10, "delay": "300ms"}},
        {"capture": {"label": "row 2, end"}},
    ]
    assert loaded.warnings == ()


def test_a_single_command_is_named_and_left_out_as_by_the_original(load: Load) -> None:
    single = load(f"url,onCompleted\n{HOME},click(video;0)\n")
    nothing = load(f"url,onCompleted\n{HOME},\n")
    ended = load(f"url,onCompleted\n{HOME},click(video;0) -\n")
    (told,) = single.warnings
    assert told == (
        "row 2, onCompleted: 'click(video;0)' is not honoured: "
        "Guardoni ignored a single command; end it with ' -'"
    )
    assert steps(single) == steps(nothing)
    assert single.experiment_id == nothing.experiment_id
    assert {"click": {"selector": "video"}} in steps(ended)
    assert ended.warnings == ()
    assert ended.experiment_id != single.experiment_id


@pytest.mark.parametrize(
    ("cell", "warns"),
    [
        ("click(#a-b;0) - click(c;0)", ["'click(#a' is not honoured", "'b;0)' is not honoured"]),
        ("tap(x) - click(c;0)", ["'tap(x)' is not honoured"]),
        ("click(c) - click(c;0)", ["'click(c)' is not honoured"]),
        ("keypress(Space) - click(c;0)", ["'keypress(Space)' is not honoured"]),
        ("click(c;7) -", ["the delay of 'click(c;7)' is not honoured"]),
        ("keypress(a_b;1;0) -", ["'a_b' is not honoured: not the name of a key"]),
        ("keypress(a;0;0) -", ["'keypress(a;0;0)' presses nothing"]),
        ("keypress(a;5000;0) -", ["5000 presses are not honoured: 1000 at most"]),
    ],
)
def test_commands_that_cannot_be_are_named(load: Load, cell: str, warns: list[str]) -> None:
    loaded = load(f"url,onCompleted\n{HOME},{cell}\n")
    assert len(loaded.warnings) == len(warns)
    for told, expected in zip(loaded.warnings, warns, strict=True):
        assert told.startswith(f"row 2, onCompleted: {expected}")


def test_unknown_columns_are_named_with_a_near_one(load: Load) -> None:
    loaded = load(f"url,colour,watchfor\n{HOME},red,5s\n")
    assert loaded.warnings == (
        "column 'colour': is not honoured: unknown to Guardoni",
        "column 'watchfor': is not honoured: unknown to Guardoni (did you mean 'watchFor'?)",
    )


def test_files_from_spreadsheets(load: Load) -> None:
    plain = load(f'title,url,urltag\n"Café, noir",{HOME},été\n')
    bent = load(f"\ufefftitle;url;urltag\r\nCafé, noir;{HOME};été\r\n\r\n")
    assert steps(plain) == steps(bent)
    assert plain.experiment_id == bent.experiment_id
    assert [told.split(":")[0] for told in bent.warnings] == ["encoding", "separator"]
    assert load(f"url\turltag\n{HOME}\tx\n", "own.tsv").experiment_id


def test_row_numbers_are_those_of_a_spreadsheet(load: Load) -> None:
    loaded = load(f'url,title,watchFor\n\n{HOME},"two\nlines",\n{HOME},x,3s\n')
    assert loaded.warnings == ("row 3, watchFor: '3s' is not honoured: not a watch page",)
    with pytest.raises(BadFile, match=r"own\.csv:5: row 3, url: 'x' is not an address"):
        load(f'url,title\n\n{HOME},"two\nlines"\nx,y\n')


def test_chiaroscuro_searches_each_video_in_three_ways(load: Load) -> None:
    loaded = load(f"videoURL,title\n{VIDEO},Père (1) & co?\n{VIDEO}&t=3,Second\n")
    visits = [step["visit"]["url"] for step in steps(loaded) if "visit" in step]
    base = "/results?search_query="
    assert visits == [
        f"{base}%C3%A8re%20(1)%20%26%20co",
        f"{base}P%C3%A8re%20(1)%20%26%20co%3F",
        f"{base}SU31AEXDLrM",
        f"{base}econ",
        f"{base}Second",
        f"{base}SU31AEXDLrM",
    ]
    labels = [
        step["visit"].get("label") or step["visit"]["capture"]
        for step in steps(loaded)
        if "visit" in step
    ]
    assert labels == [
        False,
        "exact-title-video-0",
        "videoId-video-0",
        "trimming-video-1",
        "exact-title-video-1",
        "videoId-video-1",
    ]
    assert [s["pause"] for s in steps(loaded) if "pause" in s] == [{"for": "15s"}] * 6
    assert loaded.experiment_id == content_id(
        type="chiaroscuro",
        links=[
            {"videoURL": VIDEO, "title": "Père (1) & co?"},
            {"videoURL": f"{VIDEO}&t=3", "title": "Second"},
        ],
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("url\n", "has no rows"),
        ("link,title\nx,y\n", "neither a comparison (no column url) nor a chiaroscuro"),
        ("videoURL\nx\n", "no column title"),
        ("url,url\nx,y\n", "two columns are called 'url'"),
        (f"url,title\n{HOME}\n", "own.csv:2: row 2: has 1 cells, the header 2"),
        ("url\nwww.youtube.com\n", "'www.youtube.com' is not an address"),
        ("url\nfile:///etc/passwd\n", "is not an address"),
        ("url\nhttps://x/ y\n", "holds a space"),
        (f"url,title\n{HOME},a\n,\n", "row 3: is empty"),
        ('url\n"x\n', "not CSV"),
        (f"videoURL,title\n{HOME},long enough\n", "is not a watch page"),
        (f"videoURL,title\n{VIDEO},abc\n", "'abc' is shorter than 5 characters"),
    ],
)
def test_files_that_are_none(load: Load, text: str, words: str) -> None:
    with pytest.raises(BadFile) as caught:
        load(text)
    assert words in str(caught.value)


def test_all_bad_rows_are_told_at_once(load: Load) -> None:
    with pytest.raises(BadFile) as caught:
        load("url\na\nb\nc\n")
    assert [problem.line for problem in caught.value.problems] == [2, 3, 4]


def test_another_encoding_is_refused(load: Load) -> None:
    with pytest.raises(BadFile, match="save it as UTF-8"):
        load(f"url,title\n{HOME},été\n".encode("latin-1"))
