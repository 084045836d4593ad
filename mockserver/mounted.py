"""The faces of this mock, in the order in which they are mounted, shown and described.

A new site or API is a package in ``mockserver/platforms`` or ``mockserver/api`` that has a
``face.py`` with its ``FACE``: it is found by its being there.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec

from mockserver import api, platforms, truth_face
from mockserver.faces import Face


def _found() -> Iterator[Face]:
    for room in (platforms, api):
        for package in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
            if package.ispkg and find_spec(f"{package.name}.face") is not None:
                yield import_module(f"{package.name}.face").FACE
    yield truth_face.FACE


FACES: tuple[Face, ...] = tuple(sorted(_found(), key=lambda face: (face.order, face.key)))
