"""Stop a run with a question: how was this model's input scaled, what are its outputs?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from vidclf.core.frames import Scores
from vidclf.core.preprocessing import BLUE_FIRST, SCALINGS, Scaling
from vidclf.errors import ModelError, ModelQuestionError
from vidclf.inference.answer_cells import (
    answer_cell,
    numbers_cell,
    summary_cells,
    summary_columns,
)
from vidclf.inference.model_question import Answer, ModelQuestion
from vidclf.inference.probe import ProbeInputs
from vidclf.inference.tensors import to_scores
from vidclf.inference.trial import Trial, open_network
from vidclf.models import Model, ModelInfo
from vidclf.models.description.sidecar import sidecar_path
from vidclf.models.labels.placeholders import are_placeholders, placeholder_labels
from vidclf.settings import Head

_COMMON_SCALING = "0-1"
"""What most programs do that scale by themselves."""
_SUM_ERROR = 1e-3
_HEADS: dict[Head, str] = {
    "softmax": "scores that sum to one: the best label",
    "logits": "one label, after a softmax",
    "binary": "one of two labels",
    "sigmoid": "every label from 0.5 on",
    "regression": "values, as they are",
}


def ask(model: Model, inputs: ProbeInputs, *, clip: str) -> NoReturn:
    """Stop the run with the first open question, and what each answer would make of the clip.

    Args:
        model: a model that has open questions.
        inputs: frames of the clip, as the model takes them; up to three are columns of the table.
        clip: the clip's name.

    Raises:
        ModelQuestionError: always, with the question.
        ModelError: the model cannot be loaded.
    """
    trial = Trial(info=model.info, network=open_network(model), inputs=inputs, clip=clip)
    is_head = model.info.questions[0] == "head"
    question = _head_question if is_head else _preprocessing_question
    try:
        asked = question(trial)
    except ModelError as exc:  # such as convolutions with the channels first, on some CPUs
        asked = question(replace(trial, problem=str(exc)))
    raise ModelQuestionError(asked)


def _preprocessing_question(trial: Trial) -> ModelQuestion:
    """Ask how the input was scaled; each row is what the model says under one scaling."""
    info, scalings = trial.info, _likely_scalings(trial.info)
    summed_up = () if trial.problem else summary_columns(info.head, len(trial.inputs.names))
    return ModelQuestion(
        setting="preprocess",
        model=info.path,
        description=_description(info),
        reason=f"nothing tells for certain how the input of {info.path} was scaled in training, "
        f"and a wrong guess ruins every prediction. {trial.lead}",
        frames=len(trial.names),
        columns=(*trial.names, *summed_up, "the model gets"),
        answers=tuple(_scaling_answer(trial, scaling) for scaling in scalings),
        advice=_advice_on_scaling(info),
        example=_example_scaling(info).name,
    )


def _scaling_answer(trial: Trial, scaling: Scaling) -> Answer:
    """Show the first answers under a scaling, their confidence, and what the scaling does."""
    info = trial.info
    scores = to_scores(trial.outputs(scaling), info)
    summary = () if trial.problem else summary_cells(scores, info.head)
    is_usual = scaling == info.usual_preprocessing
    habit = f" (usual for {info.evidence.get('backbone', 'its backbone')})" if is_usual else ""
    answers = _first_answers(trial, info, scores)
    return Answer(value=scaling.name, cells=(*answers, *summary, scaling.means + habit))


def _head_question(trial: Trial) -> ModelQuestion:
    """Ask what the outputs are; each row is what one head makes of the same numbers."""
    info = trial.info
    scaling = info.preprocessing or _example_scaling(info)
    outputs = trial.outputs(scaling)
    heads = _possible_heads(info, outputs)
    numbers = [numbers_cell(outputs[place]) for place in trial.shown]
    return ModelQuestion(
        setting="head",
        model=info.path,
        description=_description(info),
        reason=f"nothing tells for certain what the outputs of {info.path} are, and read wrongly "
        f"they look right all the same. {trial.lead}",
        frames=len(trial.names),
        columns=(*trial.names, "the outputs are"),
        facts=None if trial.problem else (*numbers, "its numbers"),
        answers=tuple(_head_answer(trial, head, outputs) for head in heads),
        advice=_advice_on_head(info, scaling),
        example=heads[0],
    )


def _likely_scalings(info: ModelInfo) -> list[Scaling]:
    """List the scalings that may be meant, the one that is usual for the backbone first."""
    usual = info.usual_preprocessing
    others = [scaling for scaling in SCALINGS.values() if scaling != usual and _fits(scaling, info)]
    return [usual, *others] if usual else others


def _fits(scaling: Scaling, info: ModelInfo) -> bool:
    """Whether a scaling makes sense for the input's type and channels."""
    if "int" in info.dtype:
        return not scaling.changes_numbers
    return info.channels == 3 or len({*scaling.mean}) == len({*scaling.deviation}) == 1


def _example_scaling(info: ModelInfo) -> Scaling:
    """Choose the scaling of example commands: the usual one, else what programs do most."""
    scalings = _likely_scalings(info)
    common = [scaling for scaling in scalings if scaling.name == _COMMON_SCALING]
    return info.usual_preprocessing or (common or scalings)[0]


def _head_answer(trial: Trial, head: Head, outputs: NDArray[np.float32]) -> Answer:
    """Show what a head makes of (N, units) outputs."""
    info = _with_head(trial.info, head)
    answers = _first_answers(trial, info, to_scores(outputs, info))
    return Answer(value=head, cells=(*answers, _HEADS[head]))


def _possible_heads(info: ModelInfo, outputs: NDArray[np.float32]) -> list[Head]:
    """List the heads that (N, units) outputs may have, the likeliest first."""
    several = len(info.labels) > 1
    if info.activation == "linear":
        return ["logits", "sigmoid", "regression"] if several else ["binary", "regression"]
    are_scores = bool(((outputs >= 0) & (outputs <= 1)).all())
    if not are_scores:
        return ["logits", "regression"] if several else ["regression"]
    sum_to_one = bool((abs(outputs.sum(axis=1) - 1) < _SUM_ERROR).all())
    if several:
        return ["softmax", "sigmoid", "regression"] if sum_to_one else ["sigmoid", "regression"]
    return ["binary", "regression"]


def _with_head(info: ModelInfo, head: Head) -> ModelInfo:
    """Describe the model as having this head, its labels with it."""
    labels = info.labels
    if are_placeholders(labels):
        labels = placeholder_labels(head, 2 if head == "binary" else len(labels))
    elif head == "binary" and len(labels) == 1:
        labels = (f"not {labels[0]}", labels[0])
    return replace(info, head=head, labels=labels)


def _first_answers(trial: Trial, info: ModelInfo, scores: Scores) -> tuple[str, ...]:
    return tuple(answer_cell(scores[place], info.head, info.labels) for place in trial.shown)


def _advice_on_scaling(info: ModelInfo) -> str:
    no_proof = (
        " A confident row is no proof: numbers that are far too large make a model sure of one "
        "wrong label on every frame."
    )
    return (
        "Give what the training program did to pictures before the network."
        f"{'' if info.head == 'regression' else no_proof} MEAN/DEVIATION may be given, too, and "
        f"{BLUE_FIRST} goes before any of these, as {BLUE_FIRST}0-1, for pictures that cv2.imread "
        "read."
    )


def _advice_on_head(info: ModelInfo, scaling: Scaling) -> str:
    decides = (
        "The loss of the training program decides: CategoricalCrossentropy is for logits, "
        "BinaryCrossentropy for sigmoid and binary, a squared or absolute error for regression."
    )
    if info.preprocessing is not None:
        return decides
    return (
        f"{decides} How the input was scaled is not known either, and asked for next; these "
        f"numbers are those of --preprocess {scaling.name}."
    )


def _description(info: ModelInfo) -> str | None:
    """Name the file that can keep an answer, where the model lies on the disk."""
    path = Path(info.path)
    return None if info.in_memory or not path.exists() else sidecar_path(path).name
