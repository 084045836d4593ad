"""Personas: coherent, the same from the same seed, and refused with a fix when they cannot be."""

from __future__ import annotations

import json
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel import localedata
from pydantic import ValidationError

from collector.common.errors import UserError
from collector.mock.examine import examine
from collector.problems import BadFile
from collector.profile import Persona, generate_persona, persona_from, shipped_personas
from collector.profile.homes import HOMES
from collector.profile.shipped import read_persona
from collector.scenario.loader import parse_scenario
from collector.session.personacheck import same_clock

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
        ({"locale": "fr-"}, "locale", "write it like fr-FR"),
        ({"locale": "fr_FR"}, "locale", "write it like fr-FR"),
        ({"locale": "xx-YY"}, "", "no country or area is called YY"),
        ({"timezone": "Europe/Pari"}, "timezone", "did you mean 'Europe/Paris'"),
        ({"timezone": "../../etc/passwd"}, "timezone", "not a time zone"),
        ({"locale": "en-CA"}, "", "add timezone"),
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


@pytest.mark.parametrize(
    ("locale", "timezone"),
    [
        # As the zone table of tzdata (zone1970.tab) has it for countries with one clock.
        ("de-CH", "Europe/Zurich"), ("hi-IN", "Asia/Kolkata"), ("nb-NO", "Europe/Oslo"),
        ("sr-Latn-RS", "Europe/Belgrade"), ("ca-ES-valencia", "Europe/Madrid"),
        ("zh-Hant-TW", "Asia/Taipei"),
        ("es-419", "America/Mexico_City"), ("fr", "Europe/Paris"), ("fi-FI", "Europe/Helsinki"),
        ("ko-KR", "Asia/Seoul"), ("th-TH", "Asia/Bangkok"), ("he-IL", "Asia/Jerusalem"),
        ("en-IN", "Asia/Kolkata"), ("de-AT", "Europe/Vienna"), ("vi-VN", "Asia/Ho_Chi_Minh"),
        ("it-DE", "Europe/Berlin"), ("pl-PL", "Europe/Warsaw"),
        # Languages and variants that Chromium takes and CLDR has no words for.
        ("ay-BO", "America/La_Paz"), ("sm-WS", "Pacific/Apia"), ("ca-ES-VALENCIA", "Europe/Madrid"),
    ],
)  # fmt: skip
def test_a_country_with_one_clock_needs_no_time_zone(locale: str, timezone: str) -> None:
    """Tags with a script or an area are taken as a browser takes them."""
    persona = persona_from({"locale": locale})
    assert persona.locale == locale
    assert same_clock(persona.timezone, timezone)


@pytest.mark.parametrize("locale", ["en-CA", "en-AU", "ru-RU", "pt-AO-x", "es-003", "zz-ZZ"])
def test_where_no_clock_is_usual_it_has_to_be_said(locale: str) -> None:
    with pytest.raises(ValidationError, match=r"usual time zone|is not a locale"):
        persona_from({"locale": locale})


def test_every_locale_of_cldr_with_a_country_is_taken() -> None:
    """With a time zone of its own, whatever its country."""
    shape = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?-([A-Z]{2}|\d{3})")
    tags = (tag.replace("_", "-") for tag in localedata.locale_identifiers())
    plain = [tag for tag in tags if shape.fullmatch(tag)]
    assert len(plain) > 500
    for tag in plain:
        assert persona_from({"locale": tag, "timezone": "UTC"}).locale == tag


def test_a_language_that_the_mock_lacks_is_said() -> None:
    """The mock's site would answer in English, and nobody would know."""
    told = {"name": "t", "arms": {"a": {"steps": [{"visit": "home"}]}}}
    said = {
        locale: examine(parse_scenario({**told, "persona": {"locale": locale}}))
        for locale in ("fi-FI", "de-CH", "es-419", "en-GB", "zh-CN")
    }
    lacking = {locale for locale, lines in said.items() if any("no pages in" in x for x in lines)}
    assert lacking == {"fi-FI", "zh-CN"}
