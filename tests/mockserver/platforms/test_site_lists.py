"""Lists that grow: continuations go on where the page stopped, repeat nothing, and end."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup, Tag
from site_tools import ERAS, Visitor, entries, item_id, pages_of, shared_app

ENDPOINTS = {"home": "browse", "related": "next", "search": "search", "channel": "browse"}


def token_in(root: Tag) -> str | None:
    found = root.select("ytd-continuation-item-renderer[data-continuation]")
    lists = [item for item in found if item.find_parent("ytd-comments") is None]
    assert len(lists) <= 1
    return str(lists[0]["data-continuation"]) if lists else None


@pytest.mark.sweep(1)
@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("kind", ENDPOINTS)
def test_a_list_grows_to_its_end(era: str, kind: str) -> None:
    visitor = Visitor(shared_app(era), f"grow-{kind}")
    page = visitor.soup(pages_of(visitor.world)[kind])
    root = page.select_one("#related" if kind == "related" else "ytd-page-manager")
    assert root is not None
    shown = [item_id(entry) for entry in entries(root)]
    token = token_in(root)
    rounds = 0
    while token:
        answer = visitor.post(f"/youtubei/v1/{ENDPOINTS[kind]}", {"continuation": token})
        assert answer.status_code == 200
        more = BeautifulSoup(answer.json["html"], "lxml")  # type: ignore[index]
        found = [item_id(entry) for entry in entries(more)]
        assert found
        shown += found
        token = token_in(more)
        rounds += 1
    served = visitor.truth()
    assert shown == [row["item_id"] for row in served]
    assert [row["slot"] for row in served] == list(range(1, len(served) + 1))
    assert len({row["load"] for row in served}) == 1
    assert kind == "channel" or 2 <= rounds <= 4


def test_asking_twice_logs_once() -> None:
    visitor = Visitor(shared_app("2026"), "twice")
    token = token_in(visitor.soup("/"))
    first = visitor.post("/youtubei/v1/browse", {"continuation": token})
    count = len(visitor.truth())
    second = visitor.post("/youtubei/v1/browse", {"continuation": token})
    assert first.json == second.json
    assert len(visitor.truth()) == count


def test_another_visitors_or_a_made_up_token_is_refused() -> None:
    app = shared_app("2026")
    token = token_in(Visitor(app, "owner").soup("/"))
    for bad in (token, "4qAAAA.beef", "", None, 7, {"a": 1}):
        answer = Visitor(app, "thief").post("/youtubei/v1/browse", {"continuation": bad})
        assert answer.status_code == 400
    assert Visitor(app, "thief").truth() == []


def test_loads_of_one_visitor_have_their_own_ids() -> None:
    visitor = Visitor(shared_app("2026"), "loads")
    visitor.html("/")
    visitor.html("/")
    loads = [row["load"] for row in visitor.truth()]
    assert len(set(loads)) == 2


@pytest.mark.parametrize("era", ERAS)
def test_comments_and_replies_come_when_asked_for(era: str) -> None:
    visitor = Visitor(shared_app(era), "comments")
    video = next(
        v for v in visitor.world.videos.values()
        if any(c.parent_id for c in visitor.world.comments(v.id)) and v.comment_count > 12
    )  # fmt: skip
    page = visitor.soup(f"/watch?v={video.id}")
    holder = page.select_one("ytd-comments ytd-continuation-item-renderer")
    assert holder is not None
    assert not page.select("ytd-comment-thread-renderer")
    threads: list[Tag] = []
    token: str | None = str(holder["data-continuation"])
    while token:
        answer = visitor.post("/youtubei/v1/next", {"continuation": token})
        more = BeautifulSoup(answer.json["html"], "lxml")  # type: ignore[index]
        threads += more.select("ytd-comment-thread-renderer")
        rest = more.select_one("ytd-continuation-item-renderer")
        token = str(rest["data-continuation"]) if rest else None
    known = visitor.world.comments(video.id)
    texts = [str(node.get_text(strip=True)) for t in threads for node in t.select("#content-text")]
    assert texts == [c.text.strip() for c in known if c.parent_id is None]
    for thread in threads:
        button = thread.select_one("#more-replies button")
        if button is None:
            continue
        answer = visitor.post(
            "/youtubei/v1/next", {"continuation": str(button["data-continuation"])}
        )
        replies = BeautifulSoup(answer.json["html"], "lxml")  # type: ignore[index]
        comment = thread.select_one("#comment")
        assert comment is not None
        wanted = [c.text.strip() for c in known if c.parent_id == comment["data-comment"]]
        got = [node.get_text(strip=True) for node in replies.select("#content-text")]
        assert got == wanted
        assert got
