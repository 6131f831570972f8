"""The columns of a table, whoever read them: numbers as arrays, texts as codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """A column of texts, each of which is held once."""

    codes: NDArray[Any]
    """(N,) integers: the place of each row's text among `distinct`; -1 where it has none."""
    distinct: Sequence[str]
    """The texts, in order of their characters."""


class Columns(Protocol):
    """The columns of one table."""

    @property
    def names(self) -> list[str]:
        """What they are called, in order."""
        ...

    def numbers(self, name: str) -> NDArray[Any]:
        """A column of numbers, or of truth values: (N,)."""
        ...

    def texts(self, name: str) -> Texts:
        """A column of texts."""
        ...

    def frame(self) -> pd.DataFrame:
        """All of them in pandas, typed as `read_predictions` has them."""
        ...

    def __len__(self) -> int:
        """How many rows they have."""
        ...


class PlainColumns:
    """Columns that were read without pandas.

    Args:
        columns: name → numbers or texts, in order.
    """

    def __init__(self, columns: Mapping[str, NDArray[Any] | Texts]) -> None:
        self._columns = dict(columns)

    @property
    def names(self) -> list[str]:
        """What they are called, in order."""
        return list(self._columns)

    def numbers(self, name: str) -> NDArray[Any]:
        """A column of numbers, or of truth values: (N,)."""
        column = self._columns[name]
        assert not isinstance(column, Texts)
        return column

    def texts(self, name: str) -> Texts:
        """A column of texts."""
        column = self._columns[name]
        assert isinstance(column, Texts)
        return column

    def frame(self) -> pd.DataFrame:
        """All of them in pandas, typed as `read_predictions` has them."""
        import pandas as pd

        def cells(column: NDArray[Any] | Texts) -> Any:
            if not isinstance(column, Texts):
                return column
            dtype = pd.CategoricalDtype(pd.Index(list(column.distinct)))
            return pd.Categorical.from_codes(column.codes, dtype=dtype)

        return pd.DataFrame({name: cells(column) for name, column in self._columns.items()})

    def __len__(self) -> int:
        first = next(iter(self._columns.values()))
        return len(first.codes if isinstance(first, Texts) else first)


class FrameColumns:
    """Columns of a DataFrame."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    @property
    def names(self) -> list[str]:
        """What they are called, in order."""
        return list(self._frame.columns)

    def numbers(self, name: str) -> NDArray[Any]:
        """A column of numbers, or of truth values: (N,)."""
        numbers: NDArray[Any] = self._frame[name].to_numpy()
        return numbers

    def texts(self, name: str) -> Texts:
        """A column of texts."""
        column = self._frame[name]
        cells = (column if hasattr(column, "cat") else column.astype("category")).cat
        return Texts(codes=cells.codes.to_numpy(), distinct=list(map(str, cells.categories)))

    def frame(self) -> pd.DataFrame:
        """The DataFrame."""
        return self._frame

    def __len__(self) -> int:
        return len(self._frame)
