"""Models are found, checked for code, described and loaded here."""

from vidclf.models.info import ModelInfo
from vidclf.models.model_file import BUILT_IN
from vidclf.models.opening import Model, open_model

__all__ = ["BUILT_IN", "Model", "ModelInfo", "open_model"]
