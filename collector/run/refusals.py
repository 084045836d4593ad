"""What the bundled mock has not and puppets without a browser cannot do: refused before a run.

Protects the rule that nothing is left out in silence: the refusal names the key, option or step.
"""

from __future__ import annotations

from collector.browserless.wire import check_mock
from collector.common.errors import UserError
from collector.contract.options import RunOptions
from collector.contract.places import Place
from collector.mock.mockoptions import has_site
from collector.platforms.registry import spec_of
from collector.scenario.plan import Plan
from collector.scenario.verb import traits

_PLACE = "--driver http"
_FIX = "use --driver chromium"


def check_own_mock(plan: Plan, place: Place) -> None:
    """Refuse the bundled mock to a platform that it has no site of. Raises UserError."""
    if place.is_own_mock and not has_site(plan.platform):
        raise UserError(
            f"the bundled mock has no site of {plan.platform}",
            place="site",
            fix=f"name one that serves it: --site http://{spec_of(plan.platform).host}"
            ".localhost:8000",
        )


def check_http(options: RunOptions, plan: Plan, place: Place) -> None:
    """Refuse what this driver cannot do. Raises UserError, before anything is written."""
    for name in options.browser.asked():
        raise UserError(f"{name} needs a browser", place=_PLACE, fix=f"leave it out, or {_FIX}")
    for session in plan.sessions:
        for step in session.steps:
            if traits(step.kind).needs_browser:
                raise UserError(
                    f"the step {step.kind.value!r} (arm {session.arm}, step {step.index + 1})"
                    " needs a browser",
                    place=_PLACE,
                    fix=f"leave the step out, or {_FIX}",
                )
    spec = spec_of(plan.platform)
    if spec.http_actions is None:
        raise UserError(f"{plan.platform} is not known without a browser", place=_PLACE, fix=_FIX)
    if not place.on_loopback or place.origin is not None:
        check_mock(str(place.origin), options.browser.ca)
