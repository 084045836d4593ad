"""Errors a user can cause and a user can mend.

Every bad input ends in exactly one of these: the message names the place (file, line or key), says
what is wrong and how to fix it. The command line prints it without a traceback and exits with 2.
"""

from __future__ import annotations


class UserError(Exception):
    """Bad input: a file, an option, an environment. ``place: problem. Fix: what to do.``"""

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
