"""A file of documents as stored, in place of the world's catalogue.

Protects the rule that what was loaded can be shown: keys that are looked into have their type, keys
that a file leaves out have a default, and keys that nobody knows pass through unchanged.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from collector.common.errors import UserError
from mockserver.api.tubearchivist.tables import Document

_OPTION = "--load-tubearchivist"
_ID = re.compile(r"[-a-zA-Z0-9_]{1,64}\Z", re.ASCII)
Number = int | float


class _Stored(BaseModel):
    """What is looked into; a default of ``None`` means that the key may be missing."""

    model_config = ConfigDict(extra="allow", strict=True)


class _Player(_Stored):
    duration: Number = 0
    watched: bool = False
    duration_str: str | None = None


class _Subtitle(_Stored):
    media_url: str | None = None


class _Stream(_Stored):
    width: Number | None = None
    height: Number | None = None


class _Channel(_Stored):
    channel_active: bool = True
    channel_description: str | bool = False
    channel_last_refresh: Number | str | None = None
    channel_name: str = ""
    channel_subs: int = 0
    channel_subscribed: bool = False


class _OwnChannel(_Stored):
    channel_id: str = ""
    channel_name: str = ""


class _Video(_Stored):
    active: bool = True
    category: list[Any] = []
    channel: _OwnChannel = _OwnChannel()
    date_downloaded: Number = 0
    description: str = ""
    media_url: str | None = None
    player: _Player = _Player()
    playlist: list[str] | None = None
    published: Number | str = ""
    sponsorblock: dict[str, Any] | None = None
    stats: dict[str, Any] = {}
    streams: list[_Stream] | None = None
    subtitles: list[_Subtitle] | None = None
    tags: list[str] = []
    title: str = ""
    vid_last_refresh: Number | str = ""
    vid_type: str | None = None


class _Entry(_Stored):
    youtube_id: str = ""
    downloaded: bool = False
    idx: int | None = None


class _Playlist(_Stored):
    playlist_active: bool = True
    playlist_channel: str | None = None
    playlist_channel_id: str | None = None
    playlist_description: str | bool = False
    playlist_entries: list[_Entry] = []
    playlist_last_refresh: Number | str | None = None
    playlist_name: str = ""
    playlist_subscribed: bool = False
    playlist_type: str | None = None


class _Download(_Stored):
    channel_id: str | None = None
    channel_name: str | None = None
    duration: str | None = None
    duration_s: int | None = None
    published: Number | str | None = None
    status: str = "pending"
    timestamp: Number = 0
    title: str = ""


class _Comment(_Stored):
    comment_id: str
    comment_parent: str = "root"


class _Comments(_Stored):
    comment_comments: list[_Comment]


class _Line(_Stored):
    youtube_id: str
    subtitle_line: str
    subtitle_index: int = 0


#: The parts of a file: the key of a document's own id, and what it is.
_PARTS: dict[str, tuple[str, type[_Stored]]] = {
    "ta_video": ("youtube_id", _Video),
    "ta_channel": ("channel_id", _Channel),
    "ta_playlist": ("playlist_id", _Playlist),
    "ta_download": ("youtube_id", _Download),
    "ta_comment": ("youtube_id", _Comments),
    "ta_subtitle": ("subtitle_fragment_id", _Line),
}
_FIX = f"a JSON object of {', '.join(_PARTS)}, each an object of documents by their id"


class _Twice(Exception):
    """A key that is there twice; the message names it."""


def load(path: Path) -> dict[str, dict[str, Document]]:
    """The parts of the file by name; parts that the file lacks are empty.

    :raises UserError: no such file, not JSON, or a document that cannot be shown
    """
    try:
        found: Any = json.loads(
            path.read_text("utf-8"),
            object_pairs_hook=_once,
            parse_float=_finite,
            parse_constant=_finite,
        )
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}", place=_OPTION, fix="name a file") from error
    except _Twice as error:
        raise _wrong(path, str(error), "is there twice") from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is not JSON ({error})", place=_OPTION, fix=_FIX) from error
    if not isinstance(found, dict) or not found.keys() & _PARTS.keys():
        raise UserError(f"{path} has none of {', '.join(_PARTS)}", place=_OPTION, fix=_FIX)
    return {name: _part(path, name, found.get(name, {})) for name in _PARTS}


def _wrong(path: Path, key: str, problem: str) -> UserError:
    return UserError(f"{path}: {key} {problem}", place=_OPTION, fix=_FIX)


def _finite(text: str) -> float:
    """A number that JSON can say again. Raises ValueError."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:20]} is not a finite number")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, in which no key may be there twice."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Twice(repr(key[:100]))
        found[key] = value
    return found


def _part(path: Path, name: str, given: Any) -> dict[str, Document]:
    """The documents of one part by their id, with what they left out."""
    own, model = _PARTS[name]
    if not isinstance(given, dict):
        raise _wrong(path, name, "is not an object of documents by their id")
    found: dict[str, Document] = {}
    for key, document in given.items():
        where = f"{name}.{key[:100]}"
        if not isinstance(document, dict):
            raise _wrong(path, where, "is not an object")
        if not _ID.match(key):
            raise _wrong(path, where, "is not an id (letters, digits, - and _)")
        if document.get(own, key) != key:
            raise _wrong(path, f"{where}.{own}", "is another id")
        try:
            found[key] = {**_filled(model, document), own: key}
            model.model_validate(found[key])
        except ValidationError as error:
            first = error.errors()[0]
            # Types among which one may choose are no keys.
            parts = [str(part) for part in first["loc"] if part not in _KINDS]
            problem = f"cannot be read ({first['msg']})"
            raise _wrong(path, ".".join([where, *parts]), problem) from error
    return found


_KINDS = frozenset({"int", "float", "str", "bool"})


def _filled(model: type[_Stored], document: Document) -> Document:
    """The document with defaults for what is missing or null."""
    defaults = {
        name: field.default
        for name, field in model.model_fields.items()
        if field.default is not None and not field.is_required()
    }
    given = {
        name: value for name, value in document.items() if value is not None or name not in defaults
    }
    for name, default in defaults.items():
        if isinstance(default, _Stored) and isinstance(given.get(name, {}), dict):
            given[name] = _filled(type(default), given.get(name, {}))
    return {**defaults, **given}
