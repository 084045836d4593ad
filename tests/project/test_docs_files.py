"""Files that pages show, and that are no scenarios, are read by what reads a user's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docs_tools import DOCS, blocks

from collector.calibration.truths import truth_of
from collector.coding.codebook import read_codebook
from collector.common.errors import UserError
from collector.labelfile import read_labels

#: Page → how its blocks begin, the file's name, and what reads it.
READERS: dict[str, tuple[str, str, Callable[[Path], Any]]] = {
    "coding.md": (r"labels:", "codebook.yaml", read_codebook),
    "calibration.md": (r"name: ", "truth.yaml", lambda path: truth_of(str(path))),
    "howto/own-labels.md": (r"video_id,", "labels.csv", read_labels),
}


def shown(page: str) -> list[str]:
    """The blocks of a page that are such files."""
    begins = READERS[page][0]
    return [block.text for block in blocks(DOCS / page) if re.match(begins, block.text)]


@pytest.mark.parametrize("page", READERS)
def test_what_a_page_shows_is_read(page: str, tmp_path: Path) -> None:
    """And a misspelt key or column is refused."""
    _, name, read = READERS[page]
    files = shown(page)
    assert files
    for block in files:
        path = tmp_path / name
        path.write_text(block, "utf-8")
        assert read(path)
        head, _, rest = block.partition("\n")
        path.write_text(re.sub(r"^(\w+)", r"\1x", head) + f"\n{rest}", "utf-8")
        with pytest.raises(UserError):
            read(path)
