"""The preregistration of a scenario: everything that is fixed before the run, under one hash.

Protects the rule that what is tested was said before it was seen. The document is made from the
scenario and its plan; what no scenario can know (the question, the risk, when collection stops) is
what its ``registration`` says, or an empty field that is listed. Two files hold it: ``NAME.json``,
canonical (sorted keys, no spaces, UTF-8), whose SHA-256 is the hash, and ``NAME.md`` to be read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from collector import __version__
from collector.analysis.declared import Declaration, declare
from collector.analysis.design import in_words
from collector.analysis.metrics import ATTENTION_P, RBO_P
from collector.common.errors import UserError
from collector.environment import refusals
from collector.platforms.registry import spec_of
from collector.registration.burden import burden_of
from collector.registration.simulated import read_power
from collector.scenario.designhash import design_sha256
from collector.scenario.lint import attainable_by
from collector.scenario.loader import Loaded
from collector.scenario.models import Registration, unsaid
from collector.scenario.plan import Plan, make_plan

FORMAT = "twinwatch-prereg/1"

SKEW_MS = 2000.0
"""Puppets of a block that start further apart than this deviate from the registered start."""


class PreregRefused(UserError):
    """A file is no preregistration, or was altered, or is that of another plan."""


@dataclass(frozen=True)
class Prereg:
    """A preregistration. ``fields``: the document as plain data."""

    fields: Mapping[str, Any] = field(repr=False)

    def to_json(self) -> bytes:
        """The canonical bytes."""
        return json.dumps(
            dict(self.fields), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        ).encode("utf-8")

    @cached_property
    def sha256(self) -> str:
        """Hex SHA-256 of :meth:`to_json`: what the registration is cited by."""
        return hashlib.sha256(self.to_json()).hexdigest()

    @property
    def plan_sha256(self) -> str:
        """Of the plan that was registered."""
        return str(self.fields["plan_sha256"])

    @property
    def scenario(self) -> Mapping[str, Any]:
        """The scenario as its plan carries it."""
        found: Mapping[str, Any] = self.fields["scenario"]
        return found

    @property
    def empty(self) -> tuple[str, ...]:
        """Fields of ``registration`` that nobody has filled, in their order."""
        return unsaid(Registration.model_validate(self.fields["registration"]))


def register(
    loaded: Loaded, seed: int | None = None, driver: str = "chromium", power: Path | None = None
) -> Prereg:
    """The preregistration of a scenario.

    :param seed: the master seed, in place of the scenario's own.
    :param driver: what the puppets will be, ``chromium`` or ``http``.
    :param power: what ``collector power --json`` printed of this design.
    :raises UserError: the scenario, its file of labels or that of its power cannot be used.
    """
    simulated = read_power(power, design_sha256(loaded.scenario)) if power is not None else None
    plan = make_plan(loaded, seed)
    told = loaded.scenario.registration or Registration()
    declared = declare(plan.scenario["analysis"], plan.scenario)
    return Prereg(
        {
            "format": FORMAT,
            "scenario_name": plan.scenario_name,
            "scenario_sha256": plan.source,
            "plan_sha256": plan.hash,
            "platform": plan.platform,
            "site": plan.site,
            "seed": plan.seed,
            "driver": driver,
            "software": {"collector": __version__, "parser": spec_of(plan.platform).parser},
            "registration": told.model_dump(),
            "design": _design(plan),
            "outcomes": _outcomes(declared),
            "analysis": _analysis(declared),
            "power": _power(plan, simulated),
            "labels": {
                "sources": list(plan.label_sources) or ["given after the run"],
                "sha256": _sha256(loaded.labels_path),
            },
            "limits": {"skew_ms": SKEW_MS},
            "load": asdict(burden_of(plan)) | {"sentence": burden_of(plan).sentence},
            "scenario": plan.scenario,
        }
    )


def _sha256(labels: Path | None) -> str | None:
    """Of the file of labels; ``None`` where the scenario names none."""
    if labels is None:
        return None
    with refusals(labels, fix="put the file beside the scenario, or correct labels"):
        return hashlib.sha256(labels.read_bytes()).hexdigest()


def _design(plan: Plan) -> dict[str, Any]:
    firsts = {session.puppet: session for session in reversed(plan.sessions)}
    return {
        "arms": [
            {
                "arm": arm,
                "description": written["description"],
                "twins": written["twins"],
                "persona": (written["persona"] or plan.scenario["persona"])["locale"],
            }
            for arm, written in plan.scenario["arms"].items()
        ],
        "factors": plan.scenario.get("factors"),
        "puppets": len(firsts),
        "blocks": len({session.block for session in plan.sessions}),
        "twins_of_an_arm_in_a_block": plan.scenario.get("block", 1),
        "sessions": len(plan.sessions),
        "sessions_of_a_puppet": len(plan.sessions) // max(1, len(firsts)),
        "schedule": plan.scenario.get("sessions"),
        "repeat": plan.scenario.get("repeat"),
        "waves": plan.scenario.get("waves", 1),
        "spacing": plan.scenario.get("spacing"),
        "politeness": plan.scenario.get("politeness"),
        "order": "arms rotate within a block, from an order that the master seed shuffles;"
        " the puppets of a block start at one barrier",
    }


def _outcomes(declared: Declaration) -> list[dict[str, Any]]:
    return [
        {
            "outcome": question.name,
            "metric": question.measure.name,
            "surface": question.surface,
            "label": question.label,
            "arm": question.contrast.arm,
            "control": question.contrast.control,
            "unit": str(question.measure.unit.value),
            "smallest_effect": declared.smallest.get(question.measure.name),
        }
        for question in declared.questions
    ]


def _analysis(declared: Declaration) -> dict[str, Any]:
    return {
        "test": "two-sided randomisation test, arm labels exchanged within blocks; the puppet is"
        " the unit of inference",
        "interval": "all shifts that the test does not reject",
        "family": "all outcomes above; Holm's correction over those that could reach alpha",
        "alpha": declared.alpha,
        "attention": str(declared.attention.value),
        "attention_parameter": ATTENTION_P,
        "rank_overlap_parameter": RBO_P,
        "phase": declared.phase,
        "moment": declared.moment,
        "withheld_below": {"labelled": declared.labelled, "dose": declared.dose},
    }


def _power(plan: Plan, simulated: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What the design can show; ``None`` where no arms are compared."""
    found = attainable_by(plan)
    if found is None:
        return None
    shift = found.shift if found.shift != float("inf") else None
    return {
        "least_p": found.least_p,
        "after_correction": found.adjusted,
        "with_one_puppet_lost": found.one_lost,
        "twins_needed": found.twins,
        "detectable_sd": None if shift is None else round(shift, 4),
        "sentence": in_words(found),
    } | ({} if simulated is None else {"simulated": dict(simulated)})


def read_prereg(path: Path) -> Prereg:
    """The preregistration in ``NAME.json``, or in the one beside ``NAME.md``.

    :raises PreregRefused: it is none, or the text names another hash than the data have.
    """
    data = path.with_suffix(".json") if path.suffix == ".md" else path
    try:
        raw = data.read_bytes()
        found = Prereg(json.loads(raw))
        if found.fields["format"] != FORMAT:
            raise ValueError(f"its format is {found.fields['format']!r}")
        found.fields["plan_sha256"], found.fields["registration"], found.fields["scenario"]
    except FileNotFoundError:
        raise PreregRefused(
            "there is no such file",
            place=str(data),
            fix="collector prereg SCENARIO --out prereg.md",
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise PreregRefused(
            f"not a preregistration: {error}",
            place=str(data),
            fix="name the file that `collector prereg SCENARIO --out prereg.md` wrote",
        ) from error
    text = path.with_suffix(".md")
    if raw.rstrip(b"\n") != found.to_json():
        raise PreregRefused(
            "the file was altered: it is not in its canonical form",
            place=str(data),
            fix="take the file that was registered",
        )
    if text.is_file() and found.sha256 not in text.read_text("utf-8"):
        raise PreregRefused(
            f"the text beside it does not name its hash {found.sha256[:12]}…",
            place=str(text),
            fix="take text and data of one registration",
        )
    return found
