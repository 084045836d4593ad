"""Profiles on disk: private from the start, reset into a new visitor, cloned under a new key."""

from __future__ import annotations

import fcntl
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.browser.lock import lock_path as browser_lock_path
from collector.common.errors import UserError
from collector.common.identity import KeyPair, verify
from collector.profile import Persona, ProfileStore, generate_persona, visitor_id_of
from collector.profile.files import lock_path
from collector.profile.store import default_root


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def store(tmp_path: Path) -> ProfileStore:
    return ProfileStore(tmp_path / "profiles")


def modes(root: Path) -> dict[str, int]:
    found = {str(at.relative_to(root)): at for at in root.rglob("*")}
    return {name: stat.S_IMODE(at.stat().st_mode) for name, at in found.items()}


@pytest.mark.usefixtures("open_umask")
def test_everything_is_private_under_any_umask(store: ProfileStore, tmp_path: Path) -> None:
    anna = store.new("anna", seed=1)
    (anna.state_dir / "Default").mkdir()
    (anna.state_dir / "Default" / "Cookies").write_text("c")
    (anna.state_dir / "Default" / "Cookies").chmod(0o666)
    store.clone("anna", "bea")
    store.reset("bea")
    store.clone("anna", "carl")
    assert stat.S_IMODE(store.root.stat().st_mode) == 0o700
    for name, mode in modes(store.root).items():
        if not name.startswith("anna/state/"):
            path = store.root / name
            assert mode == (0o700 if path.is_dir() else 0o600), name


def test_files_are_never_wider_even_for_a_moment(
    store: ProfileStore, monkeypatch: pytest.MonkeyPatch, open_umask: None
) -> None:
    """Whatever creates a file asks for 0600 at once, rather than tightening it afterwards."""
    asked: list[tuple[str, int]] = []
    real = os.open

    def watched(path: str | Path, flags: int, mode: int = 0o777, **rest: int) -> int:
        if flags & os.O_CREAT:
            asked.append((str(path), mode))
        return real(path, flags, mode, **rest)

    monkeypatch.setattr(os, "open", watched)
    store.new("anna", seed=1)
    store.clone("anna", "bea")
    assert len(asked) >= 4
    assert {mode for _, mode in asked} == {0o600}


def test_a_profile_reads_back(store: ProfileStore) -> None:
    made = store.new("anna", generate_persona(4, "fr-FR"), seed=4)
    found = store.get("anna")
    assert found == made
    assert [each.name for each in store.list()] == ["anna"]
    message = b"watched"
    assert verify(found.public_key, found.keys.sign(message), message)


def test_keys_are_random_and_the_visitor_follows_from_the_seed(store: ProfileStore) -> None:
    one, two = store.new("one", seed=9), store.new("two", seed=9)
    assert one.public_key != two.public_key
    assert one.visitor_id == two.visitor_id == visitor_id_of(9)
    assert len(one.visitor_id) == 11


def test_the_secret_key_is_nowhere_but_in_its_file(store: ProfileStore) -> None:
    anna = store.new("anna", seed=1)
    secret = anna.keys.secret_key
    holding = [at for at in anna.path.rglob("*") if at.is_file() and secret in at.read_text()]
    assert [at.name for at in holding] == ["key.json"]
    assert secret not in repr(anna) + repr(anna.keys) + json.dumps(anna.to_dict())


def test_a_given_key_and_visitor_are_kept(store: ProfileStore) -> None:
    keys = KeyPair.generate(b"x")
    made = store.new("anna", Persona(), seed=1, keys=keys, visitor_id="abcdefghijk")
    assert made.keys == keys
    assert made.visitor_id == "abcdefghijk"


def test_reset_makes_a_new_visitor_with_the_same_key(store: ProfileStore) -> None:
    anna = store.new("anna", seed=1)
    (anna.state_dir / "Cookies").write_text("history")
    fresh = store.reset("anna")
    assert list(fresh.state_dir.iterdir()) == []
    assert fresh.visitor_id != anna.visitor_id
    assert fresh.public_key == anna.public_key
    assert fresh.persona == anna.persona
    assert store.reset("anna").visitor_id not in (anna.visitor_id, fresh.visitor_id)


def test_a_clone_is_the_same_visitor_under_a_new_key(store: ProfileStore) -> None:
    anna = store.new("anna", seed=1)
    (anna.state_dir / "Default").mkdir()
    (anna.state_dir / "Default" / "History").write_bytes(b"\0trained")
    (anna.state_dir / "SingletonLock").symlink_to("host-1234")
    bea = store.clone("anna", "bea")
    assert (bea.state_dir / "Default" / "History").read_bytes() == b"\0trained"
    assert not (bea.state_dir / "SingletonLock").is_symlink()
    assert bea.visitor_id == anna.visitor_id
    assert bea.public_key != anna.public_key
    assert bea.persona == anna.persona


def test_a_clone_without_state_is_a_stranger(store: ProfileStore) -> None:
    anna = store.new("anna", seed=1)
    (anna.state_dir / "Cookies").write_text("history")
    carl = store.clone("anna", "carl", state=False)
    assert list(carl.state_dir.iterdir()) == []
    assert carl.visitor_id != anna.visitor_id
    assert carl.persona == anna.persona


def test_nothing_is_overwritten(store: ProfileStore) -> None:
    anna = store.new("anna", seed=1)
    with pytest.raises(UserError, match="already a profile 'anna'"):
        store.new("anna", seed=2)
    with pytest.raises(UserError, match="already a profile 'anna'"):
        store.clone("anna", "anna")
    assert store.get("anna") == anna


@pytest.mark.parametrize(
    "name", ["", "../up", "a/b", "Anna", "a b", ".hidden", "-x", "x" * 65, "é"]
)
def test_a_name_that_is_no_name_is_refused(store: ProfileStore, name: str) -> None:
    with pytest.raises(UserError, match="cannot be a profile's name"):
        store.new(name)
    with pytest.raises(UserError, match="cannot be a profile's name"):
        store.get(name)


def test_a_misspelt_name_is_answered_with_a_near_one(store: ProfileStore) -> None:
    store.new("anna", seed=1)
    with pytest.raises(UserError, match="did you mean 'anna'"):
        store.get("ana")


def test_a_key_that_others_can_read_is_refused(store: ProfileStore) -> None:
    anna = store.new("anna", seed=1)
    (anna.path / "key.json").chmod(0o644)
    with pytest.raises(UserError, match="chmod 600"):
        _ = anna.keys


def test_a_key_of_somebody_else_is_refused(store: ProfileStore) -> None:
    anna, bea = store.new("anna", seed=1), store.new("bea", seed=1)
    (anna.path / "key.json").write_bytes((bea.path / "key.json").read_bytes())
    with pytest.raises(UserError, match="does not belong"):
        _ = anna.keys


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ({"format": "other/1"}, "not a twinwatch-profile/1 file"),
        ({"seed": "7"}, "seed: is missing or malformed"),
        ({"visitor_id": "../../x"}, "visitor_id: is missing or malformed"),
        ({"persona": {"locale": "fr-"}}, "locale: 'fr-' is not a locale"),
        ({"extra": 1}, "extra: unknown key"),
    ],
)
def test_a_damaged_profile_says_what_is_wrong(
    store: ProfileStore, damage: dict[str, object], words: str
) -> None:
    anna = store.new("anna", seed=1)
    file = anna.path / "profile.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | damage))
    with pytest.raises(UserError) as caught:
        store.get("anna")
    assert words in str(caught.value)


def test_a_profile_in_use_is_left_alone(store: ProfileStore) -> None:
    anna = store.new("anna", seed=1)
    assert lock_path(anna.state_dir) == browser_lock_path(anna.state_dir)
    with lock_path(anna.state_dir).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        for act in (lambda: store.reset("anna"), lambda: store.clone("anna", "bea")):
            with pytest.raises(UserError, match="a browser is open"):
                act()
    assert store.names() == ["anna"]
    store.reset("anna")


def test_where_profiles_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TWINWATCH_PROFILES", str(tmp_path / "own"))
    assert default_root() == tmp_path / "own"
    monkeypatch.delenv("TWINWATCH_PROFILES")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert default_root() == tmp_path / "data" / "twinwatch" / "profiles"
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_root() == tmp_path / ".local" / "share" / "twinwatch" / "profiles"
