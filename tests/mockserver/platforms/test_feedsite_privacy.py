"""What a timeline's evidence holds of people: nothing that names them; and what it keeps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from collector.common.model import Visibility
from collector.platforms.facebook.privacy import NAME, NUMBER, people, without_people
from collector.platforms.facebook.timeline import (
    evidence,
    head_of,
    is_evidence,
    parse_evidence,
    parse_timeline,
    seen,
)

CARD = "/ajax/hovercard/{}.php?id={}&amp;extragetparams=%7B%7D"
PERSON = (
    '<a href="/maria.rossi.12?fref=nf" data-hovercard="' + CARD.format("user", "100001234567890") +
    '"><img src="/p50x50/maria.jpg" aria-label="Maria Rossi" alt="">Maria Rossi</a>'
)  # fmt: skip
PAGE = (
    '<a href="/elpais/?fref=nf" data-hovercard="' + CARD.format("page", "8585811569") +
    '">El País</a>'
)  # fmt: skip


def _post(author: str, *, audience: str = "Public", body: str = "<p>Hola</p>") -> str:
    return (
        '<div class="userContentWrapper" role="article">'
        f"<h5><span>{author}</span></h5>"
        '<div id="feed_subtitle_u;8585811569;;10156260262981570;1555615261:x:">'
        '<a href="/elpais/posts/10156260262981570?__tn__=-R"><abbr data-utime="1555615261"></abbr>'
        f'</a><a data-hover="tooltip" data-tooltip-content="{audience}" role="img"'
        f' aria-label="Shared with: {audience}"></a></div>'
        f'<div class="userContent">{body}</div></div>'
    )


def _record(*posts: str) -> dict[str, Any]:
    return {
        "started": 1_555_700_000_000,
        "url": "http://facebook.localhost:1/",
        "load": "abc",
        "posts": [
            {
                "order": n, "time": 1_555_700_000_000 + 1500 * n, "visible": 2345.6, "top": 100 * n,
                "bottom": 100 * n + 90, "html": html,
            }
            for n, html in enumerate(posts, 1)
        ],
    }  # fmt: skip


def _evidence(*posts: str) -> str:
    return evidence(_record(*posts), timeline_id="t-1", languages=("en-US",))


@pytest.mark.parametrize(
    "link",
    [
        PERSON,
        '<a href="/profile.php?id=100001234567890&amp;__tn__=-UC">Maria Rossi</a>',
        '<a href="/people/Maria-Rossi/100001234567890/">Maria Rossi</a>',
        '<a href="/groups/123456/user/100001234567890/?x=1"><span>Maria</span> <b>Rossi</b></a>',
    ],
)
def test_people_are_known_by_their_links(link: str) -> None:
    found = people(f"<div>{link}</div>")
    assert "Maria Rossi" in found.names
    assert found.numbers == {"100001234567890"}


@pytest.mark.parametrize("link", [PAGE, '<a href="/pages/x/123456/">El País</a>'])
def test_pages_keep_their_names(link: str) -> None:
    assert people(link).names == frozenset()
    html = _evidence(_post(PAGE))
    assert "El País" in html


def test_a_name_goes_from_every_post_of_the_timeline() -> None:
    body = '<p>Maria Rossi &amp; I</p><img src="/p1.jpg" alt="Image may contain: Maria Rossi, sky">'
    html = _evidence(_post(PERSON), _post(PAGE, body=body))
    assert "Maria Rossi" not in html
    assert "100001234567890" not in html
    assert "/p50x50/maria.jpg" not in html
    assert f"{NAME} &amp; I" in html
    assert "El País" in html
    assert NUMBER in html
    (first, second) = parse_timeline(html).impressions
    assert first.post is not None
    assert second.post is not None
    assert first.post.source == NAME
    assert second.post.source == "El País"
    assert second.post.captions == ("Image may contain: sky",)


def test_scrubbing_twice_changes_nothing_and_part_of_a_word_is_no_name() -> None:
    html = f"{PERSON}<p>Maria Rossiana, Annamaria Rossi</p>"
    known = people(html)
    once = without_people(html, known)
    assert without_people(once, people(once)) == once
    assert "Maria Rossiana, Annamaria Rossi" in once


def test_captions_that_look_like_names_are_cut_even_when_nobody_is_linked() -> None:
    html = '<img alt="Image may contain: Alberto Neri, people smiling">'
    assert 'alt="Image may contain: people smiling"' in without_people(html, people(html))


def test_private_posts_are_not_in_the_evidence() -> None:
    secret = _post(PERSON, audience="Maria Rossi&#39;s friends", body="<p>a secret</p>")
    html = _evidence(_post(PAGE), secret)
    assert "secret" not in html
    assert "friends" not in html
    private = list(seen(html))[1]
    assert private.visibility is Visibility.PRIVATE
    assert private.html == ""
    assert (private.order, private.visible_s, private.top) == (2, 2.346, 200)
    assert private.time == datetime(2019, 4, 19, 18, 53, 23, tzinfo=UTC)


def test_an_unknown_audience_is_private() -> None:
    html = _evidence(_post(PERSON, audience="Vertraute", body="<p>a secret</p>"))
    assert "secret" not in html


def test_evidence_reads_back_as_a_page_and_as_a_timeline() -> None:
    html = _evidence(_post(PAGE), _post(PAGE, body="<p>Otra</p>"))
    assert is_evidence(html)
    assert head_of(html)["load"] == "abc"
    page = parse_evidence(html, "http://facebook.localhost:1/", languages=("en-US",))
    timeline = parse_timeline(html)
    assert page.fields["timelineId"] == timeline.id == "t-1"
    assert [item.extra["impressionOrder"] for item in page.impressions] == [1, 2]
    assert [item.extra["visible_s"] for item in page.impressions] == [2.346, 2.346]
    assert [item.item_id for item in page.impressions] == ["10156260262981570"] * 2
    assert [one.order for one in timeline.impressions] == [1, 2]
    assert all(one.content_hash for one in timeline.impressions)
    assert timeline.started == datetime(2019, 4, 19, 18, 53, 20, tzinfo=UTC)


def test_what_is_no_timeline_is_read_as_the_page_it_is() -> None:
    page = parse_evidence("<html><form id='login_form'></form></html>", "http://x.localhost/login/")
    assert page.status.value == "login"
    with pytest.raises(ValueError, match="not the evidence of a timeline"):
        head_of("<html></html>")


def test_markup_in_a_post_cannot_end_its_section() -> None:
    hostile = _post(PAGE, body='<p>x</p></section><!--/--><section data-order="9">')
    html = _evidence(hostile, _post(PAGE))
    assert [one.order for one in seen(html)] == [1, 2]


@pytest.mark.parametrize(
    ("name", "text", "left"),
    [
        ("李娜", "昨天李娜說你好", f"昨天{NAME}說你好"),
        ("김민수", "김민수가 왔다", f"{NAME}가 왔다"),
        ("أحمد علي", "قال وأحمد علي ذلك", f"قال و{NAME} ذلك"),
        ("Bo", "Bo, Bob and Jumbo", f"{NAME}, Bob and Jumbo"),
    ],
)
def test_short_names_and_scripts_without_spaces(name: str, text: str, left: str) -> None:
    html = f'<a href="/profile.php?id=100001234567890">{name}</a><p>{text}</p>'
    clean = without_people(html, people(html))
    assert f">{NAME}</a>" in clean
    assert f"<p>{left}</p>" in clean
    assert without_people(clean, people(clean)) == clean


def test_an_entry_that_is_no_post_keeps_its_place_beside_posts_of_2023() -> None:
    """ "People you may know" is an entry of the list with a heading that names nobody."""
    post = (
        '<div aria-posinset="1"><h4><a href="/elpais/?__cft__[0]=x"><b>El País</b></a></h4>'
        '<a href="/elpais/posts/10156260262981570?x" aria-label="2h">2h</a>'
        '<div aria-label="Shared with Public"></div>'
        '<div data-ad-comet-preview="message">Hola</div></div>'
    )
    other = '<div aria-posinset="2"><h3>People you may know</h3><p>Maria Rossi</p></div>'
    html = _evidence(post, other)
    read = parse_evidence(html, "http://facebook.localhost/")
    assert [item.title for item in read.impressions] == ["Hola", None]
    assert [item.extra["impressionOrder"] for item in read.impressions] == [1, 2]
    assert "Maria Rossi" not in html


def test_pictures_of_the_mobile_site_name_nobody() -> None:
    html = (
        '<a href="/maria.rossi"><i class="img profpic" role="img" aria-label="Maria Rossi" '
        "style=\"background: #ddd url('/p50x50/77.jpg') no-repeat\"></i></a>"
        '<h3><a href="/maria.rossi">Maria Rossi</a></h3>'
        '<i role="img" aria-label="May be an image of: Maria Rossi, Ann Lee and sky" '
        'style="background-image: url(/p1.jpg)"></i><i role="img" aria-label="Public"></i>'
    )
    known = people(html)
    clean = without_people(html, known)
    assert known.portraits == {"/p50x50/77.jpg"}
    assert "Maria" not in clean
    assert "maria" not in clean
    assert "Ann Lee" not in clean
    assert "/p50x50/77.jpg" not in clean
    assert "url(/p1.jpg)" in clean
    assert 'aria-label="Public"' in clean
    assert without_people(clean, people(clean)) == clean
