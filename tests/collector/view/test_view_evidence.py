"""Evidence on the page of a run: without what acts, searched for words, or named as lost."""

from __future__ import annotations

import re
import socket
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from selectolax.lexbor import LexborHTMLParser
from synthetic_run import START
from view_tools import HOSTILE, TOKEN, client_of, plant, texts

from collector.analysis.blinding import Blinded
from collector.cli import main
from collector.common.errors import UserError
from collector.common.model import FeedImpression, Post, Timeline, Visibility
from collector.store import Store
from collector.view import captured, viewing
from collector.view.pages import items_of, pages_of


def test_evidence_is_shown_without_what_acts(run: Path) -> None:
    """No element that runs, frames, refreshes or connects; text, own styles and pictures stay; the
    text as filed is the same to the byte."""
    capture = plant(run, HOSTILE)
    client = client_of(run)
    answer = client.get(f"/{TOKEN}/evidence/{capture}")
    tree = LexborHTMLParser(answer.text)
    assert not tree.css("script, link, base, meta[http-equiv], iframe, object, [onload], [onerror]")
    assert not tree.css("[ping], [poster], [autofocus], [background], [manifest], [src^='http']")
    assert not tree.css("image[href]")
    assert "kept text" in answer.text
    assert len(tree.css("style")) == 1
    assert tree.css_first("img[src^='data:image/png']") is not None
    policy = {
        part.split()[0]: part.split()[1:]
        for part in answer.headers["Content-Security-Policy"].split("; ")
    }
    assert policy["default-src"] == ["'none'"]
    assert policy["style-src"] == ["'unsafe-inline'"]
    assert policy["img-src"] == ["data:"]
    assert policy["sandbox"] == []
    filed = client.get(f"/{TOKEN}/text/{capture}")
    assert (filed.text, filed.mimetype) == (HOSTILE, "text/plain")
    frame = LexborHTMLParser(client.get(f"/{TOKEN}/page/{capture}").text).css_first("iframe")
    assert frame.attributes["sandbox"] in ("", None)
    assert "sandbox" in frame.attributes


def test_evidence_that_is_gone_or_damaged_is_said_with_its_fix(run: Path) -> None:
    """One page that says so, no traceback; the items that were read are still there."""
    for path in (run / "evidence").rglob("*.zst"):
        path.unlink()
    client = client_of(run)
    gone = client.get(f"/{TOKEN}/evidence/b01-neutral-1-0")
    assert gone.status_code == 503
    assert "copy the whole folder" in gone.text
    assert client.get(f"/{TOKEN}/page/b01-neutral-1-0").status_code == 200


def test_search_takes_words_for_words(run: Path) -> None:
    """Every word has to be there; % and _ mean themselves; what is found is escaped."""
    title = "50%_off <b>now</b> & then"
    with Store(run / "store.db") as store:
        store.db.execute(
            "UPDATE impressions SET title = ?, channel_name = 'Kanal Ä' WHERE item_id = ?",
            [title, "v0000000003"],
        )
        shown = len(list(store.rows("SELECT 1 FROM impressions WHERE item_id = 'v0000000003'")))
    client = client_of(run)
    with Store(run / "store.db", readonly=True) as store:
        for words in ("50%_off", "%_", "NOW then", "kanal", "v0000000003"):
            found, more = captured.search(store, words)
            assert [(one.item.id, one.pages) for one in found] == [("v0000000003", shown)], words
            assert not more
        for words in ("50%off", "now nothing", "%%", "", "  "):
            assert captured.search(store, words)[0] == [], words
        assert len(captured.search(store, "video")[0]) > 20
    text = client.get(f"/{TOKEN}/search?q=50%25_off").text
    assert "50%_off &lt;b&gt;now&lt;/b&gt; &amp; then" in text
    assert "<b>now" not in text


def test_a_feed_is_looked_at_as_pages_are(run: Path) -> None:
    """Timelines are pages: with posts by their texts, found by a word, compared by the step that
    loaded them, and no frame where there is nothing filed as a page."""
    posts = [("100", "Eins zwei"), ("200", "Drei <i>vier</i>"), ("300", "Sonst was")]
    with Store(run / "store.db") as store:
        for puppet, order in (("neutral-1", posts), ("conspiracy-1", posts[::-1])):
            seen = tuple(
                FeedImpression(
                    order=number,
                    time=START,
                    visibility=Visibility.PUBLIC,
                    post=Post(Visibility.PUBLIC, post_id=name, source="Seite", texts=(text,)),
                )
                for number, (name, text) in enumerate(order, 1)
            )
            later = START + timedelta(days=1)
            timeline = Timeline(id=f"t-{puppet}", started=later, url="/", impressions=seen)
            store.add_timeline(
                timeline, run="run-1", puppet=puppet, session=f"b01-{puppet}", step=2
            )
    client = client_of(run)
    tile = LexborHTMLParser(client.get(f"/{TOKEN}/").text).css_first("[data-puppet='neutral-1']")
    assert texts(LexborHTMLParser(tile.html or ""), ".mini li") == [text for _, text in posts]
    page = client.get(f"/{TOKEN}/page/timeline:t-neutral-1").text
    assert "Drei &lt;i&gt;vier" in page
    assert "<iframe" not in page
    both = LexborHTMLParser(
        client.get(f"/{TOKEN}/compare?a=neutral-1&b=conspiracy-1&slot=before.2").text
    )
    assert any(text.startswith("3 shared (2 moved)") for text in texts(both, "p.quiet"))
    found = client.get(f"/{TOKEN}/search?q=vier").text
    assert f'href="/{TOKEN}/page/timeline%3At-conspiracy-1"' in found
    assert "on 2 pages" in found


def test_pages_of_one_load_are_one(run: Path) -> None:
    """A page captured twice is one page, at the step that opened it, with what was seen last."""
    with Store(run / "store.db") as store:
        store.db.execute(
            "UPDATE captures SET page_uuid = (SELECT page_uuid FROM captures WHERE id = ?)"
            " WHERE id = ?",
            ["b01-neutral-1-0", "b01-neutral-1-1"],
        )
        pages = pages_of(store, ["neutral-1"])
        seen = items_of(store, [pages[0].id])[pages[0].id]
        whole = store.observation("b01-neutral-1-1")
    assert [page.id for page in pages[:2]] == ["b01-neutral-1-1", "b01-neutral-1-2"]
    assert (pages[0].slot, pages[0].step) == ("before.0", 0)
    assert whole is not None
    assert [item.id for item in seen] == [one.item_id for one in whole.impressions]


def test_what_cannot_be_shown_is_one_line(run: Path, tmp_path: Path) -> None:
    """No run, a blinded run, a port that is taken: exit code 2, the place and the fix."""
    nothing = CliRunner().invoke(main, ["view", str(tmp_path / "nothing")])
    assert nothing.exit_code == 2
    assert "store.db is missing" in nothing.output
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        busy = CliRunner().invoke(main, ["view", str(run), "--port", str(port)])
    assert busy.exit_code == 2
    assert f"127.0.0.1:{port}" in busy.output
    with Store(run / "store.db") as store:
        store.update_run("run-1", scenario_json={"registration": {"blinded": True}})
    blinded = CliRunner().invoke(main, ["view", str(run)])
    assert blinded.exit_code == 2
    assert "collector unblind" in blinded.output
    with pytest.raises(Blinded), viewing(run):
        pass
    with Store(run / "store.db") as store:
        store.log("run-1", "unblind", "now")
    with viewing(run) as address:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{32}/", address)
    assert issubclass(Blinded, UserError)
