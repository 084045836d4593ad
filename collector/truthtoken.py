"""The truth token of a mock in a file for its owner alone: written by the mock, read by a run."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from collector.common.errors import UserError
from collector.common.typed import typed
from collector.files import create_private

OPTION = "--truth-token-file"


def read_token(path: Path) -> str:
    """The token in ``path``. Raises UserError: a file that is missing, empty, or open to others."""
    place = f"{OPTION} {path}"
    try:
        with path.open(encoding="ascii") as file:
            mode = os.fstat(file.fileno()).st_mode
            token = file.read(1000).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"cannot be read: {getattr(error, 'strerror', None) or 'it is not a token'}",
            place=place,
            fix="name the file that mockserver serve --truth-token-file wrote",
        ) from error
    if not stat.S_ISREG(mode) or mode & 0o077:
        mend = f"chmod 600 {typed(path)}"
        raise UserError(
            "the truth token must be readable by its owner alone", place=place, fix=mend
        )
    if not token or any(letter.isspace() for letter in token):
        raise UserError(
            "holds no token", place=place, fix="write the token that mockserver serve printed"
        )
    return token


def write_token(path: Path, token: str) -> bool:
    """Keep ``token`` in a new file; False: there is one already. Raises UserError."""
    try:
        with open(create_private(path), "w") as file:
            file.write(f"{token}\n")
    except FileExistsError:
        return False
    except OSError as error:
        raise UserError(
            f"cannot be written: {error.strerror}",
            place=f"{OPTION} {path}",
            fix="name another file",
        ) from error
    return True
