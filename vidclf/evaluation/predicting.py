"""The pictures of labelled data with what a model says of each."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Self, cast

import numpy as np
from numpy.typing import NDArray

from vidclf.core.frames import Pixels, Scores
from vidclf.dataset.examples import LabelledSet
from vidclf.dataset.left_out import BadExample
from vidclf.dataset.near_duplicates import look_of
from vidclf.dataset.samples import Sample, SampleReader
from vidclf.errors import DataError
from vidclf.inference.engine import Engine
from vidclf.inference.predictor import check_scores
from vidclf.inference.probe import ProbeInputs

_PROBED, _PROBE_STRIDE = 57, 8
"""As of a clip: eight pictures, among as many as a small batch has."""

OnProgress = Callable[[int, int], None]
"""Is told how many examples are done, and of how many."""


def ignore_progress(done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictedSamples:
    """Samples, and what a model says of them."""

    samples: Sequence[Sample]
    """N of them."""
    scores: Scores
    """(N, C) float32 scores, 0 to 1, or (N, V) values."""
    looks: NDArray[np.float32]
    """(N, D) how each looks."""
    bad: Sequence[BadExample]
    """What was left out, as it cannot be read."""

    def at(self, places: Sequence[int]) -> Self:
        """The samples at some places."""
        return replace(
            self,
            samples=[self.samples[place] for place in places],
            scores=self.scores[places],
            looks=self.looks[places],
        )


def predict_samples(
    engine: Engine,
    reader: SampleReader,
    examples: Sequence[int],
    *,
    is_wanted: Callable[[Sample], bool],
    absence: str,
    batch_size: int | None = None,
    on_progress: OnProgress = ignore_progress,
) -> PredictedSamples:
    """Predict the pictures of some examples.

    Args:
        engine: the model.
        reader: of the labelled data.
        examples: the places of those to predict.
        is_wanted: whether a sample of theirs is to be predicted.
        absence: what is said where there is none.
        batch_size: pictures a batch; None for what suits the runtime.
        on_progress: is told how far it is.

    Raises:
        DataError: there is no such picture, or too many cannot be read.
        ModelQuestionError: something is not known of the model; the error asks for it.
        ModelError: it cannot be loaded or computed.
    """
    samples, scores, looks = [], [], []
    seen: set[int] = set()
    with closing(cast(Generator[tuple[Sample, Pixels]], reader.read(examples))) as read:
        wanted = (item for item in read if is_wanted(item[0]))
        first = list(islice(wanted, _PROBED))
        if not first:
            raise DataError(absence)
        runtime = engine.runtime(lambda: _probe(first, reader.data), clip=reader.data.name)
        for batch in _batches(chain(first, wanted), batch_size or runtime.batch_size):
            answers = runtime.scores(np.stack([picture for _, picture in batch]))
            check_scores(answers, engine.model.info, _name(batch[0][0], reader.data))
            scores.append(answers)
            for sample, picture in batch:
                samples.append(sample)
                looks.append(look_of(picture))
                seen.add(sample.example)
            on_progress(len(seen), len(examples))
    return PredictedSamples(
        samples=samples, scores=np.concatenate(scores), looks=np.stack(looks), bad=reader.bad
    )


def _probe(first: Sequence[tuple[Sample, Pixels]], data: LabelledSet) -> ProbeInputs:
    """Some pictures, on which a converted model is checked, and questions are answered."""
    chosen = first[::_PROBE_STRIDE]
    return ProbeInputs(
        pixels=np.stack([pixels for _, pixels in chosen]),
        names=tuple(_name(sample, data) for sample, _ in chosen),
    )


def _name(sample: Sample, data: LabelledSet) -> str:
    """What people call a sample: `cat/12.jpg`, or `frame 24 of a.mp4`."""
    path = data.examples[sample.example].path
    if sample.frame is None:
        return f"{path.parent.name}/{path.name}"
    return f"frame {sample.frame} of {path.name}"


def _batches(
    read: Iterable[tuple[Sample, Pixels]], size: int
) -> Iterator[list[tuple[Sample, Pixels]]]:
    source = iter(read)
    while batch := list(islice(source, size)):
        yield batch
