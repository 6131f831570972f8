"""Write a trained model and what belongs to it: all files, or none."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidclf.core.addresses import is_url, shown_address
from vidclf.core.native_stderr import tensorflow_muted
from vidclf.dataset.examples import Task
from vidclf.errors import OutputExistsError, UsageError
from vidclf.files.names import training_folder
from vidclf.files.staging import Staging
from vidclf.files.temporary_names import new_token, temporary_name
from vidclf.files.text_file import write_text
from vidclf.files.write_errors import explained
from vidclf.models.description.sidecar import sidecar_path
from vidclf.models.keras_files.loading import export_saved_model
from vidclf.models.model_file import whole_digest
from vidclf.models.saved_models.loading import saved_model_digest
from vidclf.training.result import history_columns, history_rows
from vidclf.training.watcher import Epoch

_KERAS_SUFFIXES = (".keras", ".h5", ".hdf5")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOutput:
    """Where a trained model and what belongs to it are written."""

    model: Path
    """The model file, or the folder of a SavedModel."""

    @classmethod
    def of(cls, output: str | Path) -> ModelOutput:
        """Read `-o`.

        Raises:
            UsageError: its suffix names no kind of model, or it is elsewhere.
        """
        if is_url(output):
            raise UsageError(
                f"-o {shown_address(str(output))}: a model is written to a folder of this machine, "
                "as a SavedModel is a folder and figures are read again: name one, and upload what "
                "was written"
            )
        path = Path(output)
        if path.suffix.lower() not in (*_KERAS_SUFFIXES, "") or not path.name:
            raise UsageError(
                f"-o {output}: a model is written as .keras, .h5, or without a suffix as a "
                "SavedModel folder"
            )
        return cls(model=path)

    @property
    def is_folder(self) -> bool:
        """Whether it is a SavedModel."""
        return not self.model.suffix

    @property
    def description(self) -> Path:
        """The description beside it."""
        if self.is_folder:
            return self.model.with_name(f"{self.model.name}.json")
        return sidecar_path(self.model)

    def part(self, name: str) -> Path:
        """A file that tells of the training, such as `history.csv`."""
        return training_folder(self.model) / name

    def check_free(self, *, overwrite: bool) -> None:
        """See, before hours are spent, that nothing is in the way.

        Raises:
            OutputExistsError: something is, and may not be replaced.
        """
        for path in (self.model, self.description):
            if path.exists() and not overwrite:
                raise OutputExistsError(
                    f"{path} exists already: give --overwrite to replace it, or another -o"
                )


def save_all(
    output: ModelOutput,
    model: Any,
    *,
    description: Mapping[str, Any],
    parts: Mapping[str, Callable[[Path], None]],
    overwrite: bool,
) -> dict[str, Path]:
    """Write the model, its description, and the files that tell of the training.

    Args:
        output: where.
        model: the `keras.Model`.
        description: the fields of the description, but the digest of the file.
        parts: name of a file → what writes it.
        overwrite: whether files that are there already may be replaced.

    Returns:
        Name → file: `model`, `description`, and the stems of `parts`.

    Raises:
        OutputError: a file cannot be written; none was then.
    """
    folder = temporary_name(output.model, token=new_token())
    try:
        with Staging(overwrite=overwrite) as staging:
            if output.is_folder:
                digest = _write_saved_model(model, output.model, folder)
            else:
                digest = _write_file(model, staging.add(output.model))
            described = {**description, "sha256": digest}
            text = json.dumps(described, indent=2, ensure_ascii=False) + "\n"
            write_text(staging.add(output.description), text, kind="the description")
            for name, write in parts.items():
                path = staging.add(output.part(name))
                with explained(path):
                    write(path)
            if output.is_folder:
                _replace_folder(folder, output.model)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    named = {Path(name).stem: output.part(name) for name in parts}
    return {"model": output.model, "description": output.description, **named}


def _write_file(model: Any, path: Path) -> str:
    with explained(path, kind="the model"), tensorflow_muted():
        _quietly(model.save, path)
    return whole_digest(path)


def _quietly(save: Callable[[Path], None], path: Path) -> None:
    """Save without Keras' log line about HDF5."""
    import logging

    logger = logging.getLogger("absl")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        save(path)
    finally:
        logger.setLevel(level)


def _write_saved_model(model: Any, final: Path, folder: Path) -> str:
    final.parent.mkdir(parents=True, exist_ok=True)
    with explained(folder, kind="the model"), tensorflow_muted():
        export_saved_model(model, folder)
    return saved_model_digest(folder)


def _replace_folder(folder: Path, final: Path) -> None:
    """Give a SavedModel its name; one that was there goes once the new one is in its place."""
    old = temporary_name(final, token=new_token())
    with explained(final, kind="the model"):
        if final.exists():
            final.replace(old)
        folder.replace(final)
    shutil.rmtree(old, ignore_errors=True)


def write_history(path: Path, epochs: Sequence[Epoch], task: Task) -> None:
    """Write `history.csv`: one row an epoch."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, history_columns(task), lineterminator="\n")
        writer.writeheader()
        for row in history_rows(epochs, task):
            writer.writerow(
                {
                    name: f"{value:.6g}" if isinstance(value, float) else value
                    for name, value in {**row, "seconds": round(row["seconds"], 3)}.items()
                }
            )
