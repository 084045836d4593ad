"""What a puppet's browser received, kept step by step, and given to it again without a network.

A recording is private: mode 0600, in nobody's export. What identifies the viewer is taken out of it
before it is written, as far as it is known; pictures and traces can still show what was on the
screen.
"""

from __future__ import annotations

from collector.recording.errors import RecordingRefused
from collector.recording.options import LIMIT_BYTES, Record, bytes_of

__all__ = ["LIMIT_BYTES", "Record", "RecordingRefused", "bytes_of"]
