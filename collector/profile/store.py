"""Profiles on disk: one directory a puppet, nobody else may read it.

``ROOT/NAME/profile.json`` is who it is, ``key.json`` what it signs with, ``state/`` the browser's
own directory. Protects two rules: keys and state are 0600/0700 from the start, and a puppet that is
reset is a new visitor to the site (its visitor id changes), while its key and persona stay.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from collector.common.errors import UserError
from collector.common.identity import BadKey, KeyPair, pseudonym
from collector.common.typed import typed
from collector.problems import BadFile, Problem, did_you_mean, problems_of
from collector.profile.files import private_dir, private_file, unused
from collector.profile.generate import generate_persona
from collector.profile.origin import NAME as ORIGIN
from collector.profile.persona import Persona, PersonaFile

FORMAT = "twinwatch-profile/1"
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?", re.ASCII)
_VISITOR = re.compile(r"[A-Za-z0-9_-]{11}", re.ASCII)

#: Files of a browser that is running; never copied.
TRANSIENT = frozenset(
    {"SingletonLock", "SingletonCookie", "SingletonSocket", "lockfile", "DevToolsActivePort"}
)


def visitor_id_of(seed: int, life: int = 0) -> str:
    """The 11-character visitor token of a seed; each ``life`` (reset) has its own."""
    digest = hashlib.sha256(f"visitor {seed} {life}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii")[:11]


def check_name(name: str) -> str:
    """A profile's name, if it can be one. Raises UserError."""
    if _NAME.fullmatch(name):
        return name
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:64].strip("-")
    raise UserError(
        f"{name!r} cannot be a profile's name",
        place="name",
        fix=f"use a-z, 0-9, - and _, at most 64: {slug or 'anna'}",
    )


@dataclass(frozen=True, slots=True)
class Profile:
    """One puppet on disk. ``path`` is its directory; ``life`` counts its resets."""

    name: str
    persona: Persona
    seed: int
    path: Path
    visitor_id: str
    public_key: str
    life: int = 0

    @property
    def keys(self) -> KeyPair:
        """The key pair, from disk. Raises UserError when it is missing or others can read it."""
        path = self.path / "key.json"
        place = str(path)
        try:
            mode = path.stat().st_mode & 0o777
            if mode & 0o077:
                raise UserError(
                    f"the secret key must be readable by its owner alone (mode {mode:04o})",
                    place=place,
                    fix=f"chmod 600 {typed(path)}",
                )
            secret = json.loads(path.read_bytes())["secret_key"]
        except FileNotFoundError:
            raise UserError(
                f"profile {self.name!r} has no key",
                place=place,
                fix="import an export made with its key, or make a new profile",
            ) from None
        except (ValueError, KeyError, TypeError) as error:
            raise UserError(
                "not a key file", place=place, fix="import the profile again"
            ) from error
        try:
            pair = KeyPair.from_secret(secret)
        except BadKey as error:
            raise UserError(error.problem, place=place, fix=error.fix) from error
        if pair.public_key != self.public_key:
            raise UserError(
                "the secret key does not belong to the profile's public key",
                place=place,
                fix="import the profile again",
            )
        return pair

    @property
    def has_key(self) -> bool:
        """Return whether the profile has a file with its key pair."""
        return (self.path / "key.json").is_file()

    @property
    def state_dir(self) -> Path:
        """The browser's directory (0700)."""
        return private_dir(self.path / "state")

    @property
    def pseudonym(self) -> str:
        """Return the puppet's public name: three food words that follow from its public key."""
        return pseudonym(self.public_key)

    def to_dict(self) -> dict[str, Any]:
        """What ``profile.json`` holds: nothing secret."""
        return {
            "format": FORMAT,
            "name": self.name,
            "seed": self.seed,
            "life": self.life,
            "visitor_id": self.visitor_id,
            "public_key": self.public_key,
            "persona": self.persona.to_dict(),
        }


def read_profile(path: Path) -> Profile:
    """The profile in directory ``path``. Raises UserError."""
    file = path / "profile.json"
    try:
        data = json.loads(file.read_bytes())
    except FileNotFoundError:
        raise UserError("holds no profile.json", place=str(path), fix="name a profile") from None
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(
            f"not a profile: {error}", place=str(file), fix="import the profile again"
        ) from error
    return profile_from(data, path, place=str(file))


def profile_from(data: Any, path: Path, *, place: str) -> Profile:
    """A profile from the content of ``profile.json``. Raises UserError."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise UserError(
            f"not a {FORMAT} file", place=place, fix="export it again with this version"
        )
    checks = {
        "name": lambda v: isinstance(v, str) and _NAME.fullmatch(v),
        "seed": lambda v: isinstance(v, int) and not isinstance(v, bool),
        "life": lambda v: isinstance(v, int) and not isinstance(v, bool) and v >= 0,
        "visitor_id": lambda v: isinstance(v, str) and _VISITOR.fullmatch(v),
        "public_key": lambda v: isinstance(v, str) and re.fullmatch(r"[1-9A-Za-z]{40,45}", v),
        "persona": lambda v: isinstance(v, dict),
    }
    unknown = sorted(set(data) - set(checks) - {"format"})
    bad = [key for key, good in checks.items() if not good(data.get(key))]
    if bad or unknown:
        problems = [Problem("is missing or malformed", key) for key in bad]
        problems += [Problem("unknown key", key, fix=did_you_mean(key, checks)) for key in unknown]
        raise BadFile(place, problems)
    try:
        persona = PersonaFile.model_validate(data["persona"]).persona()
    except ValidationError as error:
        raise BadFile(place, problems_of(error, model=PersonaFile)) from error
    return Profile(
        name=data["name"],
        persona=persona,
        seed=data["seed"],
        path=path,
        visitor_id=data["visitor_id"],
        public_key=data["public_key"],
        life=data["life"],
    )


class ProfileStore:
    """The profiles below ``root``; by default that of :func:`default_root`."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or default_root()

    def new(
        self,
        name: str,
        persona: Persona | None = None,
        *,
        seed: int | None = None,
        keys: KeyPair | None = None,
        visitor_id: str | None = None,
    ) -> Profile:
        """Make a profile. Without ``persona`` one is generated from the seed; keys are random.

        Raises UserError when the name is taken or cannot be one.
        """
        check_name(name)
        number = secrets.randbits(48) if seed is None else seed
        pair = keys or KeyPair.generate()
        profile = Profile(
            name=name,
            persona=persona or generate_persona(number),
            seed=number,
            path=self.root / name,
            visitor_id=visitor_id or visitor_id_of(number),
            public_key=pair.public_key,
        )
        self.claim(name)
        try:
            self._write(profile)
            private_file(profile.path / "key.json", _json({"secret_key": pair.secret_key}))
            private_dir(profile.path / "state")
        except BaseException:
            shutil.rmtree(profile.path, ignore_errors=True)
            raise
        return profile

    def claim(self, name: str) -> Path:
        """Make the directory of a new profile. Raises UserError when there is one."""
        private_dir(self.root)
        path = self.root / name
        try:
            path.mkdir(mode=0o700)
        except FileExistsError:
            raise UserError(
                f"there is already a profile {name!r}",
                place=str(path),
                fix=f"choose another name, or remove {path}",
            ) from None
        path.chmod(0o700)
        return path

    def names(self) -> list[str]:
        """Return the names of all profiles, sorted; none where the folder is not there."""
        if not self.root.is_dir():
            return []
        return sorted(at.parent.name for at in self.root.glob("*/profile.json"))

    def list(self) -> Iterator[Profile]:
        """Every profile, by name. Raises UserError at the first that cannot be read."""
        for name in self.names():
            yield read_profile(self.root / name)

    def get(self, name: str) -> Profile:
        """The profile called ``name``. Raises UserError."""
        check_name(name)
        if name not in (names := self.names()):
            hint = did_you_mean(name, names) if names else f"make it: collector profiles new {name}"
            raise UserError(f"no profile {name!r}", place=str(self.root), fix=hint)
        return read_profile(self.root / name)

    def clone(self, name: str, new_name: str, *, state: bool = True) -> Profile:
        """A copy under a new key. With ``state`` it is the same visitor to the site, history and
        all; without, the same persona as a new visitor.
        """
        source = self.get(name)
        check_name(new_name)
        seed = secrets.randbits(48)
        pair = KeyPair.generate()
        path = self.claim(new_name)
        try:
            copy = replace(
                source,
                name=new_name,
                path=path,
                seed=seed,
                life=0,
                visitor_id=source.visitor_id if state else visitor_id_of(seed),
                public_key=pair.public_key,
            )
            private_file(path / "key.json", _json({"secret_key": pair.secret_key}))
            private_dir(path / "state")
            if state:
                _copy_past(source, path)
            self._write(copy)
        except BaseException:
            shutil.rmtree(path, ignore_errors=True)
            raise
        return copy

    def adopt(self, source: Profile) -> Profile:
        """The very same profile, key and past included, taken over from another store."""
        source.keys  # noqa: B018  raises with the reason when the key is missing or open to others
        path = self.claim(source.name)
        try:
            private_file(path / "key.json", (source.path / "key.json").read_bytes())
            private_dir(path / "state")
            _copy_past(source, path)
            self._write(source, path)
        except BaseException:
            shutil.rmtree(path, ignore_errors=True)
            raise
        return replace(source, path=path)

    def reset(self, name: str) -> Profile:
        """Forget the browser's state: a new visitor with the same persona and key."""
        profile = self.get(name)
        life = profile.life + 1
        fresh = replace(profile, life=life, visitor_id=visitor_id_of(profile.seed, life))
        with unused(profile.state_dir):
            shutil.rmtree(profile.state_dir)
            private_dir(profile.path / "state")
            (profile.path / ORIGIN).unlink(missing_ok=True)
            self._write(fresh)
        return fresh

    def _write(self, profile: Profile, path: Path | None = None) -> None:
        private_file((path or profile.path) / "profile.json", _json(profile.to_dict()))


def default_root() -> Path:
    """``$TWINWATCH_PROFILES``, or ``twinwatch/profiles`` in the XDG data directory."""
    if named := os.environ.get("TWINWATCH_PROFILES"):
        return Path(named).expanduser()
    data = os.environ.get("XDG_DATA_HOME", "")
    base = Path(data) if data.startswith("/") else Path.home() / ".local" / "share"
    return base / "twinwatch" / "profiles"


def state_files(state: Path) -> Iterator[Path]:
    """Regular files of a browser's directory, in a fixed order; no locks, links, sockets."""
    for folder, dirs, files in os.walk(state):
        dirs.sort()
        for file in sorted(files):
            path = Path(folder) / file
            if file not in TRANSIENT and path.is_file() and not path.is_symlink():
                yield path


def _copy_past(source: Profile, to: Path) -> None:
    """The browser's state, and what it descends from."""
    with unused(source.state_dir):
        copy_state(source.state_dir, to / "state")
    if (origin := source.path / ORIGIN).is_file():
        private_file(to / ORIGIN, origin.read_bytes())


def copy_state(source: Path, target: Path) -> None:
    """Copy a browser's directory; everything in the copy is private."""
    for path in state_files(source):
        to = target / path.relative_to(source)
        private_dir(to.parent)
        private_file(to, path.read_bytes())


def _json(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
