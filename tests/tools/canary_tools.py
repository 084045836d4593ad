"""A viewer who can be told anywhere, in all spellings of a page; and a search that undoes them all.

Nothing else in the mock's world is called so: whatever of it is found was the viewer's.
"""

from __future__ import annotations

import base64
import functools
import gzip
import hashlib
import html
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from string import ascii_letters, digits
from urllib.parse import unquote

import pyarrow.parquet
import zstandard

NAME = "Zdenka Quillfeather"
MAIL = "zdenka.q@example.org"
HANDLE = "@zdenka-quill77"
CHANNEL = "UCz1B2c3D4e5F6g7H8i9J0kL"
IMAGE = "AKedOLQzebra0123456789"
TOKEN = "QUFFzebra-Token_31"
VISITOR = "CgtzebraV1s1tor"
VALUES = {
    "name": NAME,
    "mail": MAIL,
    "handle": HANDLE,
    "channel": CHANNEL,
    "image": IMAGE,
    "token": TOKEN,
    "visitor": VISITOR,
}
VIEWER = f"""
<script>ytcfg.set({json.dumps({"XSRF_TOKEN": TOKEN, "VISITOR_DATA": VISITOR})});</script>
<button id="avatar-btn"><img src="https://yt3.ggpht.com/ytc/{IMAGE}=s88-c-k"></button>
<ytd-active-account-header-renderer><b id="account-name">{NAME}</b><b id="email">{MAIL}</b>
<b id="channel-handle">{HANDLE}</b><a href="/channel/{CHANNEL}">x</a>
</ytd-active-account-header-renderer>
"""
#: The same on the other site.
PROFILE = f"""
<script>require("x").handle([["CurrentUserInitialData",[],{
    json.dumps({"NAME": NAME, "USER_ID": VISITOR, "SHORT_NAME": NAME.split()[0]})
},270],["DTSGInitialData",[],
{json.dumps({"token": TOKEN})},258],["X",[],{json.dumps({"accountEmail": MAIL})}]]);</script>
<a data-testid="blue_bar_profile_link" href="/{HANDLE[1:]}" title="{NAME}">
<img src="https://scontent.example/v/t1.0-1/p50x50/{IMAGE}.jpg?x"></a>
"""
#: Letters, digits and what is in addresses, in full width.
_WIDE = {code: code + 0xFEE0 for code in map(ord, f"{ascii_letters}{digits}@.-_")}
_NARROW = {chr(wide): chr(narrow) for narrow, wide in _WIDE.items()}
_A_WIDE = re.compile(f"[{''.join(_NARROW)}]")
#: Of each text that was looked at what it tells, by its digest.
_FOUND: dict[bytes, frozenset[str]] = {}
#: Every letter and digit escaped, and mixtures of that.
SPELLINGS: dict[str, Callable[[str], str]] = {
    "\\u": lambda v: "".join(f"\\u{ord(c):04x}" for c in v),
    "\\U": lambda v: "".join(f"\\u{ord(c):04X}" for c in v),
    "\\\\u": lambda v: "".join(f"\\\\u{ord(c):04x}" for c in v),
    "\\u{}": lambda v: "".join(f"\\u{{{ord(c):x}}}" for c in v),
    "\\x": lambda v: "".join(f"\\x{ord(c):02x}" for c in v),
    "\\X": lambda v: "".join(f"\\x{ord(c):02X}" for c in v),
    "\\u{0}": lambda v: v[:2] + "".join(f"\\u{{{ord(c):08x}}}" for c in v[2:]),
    "octal": lambda v: "".join(f"\\{ord(c):03o}" for c in v),
    "octal, short": lambda v: "".join(f"\\{ord(c):o}" for c in v),
    "octal, in JSON": lambda v: "".join(f"\\\\{ord(c):03o}" for c in v),
    "style": lambda v: "".join(f"\\{ord(c):x} " for c in v),
    "style, whole": lambda v: "".join(f"\\{ord(c):06X}" for c in v) + " ",
    "style, close": lambda v: "".join(f"\\{ord(c):x}" for c in v) + " ",
    "style, in JSON": lambda v: "".join(f"\\\\{ord(c):x} " for c in v),
    "style, signs": lambda v: re.sub(r"[^\w\s]", r"\\\g<0>", v),
    "style, first": lambda v: f"\\{ord(v[0]):06x}{v[1:]}",
    "&#": lambda v: "".join(f"&#{ord(c)};" for c in v),
    "&#0": lambda v: "".join(f"&#{ord(c):05d};" for c in v),
    "&#x": lambda v: "".join(f"&#x{ord(c):x};" for c in v),
    "&#X": lambda v: "".join(f"&#X{ord(c):X};" for c in v),
    "&amp;#": lambda v: "".join(f"&amp;#{ord(c)};" for c in v),
    "%": lambda v: "".join(f"%{byte:02X}" for byte in v.encode()),
    "%lower": lambda v: "".join(f"%{byte:02x}" for byte in v.encode()),
    "%25": lambda v: "".join(f"%25{byte:02X}" for byte in v.encode()),
    "%5Cu": lambda v: "".join(f"%5Cu{ord(c):04x}" for c in v),
    "%255Cu": lambda v: "".join(f"%255Cu{ord(c):04x}" for c in v),
    "%5C, style": lambda v: "".join(f"%5C{ord(c):x} " for c in v),
    "%5C, octal": lambda v: "".join(f"%5c{ord(c):03o}" for c in v),
    "%26%23": lambda v: "".join(f"%26%23{ord(c)};" for c in v),
    "%26%23, whole": lambda v: "".join(f"%26%23x{ord(c):x}%3B" for c in v),
    "% of \\u": lambda v: "".join(f"%{byte:02X}" for c in v for byte in b"\\u%04x" % ord(c)),
    "&#92;u": lambda v: "".join(f"&#92;u{ord(c):04x}" for c in v),
    "\\u0026#": lambda v: "".join(f"\\u0026#{ord(c)};" for c in v),
    "every other": lambda v: "".join(f"&#{ord(c)};" if i % 2 else c for i, c in enumerate(v)),
    "all in turn": lambda v: "".join(
        (f"\\u{ord(c):04x}", f"&#x{ord(c):x};", f"%{ord(c):02X}", c)[i % 4] for i, c in enumerate(v)
    ),
    "&shy;": lambda v: v[:3] + "&shy;" + v[3:],
    "soft hyphen": lambda v: v[:3] + "\u00ad" + v[3:],
    "zero width": lambda v: "\u200b".join(v),
    "zero width, escaped": lambda v: v[:3] + "\\u200b" + v[3:5] + "%E2%80%8B" + v[5:],
    "full width": lambda v: v.translate(_WIDE),
    "full width, escaped": lambda v: "".join(f"\\u{ord(c):04x}" for c in v.translate(_WIDE)),
    "%u": lambda v: "".join(f"%u{ord(c):04x}" for c in v),
    "&#00000000": lambda v: v[:2] + "".join(f"&#{ord(c):012d};" for c in v[2:]),
    "direction": lambda v: f"{v[:4]}\u2069\u202a{v[4:]}",
    "variant": lambda v: v[:4] + "\ufe0f&#x34f;" + v[4:],
    "<wbr>": lambda v: f"{v[:3]}<wbr>{v[3:6]}<wbr/>{v[6:]}",
    "<!-- -->": lambda v: f"{v[:3]}<!-- -->{v[3:]}",
    "word joiner": lambda v: v[:4] + "&#8288;" + v[4:],
}

#: Pieces of the viewer that tell it by themselves, in lower case; of the name each word.
TELLING = tuple(
    piece.lower()
    for piece in (*NAME.split(), MAIL.split("@")[0], HANDLE[1:], CHANNEL[2:], IMAGE, TOKEN, VISITOR)
)


#: How pictures and films begin: what they show is not text.
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"\x1aE\xdf\xa3")


def spelled(*, channel: bool = True) -> str:
    """A fragment that tells the viewer in every spelling, and in no place where that is learned."""
    values = [value for value in VALUES.values() if channel or value != CHANNEL]
    lines = []
    for spell in SPELLINGS.values():
        lines += [f"<p>{spell(value)} | </p>" for value in values]
    first, last = NAME.split()
    lines += [
        f"<p>{NAME.upper()}</p><p><b>{first}</b> <i>{last}</i></p>",
        f"<h2>Welcome back, {first}!</h2><h2>Hola <b>{first.upper()}</b></h2>",
        f'<a aria-label="{NAME}（{MAIL}）" href="#">x</a>',
        f"<script>var who = {json.dumps(json.dumps({'name': NAME, 'mail': MAIL}))};</script>",
    ]
    return '<div class="viewer">' + "\n".join(lines) + "</div>"


def on_videos() -> str:
    """What a page of videos tells of its viewer."""
    labels = (f"Google アカウント：{NAME}（{MAIL}）", f"Google 帳戶：{NAME} ({MAIL})")
    told = "".join(f'<a aria-label="{label}" href="#">x</a>' for label in labels)
    return VIEWER + told + spelled()


def on_posts() -> str:
    """What a page of posts tells of its viewer; what only videos have is left out."""
    return PROFILE + spelled(channel=False)


def told(data: bytes) -> set[str]:
    """The pieces of the viewer that are in some bytes, however they are packed or spelled.

    Archives, compressed files, databases and tables are opened; what is in base64 is decoded.
    """
    return set().union(*(_pieces(content) for content in _unpacked(data, 0)))


def _pieces(content: bytes) -> frozenset[str]:
    """Those in one text; the same page is in a run's evidence, recordings and pack."""
    digest = hashlib.sha256(content).digest()
    if digest not in _FOUND:
        found = {piece for text in _texts(content) for piece in TELLING if piece in text}
        _FOUND[digest] = frozenset(found)
    return _FOUND[digest]


def leaks(folder: Path, *, without: tuple[str, ...] = ()) -> dict[str, set[str]]:
    """Of every file below a folder what it tells of the viewer, and of its name."""
    return {
        str(path.relative_to(folder)): found
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] not in without
        if (found := told(_content(path)) | told(path.name.encode()))
    }


def _content(path: Path) -> bytes:
    """What a file holds; of a database every row, deleted ones and its log too."""
    data = path.read_bytes()
    if data[:6] == b"SQLite":
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            data += "\n".join(database.iterdump()).encode("utf-8", "surrogatepass")
    if data[:4] == b"PAR1":
        return str(pyarrow.parquet.read_table(path).to_pylist()).encode()
    return data


def _texts(content: bytes) -> Iterator[str]:
    text = content.decode("utf-8", "replace")
    for read in _readings(text):
        undone = _undone(read)
        yield undone.lower()
        # what stands between two elements belongs together where the elements are left out
        yield _undone(re.sub(r"<[^<>]*>", "", undone)).lower()
    for packed in set(re.findall(r"[A-Za-z0-9+/_-]{16,}", text)):
        yield from _decoded(packed)


@functools.cache
def _decoded(packed: str) -> tuple[str, ...]:
    """What is packed in some base64, wherever that begins, and tells of the viewer.

    The same addresses are in a run's evidence, recordings and pack.
    """
    standard = packed.translate(str.maketrans("-_", "+/"))
    raw = (base64.b64decode(standard[at : at + (len(packed) - at) // 4 * 4]) for at in range(4))
    texts = (each.decode("latin-1").lower() for each in raw)
    return tuple(text for text in texts if any(piece in text for piece in TELLING))


def _unpacked(data: bytes, depth: int) -> Iterator[bytes]:
    if depth > 4 or data.startswith(_PICTURES):
        return
    inner: list[bytes] = []
    if data[:2] == b"\x1f\x8b":
        inner = [gzip.decompress(data)]
    elif data[:4] == b"\x28\xb5\x2f\xfd":
        inner = [zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data)).read()]
    elif data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inner = [archive.read(name) for name in archive.namelist()]
    for each in inner:
        yield from _unpacked(each, depth + 1)
    if not inner:
        yield data


def _readings(text: str) -> Iterator[str]:
    """A text as it is, as a script reads its octal numbers, and as a style its hexadecimal ones;
    of an address within it, too."""
    yield text
    within = re.sub(r"%(?:25)*5[Cc]", lambda _: "\\", text)
    for each in dict.fromkeys((text, within)) if "\\" in within else ():
        yield re.sub(r"\\+([0-3]?[0-7]{1,2})", lambda m: chr(int(m[1], 8)), each)
        signs = re.sub(r"\\+([^\w\s\\])", r"\1", each)
        yield re.sub(r"\\+([0-9A-Fa-f]{1,6})\s?", lambda m: _character(m[1]), signs)


def _undone(text: str) -> str:
    """All escapes undone, as often as they were made."""
    for _ in range(4):
        before = text
        text = re.sub(r"\\u\{0*([0-9A-Fa-f]{1,6})\}", lambda m: _character(m[1]), text)
        text = re.sub(r"\\+(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2}))",
                      lambda m: _character(m[1] or m[2]), text)  # fmt: skip
        text = html.unescape(unquote(text, errors="ignore"))
        text = re.sub(r"%u([0-9A-Fa-f]{4})", lambda m: _character(m[1]), text)
        text = re.sub("[\u00ad\u034f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0f\ufeff]", "", text)
        text = _A_WIDE.sub(lambda m: _NARROW[m[0]], text)
        if text == before:
            break
    return text


def _character(code: str) -> str:
    number = int(code, 16)
    return chr(number) if number < 0x110000 else ""
