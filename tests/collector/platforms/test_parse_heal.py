"""``collector corpus heal``: an entry for the table, proposed only where everything fits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import youtube_pages as y
from click.testing import CliRunner, Result

from collector.cli import main
from collector.mending import Page, Proposal, Unmended, mend
from collector.saved import Saved

RESULTS = "https://www.youtube.com/results?search_query=x"
HOME = "https://www.youtube.com/"
IDS = [letter * 11 for letter in "ABCDEFGH"]


def results(*names: str) -> Saved:
    """A results page whose cards have these names in turn."""
    cards = [
        y.classic(video, title=f"Title {video[0]}", tag=names[n % len(names)])
        for n, video in enumerate(IDS)
    ]
    return Saved(html=y.app(y.results(*cards)), href=RESULTS)


def heal(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["corpus", "heal", str(folder), *options])


def test_a_renamed_card_is_proposed_to_the_reader_that_read_it() -> None:
    (found,) = mend(
        [
            Page("old", results("ytd-video-renderer")),
            Page("new", results("ytd-video-renderer", "ytd-result-tile-renderer")),
        ]
    )
    assert isinstance(found, Proposal)
    assert (found.unknown, found.items, found.pages, found.disagreeing) == (
        "ytd-result-tile-renderer", 4, 1, 0,
    )  # fmt: skip
    assert found.agreeing >= 4 * 3  # title, length and channel of each are known of the old page
    assert "/renderers/classic.py" in found.diff
    added = [line for line in found.diff.splitlines() if line.startswith("+") and "+++" not in line]
    assert added == ['+    "ytd-result-tile-renderer",']


def test_a_renamed_lockup_is_not_taken_for_the_cards_of_2022() -> None:
    cards = [y.rich(y.lockup(v, title=f"Title {v[0]}")) for v in IDS]
    old = Saved(html=y.app(y.home(*cards)), href=HOME)
    new = Saved(html=old.html.replace("yt-lockup-view-model", "yt-brick-view-model"), href=HOME)
    (found,) = mend([Page("old", old), Page("new", new)])
    assert isinstance(found, Proposal)
    assert "/renderers/lockup.py" in found.diff


def test_a_name_in_the_sites_json() -> None:
    tile = {"title": {"simpleText": "T"}, "lengthText": {"simpleText": "1:00"}}
    items = [{"tileRenderer": {"videoId": video, **tile}} for video in IDS]
    (found,) = mend([Page("x", Saved(answer={"estimatedResults": "8", "contents": items}))])
    assert isinstance(found, Proposal)
    assert '+    "tileRenderer",' in found.diff


def test_what_no_reader_finds_is_left() -> None:
    strange = "".join(
        f'<yt-x-y class="content-id-{v}"><img src="x"><b>Words {v}</b></yt-x-y>' for v in IDS
    )
    (found,) = mend(
        [Page("x", Saved(html=y.app(y.home(y.rich(y.lockup("Z" * 11)), strange)), href=HOME))]
    )
    assert isinstance(found, Unmended)


def test_an_entry_that_would_change_other_items_is_not_proposed() -> None:
    """The new name also stands around known cards elsewhere: there it is no card."""
    new = results("ytd-video-renderer", "ytd-part-renderer")
    around = y.app(
        y.results("<ytd-part-renderer>", *(y.classic(v) for v in IDS), "</ytd-part-renderer>")
    )
    (found,) = mend([Page("new", new), Page("around", Saved(html=around, href=RESULTS))])
    assert isinstance(found, Unmended)
    assert "around" in found.reason


def test_the_command_writes_a_diff_and_exits_with_what_is_left(tmp_path: Path) -> None:
    page = results("ytd-result-tile-renderer")
    (tmp_path / "x.json").write_text(json.dumps({"html": page.html, "url": page.href}))
    done = heal(tmp_path)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("--- a/collector/platforms/youtube/parse/renderers/")
    assert "1 unknown elements, 0 left" in done.stderr
    told = json.loads(heal(tmp_path, "--json").stdout)
    assert [p["unknown"] for p in told["proposals"]] == ["ytd-result-tile-renderer"]


@pytest.mark.parametrize("name", ["ytd-video-renderer"])
def test_a_corpus_without_unknown_cards_needs_nothing(name: str) -> None:
    assert list(mend([Page("x", results(name))])) == []
