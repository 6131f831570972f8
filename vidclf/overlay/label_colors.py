"""Gives each label of a clip its colour: the next one, when it first counts."""

from __future__ import annotations

from collections.abc import Iterable

from vidclf.core.annotation import Annotation
from vidclf.core.thresholds import is_certain
from vidclf.overlay.colors import NEUTRAL, Rgb, palette_color

UNCERTAIN = -1
"""The place of a label that has not counted so far."""


class LabelColors:
    """The colours of labels, in the order in which they first count.

    So labels that are seen together have colours that are far apart, whatever their classes are.
    A label keeps its colour. One that has none so far is grey, as all that is uncertain. The
    same annotations in the same order give the same colours: the video's, the report's, the
    figure's. It holds one number for each label.
    """

    def __init__(self) -> None:
        """Begin with no label."""
        self._places: dict[str, int] = {}

    def add(self, annotation: Annotation, threshold: float) -> None:
        """Give colours to the labels that count at an annotation, and have none so far.

        Args:
            annotation: What is shown.
            threshold: From which the one label of a frame is drawn as certain, 0 to 1; several
                labels have reached theirs already.
        """
        if is_certain(annotation, threshold):
            answers = annotation.answers if annotation.is_sure else annotation.answers[:1]
            self.add_labels([answer.label for answer in answers])

    def add_labels(self, labels: Iterable[str]) -> None:
        """Give colours to labels that have none so far, the first one first."""
        for label in labels:
            if label not in self._places:
                self._places[label] = len(self._places)

    def place(self, label: str) -> int:
        """The place of a label's colour in the palette; `UNCERTAIN` for one without."""
        return self._places.get(label, UNCERTAIN)

    def color(self, label: str) -> Rgb:
        """The colour of a label, as sRGB bytes; the neutral grey for one without."""
        return color_of_place(self.place(label))


def color_of_place(place: int) -> Rgb:
    """The colour of a place that `LabelColors.place` gave."""
    return NEUTRAL if place == UNCERTAIN else palette_color(place)
