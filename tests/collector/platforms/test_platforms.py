"""Platforms say what they are: every reference leads somewhere, and no two claim the same page."""

from __future__ import annotations

import copy
import pickle

import pytest

from collector.common.errors import UserError
from collector.common.model import PageKind, Platform, Surface
from collector.common.opennames import OpenNames
from collector.drivers.choice import driver_of, means_of
from collector.platforms.registry import Genre, platform_of, platforms, spec_of
from collector.session.steps import StepRunner
from collector.submit.dialect import Dialect

SHIPPED = {"youtube", "facebook"}
#: Addresses as people have them, and whose they are.
ADDRESSES = {
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ": "youtube",
    "https://youtu.be/dQw4w9WgXcQ": "youtube",
    "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ": "youtube",
    "https://m.facebook.com/groups/1": "facebook",
    "https://fb.com/somebody": "facebook",
    "https://notyoutube.com/": None,
    "https://youtube.com.evil.example/": None,
    "http://[::1": None,
    "": None,
}


def test_those_that_ship_are_installed() -> None:
    assert set(platforms()) == SHIPPED
    assert {spec.genre for spec in platforms().values()} == {Genre.VIDEOS, Genre.FEED}


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_every_reference_leads_somewhere(name: str) -> None:
    spec = spec_of(name)
    assert spec is platforms()[name]
    assert issubclass(spec.load("runner"), StepRunner)
    for what in ("actions", "http_actions"):
        actions = spec.load(what)
        assert {"visit", "settle", "consent", "consent_asked"} <= set(dir(actions)), what
    dialect: Dialect = spec.load("dialect")
    assert dialect.body_limit > 0
    assert dialect.events_path.startswith("/")
    assert spec.load("reference") is None or callable(spec.load("reference"))
    assert "{token}" in (spec.read_back or "")
    assert spec.cookies("abcdefghijk")


@pytest.mark.parametrize(("url", "name"), ADDRESSES.items())
def test_an_address_is_of_one_platform_or_none(url: str, name: str | None) -> None:
    assert platform_of("<html></html>", url) == name


def test_an_address_says_what_list_it_opens() -> None:
    videos, feed = spec_of("youtube").surface_of, spec_of("facebook").surface_of
    assert [videos(url) for url in ("home", "/", "/watch?v=x", "/results?search_query=x")] == [
        Surface.HOME, Surface.HOME, Surface.RELATED, Surface.SEARCH,
    ]  # fmt: skip
    assert (videos("/@somebody"), videos("/about")) == (Surface.CHANNEL, None)
    assert (feed("home"), feed("/groups/1")) == (Surface.FEED, None)
    assert spec_of("facebook").kind_of("https://www.facebook.com/") is PageKind.HOME


def test_what_is_not_installed_is_refused() -> None:
    with pytest.raises(UserError, match="no platform is called 'myspace'") as refused:
        spec_of("myspace")
    assert "facebook or youtube" in refused.value.fix
    with pytest.raises(ValueError, match="myspace"):
        Platform("myspace")


def test_a_driver_is_one_of_two() -> None:
    with pytest.raises(UserError, match="'telepathy' is not a driver"):
        driver_of("telepathy")
    assert means_of("http", headed=False).kind == "http"


class Colour(OpenNames):
    RED = "red"

    @classmethod
    def registered(cls, name: str) -> bool:
        return name == "blue"


def test_a_registered_name_is_a_member() -> None:
    """The same object each time, equal to its text, through copies and pickles; not iterated."""
    blue = Colour("blue")
    assert isinstance(blue, Colour)
    assert blue is Colour("blue")
    assert (blue, blue.value, blue.name, f"{blue}") == ("blue", "blue", "BLUE", "blue")
    assert pickle.loads(pickle.dumps(blue)) is blue
    assert copy.deepcopy(blue) is blue
    assert {blue: 1}["blue"] == 1
    assert [*Colour] == [Colour.RED]
    for wrong in ("green", 3, None):
        with pytest.raises(ValueError, match="is not a valid"):
            Colour(wrong)
