"""`vidclf train`: labelled data → a model that annotates."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack

from vidclf.core.preprocessing import Crop, Resize
from vidclf.dataset.examples import LabelledSet
from vidclf.dataset.reading import read_labelled_set
from vidclf.dataset.samples import PictureRule
from vidclf.dataset.split import split_samples
from vidclf.errors import UsageError
from vidclf.files.figure_file import check_matplotlib
from vidclf.metrics.scikit_learn import check_installed
from vidclf.training.backbone import Backbone, open_backbone
from vidclf.training.collecting import collect
from vidclf.training.learning import Learning
from vidclf.training.options import (
    SCRATCH_INPUT_SIZE,
    TrainingKeywords,
    TrainingOptions,
    options_from,
)
from vidclf.training.outcome import write_training
from vidclf.training.picture_sizes import mostly_smaller
from vidclf.training.result import TrainingResult
from vidclf.training.saving import ModelOutput
from vidclf.training.watcher import SilentTrainingWatcher, Stop, TrainingWatcher

if TYPE_CHECKING:
    import pandas as pd

PathLike = str | os.PathLike[str]


def train(
    data: PathLike | Sequence[PathLike] | pd.DataFrame,
    output: PathLike,
    *,
    overwrite: bool = False,
    watcher: TrainingWatcher | None = None,
    **options: Unpack[TrainingKeywords],
) -> TrainingResult:
    """Train a model on labelled pictures and clips: the same as `vidclf train DATA -o OUTPUT`.

    Args:
        data: a folder with a folder for each class, of pictures or clips; a CSV or Parquet table
            or a DataFrame with `path` and `label`; or corrected `…_segments.csv` tables.
        output: the model's file, `.keras` or `.h5`, or a folder for a SavedModel.
        overwrite: whether files that are there already may be replaced.
        watcher: is told how it goes.
        options: fields of `TrainingOptions`, such as `fine_tune=6`.

    Returns:
        The Keras model, how it was trained, and how good it is.

    Raises:
        DataError: the data cannot be trained on.
        UsageError: an option cannot be right, or scikit-learn is not installed.
        ModelError: the backbone has no weights here.
        OutputError: a file cannot be written; none was then.
        KeyboardInterrupt: it was stopped before there was anything to keep.
    """
    how = options_from(options)
    watcher = watcher or SilentTrainingWatcher()
    began = time.monotonic()
    minutes = how.max_minutes
    stop = Stop(at=None if minutes is None else began + 60 * minutes)
    check_installed()
    check_matplotlib(extra="train")
    place = ModelOutput.of(os.fspath(output))
    place.check_free(overwrite=overwrite)
    backbone = None
    if not how.from_scratch:
        backbone = open_backbone(how.backbone, input_size=how.input_size)
        backbone.check_blocks(how.fine_tune)
    labelled = read_labelled_set(data, regression=how.regression)
    _check_weights(labelled, how)
    rule = _picture_rule(labelled, backbone, how)
    with collect(labelled, rule, backbone, how, watcher) as collection:
        split = split_samples(
            labelled, collection.samples, collection.looks, how=how.split, seed=how.seed
        )
        for note in split.notes:
            watcher.said(note)
        learning = Learning(labelled, collection, split, backbone, rule, how)
        trained = learning.run(stop, watcher)
        return write_training(
            learning,
            trained,
            place,
            overwrite=overwrite,
            stop=stop,
            began=began,
            watcher=watcher,
        )


def _check_weights(data: LabelledSet, options: TrainingOptions) -> None:
    if options.class_weights != "none" and data.task != "classes":
        kind = "numbers" if data.task == "regression" else "several labels for a picture"
        raise UsageError(
            f"--class-weights {options.class_weights}: {data.name} has {kind}, and classes exclude "
            "each other; give weights in a column of the table"
        )


def _picture_rule(
    data: LabelledSet, backbone: Backbone | None, options: TrainingOptions
) -> PictureRule:
    """How pictures are brought to the size of the network's input.

    `area` averages, which does not flicker on video, but makes steps where pictures are smaller
    than the input; `bicubic` bears both.
    """
    size = backbone.input_size if backbone else (options.input_size or SCRATCH_INPUT_SIZE)
    usual = "stretch:bicubic" if mostly_smaller(data, size) else "stretch:area"
    return PictureRule(
        input_size=size,
        resize=Resize.parse(options.resize or usual),
        crop=Crop.parse(options.crop) if options.crop else None,
        fps=options.fps,
    )
