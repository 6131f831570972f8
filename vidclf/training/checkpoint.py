"""A stage that goes on where it was when its process was killed."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.core.cache import CacheKey, growing_folder
from vidclf.core.cache_upkeep import remove_tree
from vidclf.training.watcher import Epoch

_FORMAT = 1
_FILE = "epoch.npz"
_UNUSABLE = (OSError, ValueError, TypeError, KeyError, zipfile.BadZipFile)
Arrays = list[NDArray[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingState:
    """Where a stage stands after an epoch."""

    epochs: Sequence[Epoch]
    """Those that are over."""
    variables: Arrays
    """All of the network's."""
    optimizer: Arrays
    """All of the optimizer's."""
    best: Arrays
    """The weights with the lowest validation loss."""
    schedule: dict[str, float]
    """Where the schedule stands."""


class Checkpoint:
    """Keeps the state of one training in the cache, until it is done."""

    def __init__(self, *, name: str, digest: str) -> None:
        """Of a training that `digest`, hexadecimal, tells from all others."""
        key = CacheKey(kind="training", model=name, digest=digest, format=_FORMAT)
        self._folder = growing_folder(key)

    def load(self) -> TrainingState | None:
        """Return where it stood; None where it never was, or the file is damaged."""
        try:
            with (self._folder / _FILE).open("rb") as stored, np.load(stored) as file:
                told = json.loads(str(file["told"]))
                arrays = {
                    name: [file[f"{name}_{place}"] for place in range(told["counts"][name])]
                    for name in ("variables", "optimizer", "best")
                }
            epochs = [Epoch(**fields) for fields in told["epochs"]]
            return TrainingState(epochs=epochs, schedule=told["schedule"], **arrays)
        except _UNUSABLE:
            return None

    def save(self, state: TrainingState) -> None:
        """Keep where it stands; the state before stays until this one is whole."""
        lists = {name: getattr(state, name) for name in ("variables", "optimizer", "best")}
        told = {
            "counts": {name: len(arrays) for name, arrays in lists.items()},
            "epochs": [asdict(epoch) for epoch in state.epochs],
            "schedule": state.schedule,
        }
        parts = {
            f"{name}_{place}": array
            for name, arrays in lists.items()
            for place, array in enumerate(arrays)
        }
        unfinished = self._folder / f"unfinished-{_FILE}"
        np.savez(unfinished, told=json.dumps(told), **parts)
        unfinished.replace(self._folder / _FILE)

    def remove(self) -> None:
        """Forget it, as the training is done."""
        remove_tree(Path(self._folder))
