"""What a scenario says of the mock: the same for a run's mock and for a dataset's world."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from collector.mock.mockoptions import has_site, host_of, options_of, told_of
from collector.mock.mockworld import world_of
from collector.platforms.registry import spec_of
from collector.scenario.reading import MOCK
from mockserver.mounted import FACES

MOBILE: dict[str, Any] = {
    "site": MOCK,
    "mock": {"mobile": True, "era": "2022", "recommender": {"noise": 0.5}},
}


def test_which_site_is_visited_is_nothing_that_the_mock_is_told() -> None:
    """A mobile site is another host of the same mock, over the same world."""
    told = {"era": "2022", "recommender": {"noise": 0.5}}
    assert told_of(MOBILE) == options_of(MOBILE) == told
    assert world_of(MOBILE, 1).era == "2022"
    assert host_of(MOBILE, spec_of("youtube")) == "m.youtube"


def test_a_scenario_that_says_nothing_is_left_as_it_is(tmp_path: Path) -> None:
    assert told_of({}) == told_of({"mock": None}) == options_of({}, tmp_path) == {}
    assert MOBILE["mock"]["mobile"] is True, "the scenario itself is not changed"


def test_it_has_a_site_for_each_platform_that_it_mounts() -> None:
    """Told without loading the mock, from where the face of a site must stand."""
    assert {face.key: has_site(face.key) for face in FACES} == {
        face.key: face.is_site for face in FACES
    }
