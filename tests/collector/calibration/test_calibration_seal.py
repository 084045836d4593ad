"""A sealed report is as its signer wrote it, byte for byte, and a change is named by its place."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from known_worlds import base, run

from collector.analysis import sealed
from collector.analysis.report import report_data, write_report
from collector.cli import main
from collector.common.errors import UserError
from collector.common.identity import KeyPair, verify


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a simulated audit, sealed."""
    return write_report(run(tmp_path_factory.mktemp("sealed") / "run", base(4, block=2)))


PAGE = """<html>\n<body><h1>A</h1>
<section id="one"><p>first</p></section>
<section id="two"><p>second — ü</p></section>
</body></html>
"""


def changed(text: str, at: int) -> str:
    """One character of a text, another one."""
    return text[:at] + ("x" if text[at] != "x" else "y") + text[at + 1 :]


def test_every_single_changed_character_of_a_page_is_noticed() -> None:
    """Head, sections, tail and the seal itself: no character is outside what is signed."""
    page = sealed.seal(PAGE, {"rate": 0.04, "name": "<a> -- & b"}, KeyPair.generate(b"k" * 32))
    assert sealed.check(page).ok
    for at in range(len(page)):
        try:
            found = sealed.check(changed(page, at))
        except sealed.NotSealed:
            continue
        assert not found.ok, f"character {at} ({page[at]!r}) can be changed"
        assert found.problems


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("first", "worst", "section one, lines 3 to"),
        ("second", "secund", "section two, lines 4 to"),
        ("<h1>A", "<h1>B", "section head, lines 1 to"),
        ('"rate":0.04', '"rate":0.01', "the seal, line 5"),
    ],
)
def test_the_place_of_a_change_is_named(old: str, new: str, place: str) -> None:
    page = sealed.seal(PAGE, {"rate": 0.04}, KeyPair.generate(b"k" * 32))
    (problem,) = sealed.check(page.replace(old, new)).problems
    assert problem.startswith(place)


def test_a_section_that_is_missing_or_moved_is_noticed() -> None:
    page = sealed.seal(PAGE, {}, KeyPair.generate(b"k" * 32))
    first = '<section id="one"><p>first</p></section>\n'
    gone = sealed.check(page.replace(first, ""))
    assert not gone.ok
    assert gone.problems[0].startswith("sections: head, two; sealed were head, one, two")


def test_only_the_key_that_is_asked_for_is_accepted() -> None:
    """Who seals again with a key of their own is not who signed first."""
    mine, other = KeyPair.generate(b"m" * 32), KeyPair.generate(b"o" * 32)
    forged = sealed.seal(PAGE, {}, other)
    assert sealed.check(forged).ok
    assert not sealed.check(forged, mine.public_key).ok


def test_the_signature_is_plain_ed25519_over_the_canonical_json() -> None:
    """Anyone can check it without this program: computed here by hand."""
    page = sealed.seal(PAGE, {"rate": 0.04}, KeyPair.generate(b"k" * 32))
    told = json.loads(page.partition(sealed.OPENS)[2].partition(sealed.CLOSES)[0])
    signature = told.pop("signature")
    text = json.dumps(told, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    assert verify(told["public_key"], signature, text.encode())


def test_the_key_is_for_its_user_alone(tmp_path: Path) -> None:
    key = sealed.report_key(tmp_path / "keys")
    path = tmp_path / "keys" / "report.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert sealed.report_key(tmp_path / "keys") == key
    path.chmod(0o644)
    with pytest.raises(UserError, match="readable by its owner"):
        sealed.report_key(tmp_path / "keys")


@pytest.mark.slow
def test_verify_says_yes_then_no_and_where(report: Path, tmp_path: Path) -> None:
    """Exit 0 with the signer's key; after one changed byte exit 1 and the section."""
    result = CliRunner().invoke(main, ["verify", str(report)])
    assert result.exit_code == 0, result.output
    assert "as it was signed" in result.output
    text = report.read_bytes()
    at = text.index(b"2. Design and methods")
    bad = tmp_path / "bad.html"
    bad.write_bytes(text[:at] + b"3" + text[at + 1 :])
    result = CliRunner().invoke(main, ["verify", str(bad)])
    assert result.exit_code == 1
    assert "section design, lines" in result.output


def test_a_changed_added_or_lost_byte_of_the_file_is_exit_1(tmp_path: Path) -> None:
    """First, last, in a section, in a figure, in the seal's comment, a line end: by the command."""
    page = PAGE.replace("<p>first</p>", '<p>first</p><svg><path d="M 1 2"/></svg>')
    whole = sealed.seal(page, {"rate": 0.04}, KeyPair.generate(b"k" * 32)).encode()
    path = tmp_path / "report.html"

    def code(content: bytes) -> int:
        path.write_bytes(content)
        return CliRunner().invoke(main, ["verify", str(path)]).exit_code

    assert code(whole) == 0
    named = [whole.index(each) for each in (b"M 1 2", b"\n", b"<!--", b"signature", b"-->")]
    for at in sorted({0, len(whole) - 1, *named, *range(0, len(whole), 23)}):
        assert code(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]) == 1, whole[:at][-20:]
    for at in (0, named[0], len(whole)):
        assert code(whole[:at] + b" " + whole[at:]) == 1, f"a byte more at {at}"
    for at in (0, named[0], len(whole) - 1):
        assert code(whole[:at] + whole[at + 1 :]) == 1, f"a byte less at {at}"
    assert code(whole.replace(b"\n", b"\r\n")) == 1


def test_a_report_without_a_seal_is_not_verified(tmp_path: Path) -> None:
    plain = tmp_path / "plain.html"
    plain.write_text(PAGE, "utf-8")
    result = CliRunner().invoke(main, ["verify", str(plain)])
    assert result.exit_code == 1
    assert "no seal" in result.output


@pytest.mark.slow
def test_the_certificate_is_of_this_design(report: Path) -> None:
    """Planned puppets, cells that are data, receipts: counted by hand from the scenario; and no
    power where no p can be small enough: 2 + 2 twins in two blocks of four give p ≥ 1/18."""
    found = report_data(report.parent)["certificate"]
    assert found["design"]["arms"] == {"neutral": 4, "treated": 4}
    assert found["losses"]["planned"] == found["losses"]["data"] == 2 * 4 * 7
    assert found["receipts"] == {"watches": 24, "complete": 24}
    assert found["false_effect"]["rate"] == 0
    assert {row["power"] for row in found["power"]} == {0.0}
    assert {row["size"] for row in found["power"]} == {"5 points", "10 points", "20 points"}


def test_a_page_in_the_report_shows_the_certificate(report: Path) -> None:
    text = report.read_text("utf-8")
    assert 'id="certificate"' in text
    assert "<script" not in text
