"""The pictures beside a sheet: small, drawn anew, one file an item.

Protects the coder's machine. A captured picture is a stranger's file; it is decoded here, within
limits, and what lies beside the sheet are our own bytes: a JPEG of its pixels. Nothing is fetched.
"""

from __future__ import annotations

import hashlib
import io
import re
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from collector.coding.pictures import Picture
from collector.files import shared_dir, shared_file

FOLDER = "pictures"
#: Largest width and height of a picture beside a sheet, px.
SIZE = (320, 320)
#: A picture of more pixels is not decoded.
MOST_PIXELS = 16_000_000
_READ = ("PNG", "JPEG", "WEBP", "GIF")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,99}")


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A JPEG of ours, with its width and height in px."""

    data: bytes
    width: int
    height: int


def drawn_anew(picture: Picture) -> Thumbnail | None:
    """A JPEG of a picture, at most :data:`SIZE`; ``None``: it is none that is read here (SVG, a
    damaged or a huge one).

    >>> drawn_anew(Picture("image/png", b"no picture")) is None
    True
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of sizes: they are looked at below
            with Image.open(io.BytesIO(picture.data), formats=_READ) as found:
                if found.width * found.height > MOST_PIXELS:
                    return None
                found.draft("RGB", SIZE)
                image = found.convert("RGBA")
        image.thumbnail(SIZE)
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image.getchannel("A"))
        out = io.BytesIO()
        paper.save(out, "JPEG", quality=80)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return Thumbnail(out.getvalue(), *paper.size)


def file_of(item_id: str) -> str:
    """The name of an item's picture; ids that are no name of a file get one made of their hash.

    >>> file_of("dQw4w9WgXcQ")
    'pictures/dQw4w9WgXcQ.jpg'
    """
    plain = _NAME.fullmatch(item_id)
    name = item_id if plain else "x-" + hashlib.sha256(item_id.encode()).hexdigest()[:16]
    return f"{FOLDER}/{name}.jpg"


def write_picture(out: Path, item_id: str, data: bytes) -> str:
    """Write an item's picture below ``out``; answers its path from there, as a sheet says it."""
    target = out / file_of(item_id)
    shared_dir(target.parent)
    shared_file(target, data)
    return file_of(item_id)
