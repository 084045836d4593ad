"""The faces of this mock, in the order in which they are mounted, shown and described.

A new site or API is a package with a ``face.py`` and one line here.
"""

from __future__ import annotations

from mockserver import truth_face
from mockserver.api.fbtrex import face as fbtrex
from mockserver.api.gdata import face as gdata
from mockserver.api.tubearchivist import face as tubearchivist
from mockserver.api.yttrex import face as yttrex
from mockserver.faces import Face
from mockserver.platforms.facebook import face as facebook
from mockserver.platforms.youtube import face as youtube

FACES: tuple[Face, ...] = (
    youtube.FACE,
    facebook.FACE,
    yttrex.FACE,
    fbtrex.FACE,
    tubearchivist.FACE,
    gdata.FACE,
    truth_face.FACE,
)
