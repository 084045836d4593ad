"""The smallest scenario there is: one puppet, one page of the bundled mock."""

from __future__ import annotations

SCENARIO = """
name: one
site: mock
seed: 7
persona: marie-us
before: [{visit: home}, {consent: reject}]
arms:
  a: {twins: 1, steps: [{visit: home}]}
"""
