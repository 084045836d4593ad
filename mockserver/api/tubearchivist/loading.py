"""A file of documents as stored, in place of the world's catalogue."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from collector.errors import UserError
from mockserver.api.tubearchivist.tables import Document

#: Key of the document's own id, by the name of its part of the file.
IDS = {
    "ta_video": "youtube_id",
    "ta_channel": "channel_id",
    "ta_playlist": "playlist_id",
    "ta_download": "youtube_id",
    "ta_comment": "youtube_id",
    "ta_subtitle": "subtitle_fragment_id",
}
#: What a document must have for it to be shown: a key and its type.
_NEEDED: dict[str, tuple[tuple[str, type], ...]] = {
    "ta_video": (("title", str), ("channel", dict), ("player", dict)),
    "ta_channel": (("channel_name", str),),
    "ta_playlist": (("playlist_name", str), ("playlist_entries", list)),
    "ta_download": (("status", str),),
    "ta_comment": (("comment_comments", list),),
    "ta_subtitle": (("youtube_id", str), ("subtitle_line", str)),
}
_OPTION = "--load-tubearchivist"
_FIX = f"a JSON object of {', '.join(IDS)}, each an object of documents by their id"


def load(path: Path) -> dict[str, dict[str, Document]]:
    """The parts of the file by name; parts that the file lacks are empty.

    :raises UserError: no such file, not JSON, or a document that cannot be shown
    """
    try:
        found: Any = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}", place=_OPTION, fix="name a file") from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is not JSON ({error})", place=_OPTION, fix=_FIX) from error
    if not isinstance(found, dict):
        raise UserError(f"{path} is not an object", place=_OPTION, fix=_FIX)
    parts: dict[str, dict[str, Document]] = {}
    for name, own in IDS.items():
        part = found.get(name, {})
        if not isinstance(part, dict):
            raise UserError(f"{path}: {name} is not an object", place=_OPTION, fix=_FIX)
        for key, document in part.items():
            if not isinstance(document, dict) or document.get(own) != key:
                raise UserError(f"{path}: {name}.{key} lacks {own}", place=_OPTION, fix=_FIX)
            for needed, kind in _NEEDED[name]:
                if not isinstance(document.get(needed), kind):
                    raise UserError(
                        f"{path}: {name}.{key}.{needed} is not a {kind.__name__}",
                        place=_OPTION,
                        fix=_FIX,
                    )
        parts[name] = part
    return parts
