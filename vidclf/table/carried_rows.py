"""Rows with the cells of a list of clips behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vidclf.core.annotation import Annotation
from vidclf.core.frames import Prediction
from vidclf.table.carried import CarriedCells
from vidclf.table.row_formats import RowFormat


@dataclass(frozen=True, slots=True)
class RowsWithCells:
    """Rows of another format with the cells of a list of clips behind them."""

    rows: RowFormat
    """The rows without them."""
    carried: CarriedCells
    """The cells, the same in each row."""

    @property
    def has_segments(self) -> bool:
        """Whether what it tells of has segments."""
        return self.rows.has_segments

    @property
    def is_exclusive(self) -> bool:
        """Whether a frame has one label at most."""
        return self.rows.is_exclusive

    @property
    def has_decimals(self) -> bool:
        """Whether numbers have six decimals."""
        return self.rows.has_decimals

    def header(self) -> list[str]:
        """The names of the columns."""
        return [*self.rows.header(), *self.carried.names]

    def values(self, prediction: Prediction) -> list[Any]:
        """The cells of one row as text, numbers and booleans; None where a carried one is empty."""
        return [*self.rows.values(prediction), *self.carried.values]

    def row(self, prediction: Prediction) -> list[str]:
        """The cells of one row as the CSV holds them, in the order of `header`."""
        return [*self.rows.row(prediction), *self.carried.texts]

    def annotation(self, prediction: Prediction) -> Annotation:
        """What is shown of a prediction, with which the cells have nothing to do."""
        return self.rows.annotation(prediction)
