"""Whether a model or a table is evaluated, and where what is written of it goes."""

from __future__ import annotations

from pathlib import Path

from vidclf.files.local_files import is_folder
from vidclf.files.names import EVALUATION, PREDICTIONS_CSV, PREDICTIONS_PARQUET, beside, stem_of
from vidclf.files.places import place_of
from vidclf.remote.listing import files_below
from vidclf.remote.path import RemotePath

_TABLES = (".csv", ".parquet")
_OUTPUTS = Path("outputs")


def is_of_tables(named: str) -> bool:
    """Whether a name stands for a table, or for a folder that holds some, and not for a model.

    Raises:
        UsageError: a live input is named.
    """
    path = place_of(named)
    if not is_folder(path):
        return path.suffix.lower() in _TABLES
    endings = PREDICTIONS_CSV, PREDICTIONS_PARQUET
    if isinstance(path, RemotePath):
        names = [file.name for file in files_below(path)]
        return "saved_model.pb" not in names and any(name.endswith(endings) for name in names)
    is_model = (path / "saved_model.pb").exists()
    return not is_model and any(
        file.name.endswith(endings) for file in path.rglob("*_predictions.*")
    )


def default_folder(named: str, *, of_tables: bool) -> Path:
    """Where the files of an evaluation go when nobody says where.

    Of a model `outputs/<name>_evaluation`; of a table `<stem>_evaluation` beside it, and of a
    folder of tables `evaluation` in it.
    """
    path = Path(named)
    if not of_tables:
        return _OUTPUTS / (path.stem + EVALUATION)
    return path / EVALUATION.strip("_") if path.is_dir() else beside(stem_of(path), EVALUATION)
