"""What a verb of the scenario language says of itself: its traits, and the register of all verbs.

Every list of verbs in the package (what is never done twice, what opens a page, what needs a
browser, what is not a step on a platform, how long it may take) is derived from the traits here.

Protects the rule that a verb nobody thought about is treated with care: who forgets a trait gets a
verb that has an effect (so it is never done twice, and cut off it contaminates its puppet), that
needs the page before it to have come about, and that exists on every platform.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar, TypeVar, get_args

from pydantic import BaseModel, ConfigDict

from collector.platforms.registry import Genre

#: Seconds until a page has settled and is filed, in estimates.
PAGE_S = 3.0
#: Seconds of any other action, in estimates.
ACTION_S = 0.5

Args = Mapping[str, Any]
"""A step's arguments as the plan carries them, see :meth:`Step.arguments`."""


class Needs(StrEnum):
    """What a step needs of the page that the steps before it were to bring."""

    NOTHING = "nothing"
    PAGE = "page"
    """That it came about, whatever its status: a dialog is answered on a page that is not ok."""
    CONTENT = "content"
    """That it came about and its status is ok."""


class Acts(StrEnum):
    """What a step acts on, where its runner has no method of its own for it.

    In the class of a verb::

        acts_on: ClassVar[Acts] = Acts.ITEM
    """

    PAGE = "page"
    VIDEO = "video"
    """The video of the page; in a browser that is the same as the page."""
    ITEM = "item"
    """One item of a list on the page, picked by the arguments of ``choice.choose``."""


#: Arguments that pick an item; the action of the verb is not given them.
PICKING = frozenset(
    {"by", "rank", "top", "topics", "title", "channel", "unseen", "from", "otherwise"}
)


class Step(BaseModel):
    """One step as the file has it; a subclass a verb, with the verb's traits as class variables.

    A module under the entry point group ``twinwatch.verbs`` registers its classes with
    :func:`verb`. Traits that end in ``_s`` are seconds. A value that a field does not take is
    reported with file and line by whoever reads the scenario::

        @verb
        class Vote(Step):
            do: Literal["vote"]
            short: ClassVar[str | None] = "rank"
            example: ClassVar[str] = "- vote: 1"
            genres: ClassVar[frozenset[Genre]] = frozenset({Genre.PAGES})
            acts_on: ClassVar[Acts] = Acts.ITEM
            rank: Rank
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)
    do: Any

    # ---- how it is written
    short: ClassVar[str | None] = None
    """The key that a short form fills."""
    bare: ClassVar[bool] = False
    """Its name alone is a step."""
    example: ClassVar[str] = ""
    """One line of YAML, for error messages."""

    # ---- what it does
    effect: ClassVar[bool] = True
    """It changes what the site knows of the viewer: cut off, it may or may not have happened."""
    opens_page: ClassVar[bool] = False
    """It brings its own page, whatever was open before (see :meth:`brings_page`)."""
    leads: ClassVar[bool] = False
    """It ends on another page than the open one, or fails."""
    closes_page: ClassVar[bool] = False
    """It leaves a blank page."""
    idle: ClassVar[bool] = False
    """It lets time pass, on any page or none."""
    leaves_mark: ClassVar[bool] = False
    """It leaves something where others see it or are ranked by it."""
    dismisses: ClassVar[bool] = False
    """The item that it is about is taken off the open page: nothing more is done with it there."""
    needs: ClassVar[Needs] = Needs.CONTENT
    """What it needs of the page before it (see :meth:`needs_of`)."""
    acts_on: ClassVar[Acts] = Acts.PAGE
    """What it is an action of, where the runner has no method of the verb's name."""
    button: ClassVar[str] = ""
    """The button of the page that it presses, as messages name it; empty: one of its own name."""

    # ---- where it can be done
    needs_browser: ClassVar[bool] = False
    """A puppet without a browser (``--driver http``) cannot do it."""
    genres: ClassVar[frozenset[Genre]] = frozenset(Genre)
    """The kinds of platforms that have it."""
    instead: ClassVar[str] = "remove it"
    """What to write on a platform that does not have it."""

    # ---- how long it takes
    simulated_s: ClassVar[float] = 1.0
    """Seconds that it takes in a simulated session, beside those that it is asked to spend."""
    spaced: ClassVar[bool] = False
    """It may have to wait first, so that searches are kept apart."""

    @property
    def kind(self) -> str:
        """The verb's name."""
        return str(self.do)

    def arguments(self) -> dict[str, Any]:
        """The arguments as the plan carries them: JSON-ready, every key present, times in seconds.

        A verb that has others than the keys of the file says so where it overrides this.
        """
        return {name.rstrip("_"): value for name, value in self if name != "do"}

    @property
    def endless(self) -> str:
        """What of it has no end of its own, and the fix; empty: it ends."""
        return ""

    @classmethod
    def brings_page(cls, args: Args) -> bool:
        """With these arguments, whatever page is open is left for another."""
        return cls.opens_page

    @classmethod
    def needs_of(cls, args: Args) -> Needs:
        """With these arguments, what it needs of the page before it."""
        if cls.brings_page(args) or cls.idle or cls.closes_page:
            return Needs.NOTHING
        return cls.needs

    @classmethod
    def given(cls, args: Args) -> dict[str, Any]:
        """The keywords that the verb's action is called with."""
        return {
            name: value
            for name, value in args.items()
            if value is not None and not (cls.acts_on is Acts.ITEM and name in PICKING)
        }

    @classmethod
    def asked_s(cls, args: Args) -> float:
        """Page seconds that it is asked to spend, at most."""
        return 0.0

    @classmethod
    def waits_s(cls) -> float:
        """Real seconds that it may wait for a moment of the day; under virtual time it waits for
        none."""
        return 0.0

    @classmethod
    def real_time(cls, args: Args) -> float:
        """Real seconds that it takes, roughly: for tables, never for decisions."""
        return PAGE_S if cls.leads else ACTION_S

    @classmethod
    def in_words(cls, args: Args) -> str:
        """The step in a few words, for people who look on."""
        return cls.verb_name()

    @classmethod
    def verb_name(cls) -> str:
        """The verb's name: the one value that ``do`` may have."""
        return str(get_args(cls.model_fields["do"].annotation)[0])


#: Every verb's class by its name, in the order in which they were registered.
STEPS: dict[str, type[Step]] = {}
#: Entry point group of modules that register verbs of their own with :func:`verb`.
VERBS = "twinwatch.verbs"

V = TypeVar("V", bound=type[Step])


def verb(cls: V) -> V:
    """Register a class as the verb that its ``do`` names; answers the class itself.

    :param cls: a subclass of :class:`Step` whose ``do`` is a ``Literal`` of one name.
    :raises ValueError: a verb of that name is registered.

    ::

        @verb
        class Vote(Step):
            do: Literal["vote"]
    """
    name = cls.verb_name()
    if name in STEPS:
        raise ValueError(f"the verb {name!r} is registered twice")
    STEPS[name] = cls
    return cls


def traits(kind: str) -> type[Step]:
    """The traits of a verb by its name; of one that is not known the careful ones."""
    return STEPS.get(kind, Step)
