"""Thumbnails, avatars and channel banners: small SVG pictures that are a function of their id."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from html import escape


def _draw(seed: str) -> list[int]:
    return list(hashlib.sha256(seed.encode()).digest())


def _shapes(dice: list[int], width: int, height: int) -> str:
    """Hills, a sun or blocks behind the words, so that a wall of pictures is not a wall of text."""
    hue = dice[0] * 360 // 256
    kind = dice[1] % 3
    made = []
    if kind == 0:
        x, y, r = (
            width * dice[2] // 256,
            height * dice[3] // 512,
            height * (20 + dice[4] % 25) // 100,
        )
        made.append(
            f'<circle cx="{x}" cy="{y}" r="{r}" fill="hsl({(hue + 40) % 360} 80% 70% / .8)"/>'
        )
        for i in range(3):
            top = height * (45 + 15 * i + dice[5 + i] % 12) // 100
            made.append(
                f'<path d="M0 {top} Q{width // 4} {top - dice[8 + i] % 40} {width // 2} {top} '
                f'T{width} {top} V{height} H0z" '
                f'fill="hsl({(hue + 15 * i) % 360} 45% {38 - 9 * i}%)"/>'
            )
    elif kind == 1:
        for i in range(9):
            x, tall = width * i // 9, height * (20 + dice[5 + i] % 70) // 100
            made.append(
                f'<rect x="{x}" y="{height - tall}" width="{width // 9 - 3}" height="{tall}" '
                f'fill="hsl({(hue + 12 * i) % 360} 55% {30 + dice[14 + i] % 30}% / .85)"/>'
            )
    else:
        for i in range(7):
            x, y = width * dice[5 + i] // 256, height * dice[12 + i] // 256
            made.append(
                f'<circle cx="{x}" cy="{y}" r="{14 + dice[19 + i] % 60}" '
                f'fill="hsl({(hue + 30 * i) % 360} 70% 60% / .45)"/>'
            )
    return "".join(made)


def _width(text: str) -> int:
    """Columns of ``text``; wide characters count double."""
    return sum(2 if ord(char) > 0x2E80 else 1 for char in text)


def _wrap(text: str, most: int, lines: int) -> list[str]:
    """``text`` in up to ``lines`` lines of at most ``most`` columns; long words are cut."""
    made = [""]
    for word in text.split():
        if made[-1] and _width(made[-1]) + 1 + _width(word) <= most:
            made[-1] += " " + word
            continue
        if made[-1]:
            made.append("")
        for char in word:
            if _width(made[-1] + char) > most:
                made.append("")
            made[-1] += char
    return [line for line in made if line][:lines]


@lru_cache(maxsize=4096)
def thumbnail(video_id: str, title: str, *, tall: bool = False) -> str:
    """A 480 × 270 picture (270 × 480 if ``tall``) with the title's first words."""
    dice = _draw(video_id)
    hue = dice[0] * 360 // 256
    width, height = (270, 480) if tall else (480, 270)
    size, most, lines, top = (30, 13, 4, 52) if tall else (36, 21, 3, 46)
    words = "".join(
        f'<text x="20" y="{top + (size + 8) * i}">{escape(line)}</text>'
        for i, line in enumerate(_wrap(title, most, lines))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><defs><linearGradient id="g" x1="0" y1="0" '
        f'x2="{dice[2] % 2}" y2="1"><stop offset="0" stop-color="hsl({hue} 60% 52%)"/>'
        f'<stop offset="1" stop-color="hsl({(hue + 60) % 360} 55% 26%)"/></linearGradient></defs>'
        f'<rect width="{width}" height="{height}" fill="url(#g)"/>{_shapes(dice, width, height)}'
        f'<g font-family="Roboto, Arial, sans-serif" font-size="{size}" font-weight="700" '
        f'fill="#fff" stroke="#0008" stroke-width="5" paint-order="stroke">{words}</g></svg>'
    )


@lru_cache(maxsize=1024)
def avatar(identity: str, name: str) -> str:
    """A round-croppable picture with an initial."""
    dice = _draw("avatar " + identity)
    hue = dice[0] * 360 // 256
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="88" height="88" viewBox="0 0 88 88">'
        f'<rect width="88" height="88" fill="hsl({hue} 52% 40%)"/><text x="44" y="60" '
        'text-anchor="middle" font-family="Roboto, Arial, sans-serif" font-size="46" fill="#fff">'
        f"{escape((name.strip() or '?')[0].upper())}</text></svg>"
    )


@lru_cache(maxsize=256)
def banner(channel_id: str) -> str:
    """A channel's banner, 1060 × 175."""
    dice = _draw("banner " + channel_id)
    hue = dice[0] * 360 // 256
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="1060" height="175" viewBox="0 0 1060 175" '
        f'preserveAspectRatio="xMidYMid slice"><rect width="1060" height="175" '
        f'fill="hsl({hue} 50% 40%)"/>'
        f"{_shapes(dice, 1060, 175)}</svg>"
    )
