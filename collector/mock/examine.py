"""Everything that a scenario names besides itself, looked at before anything is done with it.

``collector plan``, ``scenarios check``, ``run`` and ``dataset new`` ask the same questions here, so
that what one of them refuses no other lets through.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from collector.common.errors import UserError
from collector.mock.labels import check_labels, check_site
from collector.mock.mockoptions import host_of
from collector.mock.mockworld import speaks, world_of
from collector.platforms.registry import spec_of
from collector.scenario.elsewhere import elsewhere
from collector.scenario.loader import Loaded
from collector.scenario.models import Mock
from collector.scenario.reading import MOCK


def examine(
    loaded: Loaded,
    *,
    seed: int | None = None,
    site: str | None = None,
    known: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """What weakens a scenario besides its design, a sentence each.

    :param seed: the master seed, in place of the scenario's own.
    :param site: where the puppets browse, in place of what the scenario says.
    :param known: topic by item id of a mock that runs already and shows its truth log.
    :raises UserError: a file of labels, a topic, a world or a parameter that cannot be used.
    """
    it = loaded.scenario
    master = it.seed if seed is None else seed
    bundled = (site or it.site) == MOCK
    check_site(it, bundled=bundled)
    if it.mock is not None:
        _known_mock(loaded, it.mock, master)
    return (
        *check_labels(loaded, seed=master, bundled=bundled, known=known),
        *elsewhere(loaded, site),
        *(_unspoken(loaded) if bundled else ()),
    )


def _known_mock(loaded: Loaded, mock: Mock, seed: int) -> None:
    """Refuses what the mock refuses, with the place in the scenario where it stands.

    What was given on the command line stands in no line: there the mock's own words stay.
    """
    try:
        host_of(loaded.scenario.snapshot(), spec_of(loaded.scenario.platform))
    except UserError as error:
        raise loaded.problem(error.problem, ("mock", "mobile"), error.fix) from error
    try:
        world_of(loaded.scenario.snapshot(), seed)
    except UserError as error:
        if (found := loaded.of_truths(error)) is not error:
            raise found from error
        written = loaded.document.data.get("mock") if loaded.document is not None else None
        path = _blamed(error, mock)
        at: object = written
        for part in path[1:]:
            at = at.get(part) if isinstance(at, dict) else None
        if at is None:
            raise
        problem = error.problem
        if path[1:] == ("world",):
            problem = str(error).partition("\n")[0]
        raise loaded.problem(problem, path, error.fix) from error


def _blamed(error: UserError, mock: Mock) -> tuple[str, ...]:
    """The key of the scenario that the mock's refusal is about."""
    part, _, name = error.place.partition(".")
    for key, given in (("recommender", mock.recommender), ("faults", mock.faults)):
        if part == key:
            named = [each for each in given if each == name or repr(each) in error.problem]
            return ("mock", key, *named[:1])
    return ("mock", "world")


def _unspoken(loaded: Loaded) -> Iterator[str]:
    """A sentence for each locale whose language the bundled mock's site does not have."""
    it = loaded.scenario
    locales = dict.fromkeys(it.persona_of(arm).locale for arm in it.arms)
    for locale in locales:
        if not speaks(it.platform, locale):
            yield (
                f"persona.locale: the bundled mock's site has no pages in the language of {locale};"
                " it answers in English, as a site does that does not know a language"
            )
