"""Where videos were recorded: one in six says so, near the middle of its channel's country.

A function of the video and its channel alone, so every answer and every run agrees.
"""

from __future__ import annotations

import hashlib

import numpy as np

from mockserver.world import Channel, Video

#: Degrees north and east of the middle of countries.
MIDDLE: dict[str, tuple[float, float]] = {
    "AR": (-34.6, -64.0), "AT": (47.6, 14.1), "AU": (-25.7, 134.5), "BR": (-10.8, -53.1),
    "CA": (56.1, -106.3), "CH": (46.8, 8.2), "CL": (-35.7, -71.5), "CN": (35.9, 104.2),
    "CO": (4.6, -74.1), "DE": (51.1, 10.4), "DZ": (28.0, 2.6), "EG": (26.8, 30.8),
    "ES": (40.3, -3.7), "FR": (46.6, 2.5), "GB": (54.0, -2.5), "HK": (22.4, 114.1),
    "IE": (53.2, -8.2), "IN": (22.9, 79.6), "IT": (42.8, 12.5), "JP": (36.5, 138.3),
    "MA": (31.9, -6.3), "MX": (23.9, -102.5), "NZ": (-41.8, 172.6), "PE": (-9.2, -75.0),
    "PT": (39.6, -8.5), "SA": (24.0, 45.0), "TR": (39.1, 35.2), "TW": (23.8, 121.0),
    "US": (39.8, -98.6), "VE": (7.1, -66.2), "BE": (50.6, 4.7), "AE": (23.9, 54.3),
}  # fmt: skip

_EARTH_M = 6_371_000.0


def place(video: Video, channel: Channel) -> tuple[float, float] | None:
    """Degrees north and east, or ``None`` where nothing is said."""
    middle = MIDDLE.get(channel.country)
    if video.pinned or middle is None:
        return None
    drawn = hashlib.sha256(f"place {video.id}".encode()).digest()
    if drawn[0] % 6:
        return None
    return (
        round(middle[0] + (int.from_bytes(drawn[1:3], "big") / 65535 - 0.5) * 3, 5),
        round(middle[1] + (int.from_bytes(drawn[3:5], "big") / 65535 - 0.5) * 3, 5),
    )


def metres(north: np.ndarray, east: np.ndarray, from_north: float, from_east: float) -> np.ndarray:
    """How far places (degrees) are from one."""
    lat, lon = np.radians(north), np.radians(east)
    lat0, lon0 = np.radians(from_north), np.radians(from_east)
    half = np.sin((lat - lat0) / 2) ** 2
    half += np.cos(lat) * np.cos(lat0) * np.sin((lon - lon0) / 2) ** 2
    return 2 * _EARTH_M * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
