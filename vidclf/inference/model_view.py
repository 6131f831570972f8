"""What a model is shown of a frame: cut, and brought to the size of its input."""

from __future__ import annotations

from vidclf.core.frames import Frame, Pixels, VideoInfo
from vidclf.core.preprocessing import Crop, Resize
from vidclf.errors import SourceError
from vidclf.inference.resize import resize_frame


def model_view(
    frame: Frame,
    clip: VideoInfo,
    *,
    input_size: tuple[int, int],
    resize: Resize,
    crop: Crop | None = None,
) -> Pixels:
    """Show a frame as a model sees it.

    Args:
        frame: the frame.
        clip: its clip.
        input_size: (height, width) of the model's input in pixels.
        resize: how a frame is brought to that size.
        crop: what is cut off its edges before.

    Returns:
        (height, width, 3) uint8 RGB.

    Raises:
        SourceError: the crop leaves nothing of it.
    """
    pixels = frame.picture.plain_rgb()
    if crop is not None:
        try:
            pixels = pixels[crop.kept(*pixels.shape[:2])]
        except ValueError as exc:
            raise SourceError(f"{clip.path}: {exc}; cut off less with --crop") from exc
    return resize_frame(pixels, input_size, resize, pixel_aspect=clip.pixel_aspect)
