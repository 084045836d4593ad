"""A vocabulary that other packages add to: a StrEnum whose further members are registered.

Protects the rule that a name is either known or refused: what nobody registered is no member.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

#: Members that are not written in their class, by class and value.
_ADDED: dict[tuple[type, str], OpenNames] = {}


class OpenNames(StrEnum):
    """Names that ship with the package; ``registered`` tells which others there are.

    A registered name is a member like those that are written in the class: equal to its text and
    the same object each time. Only iteration leaves it out.
    """

    @classmethod
    def registered(cls, name: str) -> bool:
        """Whether another package has registered ``name``."""
        return False

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        found = _ADDED.get((cls, value))
        if found is None:
            if not cls.registered(value):
                return None
            found = str.__new__(cls, value)
            found._name_, found._value_ = value.upper(), value
            _ADDED[cls, value] = found
        assert isinstance(found, cls)
        return found

    def __reduce_ex__(self, protocol: object) -> tuple[type[Self], tuple[str]]:
        """By value: Python before 3.11.4 keeps the name, which no registered member has there."""
        return type(self), (self._value_,)
