"""A scenario as it is written: arms that differ in one thing, twins, and what to compare."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from collector.analysis.design import usual_block
from collector.common.eras import EraName
from collector.common.model import DEFAULT_PLATFORM, Platform, Surface
from collector.common.words import composed
from collector.egress import egress_of
from collector.platforms.overlays import Choice, DialogKind
from collector.problems import Fixable
from collector.profile import Persona, PersonaFile
from collector.scenario import reading
from collector.scenario.calendar import Daily
from collector.scenario.politeness import Politeness, as_politeness
from collector.scenario.reading import MOCK, Every, Factor
from collector.scenario.render import written
from collector.scenario.steps import AnyStep, StepKind
from collector.scenario.surfaces import surfaces_after
from collector.scenario.values import Duration, Name

__all__ = ["Analysis", "AnyStep", "Arm", "Mock", "Registration", "Scenario", "StepKind"]

_ARM = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)

#: Seeds fit into a signed 64-bit integer, so that every database can hold them.
MAX_SEED = 2**63 - 1


#: What a snapshot leaves out where it is not used.
_SPARE = {
    "sessions", "repeat", "waves", "on_failure", "spacing", "politeness", "factors", "dialogs",
    "requires",
}  # fmt: skip


class _Model(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True
    )


class Arm(_Model):
    """One condition: ``twins`` identical puppets that take ``steps``."""

    description: str = ""
    twins: Annotated[int, Field(ge=1, le=500)] = 1
    persona: Annotated[PersonaFile, BeforeValidator(reading.as_persona)] | None = None
    proxy: Annotated[Any, BeforeValidator(reading.as_proxy)] = None
    """By which way the arm's puppets reach the site, in place of the persona's."""
    steps: list[AnyStep] = Field(default_factory=list)


class Thresholds(_Model):
    """Below what share a verdict is withheld."""

    labelled: Annotated[float, Field(ge=0, le=1)] = 0.9
    """Of the items of every arm, those that have a label."""
    dose: Annotated[float, Field(ge=0, le=1)] = 0.8
    """Of the planned treatment, what the median puppet of every arm has had."""


#: What a snapshot leaves out where it is not used, so that older plans keep their hash.
_NEWER = (
    "outcomes",
    "smallest_effect",
    "phase",
    "pairs",
    "alpha",
    "moment",
    "partial",
    "thresholds",
)


class Analysis(_Model):
    """What the report compares."""

    exposure: list[Annotated[str, AfterValidator(composed)]] = Field(default_factory=list)
    surfaces: Annotated[list[Annotated[Surface, Field(strict=False)]], Field(min_length=1)] = Field(
        default_factory=lambda: [Surface.HOME, Surface.RELATED]
    )
    """By default those of the pages in ``after``."""
    attention: Literal["uniform", "geometric", "log"] = "geometric"
    control: str | None = None
    outcomes: Annotated[list[str], Field(min_length=1)] | None = None
    """Names of ``collector.analysis.measures``; by default exposure-share, or rank-overlap where no
    exposure is declared."""
    smallest_effect: Annotated[str | dict[str, str], BeforeValidator(reading.as_effects)] | None = (
        None
    )
    """The smallest effect of interest, X in the verdict “no effect larger than X”."""
    phase: Literal["after", "during"] = "after"
    """``during``: pages of the treatment are described; nothing is tested."""
    pairs: Literal["control", "all", "factors"] | None = None
    """Which arms are held against each other; by default factors where they are crossed, else each
    arm against the control."""
    alpha: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
    """Chance of any false effect that is put up with."""
    moment: Literal["first", "last", "all"] = "last"
    """Of several sessions with pages after the treatment, the one that is tested."""
    partial: Literal["missing", "kept"] = "missing"
    """Pages that were read in part only."""
    thresholds: Thresholds = Field(default_factory=Thresholds)

    @model_serializer(mode="wrap")
    def _used(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        found: dict[str, Any] = handler(self)
        plain = Analysis.model_fields
        for name in _NEWER:
            if getattr(self, name) == plain[name].get_default(call_default_factory=True):
                del found[name]
        if "surfaces" not in self.model_fields_set:
            found.pop("surfaces", None)  # nobody declared them: read back, they are not either
        return found


class Mock(_Model):
    """What the bundled mock is: the known answer that the run is held against."""

    world: Annotated[str | dict[str, Any], BeforeValidator(reading.as_world)] | None = None
    """``small``, ``medium``, a world file, or what such a file says."""
    era: (
        Annotated[
            EraName,
            BeforeValidator(reading.as_year),
        ]
        | None
    ) = None
    """Of which year the sites' markup is; see docs/mock.md."""
    recommender: dict[str, Annotated[float, Field(allow_inf_nan=False)]] = Field(
        default_factory=dict
    )
    faults: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(default_factory=dict)
    mechanism: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")] | None = None
    """Which recommender ranks, by its name among the entry points ``twinwatch.recommenders``."""
    mobile: bool = False
    """Its mobile site is browsed, ``m.youtube.localhost`` or ``m.facebook.localhost``."""
    truths: str | list[dict[str, Any]] | dict[str, Any] | None = None
    """What is true by arm, block and time: a truth file, or what such a file says."""

    def snapshot(self) -> dict[str, Any]:
        """What is said of it, numbers as ``1.0``, so that however they were written, or given on
        the command line, the plan is the same."""
        return self.model_dump(mode="json", exclude_defaults=True)


class Registration(_Model):
    """What only people can say of a study, for its preregistration, checklist and dossier."""

    question: str = ""
    """The research question, as one would ask it."""
    hypotheses: str = ""
    """What is expected of which outcome, and in which direction."""
    risk: str = ""
    """The (systemic) risk that the study is about, such as one of Article 34 of the DSA."""
    why_metric: str = ""
    """Why these outcomes stand for that risk."""
    why_sample: str = ""
    """Why so many puppets, and why these personas, places and moments."""
    exclusions: str = ""
    """Which puppets, sessions or pages are left out of the analysis, and when that is decided."""
    stopping: str = ""
    """When collection ends, and what would end it earlier."""
    labelling: str = ""
    """Who labels items, by which codebook, how often twice."""
    ethics: str = ""
    """Review, terms of the platform, persons concerned, cost to others."""
    data_protection: str = ""
    """Legal basis, DPIA, storage, access, deletion."""
    prior_studies: str = ""
    """What is known, and why this study is needed beside it."""
    publication: str = ""
    """What is published, where and when."""
    authors: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(default_factory=list)
    """Family name, given names; one entry a person or an organisation."""
    blinded: bool = False
    """Reports show arms under other names until `collector unblind`."""


def unsaid(told: Registration) -> tuple[str, ...]:
    """The fields of a registration that nobody has filled in, in their order."""
    return tuple(name for name, value in told if name != "blinded" and not value)


def _check_arms(arms: dict[str, Arm]) -> dict[str, Arm]:
    for name in arms:
        if not _ARM.fullmatch(name):
            slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "control"
            raise Fixable(f"{name!r} cannot be an arm's name", f"write {slug} (a-z, 0-9 and -)")
    return arms


def _check_dialogs(dialogs: dict[DialogKind, Choice]) -> dict[DialogKind, Choice]:
    if dialogs.get(DialogKind.SIGN_IN) is Choice.ACCEPT:
        raise Fixable(
            "a puppet does not sign in by a dialog",
            "write sign-in: decline, and log in by hand: collector profiles open NAME --site URL",
        )
    return dialogs


class Scenario(_Model):
    """A whole experiment. ``before`` and ``after`` are taken by every arm around its own steps."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_. -]{0,79}$")]
    description: str = ""
    platform: Annotated[Platform, Field(strict=False)] = DEFAULT_PLATFORM
    site: Annotated[str, BeforeValidator(reading.as_site)] = "mock"
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] = 1
    persona: Annotated[PersonaFile, BeforeValidator(reading.as_persona)] = Field(
        default_factory=PersonaFile
    )
    labels: Annotated[str | tuple[str, str], BeforeValidator(reading.as_labels)] = MOCK
    """Where topics come from: ``mock``, a file (then of it alone), or both; ``later``: from people,
    after the run."""
    mock: Mock | None = None
    """What the bundled mock is like, where it is not the usual one."""
    block: Annotated[int, Field(ge=1, le=500)] | None = None
    """How many twins of each arm start together and are compared with one another; see
    :attr:`block_size`."""
    sessions: Annotated[str, BeforeValidator(reading.as_sessions)] | None = None
    """How often each arm's steps are taken: so many times a day, at the same minute."""
    repeat: Every | None = None
    """From the start of one wave to that of the next: the arms' steps and ``after`` once more."""
    waves: Annotated[int, Field(ge=1, le=520)] = 1
    on_failure: Literal["skip", "continue"] = "skip"
    """After a session that failed: are the puppet's later ones left out or not?"""
    spacing: Duration | None = None
    """Least time between two searches of a puppet, on its own clock."""
    politeness: Annotated[Politeness, BeforeValidator(as_politeness)] | None = None
    """How a site beyond this machine is visited: least time between two page loads of a puppet, or
    the keys of :class:`Politeness`."""
    requires: Annotated[
        tuple[Literal["signed-in"], ...], BeforeValidator(reading.as_listed), Field(strict=False)
    ] = ()
    """What has to be true of a puppet before its first step."""
    dialogs: Annotated[
        dict[Annotated[DialogKind, Field(strict=False)], Annotated[Choice, Field(strict=False)]],
        AfterValidator(_check_dialogs),
    ] = Field(default_factory=dict)
    """What is answered to what lies over a page, where it is not the usual."""
    factors: dict[Name, Factor] | None = None
    """What the arms differ in: factor → keys (``steps``, ``persona``, ``persona.locale``, …)."""
    registration: Registration | None = None
    """What only people can say of the study: question, risk, stopping, ethics, …"""
    analysis: Analysis = Field(default_factory=Analysis)
    before: list[AnyStep] = Field(default_factory=list)
    arms: Annotated[dict[str, Arm], AfterValidator(_check_arms), Field(min_length=1)]
    after: list[AnyStep] = Field(default_factory=list)

    @model_validator(mode="after")
    def _surfaces(self) -> Self:
        """Where no surface is declared, those of the pages after the treatment are."""
        if "surfaces" not in self.analysis.model_fields_set and (
            found := surfaces_after(self.after, self.platform)
        ):
            own = self.analysis.model_copy(update={"surfaces": list(found)})
            object.__setattr__(self, "analysis", own)
        return self

    @property
    def label_file(self) -> str | None:
        """The file of labels that is named, as written."""
        return next((one for one in self.label_sources if one != MOCK), None)

    @property
    def label_sources(self) -> tuple[str, ...]:
        """See :func:`reading.label_sources`."""
        return reading.label_sources(self.labels)

    @property
    def block_size(self) -> int:
        """Twins of each arm in a block; the last block may hold fewer.

        Where the scenario does not say: the most that stay within 4 twins of an arm and 8 puppets
        in all. It follows from the file alone, so that a plan is the same on every machine.
        """
        twins = max(arm.twins for arm in self.arms.values())
        return min(twins, self.block or usual_block(len(self.arms)))

    def slots(self) -> tuple[Daily, int] | None:
        """What ``sessions`` asks for: the moments of a day, and how many sessions in all."""
        if self.sessions is None:
            return None
        found = reading.SESSIONS.fullmatch(self.sessions.strip())
        assert found is not None  # checked when the file was read
        daily = Daily.of(int(found[1]), int(found[2]))
        return daily, daily.per_day * int(found[3] or 1)

    def every(self) -> timedelta:
        """From wave to wave; nothing where there is one only."""
        return self.repeat or timedelta()

    def persona_of(self, arm: str) -> Persona:
        """The persona of an arm's puppets."""
        own = self.arms[arm].persona
        persona = (own or self.persona).persona()
        way = egress_of(self.arms[arm].proxy)
        return replace(persona, proxy=way) if way is not None else persona

    def snapshot(self) -> dict[str, Any]:
        """The scenario as plain data that reads back as the same scenario."""
        return {
            "name": self.name,
            "description": self.description,
            "platform": self.platform.value,
            "site": self.site,
            "seed": self.seed,
            "persona": self.persona.persona().to_dict(),
            "labels": self.labels if isinstance(self.labels, str) else list(self.labels),
            **({"mock": told} if self.mock and (told := self.mock.snapshot()) else {}),
            **self._design(),
            **self._registered(),
            "analysis": self.analysis.model_dump(mode="json"),
            "before": [written(step) for step in self.before],
            "arms": {
                name: {
                    "description": arm.description,
                    "twins": arm.twins,
                    "persona": arm.persona.persona().to_dict() if arm.persona else None,
                    **({"proxy": arm.proxy} if arm.proxy else {}),
                    "steps": [written(step) for step in arm.steps],
                }
                for name, arm in self.arms.items()
            },
            "after": [written(step) for step in self.after],
        }

    def _registered(self) -> dict[str, Any]:
        told = self.registration and self.registration.model_dump(exclude_defaults=True)
        return {"registration": told} if told else {}

    def _design(self) -> dict[str, Any]:
        """The keys of schedule and design that are used."""
        found = self.model_dump(mode="json", include=_SPARE, exclude_defaults=True)
        if self.block_size > 1 or self.block is not None:
            found["block"] = self.block_size
        return found
