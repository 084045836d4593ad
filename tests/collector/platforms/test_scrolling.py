"""The scrolls of a feed, counted by hand on a feed that is a list of numbers."""

from __future__ import annotations

import pytest

from collector.platforms.scrolling import FeedScrolling


class Column(FeedScrolling):
    """A window of 100 px on posts of 50 px each; notes every turn and every question."""

    def __init__(self, posts: int) -> None:
        self.posts = posts
        self.top = 0
        self.turns: list[tuple[int, float]] = []
        self.asked = 0

    def seen(self) -> int:
        return min(self.posts, (self.top + 100) // 50)

    def _screen_px(self) -> int:
        return 100

    def _turn(self, pixels: int, every_s: float) -> bool:
        self.turns.append((pixels, every_s))
        self.top += pixels
        return self.top + 100 >= self.posts * 50

    def _at_end(self) -> bool:
        self.asked += 1
        return True


def test_pixels_are_turns_of_that_height() -> None:
    column = Column(100)
    assert column.scroll_pixels(70, 3, 2.5) == 6  # 70 * 3 + 100 = 310 px
    assert column.turns == [(70, 2.5)] * 3
    assert column.asked == 0, "no turn came to the end"


def test_pixels_stop_at_so_many_posts() -> None:
    column = Column(100)
    assert column.scroll_pixels(50, 10, until=4) == 4
    assert len(column.turns) == 2


def test_every_scroll_stops_at_the_end_and_asks_for_it_only_there() -> None:
    for scroll in (
        lambda column: column.scroll_pixels(50, 9),
        lambda column: column.scroll_until(None),
    ):
        column = Column(5)
        assert scroll(column) == 5
        assert len(column.turns) == 3  # 250 px of posts, 100 of them seen at once
        assert column.asked == 1


def test_a_reached_number_is_not_asked_whether_it_is_the_end() -> None:
    column = Column(3)
    assert column.scroll_pixels(50, 9, until=3) == 3
    assert column.asked == 0


def test_screens_are_whole_turns_and_the_part_that_is_left() -> None:
    column = Column(100)
    assert column.scroll_screens(2.25, 1) == 6
    assert column.turns == [(100, 1), (100, 1), (25, 1)]
    column = Column(100)
    assert column.scroll_screens(0.001) == 2
    assert column.turns == [(1, 0)], "at least one pixel"


def test_until_is_half_a_window_at_a_time() -> None:
    column = Column(100)
    assert column.scroll_until(5, 0.5) == 5
    assert column.turns == [(50, 0.5)] * 3
    assert column.scroll_until(5) == 5
    assert len(column.turns) == 3, "they have been seen"


@pytest.mark.parametrize("scroll", ["scroll_pixels", "scroll_screens", "scroll_until"])
def test_who_is_told_of_every_turn_may_stop(scroll: str) -> None:
    column = Column(100)
    told: list[int] = []

    def heed(seen: int) -> bool:
        told.append(seen)
        return len(told) < 2

    given = {"scroll_pixels": (50, 9), "scroll_screens": (9,), "scroll_until": (90,)}[scroll]
    getattr(column, scroll)(*given, heed=heed)
    assert len(column.turns) == 2
    assert told == [(sum(px for px, _ in column.turns[:n]) + 100) // 50 for n in (1, 2)]
