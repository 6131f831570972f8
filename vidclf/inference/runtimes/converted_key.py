"""Where the OpenVINO form of a model is kept."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import fields

from vidclf.core.cache import CacheKey
from vidclf.models.info import ModelInfo

_FORMAT = 5
_ONLY_FOR_PEOPLE = frozenset(
    {
        "name", "path", "in_memory", "labels", "crop", "resize", "thresholds", "units", "ranges",
        "usual_preprocessing", "head_is_known", "assumptions", "evidence", "training",
    }
)  # fmt: skip
"""Fields of a description that change nothing in what is computed from an input."""


def is_converted(info: ModelInfo) -> bool:
    """Whether the form that OpenVINO runs is kept from an earlier run."""
    return os.path.lexists(converted_key(info).folder)


def converted_key(info: ModelInfo) -> CacheKey:
    """What the form is kept by: the file, and all that changes the numbers of its answers."""
    how = {
        field.name: repr(getattr(info, field.name))
        for field in fields(info)
        if field.name not in _ONLY_FOR_PEOPLE
    }
    taken = hashlib.sha256(json.dumps(how, sort_keys=True).encode()).hexdigest()
    return CacheKey(
        kind="openvino", model=info.name, digest=info.digest, variant=taken[:16], format=_FORMAT
    )
