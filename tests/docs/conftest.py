"""What the tests of pages copy: a folder with what the pages' blocks name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Clips and models."""
    from helpers.docs_workspace import make_clips, make_labelled_data, make_models

    folder = tmp_path_factory.mktemp("fresh")
    make_clips(folder)
    make_models(folder)
    make_labelled_data(folder)
    return folder


@pytest.fixture(scope="session")
def used(fresh: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Clips, models, and tables that were made of them."""
    from helpers.docs_workspace import make_tables

    folder = shutil.copytree(fresh, tmp_path_factory.mktemp("used") / "folder")
    make_tables(folder)
    return folder
