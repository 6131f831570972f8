"""Models are found, checked for code, described and loaded here."""

from vidclf.models.info import ModelInfo
from vidclf.models.model_file import BUILT_IN, looks_like_model
from vidclf.models.opening import Model, open_model

__all__ = ["BUILT_IN", "Model", "ModelInfo", "looks_like_model", "open_model"]
