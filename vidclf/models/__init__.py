"""A model and all that is needed to use it rightly."""

from vidclf.models.info import ModelInfo
from vidclf.models.model_file import BUILT_IN, looks_like_model
from vidclf.models.opening import Model, open_model

__all__ = ["BUILT_IN", "Model", "ModelInfo", "looks_like_model", "open_model"]
