"""World files: a YAML or JSON document that overrides how a world is generated.

Every key is optional; what is not said is as in the size it is based on. ::

    based_on: small            # small | medium
    era: "2026"                # the sites' markup (collector/common/eras.py)
    sizes: {channels: 60, videos: 600, playlists: 20, viewers: 30, ads: 12}
    topics:                    # label: share of channels; replaces the list of topics
      science: 0.3
      conspiracy: 0.2
      gardening: 0.5           # a topic of your own needs words:
    words:
      gardening: {en: [roses, compost, …ten words…]}
    neighbours:                # how alike two topics are, 0-1
      - [science, conspiracy, 0.35]
    languages: {en: 0.8, fr: 0.2}
    shares: {short: 0.1, live: 0.02, upcoming: 0.01, unseen: 0.015, strays: 0.06}
    recommender: {history: 0, home.noise: 0.6, home_first_ad: 0}
    faults: {stall: 0.1}
    channels:                  # extra channels, beside the generated ones
      - {id: UC…24 characters…, handle: "@mine", name: Mine, topic: science}
    videos:                    # extra videos
      - {id: …11 characters…, channel: UC…, title: A title, seconds: 600, views: 1000}

Unknown keys are refused, and every error names the place: ``world.yaml: videos.0.seconds: …``.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from collector.common.eras import EraName
from collector.common.errors import UserError
from collector.common.model import ItemKind
from mockserver.world.clock import EPOCH
from mockserver.world.model import Channel, Video
from mockserver.world.recipe import SIZES, Recipe
from mockserver.world.words import CATEGORIES, LANGUAGES, TOPIC_SHARES

Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(gt=0, lt=1e6)]
Count = Annotated[int, Field(ge=0, le=10_000_000)]
Word = Annotated[str, Field(min_length=1, max_length=80)]
TenWords = Annotated[tuple[Word, ...], Field(min_length=10, max_length=10)]
Label = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sizes(_Strict):
    """How many entities of each kind are generated; a missing one is that of the size the file
    is based on."""

    channels: Annotated[int, Field(ge=1, le=100_000)] | None = None
    videos: Annotated[int, Field(ge=1, le=2_000_000)] | None = None
    playlists: Count | None = None
    viewers: Count | None = None
    ads: Count | None = None


class Shares(_Strict):
    """Shares of the generated videos, 0–1; a missing one is that of the size the file is based
    on."""

    short: Share | None = None
    live: Share | None = None
    upcoming: Share | None = None
    unseen: Share | None = None
    strays: Share | None = None


class ExtraChannel(_Strict):
    """A channel that the file adds to the generated ones. Its name and handle are its own."""

    id: Annotated[str, Field(pattern=r"^UC[A-Za-z0-9_-]{22}$")]
    handle: Annotated[str, Field(pattern=r"^@[A-Za-z0-9._-]{3,30}$")]
    name: Annotated[str, Field(min_length=1, max_length=100)]
    topic: Label
    legacy_path: Annotated[str, Field(pattern=r"^/(user|c)/[A-Za-z0-9_-]+$")] | None = None
    lang: str = "en"
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "US"
    verified: bool = False
    subscribers: Count = 1000
    description: str = ""


class ExtraVideo(_Strict):
    """A video that the file adds. Its age in days is at the world's start, and negative for one
    yet to come; ``published`` stands instead of it where the moment matters."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{11}$")]
    channel: Annotated[str, Field(pattern=r"^UC[A-Za-z0-9_-]{22}$")]
    title: Annotated[str, Field(min_length=1, max_length=100)]
    topic: Label | None = None
    lang: str | None = None
    kind: Literal["video", "short", "live", "upcoming"] = "video"
    age_days: Annotated[float, Field(ge=-365, le=8000)] = 30.3
    published: datetime | None = None
    seconds: Annotated[int, Field(ge=1, le=86_400)] | None = None
    views: Count = 1000
    likes: Count = 0
    dislikes: Count = 0
    tags: tuple[Word, ...] = ()
    description: str = ""
    watching: Count | None = None
    made_for_kids: bool = False

    @model_validator(mode="after")
    def _length(self) -> ExtraVideo:
        if (self.seconds is None) != (self.kind in {"live", "upcoming"}):
            raise ValueError("ordinary videos and shorts need seconds, live and upcoming have none")
        if self.published is not None and self.published.tzinfo is None:
            raise ValueError("published needs a time zone, e.g. 2024-03-01T12:00:00Z")
        return self


class WorldFile(_Strict):
    """The document as written."""

    based_on: Literal["small", "medium"] = "small"
    era: EraName | None = None
    sizes: Sizes = Sizes()
    topics: Annotated[dict[Label, Weight], Field(min_length=1)] | None = None
    words: dict[Label, dict[str, TenWords]] = Field(default_factory=dict)
    neighbours: tuple[tuple[Label, Label, Share], ...] | None = None
    languages: Annotated[dict[str, Weight], Field(min_length=1)] | None = None
    shares: Shares = Shares()
    recommender: dict[str, float] = Field(default_factory=dict)
    faults: dict[str, Share] = Field(default_factory=dict)
    channels: tuple[ExtraChannel, ...] = ()
    videos: tuple[ExtraVideo, ...] = ()


def load_recipe(path: Path) -> Recipe:
    """The recipe that a world file describes.

    :raises UserError: no such file, not YAML, an unknown key, a bad value, a contradiction
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            "cannot be read as a world file" if path.exists() else "no such world",
            place=str(path),
            fix=f"use {', '.join(SIZES)}, or the path of a YAML or JSON file",
        ) from error
    try:
        data: Any = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        where = getattr(error, "problem_mark", None)
        line = f" line {where.line + 1}" if where is not None else ""
        raise UserError(
            f"not valid {'JSON' if path.suffix == '.json' else 'YAML'}{line}",
            place=str(path),
            fix="compare with docs/world.example.yaml",
        ) from error
    return recipe_of({} if data is None else data, path)


def recipe_of(data: Any, path: Path) -> Recipe:
    """The recipe of what a world file says. The order of its keys means nothing: a plan, which
    holds the file with its keys sorted, has the same world.

    :param path: names it in errors; the world has the name of its stem.
    :raises UserError: an unknown key, a bad value, a contradiction
    """
    if not isinstance(data, dict):
        raise UserError("a world file is a mapping", place=str(path), fix="write key: value lines")
    try:
        document = WorldFile.model_validate(_sorted(data))
    except ValidationError as error:
        raise _first_error(path, error) from error
    return _recipe(document, path)


def _sorted(data: Any) -> Any:
    """The same with the keys of every mapping in order."""
    if isinstance(data, dict):
        return {key: _sorted(data[key]) for key in sorted(data, key=str)}
    return [_sorted(each) for each in data] if isinstance(data, list) else data


def _first_error(path: Path, error: ValidationError) -> UserError:
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return UserError(
            "unknown key",
            place=f"{path}: {place}",
            fix="remove it, or compare with docs/world.example.yaml",
        )
    return UserError(
        f"{first['msg']} (got {str(first.get('input'))[:60]!r})",
        place=f"{path}: {place}" if place else str(path),
        fix="compare with docs/world.example.yaml",
    )


def _recipe(document: WorldFile, path: Path) -> Recipe:
    base = SIZES[document.based_on]
    topics = dict(document.topics or TOPIC_SHARES)
    _check(document, topics, path)
    pairs = base.neighbours
    if document.neighbours is not None:
        pairs = {(one, other): alike for one, other, alike in document.neighbours}
    sizes = {name: value for name, value in document.sizes if value is not None}
    shares = {
        name if name == "strays" else f"{name}_share": value
        for name, value in document.shares
        if value is not None
    }
    channels = {channel.id: _channel(channel) for channel in document.channels}
    return replace(
        base,
        name=path.stem,
        topics=topics,
        languages=dict(document.languages or base.languages),
        neighbours={pair: alike for pair, alike in pairs.items() if {*pair} <= topics.keys()},
        words={topic: dict(by_lang) for topic, by_lang in document.words.items()},
        recommender=document.recommender,
        faults=document.faults,
        era=document.era,
        extra_channels=tuple(channels.values()),
        extra_videos=tuple(_video(video, channels[video.channel]) for video in document.videos),
        **sizes,
        **shares,
    )


def _check(document: WorldFile, topics: dict[str, float], path: Path) -> None:
    """What no single field can know."""
    ids = [channel.id for channel in document.channels]
    problems = [
        (f"neighbours.{i}", f"{name!r} is not in topics")
        for i, (one, other, _) in enumerate(document.neighbours or ())
        for name in (one, other)
        if name not in topics
    ]
    problems += [
        (f"topics.{topic}", "a topic of your own needs ten English words under words")
        for topic in topics
        if topic not in TOPIC_SHARES and "en" not in document.words.get(topic, {})
    ]
    problems += [
        (f"languages.{lang}", f"unknown language; there are {', '.join(LANGUAGES)}")
        for lang in document.languages or ()
        if lang not in LANGUAGES
    ]
    problems += [
        (f"channels.{i}.topic", f"{channel.topic!r} is not in topics")
        for i, channel in enumerate(document.channels)
        if channel.topic not in topics
    ]
    problems += [
        (f"videos.{i}.channel", "is not one of this file's channels")
        for i, video in enumerate(document.videos)
        if video.channel not in ids
    ]
    problems += [
        (f"videos.{i}.topic", f"{video.topic!r} is not in topics")
        for i, video in enumerate(document.videos)
        if video.topic is not None and video.topic not in topics
    ]
    if problems:
        place, problem = problems[0]
        raise UserError(
            problem, place=f"{path}: {place}", fix="compare with docs/world.example.yaml"
        )


def _channel(given: ExtraChannel) -> Channel:
    return Channel(
        id=given.id,
        handle=given.handle,
        legacy_path=given.legacy_path,
        name=given.name,
        topic=given.topic,
        lang=given.lang,
        country=given.country,
        verified=given.verified,
        subscribers=given.subscribers,
        description=given.description or f"{given.name}.",
        created=EPOCH - timedelta(days=5000),
    )


def _video(given: ExtraVideo, channel: Channel) -> Video:
    topic = given.topic or channel.topic
    return Video(
        id=given.id,
        channel_id=channel.id,
        title=given.title,
        description=given.description or given.title,
        topic=topic,
        lang=given.lang or channel.lang,
        kind=ItemKind(given.kind),
        published=given.published or EPOCH - timedelta(days=given.age_days),
        seconds=given.seconds,
        views=given.views,
        likes=given.likes,
        dislikes=given.dislikes,
        comment_count=0,
        tags=given.tags,
        category=CATEGORIES.get(topic, "Entertainment"),
        watching=given.watching,
        made_for_kids=given.made_for_kids,
        pinned=given.published is not None,
    )
