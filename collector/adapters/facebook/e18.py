"""The Italian-election data of 2018: the ``reducer/1`` format, JSON or gzipped JSON.

One object with ``impressions`` (who saw which post when, at which place of which timeline),
``posts`` (their texts) and ``timewindow``. A profile becomes a puppet, its political alignment its
arm; what the file does not say stays empty.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from collector.common.model import FeedImpression, Post, Timeline, Visibility
from collector.common.typed import typed
from collector.drafts import drafting
from collector.imports.published import BadDataset, Imported, TargetExists
from collector.platforms.facebook.urls import SITE
from collector.store import Store
from collector.store.times import to_iso

FORMAT = "reducer/1"
#: Bytes of JSON that a file may unpack to.
MOST_BYTES = 1024 * 1024 * 1024
#: What the study says of its profiles; a profile of another study is an arm of its own.
ALIGNMENT: Mapping[str, str] = {
    "Andrea": "right",
    "Antonietta": "left",
    "Britta": "M5S",
    "Michele": "far-right",
    "Oliviero": "undecided",
    "Santiago": "centre-left",
}
_MEDIA = {"post": "posts", "video": "videos"}
_REACTIONS = ("like", "love", "wow", "haha", "sad", "angry", "thankful")


#: What a column of the store holds.
MOST_NUMBER = 2**63 - 1


def _count(value: Any) -> int | None:
    """A count as the file writes it (``"18"``); what is none (``""``, ``"n/a"``) is absent."""
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def _if_any(value: Any) -> Any:
    """A time, or nothing where the file says that there is none (``"Invalid date"``)."""
    return None if value in ("", "Invalid date") else value


_Count = Annotated[
    Annotated[int, Field(ge=-MOST_NUMBER, le=MOST_NUMBER)] | None, BeforeValidator(_count)
]


class _Impression(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=False, coerce_numbers_to_str=True)

    profile: str = Field(min_length=1, max_length=200)
    timeline_id: str = Field(alias="timelineId", min_length=1, max_length=200)
    order: int = Field(alias="impressionOrder", ge=0, le=MOST_NUMBER)
    seen: datetime = Field(alias="impressionTime")
    post_id: str = Field(alias="postId", min_length=1, max_length=200)
    published: Annotated[datetime | None, BeforeValidator(_if_any)] = Field(
        default=None, alias="publicationTime"
    )
    page: str | None = Field(default=None, alias="pageName")
    name: str | None = Field(default=None, alias="displayName")
    type: str | None = None
    permalink: str | None = Field(default=None, alias="permaLink")
    comments: _Count = None
    shares: _Count = None
    like: _Count = None
    love: _Count = None
    wow: _Count = None
    haha: _Count = None
    sad: _Count = None
    angry: _Count = None
    thankful: _Count = None


def import_e18(source: Path, out: Path) -> Imported:
    """Read ``source`` into the new store ``out/store.db``.

    :raises UserError: no such file, not the format (with the place in it), or ``out`` holds a run.
    """
    target = Path(out) / "store.db"
    if target.exists():
        raise TargetExists(
            "there is a store already", place=str(target), fix="name another folder with --out"
        )
    data, digest = _read(Path(source))
    seen = [_checked(Path(source), number, row) for number, row in enumerate(data["impressions"])]
    texts = _texts(data.get("posts"))
    window = data.get("timewindow") if isinstance(data.get("timewindow"), dict) else {}
    target.parent.mkdir(parents=True, exist_ok=True)
    # Only a whole import is a store.
    with drafting(target) as draft, Store(draft) as store, store.transaction():
        _fill(store, seen, texts, digest, Path(source).name, window or {})
    moments = [row.seen for row in seen]
    return Imported(
        impressions=len(seen),
        posts=len({row.post_id for row in seen}),
        timelines=len({(row.profile, row.timeline_id) for row in seen}),
        profiles=len({row.profile for row in seen}),
        start=min(moments, default=None),
        end=max(moments, default=None),
    )


def _read(path: Path) -> tuple[dict[str, Any], str]:
    fix = f"give the {FORMAT} file as published (.json or .json.gz)"
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadDataset(
            f"cannot be read ({error.strerror})", place=str(path), fix="check the path"
        ) from error
    digest = hashlib.sha256(raw).hexdigest()
    try:
        if raw[:2] == b"\x1f\x8b":
            raw = _unpacked(path)
    except (EOFError, OSError, zlib.error) as error:
        raise BadDataset(f"cannot be unpacked: {error}", place=str(path), fix=fix) from error
    try:
        data = orjson.loads(raw)
    except ValueError as error:
        raise BadDataset(f"is not JSON: {error}", place=str(path), fix=fix) from error
    if isinstance(data, list) and data:
        raise BadDataset("is a list, not an object with impressions", place=str(path), fix=fix)
    if not isinstance(data, dict) or not isinstance(data.get("impressions"), list):
        raise BadDataset("has no list of impressions", place=str(path), fix=fix)
    if not data["impressions"]:
        raise BadDataset("has no impression in it", place=str(path), fix=fix)
    return data, digest


def _unpacked(path: Path) -> bytes:
    with gzip.open(path) as stream:
        raw = stream.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise BadDataset(f"unpacks to more than {MOST_BYTES:,} bytes", place=str(path))
    return raw


def _checked(path: Path, number: int, row: Any) -> _Impression:
    try:
        found = _Impression.model_validate(row)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in ("impressions", number, *first["loc"]))
        raise BadDataset(
            f"{where}: {first['msg']}",
            place=str(path),
            fix=f"give the {FORMAT} file as published (.json or .json.gz)",
        ) from error
    for moment in (found.seen, found.published):
        try:
            if moment is not None and moment.tzinfo is not None:
                to_iso(moment)
        except ValueError as error:
            raise BadDataset(
                f"impressions.{number}: {error}",
                place=str(path),
                fix="correct the time, or leave the row out",
            ) from error
    if found.seen.tzinfo is None or (found.published and found.published.tzinfo is None):
        raise BadDataset(f"impressions.{number}: a time without a zone", place=str(path))
    return found


def _texts(posts: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for post in posts if isinstance(posts, list) else ():
        if isinstance(post, dict) and isinstance(post.get("text"), str):
            found[str(post.get("postId"))] = post["text"]
    return found


def _fill(
    store: Store,
    seen: list[_Impression],
    texts: Mapping[str, str],
    digest: str,
    name: str,
    window: Mapping[str, Any],
) -> None:
    run = f"published-{digest[:12]}"
    first = min(row.seen for row in seen)
    store.add_run(
        run,
        scenario="e18",
        seed=0,
        plan_hash=digest,
        platform="facebook",
        site="www.facebook.com",
        submit_to="none",
        command=f"collector import e18 {typed(name)}",
        scenario_json={"name": "e18", "format": FORMAT, "file": name, "timewindow": dict(window)},
        started=first,
    )
    timelines: dict[tuple[str, str], list[_Impression]] = defaultdict(list)
    for row in seen:
        timelines[row.profile, row.timeline_id].append(row)
    arms: dict[str, int] = defaultdict(int)
    for profile in sorted({row.profile for row in seen}):
        arm = ALIGNMENT.get(profile, profile)
        arms[arm] += 1
        store.add_puppet(profile, run=run, arm=arm, twin=arms[arm], block=arms[arm])
    known: set[str] = set()
    for (profile, timeline), rows in sorted(timelines.items()):
        rows.sort(key=lambda row: (row.order, row.seen))
        # Two profiles that bear the same timeline id are two timelines.
        own = timeline if timeline not in known else f"{timeline}/{profile}"
        known.add(own)
        store.add_timeline(
            Timeline(
                id=own,
                started=min(row.seen for row in rows),
                url=f"{SITE}/",
                impressions=tuple(_impression(row, texts) for row in rows),
            ),
            run=run,
            puppet=profile,
        )
    store.update_run(run, state="finished", finished=max(row.seen for row in seen))


def _impression(row: _Impression, texts: Mapping[str, str]) -> FeedImpression:
    text = texts.get(row.post_id)
    counts = {name.upper(): getattr(row, name) for name in _REACTIONS}
    return FeedImpression(
        order=row.order,
        visibility=Visibility.PUBLIC,
        time=row.seen,
        post=Post(
            visibility=Visibility.PUBLIC,
            post_id=row.post_id,
            permalink=row.permalink,
            link_type=_MEDIA.get(row.type or "", row.type),
            published=row.published,
            source=row.name or row.page,
            source_link=f"{SITE}/{row.page}/" if row.page else None,
            texts=(text,) if text else (),
            reactions={key: value for key, value in counts.items() if value is not None},
            comments=row.comments,
            shares=row.shares,
        ),
    )
