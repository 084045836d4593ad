"""A persona speaks whatever Chromium takes; where its tag leads is told by the tag's base."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Error
from pydantic import ValidationError

from collector.common.errors import UserError
from collector.mock.examine import examine
from collector.profile import persona_from
from collector.profile.homes import as_written, base_of
from collector.scenario.lint import warnings
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import make_plan
from mockserver.platforms.youtube.i18n import choose

TAKEN = (
    "de-DE", "de-DE-u-co-phonebk", "ar-EG-u-nu-latn", "DE-de", "sr-latn-rs", "SR-LATN-RS",
    "en-US-x-lab", "en-US-x-a-b-c", "qaa-DE", "qaa", "zz-ZZ", "xx", "de-XX", "de-CH-1996",
    "sl-rozaj-biske-1994", "tlh", "art-lojban", "yue-HK", "cmn-Hans-CN", "en-t-ja", "und-DE",
    "de-DE-u-co-phonebk-x-foo", "iw-IL", "no-NO", "ca-ES-valencia", "nds-DE", "hsb-DE", "es-419",
    "en-US-u-ca-buddhist-nu-latn", "en-u-ca-buddhist-t-ja", "en-GB-a-xx",
)  # fmt: skip
REFUSED = (
    "x-lab", "i-klingon", "zh-cmn-Hans-CN", "zh-yue", "abcd", "abcdefgh", "a", "1", "de-DE-x",
    "de-", "-de", "de--DE", "de-DE-DE", "de-abc-DE", "de@x", "de-DE-u", "en-GB-oed", "ääö",
    "en-US-u-ca-buddhist-u-nu-latn", "aaaa-DE", "de-1996-1996", "de-x-toolonglong",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.browser
def test_chromium_takes_what_is_taken_here_and_no_more(browser: Browser) -> None:
    said: set[str] = set()

    def takes(tag: str) -> bool:
        context = browser.new_context(locale=tag)
        try:
            context.new_page()
        except Error as error:
            said.add(error.message.rpartition(": ")[2].strip())
            return False
        finally:
            context.close()
        return True

    assert {tag: takes(tag) for tag in TAKEN} == dict.fromkeys(TAKEN, True)
    assert {tag: takes(tag) for tag in REFUSED} == dict.fromkeys(REFUSED, False)
    assert said == {"Invalid locale name"}
    assert {tag: as_written(tag) is not None for tag in TAKEN} == dict.fromkeys(TAKEN, True)
    assert {tag: as_written(tag) is not None for tag in REFUSED} == dict.fromkeys(REFUSED, False)


@pytest.mark.browser
def test_a_tag_with_underscores_reaches_a_site_as_two_things(browser: Browser) -> None:
    """That is why it is refused: the header that the browser sends with it is no tag."""
    with browser.new_context(locale="de_DE") as context:
        page = context.new_page()
        sent: list[str] = []

        def answer(route: object) -> None:
            sent.append(route.request.all_headers()["accept-language"])  # type: ignore[attr-defined]
            route.fulfill(body="x")  # type: ignore[attr-defined]

        page.route("**/*", answer)
        page.goto("http://a.localhost/")
        assert (sent[0], page.evaluate("navigator.language")) == ("de_DE", "de-DE")
    for tag, fix in (("de_DE", "de-DE"), ("sr_latn_RS", "sr-Latn-RS"), ("en_US_POSIX", "en-US-P")):
        with pytest.raises(UserError, match=rf"(?s)is not a locale.*write it like {fix}"):
            parse_scenario(told(tag))


@pytest.mark.parametrize(
    ("tag", "written", "base", "timezone"),
    [
        ("DE-de", "de-DE", "de-DE", "Europe/Berlin"),
        ("de-DE-u-co-phonebk", "de-DE-u-co-phonebk", "de-DE", "Europe/Berlin"),
        ("DE-ch-U-CO-PHONEBK", "de-CH-u-co-phonebk", "de-CH", "Europe/Zurich"),
        ("ZH-hant-tw-x-Lab", "zh-Hant-TW-x-lab", "zh-Hant-TW", "Asia/Taipei"),
        ("es-419-u-nu-latn", "es-419-u-nu-latn", "es-419", "America/Mexico_City"),
        ("ca-ES-valencia-x-a", "ca-ES-valencia-x-a", "ca-ES", "Europe/Madrid"),
        ("qaa-DE", "qaa-DE", "qaa-DE", "Europe/Berlin"),
        ("fr-u-ca-gregory", "fr-u-ca-gregory", "fr", "Europe/Paris"),
    ],
)
def test_place_and_clock_follow_from_the_base(
    tag: str, written: str, base: str, timezone: str
) -> None:
    persona = persona_from({"locale": tag})
    assert (persona.locale, persona.timezone) == (written, timezone)
    assert base_of(written) == base
    plain = persona_from({"locale": base})
    assert (persona.geolocation, persona.place) == (plain.geolocation, plain.place)


@pytest.mark.parametrize(
    ("tag", "language", "country"),
    [
        ("es-ES-u-co-trad", "es", "ES"), ("es-MX-x-lab", "es-419", "MX"),
        ("de-CH-u-co-phonebk", "de", "CH"), ("zh-Hant-u-nu-hant", "zh-TW", "TW"),
        ("de-DE", "de", "DE"), ("de", "de", "DE"), ("ar-x-us", "ar", "AE"),
    ],
)  # fmt: skip
def test_the_mock_answers_in_the_language_of_the_base(
    tag: str, language: str, country: str
) -> None:
    chosen, region = choose(tag)
    assert (chosen.tag, region) == (language, country)


def told(locale: str, **more: str) -> dict[str, object]:
    steps = [{"visit": "home"}]
    return {
        "name": "t", "arms": {"a": {"steps": steps}}, "persona": {"locale": locale, **more},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("locale", "said"),
    [("en-UK", "no country or area is called UK"), ("xx-DE", "no language is called xx"),
     ("de-Abcd-DE", "no script is called Abcd")],
)  # fmt: skip
def test_what_nobody_has_a_name_for_is_a_warning(locale: str, said: str) -> None:
    """A site may know it: it is taken where a time zone is given, and what is odd is said."""
    loaded = parse_scenario(told(locale, timezone="Europe/Berlin"))
    assert make_plan(loaded).sessions[0].persona.locale == locale
    assert any(said in line for line in warnings(loaded))
    plain = parse_scenario(told("de-DE-u-co-phonebk"))
    assert not any("is called" in line for line in warnings(plain))


def test_a_language_that_the_mock_lacks_is_a_warning_with_extensions_too() -> None:
    lines = {tag: examine(parse_scenario(told(tag))) for tag in ("fi-FI-x-lab", "DE-ch-u-co-eor")}
    assert any("no pages in the language" in line for line in lines["fi-FI-x-lab"])
    assert not any("no pages in the language" in line for line in lines["DE-ch-u-co-eor"])


def test_a_country_that_nobody_knows_has_no_clock_and_that_is_said() -> None:
    with pytest.raises(ValidationError, match="no usual time zone is known for en-UK: no country"):
        persona_from({"locale": "en-UK"})
