"""What signs a pack, and who must have signed it: one is a file for its owner, one is printed."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import base58
import pytest
from nacl.signing import SigningKey
from registered_runs import call

from collector.packing.signature import SIGNATURE
from collector.packing.verify import verify_pack


def test_an_untouched_pack_is_good(pack: Path) -> None:
    """Offline, with exit code 0, whichever key is asked for if it is the right one."""
    assert verify_pack(pack) == []
    with zipfile.ZipFile(pack) as source:
        key = json.loads(source.read(SIGNATURE))["public_key"]
    call("pack", "--verify", pack, "--public-key", key)
    for name in ("--public-key", "--key"):  # the second was its name in 0.2
        told = call("verify", pack, name, key.upper()).stdout
        assert "as it was signed" in told
        assert f"signed with  {key}" in told
        assert call("verify", pack, name, "00" * 32, code=1).stderr
    call("verify", pack, "--public-key", base58.b58encode(bytes.fromhex(key)).decode())
    result = call("pack", "--verify", pack, "--public-key", "00" * 32, code=1)
    assert "pack.sig: it is of the key" in result.stdout


def test_the_key_is_for_its_owner_alone(run: Path, pack: Path, tmp_path: Path) -> None:
    """Made with mode 0600 in a folder of mode 0700; one that others can read is refused."""
    key = run / "keys" / "pack.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.parent.stat().st_mode & 0o777 == 0o700
    loose = tmp_path / "loose.key"
    loose.write_text(SigningKey.generate().encode().hex(), "ascii")
    loose.chmod(0o644)
    given = ("--out", tmp_path / "x.zip", "--key", loose)
    assert (
        "the signing key must be readable by its owner alone"
        in call("pack", run, *given, code=2).stderr
    )
    assert not (tmp_path / "x.zip").exists()


@pytest.mark.parametrize("command", [("verify",), ("pack", "--verify")], ids=" ".join)
@pytest.mark.parametrize("text", ["", "none", "00" * 31, "0" * 44, "pack.key"])
def test_a_key_that_is_none_is_refused(pack: Path, command: tuple[str, ...], text: str) -> None:
    """It is no finding about the pack: exit code 2, with what a key looks like."""
    said = call(*command, pack, "--public-key", text, code=2).stderr
    assert f"--public-key: {text!r} is not a public key" in said
    assert "64 hexadecimal digits" in said


def test_the_key_that_signs_and_the_one_that_must_have_signed_are_not_mixed_up(
    pack: Path, run: Path, tmp_path: Path
) -> None:
    secret = run / "keys" / "pack.key"
    said = call("pack", "--verify", pack, "--key", secret, code=2).stderr
    assert "--public-key says who must have signed it" in said
    out = tmp_path / "p.zip"
    said = call("pack", run, "--out", out, "--public-key", "00" * 32, code=2).stderr
    assert "--key FILE" in said
    assert not out.exists()
