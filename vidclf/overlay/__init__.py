"""What is drawn on a picture: a card with the label, bars, and a timeline.

`Overlay` turns annotations into small RGBA patches; `blend` puts patches onto a picture.
"""

from vidclf.overlay.blend import blend
from vidclf.overlay.colors import palette_color
from vidclf.overlay.label_colors import LabelColors
from vidclf.overlay.overlay import STYLES, Overlay
from vidclf.overlay.plane_blend import PlaneBlender

__all__ = [
    "STYLES",
    "LabelColors",
    "Overlay",
    "PlaneBlender",
    "blend",
    "palette_color",
]
