"""Personas: coherent, the same from the same seed, and refused with a fix when they cannot be."""

from __future__ import annotations

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from collector.common.errors import UserError
from collector.problems import BadFile
from collector.profile import Persona, generate_persona, persona_from, shipped_personas
from collector.profile.persona import HOMES
from collector.profile.shipped import read_persona

#: Roughly where each country is: (south, north, west, east), degrees.
COUNTRIES = {
    "en-US": (18, 72, -180, -66),
    "fr-FR": (41, 52, -6, 10),
    "de-DE": (47, 56, 5, 16),
    "it-IT": (35, 48, 6, 19),
    "es-MX": (14, 33, -119, -86),
    "pt-BR": (-34, 6, -74, -34),
    "tr-TR": (35, 43, 25, 45),
    "ja-JP": (24, 46, 122, 146),
    "ar-EG": (21, 32, 24, 37),
    "zh-TW": (21, 27, 119, 123),
}


@pytest.mark.parametrize("locale", sorted(COUNTRIES))
@pytest.mark.parametrize("seed", [0, 1, 2**62])
def test_a_generated_persona_is_of_one_piece(locale: str, seed: int) -> None:
    persona = generate_persona(seed, locale)
    south, north, west, east = COUNTRIES[locale]
    assert persona.locale == locale
    assert persona.timezone == HOMES[locale].timezone
    assert persona.geolocation is not None
    assert south < persona.geolocation[0] < north
    assert west < persona.geolocation[1] < east
    assert persona.display_name
    assert persona.place
    assert persona_from(persona.to_dict()) == persona


def test_the_same_seed_is_the_same_person() -> None:
    people = [generate_persona(seed) for seed in range(30)]
    assert people == [generate_persona(seed) for seed in range(30)]
    assert len({person.display_name for person in people}) > 25
    assert len({person.locale for person in people}) > 5


def test_names_are_written_in_the_locale_s_script() -> None:
    name = generate_persona(5, "ja-JP").display_name
    assert any("\u3040" <= letter <= "\u9fff" for letter in name)
    assert any(
        "\u0600" <= letter <= "\u06ff" for letter in generate_persona(5, "ar-EG").display_name
    )


def test_an_unknown_locale_is_refused_with_a_near_one() -> None:
    with pytest.raises(UserError, match=r"did you mean 'fr-FR'"):
        generate_persona(1, "fr-FF")


def test_the_shipped_personas_speak_the_audited_languages() -> None:
    shipped = shipped_personas()
    assert len(shipped) >= 8
    assert {persona.locale for persona in shipped.values()} >= set(COUNTRIES)
    for persona in shipped.values():
        ZoneInfo(persona.timezone)
        assert persona.display_name
        assert persona.geolocation is not None


def test_what_is_left_out_follows_from_the_locale() -> None:
    assert persona_from({"locale": "tr-TR"}).timezone == "Europe/Istanbul"
    assert persona_from({"locale": "tr-TR"}).geolocation == (41.0082, 28.9784)
    assert persona_from({"locale": "tr-TR", "geolocation": None}).geolocation is None
    elsewhere = persona_from({"locale": "tr-TR", "timezone": "Europe/Berlin"})
    assert elsewhere.geolocation is None, "Istanbul's coordinates would contradict Berlin's time"
    assert persona_from({}) == Persona()


@pytest.mark.parametrize(
    ("fields", "where", "words"),
    [
        ({"locale": "fr"}, "locale", "write it like fr-FR"),
        ({"locale": "fr_FR"}, "locale", "write it like fr-FR"),
        ({"locale": "xx-YY"}, "locale", "not a locale"),
        ({"timezone": "Europe/Pari"}, "timezone", "did you mean 'Europe/Paris'"),
        ({"timezone": "../../etc/passwd"}, "timezone", "not a time zone"),
        ({"locale": "fi-FI"}, "", "add timezone"),
        ({"geolocation": [91, 0]}, "geolocation.0", "90 or less"),
        ({"viewport": "big"}, "viewport", "1366x768"),
        ({"viewport": [10, 768]}, "viewport.0", "200 or more"),
        ({"user_agent": "a\nSet-Cookie: b"}, "user_agent", "printable ASCII"),
        ({"color_scheme": "blue"}, "color_scheme", "'light', 'dark' or 'no-preference'"),
        ({"intrests": []}, "intrests", "did you mean 'interests'"),
    ],
)
def test_a_bad_persona_file_says_where_and_how(
    tmp_path: Path, fields: dict[str, object], where: str, words: str
) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(json.dumps(fields), "utf-8")
    with pytest.raises(BadFile) as caught:
        read_persona(path)
    (problem,) = caught.value.problems
    assert problem.path == where
    assert words in str(caught.value)
    assert "p.yaml:1" in str(caught.value)


def test_plain_data_is_checked_too() -> None:
    with pytest.raises(ValidationError):
        persona_from({"viewport": [1, 2]})
