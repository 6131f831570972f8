"""How good a model is on labelled data."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vidclf.core.counting import counted
from vidclf.core.thresholds import label_thresholds, reaches
from vidclf.dataset.examples import Example, LabelledSet, Task
from vidclf.dataset.groups import sample_groups
from vidclf.dataset.reading import PathLike, read_labelled_set
from vidclf.dataset.samples import DEFAULT_FPS, PictureRule, Sample, SampleReader
from vidclf.dataset.split_file import trained_digests
from vidclf.errors import DataError, UsageError
from vidclf.evaluation.choice import PartName, choice_of
from vidclf.evaluation.predicting import (
    OnProgress,
    PredictedSamples,
    ignore_progress,
    predict_samples,
)
from vidclf.evaluation.results import Case, Evaluation, LabelIssue
from vidclf.files.names import SPLIT, training_folder
from vidclf.files.places import place_of
from vidclf.inference.engine import open_engine
from vidclf.metrics.confident_learning import doubtful_labels
from vidclf.metrics.scikit_learn import check_installed
from vidclf.metrics.scoring import score
from vidclf.models.info import ModelInfo
from vidclf.models.labels.placeholders import are_placeholders
from vidclf.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

DEFAULT_MAX_BAD = 0.01
"""The share of examples that may be left out because they cannot be read."""


def measure_model(
    data: PathLike | Sequence[PathLike] | pd.DataFrame,
    *,
    settings: Settings,
    fps: float = DEFAULT_FPS,
    split: PathLike | None = None,
    max_bad: float = DEFAULT_MAX_BAD,
    on_progress: OnProgress = ignore_progress,
) -> Evaluation:
    """Measure the model of the settings on labelled data.

    Args:
        data: as `read_labelled_set` takes them.
        settings: the model, and how it is described and computed.
        fps: frames a second that are taken of clips.
        split: a split that was written beside a model: what it keeps from training is evaluated.
        max_bad: the share of examples, 0 to 1, that may be left out because they cannot be read.
        on_progress: is told how many examples are done, and of how many.

    Raises:
        DataError: the data cannot be used, or are not of the model's kind.
        ModelError: the model cannot be used.
        ModelQuestionError: something is not known of the model; the error asks for it.
        UsageError: scikit-learn is not installed, or the model sees several frames at once.
    """
    check_installed()
    engine = open_engine(settings)
    info = engine.model.info
    if info.window is not None:
        raise UsageError(
            f"{info.path} sees several frames at once, and labelled pictures are single ones: make "
            "tables with vidclf predict, and give them to vidclf evaluate with true segments"
        )
    if settings.threshold is not None and info.head_is_known and info.head != "sigmoid":
        raise UsageError(
            f"--threshold {settings.threshold}: {info.path} gives each picture one answer, however "
            "low its score; thresholds are for models with any number of labels"
        )
    labelled = _read(data, info)
    choice = choice_of(labelled, None if split is None else place_of(split))
    rule = PictureRule(input_size=info.input_size, resize=info.resize, crop=info.crop, fps=fps)
    predicted = predict_samples(
        engine,
        SampleReader(labelled, rule, most_bad=max_bad),
        choice.examples,
        is_wanted=choice.is_wanted,
        absence=choice.absence,
        batch_size=settings.batch_size,
        on_progress=on_progress,
    )
    chosen = choice.chosen(predicted.samples)
    return _evaluation(info, labelled, predicted.at(chosen.places), chosen.part, settings)


def _read(data: PathLike | Sequence[PathLike] | pd.DataFrame, info: ModelInfo) -> LabelledSet:
    """The labelled data, in the labels of the model."""
    if not info.head_is_known:  # it will be asked for, with pictures of the data
        try:
            return read_labelled_set(data)
        except DataError:
            return read_labelled_set(data, regression=True)
    if info.head != "regression" and are_placeholders(info.labels):
        raise DataError(
            f"the model {info.path} tells no names of its {len(info.labels)} outputs, which the "
            "labels of the data are matched to: give --labels FILE"
        )
    return read_labelled_set(data, regression=info.head == "regression", labels=info.labels)


def _evaluation(
    info: ModelInfo,
    data: LabelledSet,
    predicted: PredictedSamples,
    part: PartName,
    settings: Settings,
) -> Evaluation:
    """What was found, from what was predicted."""
    samples, scores, task = predicted.samples, predicted.scores, _task(info)
    truth = _truth(task, data, predicted)
    thresholds = (
        label_thresholds(len(info.labels), asked=settings.threshold, own=info.thresholds)
        if task == "multi_label"
        else None
    )
    found = sample_groups(data, samples, predicted.looks)
    metrics = score(task, truth, scores, info.labels, groups=found.groups, thresholds=thresholds)
    cases = [_case(data.examples[sample.example], sample) for sample in samples]
    return Evaluation(
        kind="model",
        task=task,
        labels=info.labels,
        truth=truth,
        predictions=scores,
        answers=_answers(task, scores, thresholds),
        confidences=scores.max(axis=1) if task == "classes" else None,
        groups=found.groups,
        cases=cases,
        metrics=metrics,
        thresholds=thresholds,
        units=info.units,
        label_issues=_label_issues(truth, scores) if task == "classes" else (),
        near_duplicates=_of_two_files(found.near_duplicates, cases),
        left_out=tuple((bad.path, bad.reason) for bad in predicted.bad),
        model_name=info.name,
        model_digest=info.digest,
        data_name=data.name,
        part=part,
        notes=tuple(_notes(info, data, part, metrics, samples)),
    )


def _case(example: Example, sample: Sample) -> Case:
    return Case(
        path=example.path, frame=sample.frame, timestamp=sample.timestamp, group=example.group
    )


def _of_two_files(pairs: NDArray[np.int64], cases: Sequence[Case]) -> NDArray[np.int64]:
    """The pairs that are not of one clip, whose frames are alike anyway."""
    kept = [pair for pair in pairs.tolist() if cases[pair[0]].path != cases[pair[1]].path]
    return np.array(sorted(kept), np.int64).reshape(-1, 2)


def _task(info: ModelInfo) -> Task:
    """What the model's outputs are measured as."""
    if info.head == "regression":
        return "regression"
    return "multi_label" if info.head == "sigmoid" else "classes"


def _truth(task: Task, data: LabelledSet, predicted: PredictedSamples) -> NDArray[Any]:
    """What is true of each sample, as `Evaluation` has it."""
    examples = [data.examples[sample.example] for sample in predicted.samples]
    if task == "regression":
        return np.array([example.values for example in examples], np.float64)
    ids = {label: place for place, label in enumerate(data.labels)}
    if task == "classes":
        if data.task == "multi_label":
            raise DataError(
                f"{data.name} has pictures with several labels or none, and the model gives each "
                "picture one: evaluate it on data with one label a picture"
            )
        return np.array([ids[example.labels[0]] for example in examples])
    marks = np.zeros((len(examples), len(data.labels)), dtype=bool)
    for row, example in enumerate(examples):
        marks[row, [ids[label] for label in example.labels]] = True
    return marks


def _answers(
    task: Task, scores: NDArray[np.float32], thresholds: Sequence[float] | None
) -> NDArray[Any] | None:
    if task == "regression":
        return None
    return scores.argmax(axis=1) if thresholds is None else reaches(scores, np.array(thresholds))


def _label_issues(truth: NDArray[np.int64], scores: NDArray[np.float32]) -> tuple[LabelIssue, ...]:
    return tuple(
        LabelIssue(
            case=doubt.case,
            given=int(truth[doubt.case]),
            suggested=doubt.suggested,
            margin=doubt.margin,
        )
        for doubt in doubtful_labels(truth, scores)
    )


def _notes(
    info: ModelInfo,
    data: LabelledSet,
    part: PartName,
    metrics: dict[str, Any],
    samples: Sequence[Sample],
) -> Iterator[str]:
    """What the reader should know of the data."""
    parts = {example.part for example in data.examples}
    if part == "all" and parts == {"train"}:
        yield "all of the data are for training: figures on what a model has seen are too good"
    if metrics["groups"] == 1:
        yield "all cases hang together, as frames of one clip do: no interval can be told"
    elif metrics["groups"] < metrics["cases"]:
        yield (
            f"the {counted(metrics['cases'], 'case')} hang together in "
            f"{counted(metrics['groups'], 'group')}, of clips, groups of the data and "
            "near-duplicates; the interval is drawn over these"
        )
    yield from _seen_notes(info, data, part, samples)


def _seen_notes(
    info: ModelInfo, data: LabelledSet, part: PartName, samples: Sequence[Sample]
) -> Iterator[str]:
    """Whether the model was trained on what it is measured by, as far as that can be told."""
    split = training_folder(place_of(info.path)) / SPLIT
    trained = trained_digests(split)
    if seen := sum(sample.digest in trained for sample in samples):
        yield (
            f"{seen:,} of the {counted(len(samples), 'case')} are pictures that the model was "
            f"trained on: figures are too good; --split {shlex.quote(str(split))} leaves them out"
        )
    trained_on = (info.training or {}).get("data")
    is_same = isinstance(trained_on, str) and _is_same(trained_on, data.name)
    if is_same and not trained and part == "all":
        yield (
            f"the model was trained on {trained_on}: figures on pictures that it has seen are too "
            "good; give --split with the split.csv of that training"
        )


def _is_same(first: str, second: str) -> bool:
    return Path(first).absolute() == Path(second).absolute()
