"""The index of words says what a scan of every video's words says, in any script."""

from __future__ import annotations

import numpy as np
import pytest

from mockserver.world import Video, World
from mockserver.world.search import FIELD_WEIGHTS, fold, plain, tokens


@pytest.fixture(scope="module")
def world() -> World:
    return World.build(clock="0")


def words_of(world: World, video: Video) -> dict[str, float]:
    """Every word of a video and the weight of its best field, the slow way."""
    found: dict[str, float] = {}
    texts = {
        "title": [video.title],
        "tags": list(video.tags),
        "channel": [world.channels[video.channel_id].name],
        "description": [video.description] if video.pinned else [],
    }
    for name, several in texts.items():
        for text in several:
            for word in tokens(text, singles=True):
                found[word] = max(found.get(word, 0.0), FIELD_WEIGHTS[name])
    return found


@pytest.mark.sweep(3)
@pytest.mark.parametrize(
    "word", ["cat", "the", "登月", "月", "lecciones", "never", "فيديو", "didn't", "nothinghere"]
)
def test_an_index_finds_what_a_scan_finds(world: World, word: str) -> None:
    slow = {
        row: held[word]
        for row, video in enumerate(world.videos.values())
        if word in (held := words_of(world, video))
    }
    rows, weights = world.holding(word)
    assert dict(zip(rows.tolist(), weights.tolist(), strict=True)) == slow
    assert rows.tolist() == sorted(slow)


def test_a_word_beside_an_apostrophe_is_found(world: World) -> None:
    rows, _ = world.holding("bennet")
    titles = [video.title for video in world.videos.values()]
    assert "Mrs. Bennet's nerves, a compilation" in [titles[row] for row in rows.tolist()]


def test_titles_as_words(world: World) -> None:
    for row, video in enumerate(world.videos.values()):
        assert world.plain_title(row) == plain(video.title)


def test_a_short_list_is_the_beginning_of_a_long_one(world: World) -> None:
    for query in ("cat", "the full story", "登月騙局", "jazz piano de la"):
        every = world.search(query, 10_000)
        for limit in (1, 7, 20, 40):
            assert world.search(query, limit) == every[:limit]


@pytest.mark.parametrize(
    ("text", "bare"),
    [("ÀÉÎ", "aei"), ("I’m", "i'm"), ("STRASSE", "strasse"), ("straße", "strasse"),
     ("ﬁn", "fin"), ("が", "が"), ("مُحَمَّد", "محمد"), ("İstanbul", "istanbul")],
)  # fmt: skip
def test_folding(text: str, bare: str) -> None:
    assert fold(text) == bare


def test_relevance_is_between_nothing_and_one(world: World) -> None:
    for query in ("never gonna give you up", "cat", "?", ""):
        relevance = world._lists.search.relevance(query)
        assert relevance.shape == (len(world.videos),)
        assert np.all((relevance >= 0) & (relevance <= 1))
