"""What a manifest tells of clip, model and settings, as far as something reads it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from vidclf.files.json_fields import JsonFields


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestClip:
    """What was known of the clip before decoding; None for what is not told."""

    width: int | None = None
    """Pixels across, upright."""
    height: int | None = None
    """Pixels down, upright."""
    frame_rate: Fraction | None = None
    """Average frames per second."""
    start_seconds: float | None = None
    """The clip's own time at its start, as its header claims it."""
    has_audio: bool | None = None
    """Whether it has sound."""
    rotation: int | None = None
    """Degrees its pictures were turned clockwise to stand upright."""
    mirrored: bool | None = None
    """Whether they were flipped left to right, too."""
    codec: str | None = None
    """Name of the codec."""
    pixel_format: str | None = None
    """Name of the decoded pixel format."""

    @classmethod
    def of(cls, fields: JsonFields) -> ManifestClip:
        """The clip as `clip` of a manifest has it."""
        return cls(
            width=fields.whole_number("width"),
            height=fields.whole_number("height"),
            frame_rate=fields.rate("frame_rate"),
            start_seconds=fields.number("start_seconds"),
            has_audio=fields.switch("has_audio"),
            rotation=fields.whole_number("rotation"),
            mirrored=fields.switch("mirrored"),
            codec=fields.text("codec"),
            pixel_format=fields.text("pixel_format"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestModel:
    """The model that predicted; None for what is not told."""

    name: str | None = None
    """Short name for people."""
    digest: str | None = None
    """SHA-256 of its file, hexadecimal."""
    input_size: tuple[int, int] | None = None
    """(height, width) of its input in pixels."""
    window: int | None = None
    """Frames in one input of a clip model."""
    preprocessing: str | None = None
    """How pixels were scaled, by name."""
    resize_rule: str | None = None
    """How frames were fitted into the input's shape."""
    resize_kernel: str | None = None
    """How their pixels were averaged."""
    head: str | None = None
    """What its outputs are."""
    classes: int | None = None
    """How many outputs it has."""
    values: tuple[str, ...] | None = None
    """Of a regression: the names of its values; units and ranges stand in their order."""
    units: tuple[str, ...] | None = None
    """Of a regression: the unit of each value, "" where it has none."""
    ranges: tuple[tuple[float, float], ...] | None = None
    """Of a regression: the lowest and highest value to be expected of each."""
    thresholds: tuple[float, ...] | None = None
    """Of a multi-label model: its own score, 0 to 1, from which each label counts."""

    @classmethod
    def of(cls, fields: JsonFields) -> ManifestModel:
        """The model as `model` of a manifest has it."""
        resize = fields.part("resize")
        return cls(
            name=fields.text("name"),
            digest=fields.text("digest"),
            input_size=fields.size("input_size"),
            window=fields.whole_number("window"),
            preprocessing=fields.text("preprocessing"),
            resize_rule=resize.text("rule"),
            resize_kernel=resize.text("kernel"),
            head=fields.text("head"),
            classes=fields.whole_number("classes"),
            values=fields.texts("values"),
            units=fields.texts("units"),
            ranges=fields.ranges("ranges"),
            thresholds=fields.scores("thresholds"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestPrecision:
    """In what the model was computed, of a run with `--precision`; None for what is not told."""

    asked: str | None = None
    """What was asked for."""
    used: str | None = None
    """What was used."""
    compared: int | None = None
    """How many inputs were computed in float32, too."""
    agreeing: int | None = None
    """How many of them had the same answer."""
    largest_difference: float | None = None
    """The largest |Δ score|; of a regression |Δ value| as a share of that value's size."""

    @classmethod
    def of(cls, fields: JsonFields) -> ManifestPrecision:
        """The precision as `precision` of a manifest has it."""
        return cls(
            asked=fields.text("asked"),
            used=fields.text("used"),
            compared=fields.whole_number("compared"),
            agreeing=fields.whole_number("agreeing"),
            largest_difference=fields.number("largest_difference"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestSettings:
    """Those of the run's settings that what is made from its table asks for."""

    smooth: float | None = None
    """Width in seconds of the run's own moving average; 0 for none."""
    threshold: float | None = None
    """The score, 0 to 1, that was asked for; None for the usual one."""
    style: str | None = None
    """What was drawn."""
    position: str | None = None
    """The corner that the card stood in."""
    font: str | None = None
    """The file of the font, where one was given."""
    fps: float | None = None
    """Frames per second of a folder of pictures, where they were given."""
    start: str | None = None
    """The first place kept, where one was given."""
    end: str | None = None
    """The first place no longer kept, where one was given."""
    stride: int | None = None
    """Every so many frames were inferred."""
    infer_fps: float | None = None
    """At most so many frames a second were inferred."""

    @classmethod
    def of(cls, fields: JsonFields) -> ManifestSettings:
        """The settings as `settings` of a manifest has them."""
        return cls(
            smooth=fields.number("smooth"),
            threshold=fields.score("threshold"),
            style=fields.text("style"),
            position=fields.text("position"),
            font=fields.text("font"),
            fps=fields.number("fps"),
            start=fields.text("start"),
            end=fields.text("end"),
            stride=fields.whole_number("stride"),
            infer_fps=fields.number("infer_fps"),
        )
