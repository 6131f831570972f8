"""What is drawn on a picture: a card with the label, bars, and a timeline.

`Overlay` turns annotations into small RGBA patches; `blend` puts patches onto a picture.
"""

from vidclf.overlay.blend import blend
from vidclf.overlay.colors import class_color
from vidclf.overlay.overlay import STYLES, Overlay
from vidclf.overlay.plane_blend import PlaneBlender

__all__ = [
    "STYLES",
    "Overlay",
    "PlaneBlender",
    "blend",
    "class_color",
]
