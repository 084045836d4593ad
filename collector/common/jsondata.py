"""Tables that are data, kept as JSON beside the module that reads them.

Words of a site, documented examples and vocabularies are edited by people who need not know
Python; a module names its file and says what is in it.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any


def load(package: str, name: str) -> Any:
    """What the JSON file ``name`` beside the modules of ``package`` holds; lists become tuples.

    The order of keys is the file's. Raises ``FileNotFoundError`` when an installation lacks the
    file, ``ValueError`` when it is not JSON.

    >>> sorted(load("mockserver.world", "vocabulary.json"))
    ['patterns', 'words']
    """
    return _frozen(json.loads(files(package).joinpath(name).read_text(encoding="utf-8")))


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _frozen(each) for key, each in value.items()}
    if isinstance(value, list):
        return tuple(_frozen(each) for each in value)
    return value
