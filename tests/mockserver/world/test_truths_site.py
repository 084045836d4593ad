"""What goes wrong by a truth's will, as a browser meets it: blocked loads, damage, stalls."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from site_tools import SITE, Visitor

from collector.browserless.player import Player
from collector.browserless.watching import watch
from collector.common.model import ItemKind, PageStatus, ReceiptStatus
from collector.platforms.clock import CLOCK_HEADER, told
from collector.platforms.youtube import parse_page
from mockserver.app import create_app
from mockserver.context import Mock, MockConfig

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def site(*truths: dict[str, Any], **config: Any) -> Flask:
    app = create_app(MockConfig(seed=11, truths=list(truths), **config))
    mock: Mock = app.extensions["mock"]
    mock.world.ruling.puppets.update(
        {f"{arm}-{n}": (arm, n // 50 + 1) for arm in ("treated", "control") for n in range(300)}
    )
    return app


def status(visitor: Visitor, path: str = "/") -> int:
    return visitor.get(path).status_code


def lost(app: Flask, arm: str, path: str = "/", count: int = 120) -> float:
    """The share of an arm's first loads that end elsewhere."""
    return sum(status(Visitor(app, f"{arm}-{n}"), path) != 200 for n in range(count)) / count


@pytest.mark.slow
def test_uniform_blocking_strikes_its_share_of_both_arms() -> None:
    app = site({"truth": "blocking", "share": 0.3})
    assert lost(app, "treated") == pytest.approx(0.3, abs=0.13)
    assert lost(app, "control") == pytest.approx(0.3, abs=0.13)


def test_blocking_of_an_arm_leaves_the_other_alone() -> None:
    app = site({"truth": "blocking", "share": 0.5, "arms": ["treated"], "ending": "login"})
    assert lost(app, "treated") == pytest.approx(0.5, abs=0.14)
    assert lost(app, "control") == 0.0


def test_blocking_by_content_strikes_pages_that_show_the_topic_and_no_others() -> None:
    """Watch pages of a topic are lost, one of another topic whose list has none of it is not."""
    app = site({"truth": "blocking", "share": 1.0, "topic": "conspiracy"})
    world = app.extensions["mock"].world
    free = other = 0
    for number in range(60):
        visitor = Visitor(app, f"control-{number}")
        if status(visitor) == 200:
            free += 1
            assert "conspiracy" not in {row["topic"] for row in visitor.truth()}
        else:
            other += 1
            assert visitor.truth() == []  # what was blocked was not served
    assert free > 5
    assert other > 5
    theirs = next(v.id for v in world.videos.values() if v.topic == "conspiracy")
    assert status(Visitor(app, "treated-0"), f"/watch?v={theirs}") != 200


def test_a_dead_arm_dies_on_its_load_and_stays_dead() -> None:
    app = site({"truth": "dead-arm", "arms": ["treated"], "from_load": 3})
    dying, living = Visitor(app, "treated-0"), Visitor(app, "control-0")
    assert [status(dying) for _ in range(5)] == [200, 200, 500, 500, 500]
    assert [status(living) for _ in range(5)] == [200] * 5
    pages = app.extensions["mock"].world.truth.rows("pages", visitor="treated-0")[0]
    assert [row["status"] for row in pages] == ["ok", "ok", "error", "error", "error"]


def test_loads_before_after_loads_are_never_blocked() -> None:
    app = site({"truth": "blocking", "share": 1.0, "after_loads": 2})
    assert [status(Visitor(app, "control-0")) for _ in range(4)] == [200, 200, 302, 302]


def test_a_truth_of_time_follows_the_clock_that_the_puppet_sends() -> None:
    """The same visitor at 12:00:00, 12:09:59 and 12:10:00 of its own clock."""
    app = site({"truth": "blocking", "share": 1.0, "from_s": 600})
    visitor = Visitor(app, "control-0")
    found = [
        visitor.client.get(
            "/", base_url=SITE, headers={CLOCK_HEADER: told(NOON + timedelta(seconds=second))}
        ).status_code
        for second in (0, 599.9, 600)
    ]
    assert found == [200, 200, 302]
    seen = app.extensions["mock"].world.truth.whoami("control-0")["facts"]["headers"]
    assert CLOCK_HEADER not in seen


@pytest.mark.sweep(1)
@pytest.mark.parametrize("era", ["2026", "2022"])
@pytest.mark.parametrize("hit", ["renamed", "dropped", "cut"])
def test_corruption_damages_its_share_and_the_log_says_which(hit: str, era: str) -> None:
    """What the parser finds is what the log has whole; renamed and cut ones are no silent loss."""
    app = site({"truth": "corruption", "share": 0.25, "hit": hit, "arms": ["treated"]}, era=era)
    counts: Counter[str] = Counter()
    for number in range(12):
        visitor = Visitor(app, f"treated-{number}")
        page = parse_page(visitor.html("/"), f"{SITE}/", client_time=NOON, languages=["en-US"])
        rows = visitor.truth()
        whole = [row["item_id"] for row in rows if "hit" not in row]
        # An advert says that it is one by where it leads, whatever its element is called.
        read = [
            each
            for each in page.impressions
            if each.kind is not ItemKind.UNKNOWN
            and not (each.kind is ItemKind.AD and each.item_id not in whole)
        ]
        found = [each.item_id for each in read]
        known = Counter(found) - Counter(whole)
        assert not Counter(whole) - Counter(found)
        counts["read anyway"] += sum(known.values())
        if hit == "dropped":
            assert len(page.impressions) == len(whole)
        counts.update({"all": len(rows), "hit": len(rows) - len(whole)})
        counts["partial"] += page.status is not PageStatus.OK
    # Only what shows its id in several places (mixes) is still read when its links are gone.
    assert counts["read anyway"] <= (counts["hit"] / 3 if hit == "cut" else 0)
    assert counts["hit"] / counts["all"] == pytest.approx(0.25, abs=0.1)
    assert counts["partial"] == (0 if hit == "dropped" else 12)
    other = Visitor(app, "control-0")
    assert other.html("/")
    assert not any("hit" in row for row in other.truth())


def playback(app: Flask, name: str) -> Any:
    """The player's configuration on a watch page."""
    visitor = Visitor(app, name)
    answer = visitor.get("/youtubei/v1/navigate?url=/watch?v=dQw4w9WgXcQ").get_json()
    return answer["player"] | {"ad": None}


def watched(config: dict[str, Any], seconds: float) -> Any:
    player = Player(config, lambda body: None)
    return watch(player, player.advance, video_id="dQw4w9WgXcQ", planned_s=seconds, share=None,
                 cap_s=3600.0, progress=None)  # fmt: skip


def test_a_stall_for_ever_is_given_up_and_a_stall_of_seconds_is_sat_through() -> None:
    for_ever = watched(playback(site({"truth": "stall", "share": 1, "at_s": 12}), "control-0"), 60)
    assert for_ever.status is not ReceiptStatus.COMPLETE
    assert for_ever.watched_s == 12.0
    shortly = watched(
        playback(site({"truth": "stall", "share": 1, "at_s": 12, "for_s": 9}), "control-0"), 60
    )
    assert (shortly.status, shortly.watched_s, shortly.stalled_s) == (
        ReceiptStatus.COMPLETE, 60.0, 9.0,
    )  # fmt: skip


def test_the_fault_stall_buffers_for_ever_as_it_is_documented() -> None:
    receipt = watched(playback(site(faults={"stall": 1.0}), "control-0"), 60)
    assert (receipt.status, receipt.watched_s) == (ReceiptStatus.SHORT, 5.0)


@pytest.mark.slow
def test_stalls_strike_their_share_of_their_arm() -> None:
    app = site({"truth": "stall", "share": 0.5, "arms": ["treated"]})
    struck = [playback(app, f"treated-{n}")["fault"] == "stall" for n in range(80)]
    assert sum(struck) / 80 == pytest.approx(0.5, abs=0.17)
    assert {playback(app, f"control-{n}")["fault"] for n in range(20)} == {None}
    assert "stall" not in playback(app, "control-0")


def test_the_truth_log_tells_every_truth_and_who_stands_where() -> None:
    app = create_app(MockConfig(seed=11, truth_token="t" * 40,
                                truths=[{"truth": "stall", "share": 0.5}]))  # fmt: skip
    client, headers = app.test_client(), {"Authorization": "Bearer " + "t" * 40}
    base = {"base_url": "http://127.0.0.1", "headers": headers}
    sent = client.put("/_truth/puppets", json={"puppets": {"v": ["treated", 2]}}, **base)
    assert sent.status_code == 200
    found = client.get("/_truth/truths", **base).get_json()
    assert found["content"][0]["truth"] == "stall"
    assert found["content"][0]["for_s"] is None
    assert found["puppets"] == {"v": ["treated", 2]}
    assert client.get("/_truth/recommender", **base).get_json()["truths"] == found["content"]
    for bad in ({}, {"puppets": {"v": "treated"}}, {"puppets": {"v": ["treated", 0]}}):
        assert client.put("/_truth/puppets", json=bad, **base).status_code == 400
    assert client.put("/_truth/puppets", json={"puppets": {}}).status_code == 403
