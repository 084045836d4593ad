"""What only POSIX systems have is asked for in one file: another system is one file away."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from places import ROOT

from collector import posix
from collector.session import forked

#: Modules of the standard library that Windows does not have.
MODULES = {
    "crypt", "fcntl", "grp", "nis", "posix", "pty", "pwd", "resource", "spwd", "syslog", "termios",
    "tty",
}  # fmt: skip
#: What ``os``, ``signal`` and ``socket`` have on POSIX only (``pidfd_open`` and the affinity of a
#: process: on Linux only).
NAMES = {
    "os": {
        "O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "WNOHANG", "chown", "fchmod", "fchown", "fork",
        "forkpty", "getegid", "geteuid", "getgid", "getloadavg", "getpgid", "getpgrp", "getsid",
        "getuid", "killpg", "lchown", "mkfifo", "nice", "openpty", "pidfd_open", "posix_fallocate",
        "register_at_fork", "sched_getaffinity", "sched_setaffinity", "sendfile", "setpgid",
        "setsid", "statvfs", "sysconf", "uname", "wait3", "wait4", "waitid",
    },
    "signal": {
        "SIGALRM", "SIGCHLD", "SIGCONT", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGSTOP",
        "SIGUSR1", "SIGUSR2", "SIGWINCH", "alarm", "pause", "pthread_kill", "pthread_sigmask",
        "setitimer", "sigwait",
    },
    "socket": {"AF_UNIX", "recv_fds", "send_fds", "socketpair"},
}  # fmt: skip
#: The file that has them, and the one that is used only where ``posix.FORKS`` says so.
THERE = {"collector/posix.py", "collector/session/forkserver.py"}


def asked_for(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and name of what only POSIX has; what ``hasattr`` or ``getattr`` looks for first, in the
    same function, is no such thing."""
    named = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, a.name) for a in node.names if a.name in MODULES)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            if node.module in MODULES:
                yield node.lineno, node.module
            own = NAMES.get(node.module or "", set())
            yield from ((node.lineno, a.name) for a in node.names if a.name in own)
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.attr in NAMES.get(node.value.id, set())
        ):
            named.append((node.lineno, node.attr, node.value.id))
    guarded = looked_for_first(tree) if named else set()
    for line, name, module in named:
        if (line, name) not in guarded:
            yield line, f"{module}.{name}"


def looked_for_first(tree: ast.Module) -> set[tuple[int, str]]:
    """Line and name of each attribute whose function asks ``hasattr`` or ``getattr`` for it."""
    scopes = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {
        (name.lineno, name.attr)
        for scope in scopes
        for name in ast.walk(scope)
        if isinstance(name, ast.Attribute)
        if any(
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Name)
            and call.func.id in ("hasattr", "getattr")
            and isinstance(call.args[1], ast.Constant)
            and call.args[1].value == name.attr
            for call in ast.walk(scope)
        )
    }


def test_only_one_file_asks_for_what_only_posix_has() -> None:
    # Most files have none of the words, and their trees would cost seconds to walk.
    words = re.compile(rf"\b(?:{'|'.join(MODULES.union(*NAMES.values()))})\b")
    assert all(words.search((ROOT / name).read_text("utf-8")) for name in THERE)
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for top in ("collector", "mockserver")
        for path in sorted((ROOT / top).rglob("*.py"))
        if path.relative_to(ROOT).as_posix() not in THERE
        if words.search(source := path.read_text("utf-8"))
        for line, name in asked_for(ast.parse(source))
    ]
    assert wrong == []


def test_the_search_finds_them() -> None:
    """Or the test above would prove nothing."""
    for text, found in (
        ("import fcntl", ["fcntl"]),
        ("from pwd import getpwuid", ["pwd"]),
        ("from signal import SIGKILL, SIGTERM", ["SIGKILL"]),
        ("import os\nos.killpg(1, 9)", ["os.killpg"]),
        ("def f():\n if hasattr(os, 'fork'): os.fork()\n os.setsid()", ["os.setsid"]),
        ("from collector import posix\nposix.lock(1)", []),
    ):
        assert [name for _, name in asked_for(ast.parse(text))] == found
    for path in THERE:
        assert [*asked_for(ast.parse((ROOT / path).read_text("utf-8")))]


def test_where_nothing_can_be_forked_sessions_start_the_long_way(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """macOS forks, but has no file that is ready when a process has ended."""
    monkeypatch.setattr(posix, "FORKS", False)
    monkeypatch.setattr(forked, "COMMAND", (str(tmp_path / "is-not-asked-for"),))
    with forked.forking() as command:
        assert command is None
