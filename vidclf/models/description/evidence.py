"""All that is said of a model, by whom."""

from __future__ import annotations

from dataclasses import dataclass

from vidclf.models.description.sidecar import Sidecar
from vidclf.models.info import ModelFacts
from vidclf.models.model_file import ModelFile
from vidclf.settings import ModelSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEvidence:
    """What a description is put together from; what stands lower goes before what is above it."""

    file: ModelFile
    """Where the model is, and of what kind."""
    facts: ModelFacts
    """What its file says."""
    sidecar: Sidecar
    """What the `.json` beside it says."""
    settings: ModelSettings
    """What the user says."""
