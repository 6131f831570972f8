"""How a Keras model that a program holds is told from names and paths, without importing Keras."""

from __future__ import annotations

from typing import Any, Protocol, TypeGuard


class KerasModel(Protocol):
    """A `keras.Model` of Keras 3, or a `tf_keras.Model`."""

    @property
    def name(self) -> Any:
        """What it is called."""

    @property
    def layers(self) -> Any:
        """Its layers."""

    @property
    def weights(self) -> Any:
        """Its variables."""

    def to_json(self) -> Any:
        """Its architecture as JSON."""


def is_keras_model(value: object) -> TypeGuard[KerasModel]:
    """Whether a value is a model of Keras 3 or of tf_keras."""
    return any(
        base.__name__ == "Model" and base.__module__.partition(".")[0] in ("keras", "tf_keras")
        for base in type(value).__mro__
    )
