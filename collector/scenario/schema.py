"""The scenario language as a JSON Schema, for the completion and the checks of editors.

Made from the classes that read the file, so that a key or a verb that is added there is completed
here: objects, defaults and limits are pydantic's own; of a value that one of our functions reads
(``90s``, ``home``, ``marie-us``) the form stands in :data:`_FORMS`, and a step, which a file writes
as a mapping with one key, in :func:`_step_forms`. The schema accepts every file that the loader
accepts; what only the loader can tell (an arm that does not exist, a topic without a source) it
does not refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from collector.egress import NOBODY
from collector.profile import persona as _persona
from collector.profile import shipped_personas
from collector.scenario import models, reading, steps, values
from collector.scenario.durations import parse_amount, parse_duration
from collector.scenario.models import Scenario
from collector.scenario.steps import STEPS
from collector.scenario.verb import Step
from collector.scenario.verbs import acting

#: What the schema calls itself; a name, not an address that anything is fetched from.
ID = "urn:twinwatch:schema:scenario"

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_TEXT: JsonSchemaValue = {"type": "string"}
_TIME = r"^ *(\d{1,12}(\.\d{1,6})? *(ms|d|h|m|s|MS|D|H|M|S) *)+$"
_DURATION: JsonSchemaValue = {
    "type": "string",
    "pattern": _TIME,
    "description": "A time with its unit: 90s, 2m, 1h30m, 500ms.",
    "examples": ["30s", "2m", "1h30m"],
}


#: Stands where a step is wanted until all verbs are known.
_STEP: JsonSchemaValue = {"$comment": "step"}


def _either(*forms: JsonSchemaValue) -> JsonSchemaValue:
    return {"anyOf": list(forms)}


def _texts(inner: JsonSchemaValue) -> JsonSchemaValue:
    """One text, or what is behind it."""
    return _either(_TEXT, inner)


def _persona_form(inner: JsonSchemaValue) -> JsonSchemaValue:
    names = {"enum": sorted(shipped_personas()), "description": "A ready-made persona."}
    return _either(names, inner)


def _sized(inner: JsonSchemaValue) -> JsonSchemaValue:
    """A smallest effect, ``5 points`` or a number; or one for each outcome."""
    one = _either(_TEXT, {"type": "number", "exclusiveMinimum": 0})
    return _either(one, {"type": "object", "additionalProperties": one})


def _way(inner: JsonSchemaValue) -> JsonSchemaValue:
    """A proxy's address, or what is known of it."""
    check = {
        "description": "Who says from where the puppet is seen: the address of a JSON answer with"
        " ip and country; none: nobody is asked.",
        **_either({"const": NOBODY}, {"type": "string", "pattern": r"^[Hh][Tt][Tt][Pp][Ss]?://"}),
    }
    told = {"server": _TEXT, "credentials": _TEXT, "country": _TEXT, "check": check}
    keys = {"type": "object", "properties": told, "additionalProperties": False}
    return _either(_TEXT, keys, {"type": "null"})


#: Function that reads a value → what a file may write there, given the schema of what comes out.
_FORMS: Mapping[Callable[..., Any], Callable[[JsonSchemaValue], JsonSchemaValue]] = {
    parse_duration: lambda inner: dict(_DURATION),
    parse_amount: lambda inner: {
        "type": "string",
        "description": "A time (30s), a share of the video (30%), or end.",
        "examples": ["30s", "50%", "end"],
    },
    reading.as_every: lambda inner: _either({"enum": ["daily", "weekly"]}, dict(_DURATION)),
    reading.as_effects: _sized,
    reading.as_factor: _texts,
    reading.as_persona: _persona_form,
    reading.as_labels: lambda inner: _either(
        _TEXT, {"type": "array", "items": _TEXT, "minItems": 2, "maxItems": 2}
    ),
    reading.as_proxy: _way,
    _persona._proxy: _way,
    reading.as_world: lambda inner: _either(_TEXT, {"type": "object"}),
    _persona._viewport: lambda inner: _either(
        {"type": "string", "pattern": r"^ *\d{2,5} *[x×] *\d{2,5} *$"}, inner
    ),
    acting.as_switch: lambda inner: _either(inner, {"enum": ["on", "off"]}),
    values.as_list: _texts,
    values.as_surface: lambda inner: {"enum": ["home", "related", "search"]},
}


class _Generator(GenerateJsonSchema):
    """Pydantic's own generator, with the forms of the values that our functions read."""

    def function_plain_schema(
        self, schema: core_schema.PlainValidatorFunctionSchema
    ) -> JsonSchemaValue:
        form = _FORMS.get(schema["function"]["function"])
        return form({}) if form else super().function_plain_schema(schema)

    def function_before_schema(
        self, schema: core_schema.BeforeValidatorFunctionSchema
    ) -> JsonSchemaValue:
        inner = self.generate_inner(schema["schema"])
        if schema["function"]["function"] is steps._normalise:
            return dict(_STEP)
        form = _FORMS.get(schema["function"]["function"])
        return form(inner) if form else inner


def _body(raw: JsonSchemaValue) -> JsonSchemaValue:
    """The keys below a verb: those of its class, without the verb itself."""
    found = {key: value for key, value in raw.items() if key not in ("title", "description")}
    found["properties"] = {
        name: value for name, value in raw.get("properties", {}).items() if name != "do"
    }
    needed = [name for name in raw.get("required", ()) if name != "do"]
    found.pop("required", None)
    return {**found, **({"required": needed} if needed else {})}


def _step_forms(cls: type[Step], body: JsonSchemaValue) -> list[JsonSchemaValue]:
    """How a verb may be written: ``- watch: {for: 30s}``, ``- watch: 30s``, ``- capture``."""
    name = cls.verb_name()
    below: list[JsonSchemaValue] = [body]
    if cls.short is not None:
        # A short form fills one key; where that is no field, the class itself reads it.
        key = body["properties"].get(cls.short, {"type": ["string", "integer"]})
        below.append({k: v for k, v in key.items() if k != "default"})
    if cls.bare:
        below.append({"type": "null"})
    told = (cls.__doc__ or "").strip().split("\n\n")[0]
    mapping: JsonSchemaValue = {
        "type": "object",
        "properties": {name: _either(*below)},
        "required": [name],
        "additionalProperties": False,
        "description": " ".join([*told.split(), f"Example: {cls.example}"]),
    }
    return [mapping, {"const": name}] if cls.bare else [mapping]


def _placed(found: Any) -> Any:
    """The same with a reference wherever a step is wanted."""
    if found == _STEP:
        return {"$ref": "#/$defs/Step"}
    if isinstance(found, dict):
        return {
            key: _placed(value)
            for key, value in found.items()
            if key != "default"
            or not isinstance(value, dict | None)  # inner values, not the file's
        }
    return [_placed(each) for each in found] if isinstance(found, list) else found


def scenario_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a scenario file, as plain data.

    Example: ``json.dumps(scenario_schema())`` is what ``collector scenarios schema`` prints.
    """
    made = Scenario.model_json_schema(by_alias=True, schema_generator=_Generator)
    definitions: dict[str, Any] = made.pop("$defs")
    forms: list[JsonSchemaValue] = []
    for cls in STEPS.values():
        definitions.pop(cls.__name__, None)  # how a step is inside; below is how it is written
        own = cls.model_json_schema(by_alias=True, schema_generator=_Generator)
        own.pop("$defs", None)
        forms += _step_forms(cls, _body(own))
    definitions["Step"] = _either(*forms)
    made["properties"]["arms"] |= {
        "minProperties": 1,
        "propertyNames": {"pattern": f"^{models._ARM.pattern}$"},
    }
    found: dict[str, Any] = _placed(made | {"$defs": dict(sorted(definitions.items()))})
    return {"$schema": DIALECT, "$id": ID, **found, "title": "twinwatch scenario"}
