"""The video encoders: how each is called, and how fast and how good it is by default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import av
from av.codec.context import Flags

from vidclf.core.cpu import core_share
from vidclf.core.frames import LARGE_PIXELS, VideoInfo
from vidclf.errors import UsageError
from vidclf.settings import Codec
from vidclf.sinks.container_formats import Container
from vidclf.sinks.encoded_color import OutputColor, tag
from vidclf.sinks.signature import sign

_X26_PRESETS = (
    *("ultrafast", "superfast", "veryfast", "faster", "fast"),
    *("medium", "slow", "slower", "veryslow", "placebo"),
)
"""As `x264 --help` and `x265 --help` name them, the fastest first."""

PRESETS: dict[str, tuple[str, ...]] = {
    "h264": _X26_PRESETS,
    "hevc": _X26_PRESETS,
    "vp9": tuple("012345678"),
}
"""The presets that each codec has."""

_LEAN_X264 = "mbtree=1:rc-lookahead=10:deadzone-inter=11:deadzone-intra=6"
"""What `superfast` lacks: bits go to blocks that later frames are predicted from, as in `veryfast`,
and small coefficients are kept. docs/performance.md has the measurements."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderSettings:
    """How pictures are encoded; None leaves the choice to docs/outputs.md."""

    codec: Codec | None = None
    """The codec, by default the container's first: H.264 in MP4, VP9 in WebM."""
    crf: int | None = None
    """Constant rate factor: 0 is best; 51 worst for h264 and hevc, 63 for vp9."""
    preset: str | None = None
    """x264's and x265's presets, `ultrafast` to `placebo`; for vp9 `0` (slow) to `8` (fast)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """An encoder ready to be opened."""

    name: str
    """FFmpeg's name of it."""
    options: dict[str, str]
    """FFmpeg's options for it."""
    codec_tag: str | None = None
    """The four letters MP4 names it by, where FFmpeg's default is not what players want."""


def choose_encoder(settings: EncoderSettings, container: Container, *, pixels: int) -> Encoder:
    """The encoder that `settings` ask for.

    Args:
        settings: what is asked for.
        container: the file's.
        pixels: how many a picture has.

    Raises:
        UsageError: The container does not hold that codec, or the codec has no such CRF or preset.
    """
    codec = settings.codec or container.codecs[0]
    if codec not in container.codecs:
        raise UsageError(
            f"a {container.format} file does not hold {codec}: it takes "
            f"{' or '.join(container.codecs)}"
        )
    if settings.preset is not None and settings.preset not in PRESETS[codec]:
        raise UsageError(
            f"preset {settings.preset!r} is not one of {codec}: give {', '.join(PRESETS[codec])}"
        )
    worst = 63 if codec == "vp9" else 51
    if settings.crf is not None and not 0 <= settings.crf <= worst:
        raise UsageError(f"crf {settings.crf} is not right for {codec}: 0 (best) to {worst}")
    if codec == "h264":
        return _h264(settings, pixels)
    return _hevc(settings, container) if codec == "hevc" else _vp9(settings)


def add_video_stream(
    output: av.container.OutputContainer, encoder: Encoder, *, info: VideoInfo, color: OutputColor
) -> av.VideoStream:
    """The stream that an encoder writes a clip's pictures into, with their colours told."""
    rate = info.frame_rate.limit_denominator(100_000)
    stream = cast(
        av.VideoStream, output.add_stream(encoder.name, rate=rate, options=dict(encoder.options))
    )
    context = stream.codec_context
    context.width, context.height = info.width + info.width % 2, info.height + info.height % 2
    context.pix_fmt = "yuv420p"
    context.sample_aspect_ratio = info.pixel_aspect
    if encoder.codec_tag:
        context.codec_tag = encoder.codec_tag
    # Without this flag the encoder takes every frame, the last one too, for 1/rate long.
    context.flags |= Flags.frame_duration
    tag(context, color)
    sign(stream)
    return stream


def _h264(settings: EncoderSettings, pixels: int) -> Encoder:
    """A named preset is FFmpeg's own; the default is one that x264 has no name for.

    Frame threads are FFmpeg's way, too. PyAV's would cut every picture into as many slices as the
    machine has cores, and the file would grow with them. Of large pictures fewer wait in the
    encoder: two threads instead of three save 70 MB in 4K, and no queue before the lookahead
    100 MB. Threads don't go by the cores, so that files don't either.
    """
    if settings.preset is None:
        options = _quality(settings, crf=22, preset="superfast")
        options |= {"x264-params": _LEAN_X264, "threads": "3"}
        if pixels > LARGE_PIXELS:
            options |= {"x264-params": f"{_LEAN_X264}:sync-lookahead=0", "threads": "2"}
    else:
        options = _quality(settings, crf=20, preset=settings.preset) | _threads()
    return Encoder(name="libx264", options=options | {"thread_type": "frame"})


def _hevc(settings: EncoderSettings, container: Container) -> Encoder:
    """H.265 under the tag `hvc1`, the only one that QuickTime and Safari play."""
    share = core_share()
    pool = f":pools={share}" if share else ""
    options = _quality(settings, crf=24, preset="veryfast")
    options |= {"x265-params": f"log-level=none{pool}"}
    return Encoder(
        name="libx265", options=options, codec_tag="hvc1" if container.format == "mp4" else None
    )


def _vp9(settings: EncoderSettings) -> Encoder:
    """Above 5 libvpx takes `cpu-used` for 5 unless its deadline is `realtime`."""
    preset = settings.preset or "5"
    return Encoder(
        name="libvpx-vp9",
        options={
            "crf": str(32 if settings.crf is None else settings.crf),
            "b": "0",
            "deadline": "realtime" if int(preset) > 5 else "good",
            "cpu-used": preset,
            "row-mt": "1",
            "tile-columns": "2",
            **_threads(),
        },
    )


def _threads() -> dict[str, str]:
    """As many threads as this process may use, where it was told; else the encoder's own choice."""
    share = core_share()
    return {"threads": str(share)} if share else {}


def _quality(settings: EncoderSettings, *, crf: int, preset: str) -> dict[str, str]:
    return {
        "crf": str(crf if settings.crf is None else settings.crf),
        "preset": settings.preset or preset,
    }
