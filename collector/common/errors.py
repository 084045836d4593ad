"""Errors a user can cause and a user can mend.

Every bad input ends in exactly one of these: the message names the place (file, line or key), says
what is wrong and how to fix it. The command line prints it without a traceback and exits with 2.
"""

from __future__ import annotations


class UserError(Exception):
    """Bad input: a file, an option, an environment. Catch it to handle any of them.

    :param problem: what is wrong: a subject with *must* or *cannot*.
    :param place: the file, line, key or option; empty where there is none.
    :param fix: what to do, as an imperative.

    >>> print(UserError("workers must be at least 1", place="--workers", fix="give --workers 1"))
    --workers: workers must be at least 1
      fix: give --workers 1
    """

    exit_code = 2
    """Of the command that it ends; 1 where something was done before."""

    def __init__(self, problem: str, *, place: str = "", fix: str = "") -> None:
        self.problem = problem
        self.place = place
        self.fix = fix
        super().__init__(str(self))

    def __str__(self) -> str:
        head = f"{self.place}: {self.problem}" if self.place else self.problem
        return f"{head}\n  fix: {self.fix}" if self.fix else head
