"""Says what is shown at a row: one rule for each kind of table, wherever its rows come from.

A run asks it for predictions (`row_formats`), MoviePy programs for rows of text or of a data frame
(`text_annotations`), the commands for the columns of an opened table (`column_annotations`). Which
labels count is decided in `vidclf.core.thresholds`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from vidclf.core.annotation import Annotation, Answer, Value
from vidclf.table.cells import rounded_score


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueScale:
    """What one value of a regression is called, and how far its gauge reaches."""

    name: str
    """What is measured."""
    unit: str
    """Its unit, "" where it has none or none is known."""
    bounds: tuple[float, float] | None
    """The lowest and highest to be expected; None where that is not known."""
    color_id: int
    """Its place among the model's values, which its colour follows from."""


def value_scales(
    names: Sequence[str],
    *,
    units: Sequence[str] | None = None,
    bounds: Sequence[tuple[float, float]] | None = None,
) -> list[ValueScale]:
    """The scales of a model's values, in its order.

    Args:
        names: what the V values are called.
        units: the unit of each; None where none is known.
        bounds: the lowest and highest to be expected of each; None where that is not known.
    """
    return [
        ValueScale(
            name=name,
            unit=units[place] if units else "",
            bounds=bounds[place] if bounds else None,
            color_id=place,
        )
        for place, name in enumerate(names)
    ]


def ranked_annotation(seconds: float, ranks: Iterable[Answer | None]) -> Annotation:
    """What is shown where a frame has one label: that label and its runners-up.

    Where the label is hidden nothing is shown, as no runner-up is the frame's answer. Of two ranks
    with one name the better one stands.

    Args:
        seconds: when the frame is shown, on the clip's own clock.
        ranks: the best label first; None where one is hidden.
    """
    answers: dict[str, Answer] = {}
    for answer in ranks:
        if answer is not None:
            answers.setdefault(answer.label, answer)
        elif not answers:
            break
    return Annotation(pts_seconds=seconds, answers=tuple(answers.values()))


def label_annotation(
    seconds: float, counting: Sequence[Answer | None], best: Answer | None
) -> Annotation:
    """What is shown where a frame may have several labels: all that count, else the best one.

    That one is not sure. Of two labels with one name the better one stands.

    Args:
        seconds: when the frame is shown, on the clip's own clock.
        counting: the labels that count, best first; None where one is hidden.
        best: the label with the highest score; None if it is hidden.
    """
    answers: dict[str, Answer] = {}
    for answer in counting or (best,):
        if answer is not None:
            answers.setdefault(answer.label, answer)
    return Annotation(pts_seconds=seconds, answers=tuple(answers.values()), is_sure=bool(counting))


def value_annotation(
    seconds: float, scales: Iterable[ValueScale], numbers: Iterable[float]
) -> Annotation:
    """What is shown where a frame has values: all of them, each on its own scale.

    Args:
        seconds: when the frame is shown, on the clip's own clock.
        scales: of the values that are shown.
        numbers: these values.
    """
    values = [
        Value(
            name=scale.name,
            number=number,
            unit=scale.unit,
            bounds=scale.bounds,
            color_id=scale.color_id,
        )
        for scale, number in zip(scales, numbers, strict=True)
    ]
    return Annotation(pts_seconds=seconds, values=tuple(values))


# --- columns -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RankColumn:
    """The labels of one rank and their scores, row by row; the best ones are the first rank."""

    codes: Sequence[int]
    """(N,) which of `labels`; below 0 for none."""
    labels: Sequence[str]
    """The labels as they stand in the table."""
    display_names: Sequence[str | None]
    """What each of them is shown as; None if it is hidden."""
    class_ids: Sequence[int]
    """The class of each; -1 when unknown."""
    scores: Sequence[float]
    """(N,) 0 to 1; NaN for none."""

    def is_blank(self, row: int) -> bool:
        """Whether a row has no label of this rank, and so none of a lower one."""
        code, score = self.codes[row], self.scores[row]
        return code < 0 or not self.labels[code] or score != score

    def answer(self, row: int) -> Answer | None:
        """The label of a row; None if it is hidden."""
        return self.answer_of(self.codes[row], rounded_score(self.scores[row]))

    def answer_of(self, code: int, score: float) -> Answer | None:
        """A label with a score of six decimals; None if it is hidden."""
        label = self.display_names[code]
        if label is None:
            return None
        return Answer(label=label, class_id=self.class_ids[code], confidence=score)


class ClassAnnotations:
    """What is shown at the rows of a table with one label a frame, from its ranks."""

    def __init__(self, seconds: Sequence[float], ranks: Sequence[RankColumn]) -> None:
        self._seconds = seconds
        self._best, *self._others = ranks

    def __len__(self) -> int:
        return len(self._seconds)

    def annotation(self, row: int) -> Annotation:
        """What is shown at a row, counted from 0."""
        return ranked_annotation(self._seconds[row], self._ranks(row))

    def _ranks(self, row: int) -> Iterator[Answer | None]:
        yield self._best.answer(row)
        for rank in self._others:
            if rank.is_blank(row):
                return
            yield rank.answer(row)


class LabelAnnotations:
    """What is shown at the rows of a table with several labels a frame.

    Args:
        seconds: (N,) when each frame is shown.
        best: the labels with the highest scores.
        counting: row → the labels that count, best first; None where one is hidden.
    """

    def __init__(
        self,
        seconds: Sequence[float],
        best: RankColumn,
        counting: Callable[[int], Sequence[Answer | None]],
    ) -> None:
        self._seconds, self._best, self._counting = seconds, best, counting

    def __len__(self) -> int:
        return len(self._seconds)

    def annotation(self, row: int) -> Annotation:
        """What is shown at a row, counted from 0."""
        counting = self._counting(row)
        best = None if counting else self._best.answer(row)
        return label_annotation(self._seconds[row], counting, best)


class ValueAnnotations:
    """What is shown at the rows of a table of values.

    Args:
        seconds: (N,) when each frame is shown.
        scales: of the values that are shown.
        columns: (N,) the numbers of each.
    """

    def __init__(
        self,
        seconds: Sequence[float],
        scales: Sequence[ValueScale],
        columns: Sequence[Sequence[float]],
    ) -> None:
        self._seconds, self._scales, self._columns = seconds, scales, columns

    def __len__(self) -> int:
        return len(self._seconds)

    def annotation(self, row: int) -> Annotation:
        """What is shown at a row, counted from 0."""
        numbers = [column[row] for column in self._columns]
        return value_annotation(self._seconds[row], self._scales, numbers)
