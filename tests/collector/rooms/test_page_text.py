"""The words of a page are what somebody who looks at it can read."""

from __future__ import annotations

import time

import pytest
from bs4 import BeautifulSoup

from collector.common.model import PageStatus
from collector.common.pagetext import text_of
from collector.platforms.facebook.marks import status_and_reason


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("", ""),
        ("no markup", "no markup"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<p>one</p><p>two</p>", "one two"),
        ("<p>Fish &amp; chips&nbsp;&lt;b&gt;</p>", "Fish & chips <b>"),
        ("<!-- a <b>c</b> > d -->e<!--f-->g", "e g"),
        ("a<!-- never ends <p>b", "a"),
        ("<script>if (a <b) c('<p>d</p>')</script>e", "e"),
        ("<SCRIPT type=x>a</SCRIPT >b<style>c</style><template><p>d</template>e", "b e"),
        ("<!doctype html><title>Wi-Fi</title>\n<h1>Log\nin</h1>", "Wi-Fi Log in"),
        ("a<script>never ends <p>b</p>", "a"),
    ],
)
def test_the_words_of_a_page(html: str, words: str) -> None:
    assert text_of(html) == words


def test_a_parser_reads_the_same_words() -> None:
    html = (
        "<!doctype html><html><head><title>Hotel &mdash; Wi-Fi</title><style>p{}</style></head>"
        "<body><script>var a = '<p>'</script><!-- x --><h1>Pay</h1><p>3 &euro; <b>here</b></p>"
    )
    soup = BeautifulSoup(html, "lxml")
    for each in soup(["script", "style"]):
        each.decompose()
    assert text_of(html) == " ".join(soup.get_text(" ").split())


@pytest.mark.sweep(2)
@pytest.mark.parametrize("piece", ["<", "<!--", "<script>", "&lt;", "<a b=", "< "])
def test_a_page_of_millions_of_letters_is_read_in_one_pass(piece: str) -> None:
    begun = time.process_time()
    text_of(piece * (2_000_000 // len(piece)))
    assert time.process_time() - begun < 10


def test_what_is_in_a_comment_does_not_make_a_feed_empty() -> None:
    """Nobody reads it: such a page was not drawn."""
    page = "<div id='x'></div><div role=\"feed\">{}</div>"
    url = "https://www.facebook.com/"
    shown, hidden = "<p>No posts to show</p>", "<!-- <p>No posts to show</p> -->"
    assert status_and_reason(page.format(shown), url)[0] is PageStatus.EMPTY
    assert status_and_reason(page.format(hidden), url)[0] is PageStatus.UNKNOWN
