"""Published timelines of the 2018 election: read, reported, or refused with the place."""

from __future__ import annotations

import copy
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from places import CORPUS

from collector.adapters.facebook.e18 import import_e18
from collector.analysis.report import report_data, write_report
from collector.cli import main
from collector.common.errors import UserError
from collector.imports import import_published
from collector.store import Store

PUBLISHED = CORPUS / "facebook" / "e18-reducer-100.json.gz"

#: profile, align, impressions, timelines, unique posts, per post, post %, photo %, video %, delay h
TABLE = [
    ("Andrea", "right", 2649, 55, 1614, 1.641, 74.5, 19.4, 6.1, 0.92),
    ("Antonietta", "left", 1240, 56, 676, 1.834, 76.0, 23.1, 1.0, 1.68),
    ("Britta", "M5S", 2748, 56, 1159, 2.371, 73.3, 24.9, 1.6, 1.94),
    ("Michele", "far-right", 2700, 56, 861, 3.136, 69.9, 28.0, 1.9, 1.95),
    ("Oliviero", "undecided", 2344, 55, 788, 2.975, 67.1, 24.8, 7.9, 1.13),
    ("Santiago", "centre-left", 2725, 55, 1272, 2.142, 74.7, 23.0, 2.3, 1.11),
]


def impression(profile: str, timeline: str, order: int, post: str, **more: Any) -> dict[str, Any]:
    return {
        "pageName": "apage", "profile": profile, "postId": post,
        "impressionTime": f"2018-01-25T08:{order:02d}:00Z",
        "publicationTime": "2018-01-25T07:00:00Z", "visualizationDiff": 3600 + 60 * order,
        "type": "post", "displayName": "A Page", "love": 1, "like": 41, "sad": 0, "haha": 0,
        "wow": 0, "angry": 0, "thankful": 0, "impressionOrder": order, "id": f"{timeline}{order}",
        "permaLink": f"/apage/posts/{post}", "rtotal": "42", "comments": "3", "shares": "18",
        "timelineId": timeline, **more,
    }  # fmt: skip


def dataset() -> dict[str, Any]:
    return {
        "impressions": [
            impression("Andrea", "t1", 1, "100"),
            impression("Andrea", "t1", 2, "101", type="photo"),
            impression("Andrea", "t2", 1, "100"),
            impression("Nobody", "t3", 1, "100", type="video"),
        ],
        "posts": [{"postId": "100", "text": "La prima cosa", "appears": []}],
        "timewindow": {"start": "2018-01-25T08:00:00.000Z", "end": "2018-01-29T12:00:00.000Z"},
    }


def written(path: Path, data: Any, *, packed: bool = False) -> Path:
    raw = json.dumps(data).encode()
    path.write_bytes(gzip.compress(raw) if packed else raw)
    return path


@pytest.mark.slow
@pytest.mark.corpus
@pytest.mark.skipif(
    not PUBLISHED.is_file(), reason="no published data: set TWINWATCH_CORPUS to the corpus folder"
)
def test_the_published_table(tmp_path: Path) -> None:
    out = tmp_path / "e18"
    result = CliRunner().invoke(main, ["import", "e18", str(PUBLISHED), "--out", str(out)])
    assert result.exit_code == 0, result.output
    found = json.loads(CliRunner().invoke(main, ["report", str(out), "--json"]).stdout)["feeds"]
    assert (found["impressions"], found["timelines"], found["unique_posts"]) == (14406, 333, 2072)
    assert found["reach"] == {"1": 635, "2": 327, "3": 257, "4": 234, "5": 340, "6": 279}
    rows = [
        (
            p["profile"], p["align"], p["impressions"], p["timelines"], p["unique_posts"],
            p["impressions_per_post"], p["media"]["post"], p["media"]["photo"],
            p["media"]["video"], p["median_delay_h"],
        )
        for p in found["profiles"]
    ]  # fmt: skip
    assert rows == TABLE
    page = write_report(out).read_text("utf-8")
    assert "3.136" in page
    assert "14,406 impressions" in page


@pytest.mark.parametrize("packed", [False, True])
def test_a_small_file(tmp_path: Path, packed: bool) -> None:
    source = written(tmp_path / "x.json", dataset(), packed=packed)
    found = import_e18(source, tmp_path / "out")
    assert (found.impressions, found.posts, found.timelines, found.profiles) == (4, 2, 3, 2)
    data = report_data(tmp_path / "out")["feeds"]
    assert data["reach"] == {"1": 1, "2": 1}
    assert data["posts_seen_again"] == 1
    andrea, nobody = data["profiles"]
    assert (andrea["align"], nobody["align"]) == ("right", "Nobody")
    assert andrea["impressions_per_post"] == 1.5
    assert andrea["median_delay_h"] == 1.02
    assert andrea["ad_share"] is None
    with Store(tmp_path / "out" / "store.db", readonly=True) as store:
        (first, *_) = store.timelines(puppet="Andrea")
        post = first.impressions[0].post
    assert post is not None
    assert post.texts == ("La prima cosa",)
    assert (post.comments, post.shares, post.reactions["LIKE"]) == (3, 18, 41)


def test_two_profiles_with_one_timeline_id_are_two_timelines_everywhere(tmp_path: Path) -> None:
    data = dataset()
    data["impressions"][3]["timelineId"] = "t1"
    found = import_e18(written(tmp_path / "x.json", data), tmp_path / "out")
    assert found.timelines == report_data(tmp_path / "out")["feeds"]["timelines"] == 3


def test_no_import_over_a_store(tmp_path: Path) -> None:
    source = written(tmp_path / "x.json", dataset())
    import_e18(source, tmp_path / "out")
    result = CliRunner().invoke(
        main, ["import", "e18", str(source), "--out", str(tmp_path / "out")]
    )
    assert result.exit_code == 2
    assert "there is a store already" in result.output


def broken() -> list[tuple[str, Any]]:
    def changed(**more: Any) -> Any:
        data = copy.deepcopy(dataset())
        data["impressions"][2] |= more
        return data

    return [
        ("impressions.2.impressionTime", changed(impressionTime="once")),
        ("impressions.2.impressionOrder", changed(impressionOrder=-1)),
        ("impressions.2.postId", changed(postId=None)),
        ("without a zone", changed(impressionTime="2018-01-25T08:00:00")),
        ("no list of impressions", {"posts": []}),
        ("no list of impressions", []),
        ("no impression in it", {"impressions": []}),
    ]


@pytest.mark.parametrize(("problem", "data"), broken())
def test_what_is_not_the_format_is_refused_with_its_place(
    tmp_path: Path, problem: str, data: Any
) -> None:
    source = written(tmp_path / "x.json", data)
    with pytest.raises(UserError, match=problem):
        import_e18(source, tmp_path / "out")
    assert not (tmp_path / "out" / "store.db").exists()


TORN = gzip.compress(b"{}", mtime=0)[:-5]


@pytest.mark.parametrize("raw", [b"", b"{", b"\x1f\x8bnot gzip", TORN])
def test_bytes_that_are_no_json(tmp_path: Path, raw: bytes) -> None:
    source = tmp_path / "x.json"
    source.write_bytes(raw)
    with pytest.raises(UserError):
        import_e18(source, tmp_path / "out")
    with pytest.raises(UserError, match="cannot be read"):
        import_e18(tmp_path / "none.json", tmp_path / "out")


def test_other_files_of_the_format_are_read_as_far_as_they_go(tmp_path: Path) -> None:
    """Keys that nobody knows, numbers as numbers, fields that are missing or say nothing."""
    data = dataset()
    data["about"] = {"reducer": 1}
    data["impressions"][0] |= {"postId": 100, "comments": "", "shares": "n/a", "like": "1.2"}
    data["impressions"][1] |= {"publicationTime": "Invalid date", "impressionOrder": "2"}
    data["impressions"][2] |= {"publicationTime": None, "observed": 3}
    for name in ("displayName", "pageName", "type", "permaLink", "rtotal", "love", "posts"):
        data["impressions"][3].pop(name, None)
    data.pop("posts")
    data.pop("timewindow")
    found = import_e18(written(tmp_path / "x.json", data), tmp_path / "out")
    assert (found.impressions, found.posts) == (4, 2)
    with Store(tmp_path / "out" / "store.db", readonly=True) as store:
        first, *_ = store.timelines(puppet="Andrea")
    one, two = (impression.post for impression in first.impressions)
    assert one is not None
    assert two is not None
    assert (one.post_id, one.comments, one.shares, "LIKE" in one.reactions) == (
        "100", None, None, False,
    )  # fmt: skip
    assert two.published is None
    andrea, nobody = report_data(tmp_path / "out")["feeds"]["profiles"]
    assert (andrea["impressions"], nobody["sources"], nobody["media"]) == (3, 0, {})


def test_a_file_that_ends_too_soon_is_one_error(tmp_path: Path) -> None:
    raw = gzip.compress(json.dumps(dataset()).encode())
    source = tmp_path / "cut.json.gz"
    source.write_bytes(raw[: len(raw) // 2])
    result = CliRunner().invoke(
        main, ["import", "e18", str(source), "--out", str(tmp_path / "out")]
    )
    assert result.exit_code == 2
    assert "cannot be unpacked" in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "out").exists()


def test_the_open_data_of_another_reducer_are_named_as_such(tmp_path: Path) -> None:
    row = impression("Andrea", "t1", 1, "100") | {"profileName": "Andrea", "utype": "post"}
    source = written(tmp_path / "opendata.json", [row])
    with pytest.raises(UserError, match=r"a list, not an object with impressions"):
        import_e18(source, tmp_path / "out")


def test_a_format_that_no_platform_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no platform reads published data called 'e19'"):
        import_published("e19", tmp_path / "x.json", tmp_path / "out")
