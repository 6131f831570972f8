"""Other smoothing of a stored table, without the model; docs/smooth.md has the formulas."""

from vidclf.smooth.rules import Method, SmoothingRules
from vidclf.smooth.smooth import smooth_predictions, smooth_table

__all__ = ["Method", "SmoothingRules", "smooth_predictions", "smooth_table"]
