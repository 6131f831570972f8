"""The schemas of what goes over HTTP, in JSON Schema 2020-12 as OpenAPI 3.1 has it.

Every schema of an answer is closed (`additionalProperties: false`), so that a field which is added
to an answer must be described here, too: tests hold the server's answers against them.
"""

from __future__ import annotations

from typing import Any, get_args

from vidclf.serving import limits
from vidclf.serving.problems import Kind
from vidclf.settings import Head

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
_FLAG: Schema = {"type": "boolean"}
_NUMBER: Schema = {"type": "number"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_SCORE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
_ID: Schema = {
    "type": ["string", "number", "null"],
    "maxLength": limits.MOST_NAME_CHARACTERS,
    "description": "What the client calls the picture; the answer carries it.",
}
_TIMESTAMP: Schema = {
    "type": ["number", "null"],
    "description": "When it was taken, in seconds on the client's own clock.",
}
_BASE64: Schema = {
    "type": "string",
    "minLength": 1,
    "description": "Base64 of a JPEG, PNG or WebP, with or without `data:image/…;base64,` before.",
}


def ref(name: str) -> Schema:
    """A reference to a schema of the description."""
    return {"$ref": f"#/components/schemas/{name}"}


def listed(items: Schema, **more: Any) -> Schema:
    """A list of items of a schema."""
    return {"type": "array", "items": items, **more}


def closed(properties: dict[str, Schema], *, optional: tuple[str, ...] = ()) -> Schema:
    """An object of these properties and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _by_name(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


_RANKED = closed({"label": TEXT, "class_id": _COUNT, "confidence": _SCORE})
_MILLISECONDS = closed({"wait": _NUMBER, "decode": _NUMBER, "infer": _NUMBER})
_COMMON: dict[str, Schema] = {
    "id": _ID,
    "timestamp": _TIMESTAMP,
    "frame": {**_COUNT, "description": "Always 0 over HTTP: each picture stands alone."},
    "inferred": {**_FLAG, "description": "Whether the model saw this very picture."},
    "dropped": {**_COUNT, "description": "Always 0 over HTTP."},
    "ms": {**_MILLISECONDS, "description": "Where the time went, in milliseconds."},
}

SCHEMAS: dict[str, Schema] = {
    "LabelAnswer": closed(
        {
            **_COMMON,
            "label": {**TEXT, "description": "The best label."},
            "class_id": {**_COUNT, "description": "Its place among the model's labels."},
            "confidence": _SCORE,
            "raw_label": {**TEXT, "description": "The best label before smoothing."},
            "raw_confidence": _SCORE,
            "top": listed(_RANKED, description="The best labels, the best one first."),
            "certain": {**_FLAG, "description": "Whether the label counts by the threshold."},
            "labels": listed(TEXT, description="All labels that count, of a multi-label model."),
        },
        optional=("labels",),
    ),
    "ValueAnswer": closed(
        {
            **_COMMON,
            "values": {**_by_name(_NUMBER), "description": "Name of a value → the value."},
            "raw_values": {**_by_name(_NUMBER), "description": "The same before smoothing."},
        }
    ),
    "FailedAnswer": closed({"id": _ID, "timestamp": _TIMESTAMP, "error": ref("Problem")}),
    "Predictions": closed(
        {
            "predictions": listed(
                {"anyOf": [ref("LabelAnswer"), ref("ValueAnswer"), ref("FailedAnswer")]},
                minItems=1,
                description="One for each picture, in their order.",
            )
        }
    ),
    "Picture": {
        "type": "object",
        "properties": {"image": _BASE64, "id": _ID, "timestamp": _TIMESTAMP},
        "required": ["image"],
    },
    "Pictures": {
        "type": "object",
        "properties": {
            "images": listed(
                {"anyOf": [ref("Picture"), _BASE64]}, minItems=1, maxItems=limits.MOST_PICTURES
            )
        },
        "required": ["images"],
    },
    "Problem": closed(
        {
            "type": {
                "type": "string",
                "enum": [f"urn:vidclf:problem:{kind}" for kind in get_args(Kind)],
            },
            "title": TEXT,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {**TEXT, "description": "What was wrong, and what to do instead."},
        }
    ),
    "Model": closed(
        {
            "name": TEXT,
            "digest": {**TEXT, "description": "SHA-256 of the model file, hexadecimal."},
            "head": {"enum": [*get_args(Head)]},
            "labels": listed(TEXT, description="Labels or names of values, in their order."),
            "input_size": closed({"width": _COUNT, "height": _COUNT}),
            "window": {
                "type": ["integer", "null"],
                "description": "How many frames one input of a clip model has.",
            },
            "units": _or_null(listed(TEXT)),
            "ranges": _or_null(listed(listed(_NUMBER, minItems=2, maxItems=2))),
            "thresholds": _or_null(listed(_SCORE)),
            "runtime": {**TEXT, "description": "What computes it."},
        }
    ),
    "State": closed({"status": {"enum": ["alive", "ready"]}}),
}
