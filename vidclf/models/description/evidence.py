"""Gather everything that a model's description is put together from."""

from __future__ import annotations

from dataclasses import dataclass

from vidclf.models.description.sidecar import Sidecar
from vidclf.models.info import ModelFacts
from vidclf.models.model_file import ModelFile
from vidclf.settings import ModelSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEvidence:
    """Holds what is known of a model, by source; each source overrules those above it."""

    file: ModelFile
    """The model that was found."""
    facts: ModelFacts
    """The facts of its file."""
    sidecar: Sidecar
    """The description in the `.json` beside it."""
    settings: ModelSettings
    """The settings that the user gave."""
