"""The seal of a page byte by byte: made a second time here, and what each harm to it is called."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from pathlib import Path
from typing import Any

import pytest

from collector.analysis.sealed import (
    NotSealed,
    Verified,
    check,
    opened,
    parts_of,
    report_key,
    seal,
)
from collector.common.errors import UserError
from collector.common.identity import KeyPair

KEY = KeyPair.generate(b"k" * 32)
HEAD = "<html>\n<body><h1>A</h1>\n"
ONE = '<section id="one"><p>first</p>\n</section>\n'
TWO = '<section id="two-b"><p>ü \udc80</p></section>'
PAGE = f"{HEAD}{ONE}{TWO}</body></html>\n"
TOLD = {"rate": 0.04, "name": "<a> -- & b --- ü"}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def shown(value: Any) -> str:
    """As the page has it: nothing in it ends a comment or begins an element."""
    text = canonical(value)
    for sign, code in (("<", "003c"), (">", "003e"), ("&", "0026")):
        text = text.replace(sign, f"\\u{code}")
    return text.replace("--", "-\\u002d")


def written(told: Any, key: KeyPair = KEY) -> str:
    """The page with a seal of one's own over anything."""
    signed = {**told, "signature": key.sign(canonical(told).encode())}
    comment = f"<!-- twinwatch seal {shown(signed)} -->\n"
    return PAGE.replace("</body>", comment + "</body>")


PARTS = [["head", digest(HEAD)], ["one", digest(ONE)], ["two-b", digest(TWO + "</body></html>\n")]]
SIGNED = {"certificate": TOLD, "parts": PARTS, "public_key": KEY.public_key}


def test_the_parts_of_a_page_are_all_of_it() -> None:
    """With the line that each begins in."""
    assert list(parts_of(PAGE)) == [
        ("head", HEAD, 1), ("one", ONE, 3), ("two-b", TWO + "</body></html>\n", 5),
    ]  # fmt: skip
    assert list(parts_of("no section\n")) == [("head", "no section\n", 1)]
    assert list(parts_of(ONE)) == [("head", "", 1), ("one", ONE, 1)]


def test_a_sealed_page_byte_by_byte() -> None:
    page = seal(PAGE, TOLD, KEY)
    assert page == written(SIGNED)
    assert check(page) == Verified(True, (), KEY.public_key, TOLD)
    assert check(page, KEY.public_key).ok
    comment = page[page.index("<!-- ") :]
    assert re.findall(r"--|[<>]", comment[: comment.index("</body>")]) == ["<", "--", "--", ">"]


def test_a_page_is_sealed_once() -> None:
    for text in (PAGE.replace("</body>", ""), PAGE + "</body>", seal(PAGE, {}, KEY)):
        with pytest.raises(ValueError, match=r"^a page is sealed once, before its only </body>$"):
            seal(text, {}, KEY)


def test_what_was_sealed_comes_out_again() -> None:
    page = seal(PAGE, TOLD, KEY)
    before, text = opened(page)
    assert before == PAGE
    assert page.count(text) == 1
    assert text.startswith("{")
    assert text.endswith("}")
    more = PAGE + "<!-- written by a mirror -->\n"
    assert opened(seal(more, TOLD, KEY))[0] == more
    assert check(seal(more, TOLD, KEY)).ok


@pytest.mark.parametrize(
    ("page", "problem", "place"),
    [
        (PAGE, "this report has no seal", "the end of the file"),
        (PAGE + "<!-- twinwatch seal <!-- twinwatch seal ", "this report has two seals",
         "the end of the file"),
        ("a\nb\n<!-- twinwatch seal {} -->", "the seal has no end", "line 3"),
        ("<!-- twinwatch seal {}", "the seal has no end", "line 1"),
    ],
)  # fmt: skip
def test_a_page_without_one_whole_seal(page: str, problem: str, place: str) -> None:
    for call in (opened, check):
        with pytest.raises(NotSealed) as caught:
            call(page)
        assert caught.value.problem == problem
        assert caught.value.place == place
        assert caught.value.fix == "write it again: collector report RUN_DIR"


AT = "the seal, line 5"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("{}", "'parts'"),
        ('{"parts": [[1]]}', "not enough values to unpack (expected 2, got 1)"),
        ('{"parts": 1}', "'int' object is not iterable"),
        ('{"parts": []}', "'public_key'"),
        ('{"parts": [], "public_key": 1}', "'signature'"),
        ('{"parts": [], "public_key": 1, "signature": 2}', "'certificate'"),
    ],
)
def test_a_seal_that_cannot_be_read(text: str, error: str) -> None:
    page = PAGE.replace("</body>", f"<!-- twinwatch seal {text} -->\n</body>")
    assert check(page) == Verified(False, (f"{AT}: it cannot be read ({error})",), "", {})


UNSIGNED = f"{AT}: the signature is not that of what is sealed"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"rate":0.04', '"rate":0.05'),
        ('"rate":0.04', '"rate": 0.04'),
        ("\\u003ca", "<a"),
        ('"signature":"', '"signature":"1'),
        ('"parts":', '"more":1,"parts":'),
    ],
)
def test_a_seal_of_other_letters(old: str, new: str) -> None:
    """Also where the letters mean the same: it stands as it was written, or not at all."""
    page = seal(PAGE, TOLD, KEY)
    found = check(page.replace(old, new))
    assert not found.ok
    assert found.problems == (UNSIGNED,)
    assert found.public_key == KEY.public_key


def test_another_signer_is_named() -> None:
    other = KeyPair.generate(b"o" * 32)
    found = check(seal(PAGE, TOLD, other), KEY.public_key)
    assert found.problems == (f"{AT}: signed with {other.public_key}, not with {KEY.public_key}",)
    assert (found.ok, found.public_key, found.certificate) == (False, other.public_key, TOLD)


@pytest.mark.parametrize(
    ("old", "new", "problems"),
    [
        ("first", "last", ["section one, lines 3 to 5: not as it was sealed"]),
        ("A</h1>", "B\n</h1>", ["section head, lines 1 to 4: not as it was sealed"]),
        ("ü", "u", ["section two-b, lines 5 to 6: not as it was sealed"]),
        (ONE, "", ["sections: head, two-b; sealed were head, one, two-b",
                   "section two-b, lines 3 to 4: not as it was sealed"]),
        (TWO, TWO + TWO, ["sections: head, one, two-b, two-b; sealed were head, one, two-b",
                          "section two-b, lines 5 to 5: not as it was sealed"]),
    ],
)  # fmt: skip
def test_the_place_of_what_was_changed(old: str, new: str, problems: list[str]) -> None:
    page = seal(PAGE, TOLD, KEY)
    assert page.count(old) == 1
    found = check(page.replace(old, new))
    assert (found.ok, list(found.problems)) == (False, problems)


def test_a_seal_over_other_parts_is_of_another_page() -> None:
    """Rightly signed, and not of what stands above it."""
    other = [["head", digest("x")], ["one", digest(ONE)]]
    found = check(written({**SIGNED, "parts": other}))
    assert found.problems == (
        "sections: head, one, two-b; sealed were head, one",
        "section head, lines 1 to 3: not as it was sealed",
    )


# ---- the key


@pytest.fixture(name="home")
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("TWINWATCH_KEYS", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("env", "folder"),
    [
        ({}, ".local/share/twinwatch/keys"),
        ({"XDG_DATA_HOME": "relative"}, ".local/share/twinwatch/keys"),
        ({"XDG_DATA_HOME": "/{home}/data"}, "data/twinwatch/keys"),
        ({"TWINWATCH_KEYS": "~/mine", "XDG_DATA_HOME": "/{home}/data"}, "mine"),
    ],
)
def test_where_the_key_lies(
    home: Path, monkeypatch: pytest.MonkeyPatch, env: dict[str, str], folder: str
) -> None:
    """Made when it is asked for, for its owner alone, nothing left beside it; then kept."""
    for name, value in env.items():
        monkeypatch.setenv(name, value.replace("/{home}", str(home)))
    key = report_key()
    made = home / folder
    assert [path.name for path in made.iterdir()] == ["report.key"]
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert stat.S_IMODE((made / "report.key").stat().st_mode) == 0o600
    assert (made / "report.key").read_text("ascii") == key.secret_key + "\n"
    assert report_key() == key == report_key(made)


def test_a_folder_that_is_named_comes_first(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWINWATCH_KEYS", str(home / "other"))
    report_key(home / "mine")
    assert [path.name for path in home.iterdir()] == ["mine"]


def test_of_two_that_make_a_key_at_once_the_first_counts(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process has written its key between the look and the link."""
    other = KeyPair.generate(b"o" * 32)
    link = os.link

    def late(draft: Path, path: Path) -> None:
        path.write_text(other.secret_key + "\n", "ascii")
        path.chmod(0o600)
        link(draft, path)

    monkeypatch.setattr(os, "link", late)
    assert report_key(home) == other
    assert [path.name for path in home.iterdir()] == ["report.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_key_that_others_can_reach_is_refused(home: Path, mode: int) -> None:
    folder = home / "my keys"
    report_key(folder)
    path = folder / "report.key"
    path.chmod(mode)
    with pytest.raises(UserError) as caught:
        report_key(folder)
    assert caught.value.problem == "the key that signs reports must be readable by its owner alone"
    assert caught.value.place == str(path)
    assert caught.value.fix == f"chmod 600 '{path}', or remove it: a new one is made"


@pytest.mark.parametrize("content", [b"", b"no key\n", b"\xff\xfe", b"1111\n"])
def test_a_file_that_is_no_key_is_refused(home: Path, content: bytes) -> None:
    path = home / "report.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(UserError) as caught:
        report_key(home)
    assert caught.value.problem == "this is not a key"
    assert caught.value.place == str(path)
    assert caught.value.fix == "remove it: a new one is made"
