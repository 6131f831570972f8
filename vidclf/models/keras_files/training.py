"""Read a training configuration: the loss and the metrics tell what the outputs are."""

from __future__ import annotations

import re
from typing import Any


def loss_name(training: Any) -> str | None:
    """Find the name of the loss in a training configuration, in snake case as Keras' functions.

    `{"loss": [{"class_name": "BinaryCrossentropy", …}]}` → `binary_crossentropy`.
    """
    loss = training.get("loss") if isinstance(training, dict) else None
    while isinstance(loss, dict | list) and len(loss) == 1:  # one for each of one output
        loss = next(iter(loss.values() if isinstance(loss, dict) else loss))
    return _function_name(loss)


def metric_names(training: Any) -> tuple[str, ...]:
    """Find the names of all metrics in a training configuration, however they are nested."""
    stack = [training.get("metrics")] if isinstance(training, dict) else []
    names: list[str] = []
    while stack:
        item = stack.pop()
        if name := _function_name(item):
            names.append(name)
        elif isinstance(item, dict | list):
            stack += item.values() if isinstance(item, dict) else item
    return tuple(sorted(set(names)))


def _function_name(saved: Any) -> str | None:
    """Return the name of a loss or metric as Keras saves it: a text, or an object of a class."""
    if isinstance(saved, dict):
        name = saved.get("class_name")
        config = saved.get("config")
        is_wrapper = name in ("function", "MeanMetricWrapper", "LossFunctionWrapper")
        if is_wrapper and isinstance(config, dict):
            name = config.get("name")
        elif is_wrapper:
            name = config
        saved = name
    if not isinstance(saved, str):
        return None
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", saved).lower()
