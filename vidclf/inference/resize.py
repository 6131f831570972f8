"""Bring a whole frame to a model's input size.

The recipe, so that the same pixels can be had with OpenCV, NumPy and Pillow alone. The frame is W×H
pixels, each p times as wide as high; the input is w×h square pixels; half() rounds halves up.

    stretch  the whole frame is resized to w×h.
    crop     the middle is cut out, cut width = half(f·min(W, H·w/(h·p))) by cut height =
             half(f·min(H, W·h·p/w)), each at least 1, f being the crop fraction; its left edge is
             (W − cut width) // 2, its top (H − cut height) // 2; the cut is resized to w×h.
    pad      the frame is resized to w × half(H·w/(W·p)) or half(W·p·h/H) × h, whichever fits, at
             least 1 each way, and laid in the middle (rounded down) of black w×h.

    area      cv2.resize(…, INTER_AREA): the mean of the pixels that each new one covers when both
              sides shrink; else between neighbours, as OpenCV does. Large frames go another way
              to the same mean (`vidclf.inference.resize_area`); one that lies on a half, to 0.001,
              may be rounded to the other side.
    bilinear  cv2.resize(…, INTER_LINEAR_EXACT): four neighbours and no averaging when shrinking,
              as `tf.image.resize` and `keras.layers.Resizing` do by default (within one level).
    bicubic   PIL.Image.resize(…, Resampling.BICUBIC), which averages when shrinking.
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd

import cv2
import numpy as np

from vidclf.core.frames import Pixels
from vidclf.core.preprocessing import Resize, ResizeKernel
from vidclf.inference.resize_area import area_mean

_LEAST_PIXELS = 250_000
_LEAST_PARTS = 500
"""From here on `area_mean` is faster than OpenCV, and hardly ever rounds another way."""
SQUARE = Fraction(1)


def resize_frame(
    pixels: Pixels, size: tuple[int, int], resize: Resize, *, pixel_aspect: Fraction = SQUARE
) -> Pixels:
    """Resize one frame by the model's rule.

    Args:
        pixels: (H, W, 3) uint8 RGB, upright.
        size: the model's input (height, width) in pixels.
        resize: rule, kernel and crop fraction. Module docstring: the exact recipe.
        pixel_aspect: width of a pixel of the frame over its height.

    Returns:
        (height, width, 3) uint8 RGB, C-contiguous. It may be `pixels` itself where nothing changes.
    """
    if resize.rule == "crop":
        pixels = _centre_cut(pixels, size, Fraction(resize.crop_fraction), pixel_aspect)
    elif resize.rule == "pad":
        return _padded(pixels, size, resize.kernel, pixel_aspect)
    return _scaled(pixels, size, resize.kernel)


def _centre_cut(
    pixels: Pixels, size: tuple[int, int], fraction: Fraction, pixel_aspect: Fraction
) -> Pixels:
    """The centre of the frame, of the input's shape as displayed: a view, not a copy."""
    height, width = pixels.shape[:2]
    shape = Fraction(size[1], size[0]) / pixel_aspect
    cut_height = _half_up(fraction * min(Fraction(height), width / shape))
    cut_width = _half_up(fraction * min(Fraction(width), height * shape))
    top, left = (height - cut_height) // 2, (width - cut_width) // 2
    return pixels[top : top + cut_height, left : left + cut_width]


def _padded(
    pixels: Pixels, size: tuple[int, int], kernel: ResizeKernel, pixel_aspect: Fraction
) -> Pixels:
    """The whole frame in the middle of a black picture of the input's size."""
    display_width, display_height = pixels.shape[1] * pixel_aspect, pixels.shape[0]
    scale = min(size[1] / display_width, Fraction(size[0], display_height))
    height, width = _half_up(scale * display_height), _half_up(scale * display_width)
    top, left = (size[0] - height) // 2, (size[1] - width) // 2
    canvas = np.zeros((*size, 3), np.uint8)
    canvas[top : top + height, left : left + width] = _scaled(pixels, (height, width), kernel)
    return canvas


def _scaled(pixels: Pixels, size: tuple[int, int], kernel: ResizeKernel) -> Pixels:
    """The picture at (height, width), its shape not kept."""
    if pixels.shape[:2] == size:
        return np.ascontiguousarray(pixels)
    if kernel == "bicubic":
        return _bicubic(pixels, size)
    if kernel == "area" and _is_large(pixels, size):
        return area_mean(pixels, size)
    interpolation = cv2.INTER_AREA if kernel == "area" else cv2.INTER_LINEAR_EXACT
    return np.asarray(cv2.resize(pixels, size[::-1], interpolation=interpolation), np.uint8)


def _is_large(pixels: Pixels, size: tuple[int, int]) -> bool:
    """Whether there is so much to average that `area_mean` is worth it.

    Each mean is a whole number over `parts`, so that one in `parts` lies on a half.
    """
    (old_height, old_width), (height, width) = pixels.shape[:2], size
    if old_height < 2 * height or old_width < width or old_height * old_width < _LEAST_PIXELS:
        return False
    parts: int = old_height // gcd(old_height, height) * (old_width // gcd(old_width, width))
    return parts >= _LEAST_PARTS


def _bicubic(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """Pillow's antialiased bicubic; OpenCV's does not average when shrinking."""
    from PIL import Image

    picture = Image.fromarray(np.ascontiguousarray(pixels))
    return np.array(picture.resize((size[1], size[0]), Image.Resampling.BICUBIC))


def _half_up(value: Fraction) -> int:
    """The nearest whole number of pixels, halves up, at least 1."""
    return max(1, int(value + Fraction(1, 2)))
