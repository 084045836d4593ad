"""Profiles as one file: whole when carried, private, and hostile archives leave nothing behind."""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest
import zstandard

import collector.profile.archive as archive_module
from collector.common.errors import UserError
from collector.profile import Profile, ProfileStore, export_profile, import_profile


@pytest.fixture
def store(tmp_path: Path) -> ProfileStore:
    return ProfileStore(tmp_path / "profiles")


@pytest.fixture
def anna(store: ProfileStore) -> Profile:
    made = store.new("anna", seed=1)
    (made.state_dir / "Default").mkdir()
    (made.state_dir / "Default" / "Cookies").write_bytes(bytes(range(256)) * 100)
    return made


def left_behind(store: ProfileStore) -> list[str]:
    return sorted(at.name for at in store.root.iterdir()) if store.root.exists() else []


@pytest.mark.parametrize("kind", ["tar.zst", "zip"])
def test_a_profile_survives_the_journey(anna: Profile, tmp_path: Path, kind: str) -> None:
    file = export_profile(anna, tmp_path / f"anna.{kind}")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    other = ProfileStore(tmp_path / "elsewhere")
    made = import_profile(other, file)
    assert made.keys == anna.keys
    assert (made.persona, made.seed, made.visitor_id) == (anna.persona, anna.seed, anna.visitor_id)
    cookies = made.state_dir / "Default" / "Cookies"
    assert cookies.read_bytes() == (anna.state_dir / "Default" / "Cookies").read_bytes()
    for at in made.path.rglob("*"):
        assert stat.S_IMODE(at.stat().st_mode) == (0o700 if at.is_dir() else 0o600), at
    assert left_behind(other) == ["anna"]


@pytest.mark.parametrize("kind", ["tar.zst", "zip"])
def test_without_its_key_no_byte_of_it_travels(anna: Profile, tmp_path: Path, kind: str) -> None:
    secret = anna.keys.secret_key.encode()
    file = export_profile(anna, tmp_path / f"anna.{kind}", with_key=False)
    raw = file.read_bytes()
    unpacked = (
        zstandard.ZstdDecompressor().decompressobj().decompress(raw) if kind != "zip" else raw
    )
    assert secret not in unpacked
    made = import_profile(ProfileStore(tmp_path / "elsewhere"), file)
    assert not made.has_key
    with pytest.raises(UserError, match="has no key"):
        _ = made.keys


def test_the_same_profile_gives_the_same_archive(anna: Profile, tmp_path: Path) -> None:
    first = export_profile(anna, tmp_path / "1.tar.zst").read_bytes()
    assert export_profile(anna, tmp_path / "2.tar.zst").read_bytes() == first


def test_neither_side_overwrites(anna: Profile, store: ProfileStore, tmp_path: Path) -> None:
    file = export_profile(anna, tmp_path / "anna.zip")
    with pytest.raises(UserError, match="already exists"):
        export_profile(anna, file)
    with pytest.raises(UserError, match="already a profile 'anna'"):
        import_profile(store, file)
    assert import_profile(store, file, name="bea").name == "bea"
    assert store.get("bea").public_key == anna.public_key
    assert left_behind(store) == ["anna", "bea"]


def test_an_archive_of_another_kind_is_refused(anna: Profile, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"\.tar\.zst or \.zip"):
        export_profile(anna, tmp_path / "anna.rar")


GOOD = "profile.json"


def tar_of(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with (
        path.open("wb") as out,
        zstandard.ZstdCompressor().stream_writer(out) as stream,
        tarfile.open(fileobj=stream, mode="w|") as tar,
    ):
        for member, data in members:
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return path


def info(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, link
    return member


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "state/../../evil",
        "/etc/evil",
        "state/./x",
        "~/evil",
        "C:/evil",
        "state\\..\\evil",
        "evil.sh",
        "state",
    ],
)
def test_a_path_that_leaves_the_profile_is_refused(
    anna: Profile, tmp_path: Path, name: str
) -> None:
    content = (anna.path / GOOD).read_bytes()
    other = ProfileStore(tmp_path / "elsewhere")
    file = tar_of(tmp_path / "x.tar.zst", (info(GOOD), content), (info(name), b"evil"))
    with pytest.raises(UserError, match=r"leaves the profile|not a part of a profile"):
        import_profile(other, file)
    assert left_behind(other) == []
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_are_refused(tmp_path: Path, kind: bytes) -> None:
    other = ProfileStore(tmp_path / "elsewhere")
    file = tar_of(tmp_path / "x.tar.zst", (info("state/x", kind, "/etc/passwd"), b""))
    with pytest.raises(UserError, match="a link or device"):
        import_profile(other, file)
    assert left_behind(other) == []


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.zip"
    with zipfile.ZipFile(file, "w") as pack:
        member = zipfile.ZipInfo("state/x")
        member.external_attr = (stat.S_IFLNK | 0o777) << 16
        pack.writestr(member, "/etc/passwd")
    with pytest.raises(UserError, match="a link or device"):
        import_profile(ProfileStore(tmp_path / "elsewhere"), file)


def test_a_flood_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "MAX_BYTES", 1_000_000)
    monkeypatch.setattr(archive_module, "MAX_FILES", 5)
    other = ProfileStore(tmp_path / "elsewhere")
    bomb = tar_of(tmp_path / "bomb.tar.zst", (info("state/x"), b"\0" * 3_000_000))
    assert bomb.stat().st_size < 10_000
    with pytest.raises(UserError, match="unpacks to more than"):
        import_profile(other, bomb)
    many = tar_of(tmp_path / "many.tar.zst", *[(info(f"state/{n}"), b"") for n in range(9)])
    with pytest.raises(UserError, match="more than 5 files"):
        import_profile(other, many)
    assert left_behind(other) == []


@pytest.mark.parametrize("kind", ["tar.zst", "zip"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_half_an_archive_is_no_profile(
    anna: Profile, tmp_path: Path, kind: str, share: float
) -> None:
    file = export_profile(anna, tmp_path / f"anna.{kind}")
    raw = file.read_bytes()
    file.write_bytes(raw[: int(len(raw) * share)])
    other = ProfileStore(tmp_path / "elsewhere")
    with pytest.raises(UserError):
        import_profile(other, file)
    assert left_behind(other) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "neither a .tar.zst nor a .zip"),
        (b"GIF89a", "neither a .tar.zst nor a .zip"),
        (b"\x28\xb5\x2f\xfdgarbage", "damaged"),
        (b"PK\x03\x04garbage", "damaged"),
    ],
)
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "x"
    file.write_bytes(content)
    with pytest.raises(UserError, match=words):
        import_profile(ProfileStore(tmp_path / "elsewhere"), file)


def test_an_archive_without_a_profile_is_refused(tmp_path: Path) -> None:
    file = tar_of(tmp_path / "x.tar.zst", (info("state/x"), b"x"))
    with pytest.raises(UserError, match=r"holds no profile\.json"):
        import_profile(ProfileStore(tmp_path / "elsewhere"), file)


def test_a_key_that_does_not_fit_is_refused(
    anna: Profile, store: ProfileStore, tmp_path: Path
) -> None:
    bea = store.new("bea", seed=2)
    file = tar_of(
        tmp_path / "x.tar.zst",
        (info(GOOD), (anna.path / GOOD).read_bytes()),
        (info("key.json"), (bea.path / "key.json").read_bytes()),
    )
    other = ProfileStore(tmp_path / "elsewhere")
    with pytest.raises(UserError, match="does not belong"):
        import_profile(other, file)
    assert left_behind(other) == []


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No such file"):
        import_profile(ProfileStore(tmp_path / "p"), tmp_path / "gone.zip")
