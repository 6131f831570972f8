"""The question that stops a run: how was this model's input scaled?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import numpy as np

from vidclf.core.frames import Pixels, Scores
from vidclf.core.preprocessing import SCALINGS
from vidclf.errors import ModelError
from vidclf.inference.runtimes import open_runtime
from vidclf.inference.tensors import to_input, to_scores
from vidclf.models import Model, ModelInfo
from vidclf.models.description.sidecar import sidecar_path

_ANSWERS_SHOWN = 3
_NAME = max(map(len, SCALINGS))
_MEANS = max(len(scaling.means) for scaling in SCALINGS.values())


def ask_for_preprocessing(model: Model, pixels: Pixels, clip: str) -> NoReturn:
    """Stop the run with what each way of scaling would make the model say.

    Args:
        model: a model of which nothing tells how its input was scaled.
        pixels: (N, h, w, 3) uint8 RGB frames of the clip at the input size, or (N, T, h, w, 3);
            the one with the most contrast is shown to the model.
        clip: the clip's name.

    Raises:
        ModelError: always, with the question.
    """
    shown = pixels[[int(pixels.reshape(len(pixels), -1).std(axis=1).argmax())]]
    infos = [replace(model.info, preprocessing=scaling) for scaling in SCALINGS.values()]
    ways = [
        f"  --preprocess {name:<{_NAME}} {scaling.means:<{_MEANS}} {_answers(scores, model.info)}"
        for (name, scaling), scores in zip(
            SCALINGS.items(), _scores(model, infos, shown), strict=True
        )
    ]
    raise ModelError(
        f"nothing tells how the input of {model.info.path} was scaled in training, and a wrong "
        f"guess ruins every prediction. On one of the first frames of {clip} it would say:\n"
        + "\n".join(ways)
        + "\nGive the one it was trained with: what its training program did to pictures before "
        f"the network{_way_to_say_it(model.info)}"
    )


def _way_to_say_it(info: ModelInfo) -> str:
    if info.in_memory:
        return ', as preprocess="0-1"'
    sidecar = sidecar_path(Path(info.path))
    return (
        f'. {sidecar.name} beside it says so for good, as {{"format": 1, "preprocessing": "0-1"}}'
    )


def _scores(model: Model, infos: list[ModelInfo], pixels: Pixels) -> list[Scores]:
    """(C,) scores of one input under each description."""
    if model.graph:
        runtimes = (
            open_runtime("openvino", info=info, load=model.load, graph=model.graph, probe=_none)
            for info in infos
        )
        return [runtime.scores(pixels)[0] for runtime in runtimes]
    batch = np.concatenate([to_input(pixels, info) for info in infos])
    outputs = np.asarray(model.load()(batch), np.float32)
    return list(to_scores(outputs.reshape(len(infos), -1), model.info))


def _none() -> Pixels:
    raise AssertionError("a graph is not checked on frames")


def _answers(scores: Scores, info: ModelInfo) -> str:
    if info.head == "regression":
        return ", ".join(
            f"{name} {value:.4g}" for name, value in zip(info.labels, scores, strict=True)
        )
    best = np.argsort(-scores, kind="stable")[:_ANSWERS_SHOWN]
    return ", ".join(f"{info.labels[i]} {scores[i]:.2f}" for i in best)
