"""What a site's API answered to a page: kept beside it, read by the same model, compared."""

from __future__ import annotations

import dataclasses
import json
import stat
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from site_tools import SITE, Visitor, shared_app

from collector.browser.answers import Answers
from collector.common.model import Answer, Observation, ParseError, Platform
from collector.platforms.answers import MOST_ANSWERS
from collector.platforms.registry import spec_of
from collector.platforms.youtube import parse_page
from collector.reparse import find_jobs, reparse
from collector.scrub import scrub_together
from collector.testing import ScenarioRun

ERA = "2026-04"
PASTA = "/results?search_query=pasta"


class Inside(Visitor):
    """A visitor who goes from page to page inside one document."""

    def asked(self, endpoint: str, body: dict[str, Any]) -> Answer:
        path = f"/youtubei/v1/{endpoint}"
        answer = self.post(path, body)
        assert answer.status_code == 200, (body, answer.get_data(as_text=True))
        return Answer(path, answer.get_data(as_text=True))

    def page(self, endpoint: str, target: str) -> tuple[str, Answer]:
        """The document after a navigation inside it, and what the site answered."""
        answer = self.asked(endpoint, {"url": target})
        head, _, tail = self.html("/").partition("<ytd-browse")
        drawn = json.loads(answer.text)["page"]["html"]
        return head + drawn + tail.partition("</ytd-browse>")[2], answer


@pytest.fixture(scope="module")
def inside() -> Inside:
    return Inside(shared_app(ERA), "witness-1")


@pytest.fixture(scope="module")
def searched(inside: Inside) -> tuple[str, Answer]:
    return inside.page("search", PASTA)


def read(page: tuple[str, Answer], *more: Answer) -> Observation:
    return parse_page(page[0], SITE + PASTA, answers=(page[1], *more))


def disagreements(seen: Observation) -> list[tuple[str, str]]:
    return [(u.renderer, u.field) for u in seen.unparsed if u.error is ParseError.DISAGREES]


def items(answer: Answer) -> tuple[Any, list[Any]]:
    """An answer, decoded, and the list of its items in it."""
    value = json.loads(answer.text)
    primary = value["contents"]["twoColumnSearchResultsRenderer"]["primaryContents"]
    return value, primary["sectionListRenderer"]["contents"][0]["itemSectionRenderer"]["contents"]


def test_two_witnesses_agree(searched: tuple[str, Answer]) -> None:
    seen = read(searched)
    assert seen.fields["answers"] == "compared"
    assert "inlineJson" not in seen.fields
    assert len(seen.impressions) > 10
    assert not seen.unparsed


def test_without_the_answer_nothing_is_known_of_what_was_sent(
    searched: tuple[str, Answer],
) -> None:
    seen = parse_page(searched[0], SITE + PASTA)
    assert seen.fields["inlineJson"] == "of another page"


def _swapped(found: list[Any]) -> None:
    videos = [n for n, item in enumerate(found) if "videoRenderer" in item]
    one, other = videos[3], videos[5]
    found[one], found[other] = found[other], found[one]


def _dropped(found: list[Any]) -> None:
    del found[[n for n, item in enumerate(found) if "videoRenderer" in item][4]]


def _other_title(found: list[Any]) -> None:
    _video(found)["title"] = {"runs": [{"text": "Another title"}]}


def _other_length(found: list[Any]) -> None:
    _video(found)["lengthText"] = {"simpleText": "9:59:59"}


def _one_more(found: list[Any]) -> None:
    place = [n for n, item in enumerate(found) if "videoRenderer" in item][4]
    more = json.loads(json.dumps(found[place]))
    more["videoRenderer"]["videoId"] = "notdrawn000"
    found.insert(place, more)


def _video(found: list[Any]) -> dict[str, Any]:
    fit = [v for item in found if (v := item.get("videoRenderer")) and "lengthText" in v]
    video: dict[str, Any] = fit[2]
    return video


@pytest.mark.parametrize(
    ("change", "kind"),
    [(_swapped, "order"), (_dropped, "added"), (_other_title, "title"),
     (_other_length, "seconds"), (_one_more, "missing")],
)  # fmt: skip
def test_a_disagreement_has_its_kind(
    searched: tuple[str, Answer], change: Callable[[list[Any]], None], kind: str
) -> None:
    value, found = items(searched[1])
    change(found)
    changed = (searched[0], Answer(searched[1].path, json.dumps(value)))
    seen, whole = read(changed), read(searched)
    assert disagreements(seen) == [("innertube", kind)]
    assert seen.impressions == whole.impressions  # what was seen is the data


def test_an_answer_of_another_page_is_not_compared(
    inside: Inside, searched: tuple[str, Answer]
) -> None:
    other = inside.asked("search", {"url": "/results?search_query=guitar"})
    seen = read((searched[0], other))
    assert seen.fields["answers"] == "of another page"
    assert not disagreements(seen)


def test_a_part_that_came_and_is_not_drawn_is_sent_and_not_shown(
    inside: Inside, searched: tuple[str, Answer]
) -> None:
    (token,) = [
        item["continuationItemRenderer"]["continuationEndpoint"]["continuationCommand"]["token"]
        for item in items(searched[1])[1]
        if "continuationItemRenderer" in item
    ]
    more = inside.asked("search", {"continuation": token})
    seen = read(searched, more)
    assert not disagreements(seen)
    sent = {row["item_id"] for row in inside.truth(surface="search") if row["kind"] != "ad"}
    shown = {item.item_id for item in seen.impressions}
    assert set(seen.fields["sentNotShown"]) <= sent - shown
    assert len(seen.fields["sentNotShown"]) > 10


def test_where_nothing_is_drawn_what_was_sent_is_read_and_says_so(
    searched: tuple[str, Answer],
) -> None:
    head, _, rest = searched[0].partition('<div id="contents" class="style-scope ytd-section-list')
    bare = head + "</div></div></ytd-search>" + rest.partition("</ytd-search>")[2]
    seen = read((bare, searched[1]))
    assert seen.fields["source"] == "innertube"
    assert [i.item_id for i in seen.impressions] == [i.item_id for i in read(searched).impressions]


def test_what_identifies_the_viewer_leaves_with_none() -> None:
    page = '<script>ytcfg.set({"VISITOR_DATA":"CgtTZWNyZXRWaXNpdA"});</script>'
    answer = '{"contents":{"trackingParams":"x","to":"CgtTZWNyZXRWaXNpdA","who":"a@b.example.org"}}'
    told = '{"accountEmail":"a@b.example.org"}'
    clean = scrub_together([page, answer, told])
    assert not any("CgtTZWNyZXRWaXNpdA" in text or "a@b.example" in text for text in clean)


SCENARIO = {
    "name": "witnesses",
    "seed": 5,
    "arms": {
        "one": {
            "persona": "marie-us",
            "steps": [
                {"visit": {"url": "home", "capture": False}},
                {"consent": "accept"},
                {"scroll": {"screens": 4}},
                {"capture": "scrolled"},
                {"search": "live music"},
                {"scroll": {"screens": 5}},
                {"capture": "searched"},
                {"follow": {"rank": 2}},
                {"watch": "5s"},
                {"capture": "watched"},
            ],
        }
    },
}


@pytest.mark.browser
@pytest.mark.parametrize("driver", ["chromium", pytest.param("http", marks=pytest.mark.slow)])
def test_a_run_keeps_both_witnesses(run_scenario: Callable[..., ScenarioRun], driver: str) -> None:
    run = run_scenario(
        SCENARIO, driver=driver, submit_to="none", speed="max",
        mock_options={"era": ERA, "clock": "0.000001"},
    )  # fmt: skip
    truth = run.truth()
    compared = 0
    for capture, seen in zip(run.captures(), run.observations(), strict=True):
        assert not seen.unparsed, (capture.id, seen.unparsed)
        kept = run.store.answers(capture.id)
        compared += seen.fields.get("answers") == "compared"
        if seen.fields.get("answers") == "compared":
            assert kept
        for surface in {item.surface for item in seen.impressions}:
            served = [
                (row["slot"], row["kind"], row["item_id"])
                for row in truth
                if row["load"] == capture.event and row["surface"] == surface
            ]
            shown = [
                (item.position, item.kind.value, item.item_id)
                for item in seen.impressions
                if item.surface is surface
            ]
            assert len(shown) > 10
            assert shown == sorted(served)[: len(shown)]
    assert compared >= 5
    names = {path for capture in run.captures() for path, _ in run.store.answers(capture.id)}
    assert {f"/youtubei/v1/{name}" for name in ("browse", "search", "next", "player")} <= names
    for path in (run.out.root / "evidence").rglob("*.zst"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lines = [json.loads(one.line) for one in reparse(find_jobs([run.out.root]))]
    assert sum(line.get("answers") == "compared" for line in lines) >= 3


@dataclasses.dataclass
class Asked:
    """A request as Playwright tells of it, answered with its own number."""

    method: str
    path: str
    number: int = 0

    @property
    def url(self) -> str:
        return SITE + self.path

    def is_navigation_request(self) -> bool:
        return False

    def response(self) -> Any:
        told = f'{{"number":{self.number}}}'.encode()
        return SimpleNamespace(status=200, body=lambda: told)


def heard(*asked: Asked) -> list[str]:
    answers = Answers(spec_of(Platform.YOUTUBE).answers)
    for request in asked:
        answers.begun(request)  # type: ignore[arg-type]
        answers.finished(request)  # type: ignore[arg-type]
    return [answer.text for answer in answers.take()]


def test_what_came_to_a_page_that_was_left_is_none_of_the_next() -> None:
    more, leave = Asked("POST", "/youtubei/v1/browse", 1), Asked("GET", "/youtubei/v1/navigate")
    assert heard(more) == ['{"number":1}']
    assert heard(more, leave) == []
    assert heard(more, leave, dataclasses.replace(more, number=2)) == ['{"number":2}']


def test_of_very_many_answers_the_newest_are_kept() -> None:
    many = [Asked("POST", "/youtubei/v1/browse", number) for number in range(MOST_ANSWERS + 5)]
    assert heard(*many)[-1] == f'{{"number":{MOST_ANSWERS + 4}}}'
