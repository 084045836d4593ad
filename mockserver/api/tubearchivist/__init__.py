"""The TubeArchivist API over the world's videos (``docs/api-tubearchivist.md`` lists it).

Three generations of the original server, which differ in shapes: ``v0.4`` (the default, with what
older documents add), ``v0.5`` and ``v0.3``. Each is served under a prefix of its own, too.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.routing import BaseConverter

from collector.common.errors import UserError
from mockserver.api.tubearchivist import (
    backups,
    channels,
    cookies,
    custom,
    dispatch,
    downloads,
    marks,
    playlists,
    refreshing,
    schedules,
    searching,
    stats,
    system,
    tasks,
    videos,
    web,
)
from mockserver.api.tubearchivist.archive import Archive
from mockserver.api.tubearchivist.profile import PROFILES
from mockserver.api.tubearchivist.users import Users
from mockserver.api.tubearchivist.watching import Watching
from mockserver.context import Mock
from mockserver.openapi.blueprint import ApiBlueprint

__all__ = ["bp", "install"]

bp = ApiBlueprint("tubearchivist", __name__)

for _module in (
    videos,
    channels,
    playlists,
    custom,
    downloads,
    tasks,
    backups,
    schedules,
    refreshing,
    cookies,
    searching,
    marks,
    system,
    stats,
):
    _module.register(bp)
dispatch.wire(bp)


class _Slug(BaseConverter):
    """Ids as the original's routes know them."""

    regex = "[-a-zA-Z0-9_]+"


class _File(BaseConverter):
    """Names of files: nothing that leads elsewhere."""

    regex = r"[-a-zA-Z0-9_]+(?:\.[-a-zA-Z0-9_]+)*"


class _Anything(BaseConverter):
    """The rest of a path whatever is in it."""

    regex = r"[\s\S]+"
    part_isolating = False


def install(app: Flask) -> None:
    """Mount the API, its other generations and what lies beside it, over the app's mock.

    :raises UserError: an unknown profile or user, or a file that cannot be loaded
    """
    state: Mock = app.extensions["mock"]
    config = state.config
    if config.tubearchivist_profile not in PROFILES:
        raise UserError(
            f"there is no profile {config.tubearchivist_profile!r}",
            place="--tubearchivist-profile",
            fix=f"use {', '.join(PROFILES)}",
        )
    archive = Archive(
        state.world,
        Users(state.world, state.db.secret, config.tubearchivist_tokens),
        file=config.tubearchivist_load,
        delay_s=config.tubearchivist_delay_s,
    )
    converters: dict[str, Any] = app.url_map.converters
    converters.update(slug=_Slug, file=_File, anything=_Anything)
    prefixes = {"tubearchivist": config.tubearchivist_profile}
    app.extensions["tubearchivist"] = archive
    app.extensions["tubearchivist.watching"] = Watching(archive)
    index = app.extensions["tubearchivist.index"] = searching.Index(archive)
    index.warm()
    app.extensions["tubearchivist.prefixes"] = prefixes
    app.register_blueprint(bp, url_prefix="/tubearchivist/api")
    for profile in PROFILES.values():
        name = f"tubearchivist_{profile.name.replace('.', '_')}"
        prefixes[name] = profile.name
        app.register_blueprint(bp, url_prefix=f"/tubearchivist/{profile.name}/api", name=name)
    app.register_blueprint(web.bp, url_prefix="/tubearchivist")
