"""The values that some settings choose from, and the defaults that other rooms need, too."""

from __future__ import annotations

from typing import Literal

Style = Literal["card", "bars", "timeline", "full"]
"""`card`: top answer. `bars`: top answers with bars. `timeline`: card and timeline.
`full`: both."""
Corner = Literal["top-left", "top-right", "bottom-left", "bottom-right"]
Codec = Literal["h264", "hevc", "vp9"]
Head = Literal["softmax", "logits", "sigmoid", "binary", "regression"]
"""What a model's outputs are: scores that sum to one; numbers that become such by a softmax; a
score for each label by itself; one unit for two labels; values that are no scores at all."""

Precision = Literal["f32", "bf16", "f16"]
"""What a model computes in: float32; or, where a CPU has instructions for it, bfloat16 or float16,
which are faster and differ in the scores."""

LiveMode = Literal["latest", "all"]
"""What becomes of the frames of a live input that come while the model is busy. `latest`: all but
the newest few are dropped. `all`: they wait, or have their sender wait."""

DEFAULT_STYLE: Style = "full"
DEFAULT_CORNER: Corner = "top-left"
