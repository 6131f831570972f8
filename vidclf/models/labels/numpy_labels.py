"""Read labels that NumPy saved, and say how those in a pickle become text."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vidclf.errors import ModelError

PICKLE_SUFFIXES = (".pkl", ".pickle", ".joblib")
_TRUSTED = "reading it could run code. Where you trust it, write one label a line in Python:"
_WRITE = (
    "from pathlib import Path; "
    "Path('labels.txt').write_text('\\n'.join(map(str, names)), 'utf-8')"
)  # fmt: skip


def labels_of_npy(path: Path) -> tuple[str, ...]:
    """Read labels from a `.npy` of texts or whole numbers, without loading what it may claim to be.

    Raises:
        ModelError: it is damaged, holds Python objects, or something else than a row of names.
    """
    try:
        given = np.lib.format.open_memmap(path, mode="r")
    except (OSError, ValueError) as exc:
        if "Python objects" in str(exc):
            raise _objects(path) from exc
        raise ModelError(f"cannot read labels from {path}: {exc}; save it again") from exc
    if given.ndim != 1 or given.dtype.kind not in "Uiu":
        raise ModelError(
            f"{path} holds {given.dtype} {given.shape} and should hold one row of names, as "
            "np.save('labels.npy', np.array(['cat', 'dog'])) writes it"
        )
    return tuple(str(name) for name in given)


def _objects(path: Path) -> ModelError:
    return ModelError(
        f"{path} holds Python objects, and {_TRUSTED} import numpy; "
        f"names = numpy.load('{path.name}', allow_pickle=True); {_WRITE}"
    )


def refuse_pickle(path: Path) -> ModelError:
    """Say how the labels in a pickled list or `LabelEncoder` become text; it is never read."""
    return ModelError(
        f"{path} is a Python pickle, and {_TRUSTED} import joblib; "
        f"names = joblib.load('{path.name}'); names = getattr(names, 'classes_', names); {_WRITE}"
    )
