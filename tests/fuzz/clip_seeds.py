"""Tiny clips, stills and folders of pictures of many kinds, made on the spot."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from helpers.clips import ClipSpec, Track, make_clip, numbered_picture
from PIL import Image

from vidclf.core.native_stderr import native_stderr_muted

Files = dict[str, bytes]
WIDTH, HEIGHT, FRAMES = 96, 72, 12
_BITEXACT = {"fflags": "+bitexact"}
"""No random numbers and dates in a file, so that a case is the same the next time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipSeed:
    """A whole clip."""

    files: Files
    """Its file, or those of its folder, by name."""
    argument: str
    """How the command is told of it."""


def clip_seed(name: str) -> ClipSeed:
    """The clip of that name in `CLIP_SEEDS`."""
    return _made(name)


@cache
def _made(name: str) -> ClipSeed:
    return CLIP_SEEDS[name]()


# --- clips --------------------------------------------------------------------------------------


def _clip(
    suffix: str, codec: str, *sounds: str, pts: list[int] | None = None, **more: Any
) -> Callable[[], ClipSeed]:
    """A clip of a container, a codec, and sounds such as `aac` or `pcm_s16le 16000 mono`."""

    def make() -> ClipSeed:
        known: dict[str, Any] = {
            "codec": codec,
            "frames": FRAMES,
            "width": WIDTH,
            "height": HEIGHT,
            "rate": Fraction(24),
            "options": {},
            "pts": pts,
            "tracks": [_track(sound) for sound in sounds],
            "mux_options": _BITEXACT,
        }
        with TemporaryDirectory() as folder, native_stderr_muted():  # SVT-AV1 says what it does
            path = make_clip(Path(folder) / f"clip{suffix}", ClipSpec(**{**known, **more}))
            return ClipSeed(files={path.name: path.read_bytes()}, argument=path.name)

    return make


def _track(sound: str) -> Track:
    codec, rate, layout = [*sound.split(), *("48000", "stereo")[len(sound.split()) - 1 :]]
    options = {"b": "64000", "strict": "experimental"}  # FFmpeg's own Vorbis is called that
    return Track(codec=codec, rate=int(rate), layout=layout, options=options)


# --- pictures -----------------------------------------------------------------------------------


def _picture(number: int) -> Image.Image:
    return Image.fromarray(numbered_picture(number, width=WIDTH, height=HEIGHT))


def _encoded(kind: str, *, frames: int = 1, mode: str = "RGB", **options: Any) -> bytes:
    first, *others = [_picture(number).convert(mode) for number in range(frames)]
    if others:
        options |= {"save_all": True, "append_images": others, "duration": 80, "loop": 0}
    file = io.BytesIO()
    first.save(file, kind, **options)
    return file.getvalue()


def _still(suffix: str, kind: str, **options: Any) -> Callable[[], ClipSeed]:
    def make() -> ClipSeed:
        return ClipSeed(
            files={f"clip{suffix}": _encoded(kind, **options)}, argument=f"clip{suffix}"
        )

    return make


def _folder(suffix: str, kind: str, argument: str) -> Callable[[], ClipSeed]:
    """A folder of numbered pictures."""

    def make() -> ClipSeed:
        pictures = [_picture(number) for number in range(4)]
        files: Files = {}
        for number, picture in enumerate(pictures):
            file = io.BytesIO()
            picture.save(file, kind)
            files[f"clip/frame_{number:03d}{suffix}"] = file.getvalue()
        return ClipSeed(files=files, argument=argument)

    return make


def _exif_turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: turned clockwise
    return exif


_H264 = {"options": {"crf": "30", "preset": "ultrafast"}}
_HEVC = {"options": {"preset": "ultrafast", "x265-params": "log-level=none:pools=none"}}
_VP9 = {"options": {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}}
_AV1 = {"options": {"preset": "12", "svtav1-params": "lp=1"}}
_RAW_4 = {"frames": 4}
_UNEVEN = [0, 1, 2, 5, 6, 14, 15, 40, 41, 42, 60, 61]
_FRAGMENTS = {"mux_options": {**_BITEXACT, "movflags": "frag_keyframe+empty_moov"}}
_QUICK_START = {"mux_options": {**_BITEXACT, "movflags": "faststart"}}

CLIP_SEEDS: dict[str, Callable[[], ClipSeed]] = {
    "mp4 h264 aac": _clip(".mp4", "libx264", "aac", **_H264),
    "mp4 h264 aac, a second": _clip(".mp4", "libx264", "aac", frames=24, **_H264),
    "mp4 h264 mp3, index first": _clip(".mp4", "libx264", "libmp3lame", **_H264, **_QUICK_START),
    "mp4 h264, variable rate": _clip(
        ".mp4", "libx264", pts=_UNEVEN, time_base=Fraction(1, 600), **_H264
    ),
    "mp4 h264 aac, turned": _clip(".mp4", "libx264", "aac", rotation=90, **_H264),
    "mp4 h264 opus, fragments": _clip(".mp4", "libx264", "libopus", **_H264, **_FRAGMENTS),
    "mp4 hevc ac3": _clip(".mp4", "libx265", "ac3", **_HEVC),
    "mp4 mpeg4 aac": _clip(".mp4", "mpeg4", "aac 22050 mono"),
    "mp4 av1 flac": _clip(".mp4", "libsvtav1", "flac", **_AV1),
    "mov prores pcm": _clip(".mov", "prores_ks", "pcm_s16le", pixel_format="yuv422p10le"),
    "mov mjpeg alac": _clip(".mov", "mjpeg", "alac", pixel_format="yuvj420p"),
    "mov h264, two sounds": _clip(".mov", "libx264", "aac", "pcm_s16be 16000 mono", **_H264),
    "mkv h264 pcm": _clip(".mkv", "libx264", "pcm_s16le", **_H264),
    "mkv hevc opus": _clip(".mkv", "libx265", "libopus", **_HEVC),
    "mkv ffv1 flac": _clip(".mkv", "ffv1", "flac", **_RAW_4),
    "mkv mpeg2 ac3": _clip(".mkv", "mpeg2video", "ac3"),
    "mkv mpeg4 vorbis": _clip(".mkv", "mpeg4", "vorbis"),
    "webm vp8 vorbis": _clip(".webm", "libvpx", "vorbis", **_VP9),
    "webm vp9 opus": _clip(".webm", "libvpx-vp9", "libopus", **_VP9),
    "webm av1 opus": _clip(".webm", "libsvtav1", "libopus", **_AV1),
    "avi mpeg4 mp3": _clip(".avi", "mpeg4", "libmp3lame"),
    "avi mpeg4 pcm, B-frames": _clip(".avi", "mpeg4", "pcm_s16le", options={"bf": "2"}),
    "avi msmpeg4 ac3": _clip(".avi", "msmpeg4", "ac3"),
    "avi mjpeg": _clip(".avi", "mjpeg", pixel_format="yuvj420p"),
    "avi raw": _clip(".avi", "rawvideo", **_RAW_4),
    "mpg mpeg1 mp2": _clip(".mpg", "mpeg1video", "mp2"),
    "mpg mpeg2 ac3": _clip(".mpg", "mpeg2video", "ac3"),
    "ts h264 aac": _clip(".ts", "libx264", "aac", **_H264),
    "ts mpeg2 mp2": _clip(".ts", "mpeg2video", "mp2"),
    "wmv wmv2 wma": _clip(".wmv", "wmv2", "wmav2"),
    "flv flv1 mp3": _clip(".flv", "flv", "libmp3lame 44100"),
    "flv h264 aac": _clip(".flv", "libx264", "aac", **_H264),
    "ogv vp8 vorbis": _clip(".ogv", "libvpx", "vorbis", **_VP9),
    "3gp h263 amr": _clip(
        ".3gp", "h263", "libopencore_amrnb 8000 mono", width=128, height=96, rate=Fraction(30)
    ),
    "mxf mpeg2 pcm": _clip(".mxf", "mpeg2video", "pcm_s16le"),
    "y4m raw": _clip(".y4m", "wrapped_avframe", format="yuv4mpegpipe", **_RAW_4),
    "h264 bare": _clip(".h264", "libx264", **_H264),
    "gif": _still(".gif", "GIF", frames=6),
    "apng": _still(".png", "PNG", frames=6),
    "webp, moving": _still(".webp", "WEBP", frames=6),
    "png": _still(".png", "PNG"),
    "png grey with alpha": _still(".png", "PNG", mode="LA"),
    "jpg": _still(".jpg", "JPEG"),
    "jpg cmyk": _still(".jpg", "JPEG", mode="CMYK"),
    "jpg turned": _still(".jpg", "JPEG", exif=_exif_turned()),
    "webp": _still(".webp", "WEBP"),
    "bmp": _still(".bmp", "BMP"),
    "tiff": _still(".tif", "TIFF", compression="tiff_lzw"),
    "folder of png": _folder(".png", "PNG", "clip"),
    "pattern of jpg": _folder(".jpg", "JPEG", "clip/frame_%03d.jpg"),
}
"""Name → what makes it."""
