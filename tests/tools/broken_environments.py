"""Machines that are broken in one way each, and commands carried out on them.

``python broken_environments.py`` imports everything once and then reads cells from standard input,
a JSON object a line; each is carried out in a process forked for it, which may break itself and its
view of the file system for good. One JSON object a line answers: exit code, what was printed, what
of the files that were there was changed.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import gc
import hashlib
import json
import os
import pwd
import select
import shutil
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import httpx
from click.testing import CliRunner

_NEW_NAMESPACE, _NEW_USER = 0x00020000, 0x10000000
_PRIVATE, _BIND, _REMOUNT, _READ_ONLY = 1 << 18 | 1 << 14, 1 << 12, 1 << 5, 1
_DROP, _OVERRIDE, _SEARCH = 24, 1, 2  # PR_CAPBSET_DROP; what lets root read and write everything
_HANG_S = 300


class NotHere(Exception):
    """This machine cannot be broken in that way."""


@dataclass(frozen=True)
class Environment:
    """One way in which a machine is broken."""

    breaks: frozenset[str]
    """What does not work: ``out`` (the place to write to), ``run-files`` and ``home-files``
    (writing to the run and to the home), ``home``, ``bare-home`` (reading what nobody wrote there),
    ``evidence``, ``run`` (reading them), ``room`` for more than a few files, ``locks``, ``net``."""
    make: Callable[[Path], Any]
    """A context manager over the stage; yields the place to write to."""


def _libc(name: str, *arguments: Any) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) != 0:
        raise NotHere(f"{name}: {os.strerror(ctypes.get_errno())}")


def _mount(what: str, where: Path | str, kind: str, flags: int, options: str = "") -> None:
    _libc("mount", what.encode(), os.fsencode(where), kind.encode(), ctypes.c_ulong(flags),
          options.encode())  # fmt: skip


def _own_mounts() -> None:
    """What this process mounts is seen by itself and its children alone, and goes with them."""
    user, group = os.geteuid(), os.getegid()
    _libc("unshare", _NEW_NAMESPACE | (_NEW_USER if user else 0))
    if user:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    _mount("none", "/", "", _PRIVATE)


def _no_more_than_owner() -> None:
    """From here on permissions count for root, too, and for whatever it starts."""
    if os.geteuid() != 0:
        return
    _libc("prctl", _DROP, _OVERRIDE, 0, 0, 0)
    _libc("prctl", _DROP, _SEARCH, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    sets = (ctypes.c_uint32 * 6)()
    _libc("capget", header, sets)
    for at in (0, 1, 2):
        sets[at] &= ~(1 << _OVERRIDE | 1 << _SEARCH)
    _libc("capset", header, sets)


@contextmanager
def _modes(folder: Path, drop: int, *, deep: bool = True) -> Iterator[None]:
    """``folder``, and with ``deep`` all below it, lose these bits of their modes."""
    _no_more_than_owner()
    kept = {each: each.stat().st_mode for each in [folder, *(folder.rglob("*") if deep else ())]}
    for each, mode in reversed(kept.items()):
        each.chmod(mode & ~drop)
    try:
        yield
    finally:
        for each, mode in kept.items():
            each.chmod(mode)


@contextmanager
def sound(stage: Path) -> Iterator[Path]:
    yield stage / "out" / "result"


@contextmanager
def no_home(stage: Path) -> Iterator[Path]:
    def nobody(uid: int) -> pwd.struct_passwd:
        raise KeyError(uid)

    pwd.getpwuid = nobody  # type: ignore[assignment]
    del os.environ["HOME"]
    yield stage / "out" / "result"


@contextmanager
def home_not_writable(stage: Path) -> Iterator[Path]:
    """As in a container whose HOME is ``/``."""
    os.environ["HOME"] = str(stage / "bare")
    (stage / "bare").mkdir()
    with _modes(stage / "bare", 0o222):
        yield stage / "out" / "result"


@contextmanager
def not_allowed(stage: Path) -> Iterator[Path]:
    with ExitStack() as stack:
        for each in stage.iterdir():
            if each.name != "home":
                stack.enter_context(_modes(each, 0o222))
        stack.enter_context(_modes(stage, 0o222, deep=False))
        yield stage / "out" / "result"


@contextmanager
def read_only(stage: Path) -> Iterator[Path]:
    _own_mounts()
    _mount(str(stage), stage, "", _BIND)
    _mount(str(stage), stage, "", _BIND | _REMOUNT | _READ_ONLY)
    os.chdir(stage)
    yield stage / "out" / "result"


@contextmanager
def full_disk(stage: Path, left: int = 0) -> Iterator[Path]:
    """A file system of its own, full but for ``left`` bytes."""
    _own_mounts()
    copy = Path(tempfile.mkdtemp()) / "stage"
    shutil.copytree(stage, copy)
    _mount("none", stage, "tmpfs", 0, "size=24m")
    shutil.copytree(copy, stage, dirs_exist_ok=True)
    shutil.rmtree(copy.parent)
    os.chdir(stage)
    with (stage / "filler").open("wb", buffering=0) as file:
        with suppress(OSError):  # until it is full
            while True:
                file.write(bytes(4096))
        file.truncate(file.tell() - left)
    yield stage / "out" / "result"


def nearly_full_disk(stage: Path) -> Any:
    return full_disk(stage, 16 << 10)


@contextmanager
def dangling_link(stage: Path) -> Iterator[Path]:
    from every_command import SUFFIXES

    for suffix in SUFFIXES:
        (stage / "out" / f"result{suffix}").symlink_to(stage / "nowhere" / "at" / "all")
    yield stage / "out" / "result"


@contextmanager
def file_for_folder(stage: Path) -> Iterator[Path]:
    (stage / "out" / "file").write_text("in the way")
    yield stage / "out" / "file" / "below"


@contextmanager
def unreadable_evidence(stage: Path) -> Iterator[Path]:
    with _modes(stage / "run" / "evidence", 0o777):
        yield stage / "out" / "result"


@contextmanager
def unreadable_run(stage: Path) -> Iterator[Path]:
    with _modes(stage / "run", 0o777):
        yield stage / "out" / "result"


@contextmanager
def no_locks(stage: Path) -> Iterator[Path]:
    def none(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    fcntl.flock = none  # type: ignore[assignment]
    yield stage / "out" / "result"


ENVIRONMENTS = {
    made.__name__: Environment(frozenset(breaks.split()), made)
    for made, breaks in (
        (sound, ""),
        (no_home, "home"),
        (home_not_writable, "home-files bare-home"),
        (not_allowed, "out run-files"),
        (read_only, "out run-files home-files"),
        (full_disk, "out run-files home-files"),
        (nearly_full_disk, "room"),
        (dangling_link, "out"),
        (file_for_folder, "out"),
        (unreadable_evidence, "evidence"),
        (unreadable_run, "run"),
        (no_locks, "locks"),
    )
}
ENVIRONMENTS["nothing_listens"] = Environment(frozenset({"net"}), sound)


def seen(stage: Path) -> dict[str, str]:
    """Every file of the stage with a digest of its bytes."""
    return {
        str(path.relative_to(stage)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(stage.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def end_when_ready(names: tuple[str, ...], put: Callable[[Any, str, Any], None] = setattr) -> None:
    """What serves until it is told to end is told so when it has printed its address; what waits
    for a person has one who goes there and closes it at once.

    :param put: how the function that prints is replaced.
    """
    from every_command import BY_HAND, SERVES

    echo = click.echo

    def echoing(message: Any = None, *arguments: Any, **options: Any) -> None:
        echo(message, *arguments, **options)
        base, _, token = str(message).rpartition(" ")[2].partition("/?token=")
        if names in BY_HAND and token:
            bearer = {"Authorization": f"Bearer {token}"}
            done = httpx.post(f"{base}/input", json={"do": "close"}, headers=bearer, timeout=120)
            assert done.status_code == httpx.codes.NO_CONTENT
        elif names in SERVES and str(message).startswith("http://"):
            signal.raise_signal(signal.SIGTERM)

    if names in SERVES | BY_HAND:
        put(click, "echo", echoing)


def _net(listens: bool, words: str, stack: ExitStack) -> dict[str, str]:
    """Addresses of a site and of an API, at which somebody listens or not."""
    if listens and words in ("submit", "profiles-open"):
        from mockserver.context import MockConfig
        from mockserver.serve import serving

        server = stack.enter_context(serving(MockConfig(seed=7), "127.0.0.1", 0))
        return {"api": server.url, "site": server.site("youtube")}
    taken = stack.enter_context(socket.socket())
    taken.bind(("127.0.0.1", 0))  # and nobody listens
    port = taken.getsockname()[1]
    return {"api": f"http://127.0.0.1:{port}", "site": f"http://youtube.localhost:{port}"}


def carry_out(cell: dict[str, Any]) -> dict[str, Any]:
    """The command of a cell in its environment."""
    from every_command import every

    (called,) = (each for each in every() if str(each) == cell["command"])
    stage = Path(cell["stage"])
    environment = ENVIRONMENTS[cell["environment"]]
    os.chdir(stage)
    for name in [each for each in os.environ if each.startswith(("XDG_", "TWINWATCH_"))]:
        del os.environ[name]
    os.environ["HOME"] = str(stage / "home")
    before = seen(stage)
    with ExitStack() as stack:
        told = _net("net" not in environment.breaks, str(called), stack)
        end_when_ready(called.names)
        with environment.make(stage) as out:
            words = called.words(stage, out, **told)
            if "net" in environment.breaks and called.names in (("run",), ("doctor",)):
                words += ["--site", told["site"]]
            done = CliRunner().invoke(called.group, words)
        after = seen(stage)
    ended = done.exception is None or isinstance(done.exception, SystemExit)
    return {
        "words": words,
        "code": done.exit_code,
        "stdout": done.stdout,
        "stderr": done.stderr,
        "traceback": "" if ended else "".join(traceback.format_exception(done.exception)),
        "changed": sorted(each for each in before if after.get(each) != before[each]
                          and not each.endswith(("-wal", "-shm"))),
        "left": sorted(each for each in after if each not in before),
    }  # fmt: skip


def _forked(cell: dict[str, Any]) -> dict[str, Any]:
    """A cell in a process of its own; one that hangs is ended, and says where it hung."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            os.setsid()
            os.close(ours)
            try:
                found = carry_out(cell)
            except NotHere as reason:
                found = {"not_here": str(reason)}
            except BaseException:
                found = {"broken": traceback.format_exc()}
            with os.fdopen(theirs, "w") as file:
                json.dump(found, file)
        finally:
            os._exit(0)
    os.close(theirs)
    text = b""
    with os.fdopen(ours, "rb", buffering=0) as file:
        while True:
            if not select.select([file], [], [], _HANG_S)[0]:
                os.killpg(pid, signal.SIGKILL)
                text = json.dumps({"broken": "it hangs"}).encode()
                break
            piece = file.read(1 << 16)
            if not piece:
                break
            text += piece
    os.waitpid(pid, 0)
    return json.loads(text or b'{"broken": "it ended without a word"}')


def main() -> None:
    from every_command import every

    every()  # which loads all commands
    import mockserver.serve  # noqa: F401
    from mockserver.mounted import FACES
    from mockserver.world import World

    for face in FACES:
        if face.ready is not None:
            face.ready()
    World.build(seed=7)  # of the stage's scenario, once for all cells
    gc.freeze()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(_forked(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
