"""Dense layers in NumPy: the head of a network, forwards and backwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vidclf.training.targets import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Dense:
    """One layer: `inputs @ kernel + bias`."""

    kernel: Floats
    """(inputs, units) float32."""
    bias: Floats
    """(units,) float32."""

    def __call__(self, inputs: Floats) -> Floats:
        """(N, inputs) → (N, units)."""
        return np.asarray(inputs @ self.kernel + self.bias, np.float32)


def first_layers(inputs: int, hidden: int | None, outputs: int, seed: int) -> list[Dense]:
    """Layers before training: He's normal kernel where a ReLU follows (He et al. 2015), else 0."""
    if hidden is None:
        return [_zeros(inputs, outputs)]
    lots = np.random.default_rng((seed, 1))
    kernel = lots.normal(0, (2 / inputs) ** 0.5, (inputs, hidden)).astype(np.float32)
    return [Dense(kernel=kernel, bias=np.zeros(hidden, np.float32)), _zeros(hidden, outputs)]


def outputs_of(layers: Sequence[Dense], inputs: Floats) -> Floats:
    """(N, inputs) → (N, outputs), with a ReLU between two layers."""
    for layer in layers[:-1]:
        inputs = np.maximum(layer(inputs), 0)
    return layers[-1](inputs)


class Trainer:
    """Steps of AdamW (Loshchilov and Hutter 2019) on dense layers with dropout before each."""

    _BETAS = (0.9, 0.999)
    _LEAST = 1e-7

    def __init__(
        self, layers: Sequence[Dense], *, dropout: float, decay: float, lots: np.random.Generator
    ) -> None:
        """Begin with some layers, which are copied."""
        self._weights = [part.copy() for layer in layers for part in (layer.kernel, layer.bias)]
        self._means = [np.zeros_like(part) for part in self._weights]
        self._squares = [np.zeros_like(part) for part in self._weights]
        self._steps = 0
        self._dropout, self._decay, self._lots = dropout, decay, lots

    @property
    def layers(self) -> list[Dense]:
        """A copy of the layers as they are now."""
        parts = [part.copy() for part in self._weights]
        return [
            Dense(kernel=kernel, bias=bias)
            for kernel, bias in zip(parts[::2], parts[1::2], strict=True)
        ]

    def forward(self, inputs: Floats) -> tuple[Floats, list[Floats]]:
        """Compute outputs with dropout, and each layer's inputs, which `backward` needs."""
        seen: list[Floats] = []
        last = len(self._weights) // 2 - 1
        for number in range(last + 1):
            seen.append(self._thinned(inputs))
            inputs = seen[-1] @ self._weights[2 * number] + self._weights[2 * number + 1]
            if number < last:
                inputs = np.maximum(inputs, 0)
        return inputs, seen

    def step(self, gradient: Floats, seen: Sequence[Floats], *, rate: float) -> None:
        """Go one step down.

        Args:
            gradient: (N, outputs) of the mean loss by the outputs.
            seen: what `forward` gave.
            rate: the learning rate.
        """
        gradients: list[Floats] = []
        for number in reversed(range(len(seen))):
            gradients[:0] = [seen[number].T @ gradient, gradient.sum(axis=0)]
            if number:  # what dropout or the ReLU had made 0 has no part in it
                gradient = gradient @ self._weights[2 * number].T * (seen[number] > 0)
                gradient /= 1 - self._dropout
        self._move(gradients, rate)

    def _thinned(self, inputs: Floats) -> Floats:
        if not self._dropout:
            return inputs
        kept = self._lots.random(inputs.shape, np.float32) >= self._dropout
        return np.asarray(inputs * kept / np.float32(1 - self._dropout), np.float32)

    def _move(self, gradients: Sequence[Floats], rate: float) -> None:
        self._steps += 1
        first, second = self._BETAS
        scale = rate * (1 - second**self._steps) ** 0.5 / (1 - first**self._steps)
        for number, gradient in enumerate(gradients):
            mean, square = self._means[number], self._squares[number]
            mean += (1 - first) * (gradient - mean)
            square += (1 - second) * (np.square(gradient) - square)
            if number % 2 == 0:  # kernels decay, biases do not
                self._weights[number] *= 1 - rate * self._decay
            self._weights[number] -= scale * mean / (np.sqrt(square) + self._LEAST)


def _zeros(inputs: int, outputs: int) -> Dense:
    return Dense(kernel=np.zeros((inputs, outputs), np.float32), bias=np.zeros(outputs, np.float32))
