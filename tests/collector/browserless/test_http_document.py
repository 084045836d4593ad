"""A page as text is changed as its scripts change the document."""

from __future__ import annotations

from collector.adapters.youtube.layout import Screen, layout, near
from collector.browserless.document import Document, attribute, set_attribute

MORE = '<ytd-continuation-item-renderer class="x" data-continuation="{}">…</ytd-continuation-item-renderer>'  # noqa: E501
PAGE = (
    '<!DOCTYPE html><html data-era="2026"><head><title>Old</title>'
    '<script>ytcfg.set({"EVENT_ID":"load-1"});</script></head><body>'
    '<ytd-app consent-pending=""><ytd-page-manager id="m"><!--x-->\n'
    '<ytd-search class="s"><div>A</div>'
    + MORE.format("t&amp;1")
    + "</ytd-search></ytd-page-manager><ytd-consent-bump-v2-lightbox><p>?</p>"
    "</ytd-consent-bump-v2-lightbox></ytd-app></body></html>"
)


def test_the_page_element_is_found_and_nothing_is_lost() -> None:
    document = Document.of(PAGE)
    assert document.html == PAGE
    assert (document.root, document.event) == ("ytd-search", "load-1")
    assert document.page.startswith("<!--x-->\n<ytd-search")
    assert document.page.endswith("</ytd-search>")


def test_a_page_outside_the_application_has_no_page_element() -> None:
    document = Document.of("<html><form action='/sorry/'></form></html>")
    assert (document.root, document.event, document.more()) == ("", None, [])
    assert document.html == "<html><form action='/sorry/'></form></html>"


def test_in_page_navigation_takes_the_place_of_the_page() -> None:
    document = Document.of(PAGE)
    document.show('<ytd-browse page-subtype="home"></ytd-browse>', 'A & "B"')
    assert document.root == "ytd-browse"
    assert '<title>A &amp; "B"</title>' in document.html
    assert "<ytd-search" not in document.html


def test_the_dialog_goes_with_its_answer() -> None:
    document = Document.of(PAGE)
    assert document.asks_consent
    document.consented()
    assert not document.asks_consent
    assert "consent" not in document.html


def test_a_list_grows_where_it_asked() -> None:
    document = Document.of(PAGE)
    (place,) = document.more()
    assert (place.token, place.comments) == ("t&1", False)
    document.grow(place, "<b>more</b>" + MORE.format("t2"))
    assert "<div>A</div><b>more</b><ytd-continuation" in document.page
    assert [one.token for one in document.more()] == ["t2"]


def test_comments_are_told_from_the_list() -> None:
    page = (
        "<ytd-page-manager><ytd-watch-flexy><ytd-comments>"
        + MORE.format("c")
        + "</ytd-comments>"
        + MORE.format("r")
        + "</ytd-watch-flexy></ytd-page-manager>"
    )
    assert [(m.token, m.comments) for m in Document.of(page).more()] == [("c", True), ("r", False)]


def test_attributes_are_set_changed_and_taken_away() -> None:
    assert set_attribute('<a b="1">', "c", 'x"y') == '<a b="1" c="x&quot;y">'
    assert set_attribute('<a b="1" c="2">', "b", "3") == '<a b="3" c="2">'
    assert set_attribute('<a b="1" c="2">', "b", None) == '<a c="2">'
    assert set_attribute('<a subscribed="" c="2">', "subscribed", "") == '<a subscribed="" c="2">'
    assert attribute('<a b="x&quot;y">', "b") == 'x"y'
    assert attribute('<a data-b="1">', "b") is None


def test_a_list_asks_for_more_only_when_its_end_is_near() -> None:
    results = "<ytd-video-renderer ></ytd-video-renderer>" * 10
    document = Document.of(PAGE.replace("<div>A</div>", results))
    screen = Screen(1366, 768)
    (end,) = layout(document, screen).ends
    assert end == 137 + 10 * 218.5
    assert near(document, screen) == []
    assert near(document, Screen(1366, 768, top=end - 768 - 399)) == document.more()
    assert near(document, Screen(1366, 768, top=end - 768 - 400)) == []


def test_a_page_of_the_mobile_site_is_found_and_grows() -> None:
    more = '<ytm-continuation-item-renderer data-continuation="t"></ytm-continuation-item-renderer>'
    text = (
        '<html><body><ytm-app><div class="page-container"><ytm-browse><p>'
        f"{more}</p></ytm-browse></div></ytm-app>"
        "<ytm-consent-bump-v2-renderer></ytm-consent-bump-v2-renderer></body></html>"
    )
    document = Document.of(text)
    assert (document.html, document.root, document.mobile) == (text, "ytm-browse", True)
    assert document.asks_consent
    (place,) = document.more()
    document.grow(place, "<i>new</i>")
    assert document.page == "<ytm-browse><p><i>new</i></p></ytm-browse>"
