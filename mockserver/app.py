"""The application factory: one Flask app, two faces (sites to browse, APIs) over one world."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from flask import Flask, Response

from mockserver import redesign
from mockserver.bodies import MOST_BODY_BYTES, ShallowJSON
from mockserver.context import Mock, MockConfig
from mockserver.db import Submissions
from mockserver.hosts import Names
from mockserver.index import bp as index
from mockserver.mounted import FACES
from mockserver.openapi.document import bp as openapi
from mockserver.routing import HostRouter
from mockserver.rules import App
from mockserver.world import World
from mockserver.world.journal import Journal


def truth_path(db: Path) -> Path:
    """The truth log's file: beside the submissions, never in them."""
    return db.with_name(f"{db.stem}.truth{db.suffix or '.db'}")


def _marked(response: Response) -> Response:
    """Every answer says that it is a mock's: a client without a browser talks to nothing else."""
    response.headers["X-Mock-Server"] = "twinwatch"
    return response


def create_app(config: MockConfig | None = None) -> Flask:
    """Build the mock of ``config``; its :class:`Mock` is ``app.extensions["mock"]``."""
    config = config or MockConfig()
    app: Any = App(__name__, static_folder=None)
    app.url_map.strict_slashes = False
    # A redirect that merges slashes would show the internal mount to the client.
    app.url_map.merge_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = MOST_BODY_BYTES
    app.json = ShallowJSON(app)
    world = World.build(
        seed=config.seed,
        size=config.world,
        era=config.era,
        clock=config.clock,
        recommender=config.recommender,
        faults=config.faults,
        truths=config.truths,
        mechanism=config.mechanism,
        journal=None
        if config.state is None
        else Journal(config.state, patient=config.state_patient),
    )
    if config.db is not None:
        world.truth.persist(truth_path(config.db))
    app.extensions["mock"] = Mock(
        config=config,
        world=world,
        db=Submissions(config.db),
        truth_token=config.truth_token or secrets.token_hex(20),
    )
    for face in FACES:
        face.install(app)
    app.register_blueprint(openapi)
    app.register_blueprint(index)
    app.after_request(_marked)
    if config.mutate is not None:
        for face in FACES:
            if face.is_site:
                redesign.install(app, config.mutate, face.key)
    app.wsgi_app = HostRouter(app.wsgi_app, Names(config.hosts).hold)
    return app
