"""What reading and writing share of FFmpeg: opening files safely, planes, and YUV matrices."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import av
import numpy as np
from av.container import InputContainer
from av.video.plane import VideoPlane
from av.video.reformatter import Colorspace

from vidclf.core.frames import Pixels

FORMATS = (
    "3g2,3gp,apv,asf,av1,avi,avs2,avs3,cavsvideo,cine,dhav,dirac,dnxhd,dv,evc,f4v,film_cpk,flv,gif,"
    "gxf,h261,h263,h264,hevc,ingenient,ivf,kux,live_flv,lxf,m4v,matroska,webm,mj2,mjpeg,mjpeg_2000,"
    "mov,mp4,m4a,mpeg,mpegts,mpegtsraw,mpegvideo,mpjpeg,mxf,nsv,nut,nuv,obu,ogg,pva,rm,roq,smjpeg,"
    "swf,ty,vc1,vc1test,vivo,vvc,wtv,xmv,yuv4mpegpipe,"
    "aac,ac3,aiff,amr,caf,flac,mp3,wav"
)
"""FFmpeg demuxers that read one file and nothing else; the last line is sound, to tell it is such.

Playlists (hls, dash, concat, image2, sdp) are left out: they make FFmpeg open other files or
addresses that the file names.
"""

_SWSCALE_MATRIX = {
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
    10: Colorspace.BT2020,
}
"""H.273 matrices that swscale knows; constant-luminance BT.2020 (10) as the usual one."""


def is_known_matrix(matrix: int) -> bool:
    """Whether swscale converts with this H.273 matrix."""
    return matrix in _SWSCALE_MATRIX


def swscale_matrix(matrix: int) -> int:
    """The number by which swscale calls a known H.273 matrix."""
    return int(_SWSCALE_MATRIX[matrix])


def usual_matrix(*, width: int, height: int) -> int:
    """The H.273 matrix of an untagged picture of this decoded size.

    BT.601 up to 576 lines and below 1280 pixels across, else BT.709, as mpv guesses
    (`mp_csp_guess_colorspace`). Reading and writing must guess alike: then the guess cancels out.
    """
    return 6 if height <= 576 and width < 1280 else 1


def open_media(path: str | Path, *, most_pixels: int | None = None) -> InputContainer:
    """Open a local media file as what it is.

    Metadata that is not UTF-8 is read with replacement characters.

    Args:
        path: the file.
        most_pixels: decoders that look at the first pictures refuse larger ones.

    Raises:
        av.FFmpegError: FFmpeg does not know it, or may not read it.
        OSError: the file cannot be read.
    """
    return av.open(
        # "file:" keeps a name like "http:clip.mp4" from being taken for an address.
        "file:" + str(Path(path).absolute()),
        "r",
        options=_options("file", most_pixels),
        metadata_errors="replace",
    )


class MediaStream(Protocol):
    """Bytes of a media file that are no local file."""

    name: str
    """The file's name without folders, by whose ending FFmpeg guesses the format."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes, at least one; none at the end."""
        ...

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go elsewhere, and say where."""
        ...

    def tell(self) -> int:
        """The place of the next byte."""
        ...


def open_media_stream(stream: MediaStream, *, most_pixels: int | None = None) -> InputContainer:
    """The same of bytes that a Python object gives; FFmpeg itself opens nothing.

    Raises:
        av.FFmpegError: FFmpeg does not know it.
    """
    return av.open(stream, "r", options=_options("none", most_pixels), metadata_errors="replace")


def _options(protocols: str, most_pixels: int | None) -> dict[str, str]:
    bound = {} if most_pixels is None else {"max_pixels": str(most_pixels)}
    return {"protocol_whitelist": protocols, "format_whitelist": FORMATS, **bound}


def plane_samples(plane: VideoPlane) -> Pixels:
    """The samples of an 8-bit plane in place, (height, width) uint8, without the rows' padding."""
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]
