"""The pytest plugin: a mock platform, puppets and whole experiments as fixtures."""

from __future__ import annotations
