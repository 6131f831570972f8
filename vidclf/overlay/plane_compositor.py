"""The overlay drawn into the decoded planes, without RGB, where nothing else is composed."""

from __future__ import annotations

import av

from vidclf.core.annotation import Annotation
from vidclf.core.ffmpeg import plane_samples
from vidclf.core.frames import Frame, VideoInfo
from vidclf.overlay.overlay import Overlay
from vidclf.overlay.plane_blend import PlaneBlender


class PlaneCompositor:
    """The overlay alone, drawn straight into the decoded planes: no RGB, nothing else changed.

    Args:
        info: the clip.
        overlay: what is drawn.
        matrix: the YUV matrix its pictures are in, an H.273 number.
        full_range: whether they count from 0 to 255.
    """

    def __init__(self, info: VideoInfo, overlay: Overlay, *, matrix: int, full_range: bool) -> None:
        self.size = (info.width, info.height)
        self.is_last_use = False
        """Whether nobody looks at a frame's picture after it was drawn on: it need not be kept."""
        self._overlay = overlay
        self._blender = PlaneBlender(matrix=matrix, full_range=full_range)

    def picture(self, frame: Frame, annotation: Annotation, *, seconds: float) -> av.VideoFrame:
        """The drawn picture of a frame, a new `yuv420p` frame of even size."""
        decoded = frame.picture
        picture = decoded.own_yuv420() if self.is_last_use else decoded.yuv420()
        if picture is None:
            raise ValueError(f"frame {frame.index} has no 4:2:0 form, but the first one had")
        self._overlay.add(annotation)
        y, u, v = (plane_samples(plane) for plane in picture.planes)
        self._blender.blend((y, u, v), self._overlay.patches(annotation))
        return picture
