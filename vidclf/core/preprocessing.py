"""How a frame becomes a model's input: cut, brought to size, and its numbers scaled."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, get_args

from vidclf.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ResizeRule = Literal["stretch", "crop", "pad"]
ResizeKernel = Literal["area", "bilinear", "bicubic"]
Three = tuple[float, float, float]

BLUE_FIRST = "bgr:"
"""Stands before a scaling of pictures with blue first, as `cv2.imread` reads them."""


def parse_size(text: str | int) -> tuple[int, int]:
    """`224`, which is square, or `WIDTHxHEIGHT` → (height, width).

    Raises:
        UsageError: it is neither.
    """
    match = re.fullmatch(r"(\d+)(?:x(\d+))?", str(text).strip())
    if not match:
        raise UsageError(f"{text!r} is no size: give WIDTHxHEIGHT, or one number for a square")
    return int(match[2] or match[1]), int(match[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """What is cut off the edges of an upright frame before it is resized.

    A whole number is pixels of the frame, a fraction is that share of its height or width.
    """

    top: int | Fraction = 0
    """What is cut off above."""
    bottom: int | Fraction = 0
    """What is cut off below."""
    left: int | Fraction = 0
    """What is cut off on the left."""
    right: int | Fraction = 0
    """What is cut off on the right."""

    @classmethod
    def parse(cls, text: str) -> Crop:
        """Read `EDGE=AMOUNT,...`, such as `top=60,bottom=25` or `top=40%`.

        Raises:
            UsageError: it is none of that.
        """
        amounts: dict[str, int | Fraction] = {}
        for part in text.split(","):
            match = _EDGE.fullmatch(part.strip())
            if not match or match["edge"] in amounts:
                raise UsageError(
                    f"crop {text!r}: give what to cut off each edge, in pixels of the frame or in "
                    "percent, such as top=60,bottom=25 or top=40%; edges are top, bottom, left, "
                    "right, each once"
                )
            share, pixels = match["percent"], match["pixels"]
            amounts[match["edge"]] = Fraction(share) / 100 if share else int(pixels)
        return cls(**amounts)

    def kept(self, height: int, width: int) -> tuple[slice, slice]:
        """Return the rows and columns of a frame that are left; shares round halves up.

        Raises:
            ValueError: none are.
        """
        top, bottom = _pixels(self.top, height), _pixels(self.bottom, height)
        left, right = _pixels(self.left, width), _pixels(self.right, width)
        if top + bottom >= height or left + right >= width:
            raise ValueError(f"crop {self} leaves nothing of a frame of {width}x{height} pixels")
        return slice(top, height - bottom), slice(left, width - right)

    def __str__(self) -> str:
        amounts = {field.name: getattr(self, field.name) for field in fields(self)}
        return ",".join(
            f"{edge}={float(amount * 100):g}%"
            if isinstance(amount, Fraction)
            else f"{edge}={amount}"
            for edge, amount in amounts.items()
            if amount
        )


_EDGE = re.compile(
    r"(?P<edge>top|bottom|left|right)=(?:(?P<percent>\d{1,2}(?:\.\d{1,6})?)%|(?P<pixels>\d{1,5}))"
)


def _pixels(amount: int | Fraction, side: int) -> int:
    """Return an amount to cut off a side in pixels."""
    return int(amount * side + Fraction(1, 2)) if isinstance(amount, Fraction) else amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Resize:
    """How a whole frame becomes a picture of the model's input size."""

    rule: ResizeRule = "stretch"
    """`stretch` the whole frame, `crop` its centre, or `pad` it with black to the input's shape."""
    kernel: ResizeKernel = "area"
    """How pixels are averaged."""
    crop_fraction: float = 1.0
    """For `crop`: side of the cut over the largest one that fits, 0 < fraction ≤ 1."""

    def __post_init__(self) -> None:
        for value, choices in ((self.rule, ResizeRule), (self.kernel, ResizeKernel)):
            if value not in get_args(choices):
                raise UsageError(f"resize {value!r} is none of {', '.join(get_args(choices))}")
        if not 0 < self.crop_fraction <= 1:
            raise UsageError(f"crop fraction {self.crop_fraction}: must be more than 0, at most 1")

    @classmethod
    def parse(cls, text: str) -> Resize:
        """Read `RULE` or `RULE:KERNEL`, such as `crop:bilinear`.

        Raises:
            UsageError: it is neither.
        """
        rule, _, kernel = text.partition(":")
        return cls(rule=rule, kernel=kernel or "area")  # type: ignore[arg-type]  # checked above

    def __str__(self) -> str:
        cut = f", {self.crop_fraction:g} of the largest centre cut" if self.rule == "crop" else ""
        return f"{self.rule}, {self.kernel}{cut}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """`(x - mean) / deviation` of each channel, x being 0 to 255, after RGB was turned to BGR."""

    name: str
    """What it is called: a name of `SCALINGS`, or the numbers as `parse` takes them."""
    means: str
    """What it does, in a few words."""
    mean: Three = (0.0, 0.0, 0.0)
    """What is taken away, in the model's order of channels, on the scale of 0 to 255."""
    deviation: Three = (1.0, 1.0, 1.0)
    """What the rest is divided by, likewise."""
    bgr: bool = False
    """Whether the model takes blue first."""

    @classmethod
    def parse(cls, text: str) -> Scaling:
        """Read a name of `SCALINGS`, or `MEAN/DEVIATION` with one number or three on either side.

        `127.5/127.5` is what `-1-1` does. Numbers are on the scale of 0 to 255. `bgr:` before any
        of them does the same to pictures with blue first: three numbers are then in that order.

        Raises:
            UsageError: it is neither, or its numbers are on the scale of 0 to 1.
        """
        marker, blue_first, rest = text.strip().partition(BLUE_FIRST)
        if not blue_first or marker:
            return SCALINGS.get(text.strip()) or cls._from_numbers(text)
        scaling = cls.parse(rest)
        if scaling.bgr:
            raise UsageError(f"preprocessing {text!r}: {rest} has blue first already; give {rest}")
        name, means = BLUE_FIRST + scaling.name, f"blue first, {scaling.means}"
        return replace(scaling, name=name, means=means, bgr=True)

    @property
    def name_of_numbers(self) -> str:
        """What it is called whatever the order of the colours: its name without `bgr:`."""
        return self.name.removeprefix(BLUE_FIRST)

    @property
    def changes_numbers(self) -> bool:
        """Whether it does more than to put colours in order."""
        return any(self.mean) or self.deviation != (1.0, 1.0, 1.0)

    def apply(self, pixels: NDArray[np.generic]) -> NDArray[np.float32]:
        """(…, 3) RGB or (…, 1) grey, 0 to 255 → the same shape, float32, newly made."""
        import numpy as np  # --help has no use for it

        values = pixels[..., ::-1] if self.bgr else pixels
        if not self.changes_numbers:
            return np.array(values, np.float32)
        channels = pixels.shape[-1]
        scaled = np.asarray(values, np.float32) - np.array(self.mean[:channels], np.float32)
        scaled /= np.array(self.deviation[:channels], np.float32)
        return np.asarray(scaled, np.float32)

    @classmethod
    def _from_numbers(cls, text: str) -> Scaling:
        mean, slash, deviation = text.partition("/")
        try:
            means, deviations = _three(mean), _three(deviation)
        except ValueError:
            slash = ""
        if not slash:
            raise UsageError(
                f"preprocessing {text!r}: give {', '.join(SCALINGS)}, or MEAN/DEVIATION on the "
                "scale of 0 to 255, one number each or three with commas, such as 127.5/127.5; "
                f"with {BLUE_FIRST} before it for pictures with blue first"
            )
        if min(deviations) <= 0 or min(means) < 0 or max(means) > 255:
            raise UsageError(
                f"preprocessing {text!r}: means must be 0 to 255 and deviations more than 0"
            )
        if max(means) == min(means) == 1:
            raise UsageError(f"preprocessing {text!r} is no MEAN/DEVIATION: 0-1 divides by 255")
        if min(deviations) < 1:
            bigger = "/".join(_in_pixels(numbers) for numbers in (mean, deviation))
            raise UsageError(
                f"preprocessing {text!r}: numbers are on the scale of 0 to 255; if these are on "
                f"that of 0 to 1, give {bigger}"
            )
        means_text = f"less {mean.strip()}, divided by {deviation.strip()}"
        return cls(name=text.strip(), means=means_text, mean=means, deviation=deviations)


def _in_pixels(numbers: str) -> str:
    """`0.5` → `127.5`."""
    return ",".join(f"{255 * float(number):g}" for number in numbers.split(","))


def _three(text: str) -> Three:
    """`127.5` → that number thrice; `123.7,116.3,103.5` → those."""
    numbers = [float(part) for part in text.split(",")]
    if len(numbers) == 1:
        numbers *= 3
    if not all(map(math.isfinite, numbers)):
        raise ValueError(f"{text!r} holds what is no number")
    first, second, third = numbers
    return first, second, third


SCALINGS = {
    scaling.name: scaling
    for scaling in (
        Scaling(name="none", means="0 to 255"),
        Scaling(name="0-1", means="0 to 1", deviation=(255.0, 255.0, 255.0)),
        Scaling(
            name="-1-1",
            means="-1 to 1",
            mean=(127.5, 127.5, 127.5),
            deviation=(127.5, 127.5, 127.5),
        ),
        Scaling(
            name="caffe",
            means="BGR less the mean of ImageNet",
            mean=(103.939, 116.779, 123.68),
            bgr=True,
        ),
        Scaling(
            name="torch",
            means="by mean and deviation of ImageNet",
            mean=(123.675, 116.28, 103.53),
            deviation=(58.395, 57.12, 57.375),
        ),
    )
}
"""`caffe`, `torch` and `-1-1` are those of `keras.applications.imagenet_utils.preprocess_input`
(`tf` is its name for the last)."""
