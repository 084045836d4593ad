"""A puppet: who it claims to be, the key it signs with, and its browser's state on disk."""

from __future__ import annotations

from collector.profile.archive import export_profile, import_profile
from collector.profile.generate import generate_persona
from collector.profile.origin import Origin
from collector.profile.persona import Persona, PersonaFile, persona_from
from collector.profile.shipped import shipped_personas
from collector.profile.store import Profile, ProfileStore, visitor_id_of

__all__ = [
    "Origin",
    "Persona",
    "PersonaFile",
    "Profile",
    "ProfileStore",
    "export_profile",
    "generate_persona",
    "import_profile",
    "persona_from",
    "shipped_personas",
    "visitor_id_of",
]
