"""The ytTREX API over what was submitted to this mock."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("yttrex", __name__)
