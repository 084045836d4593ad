"""Timelines in parts, and what is kept between them: nobody is shown what is another's."""

from __future__ import annotations

import pytest

from mockserver.world import World


def test_what_is_kept_of_candidates_is_each_viewers_own() -> None:
    """Followed or silenced since: others. As before: the same object, whoever asks."""
    social = World.build(seed=1, clock="0").social
    one, two = (social.viewer(name, lang="en") for name in ("one", "two"))
    first = social.candidates(one.snapshot())
    assert social.candidates(two.snapshot()) is first
    page = first.suggested[0].source_id
    two.follow(page)
    followed = social.candidates(two.snapshot())
    assert {post.source_id for post in followed.own} - {post.source_id for post in first.own} == {
        page
    }
    assert social.candidates(one.snapshot()) is first
    two.speaks("de")
    assert not {post.id for post in social.candidates(two.snapshot()).suggested} & {
        post.id for post in first.suggested
    }


@pytest.mark.parametrize("ask", [[(0, 8), (8, 6)], [(8, 6), (0, 8)], [(0, 200)], [(120, 50)]])
def test_a_timeline_is_the_same_in_whatever_parts_it_is_asked_for(
    ask: list[tuple[int, int]],
) -> None:
    """What the viewer does between two parts changes the next load alone."""
    whole = World.build(seed=1, clock="0").social
    parts = World.build(seed=1, clock="0").social
    for load in ("1", "2"):
        every = whole.timeline(whole.viewer("v", lang="en"), load, count=500)
        assert len(every) == 128
        viewer = parts.viewer("v", lang="en")
        for start, count in ask:
            found = parts.timeline(viewer, load, start=start, count=count)
            assert found == every[start : start + count]
            viewer.like(every[1].post.id)
        whole.viewer("v").like(every[1].post.id)
