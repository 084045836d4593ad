"""Beginning a run under its preregistration.

Protects the rule that a plan which was not registered is not run as if it were.
"""

from __future__ import annotations

from pathlib import Path
from shlex import quote

from collector.common.errors import UserError
from collector.contract.options import Registered
from collector.registration.differences import scenario_differences
from collector.registration.prereg import Prereg, PreregRefused, read_prereg, register
from collector.registration.words import in_markdown
from collector.scenario.loader import Loaded

#: So many differences are named where a plan is refused.
_MOST = 5


def under(
    loaded: Loaded,
    seed: int | None,
    driver: str,
    prereg: Path | None,
    reasons: tuple[str, ...] = (),
) -> Registered | None:
    """The preregistration that a run of ``loaded`` is begun under; ``None`` without one.

    :param seed: the master seed that the run is given, in place of the scenario's.
    :param driver: what the puppets will be.
    :param reasons: why the run may differ; without any, a difference is refused.
    :raises PreregRefused: the file is none, or was made for another plan, driver or labels.
    :raises UserError: reasons without a preregistration, or an empty one.
    """
    if any(not reason.strip() for reason in reasons):
        raise UserError("the reason is empty", place="--deviate", fix="say why the plan differs")
    if prereg is None:
        if reasons:
            raise UserError(
                "there is nothing to deviate from",
                place="--deviate",
                fix="name the preregistration too: --prereg FILE",
            )
        return None
    said, now = read_prereg(prereg), register(loaded, seed, driver)
    found = _differences(said, now)
    if found and not reasons:
        more = f"; and {len(found) - _MOST} more" if len(found) > _MOST else ""
        raise PreregRefused(
            f"another plan was registered: {'; '.join(found[:_MOST])}{more}",
            place=str(prereg),
            fix="run what was registered, register anew (collector prereg), or record why:"
            f" --deviate {quote('the reason')}",
        )
    return Registered(said.sha256, said.to_json(), in_markdown(said).encode(), reasons)


def _differences(said: Prereg, now: Prereg) -> list[str]:
    """What differs between what was registered and what is about to be run, in words."""
    found = []
    if said.plan_sha256 != now.plan_sha256:
        found = [
            f"{each.where.removesuffix(' (now)')} was {each.planned} and is {each.found}"
            for each in scenario_differences(said.scenario, now.scenario, "now")
        ]
        if said.fields["seed"] != now.fields["seed"]:
            found.append(f"seed was {said.fields['seed']} and is {now.fields['seed']}")
        if not found:
            found.append(
                f"plan {said.plan_sha256[:12]}… was registered, this one is"
                f" {now.plan_sha256[:12]}… (the file of the scenario differs, its content does not)"
            )
    if said.fields["driver"] != now.fields["driver"]:
        found.append(f"driver was {said.fields['driver']} and is {now.fields['driver']}")
    if said.fields["labels"]["sha256"] != now.fields["labels"]["sha256"]:
        found.append("the file of labels is another one")
    return found
