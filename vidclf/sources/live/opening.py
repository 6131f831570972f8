"""Opening what FFmpeg reads live: what each kind may do, how long it may take, what went wrong."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

import av
from av.container import InputContainer

from vidclf.core.ffmpeg import FORMATS
from vidclf.errors import SourceError
from vidclf.sources.location import ClipLocation
from vidclf.sources.picture_size import MOST_MOVING_PIXELS

SILENCE_SECONDS = 10.0
"""A connection that gives nothing for so long is lost, and one that does not open is refused."""

_HTTP = "http,https,tcp,tls,crypto"
_PROTOCOLS = {
    "rtsp": "rtsp,rtp,tcp,udp,tls",
    "rtsps": "rtsps,rtsp,rtp,srtp,tcp,udp,tls",
    "rtmp": "rtmp,tcp",
    "rtmps": "rtmps,rtmp,tcp,tls",
    "udp": "udp",
    "rtp": "rtp,udp",
    "srt": "srt,udp",
    "http": _HTTP,
    "https": _HTTP,
}
"""Scheme → the protocols that such a stream may use. No file can be opened by any: a playlist
names what is to be read, and it is somebody else's."""
_OPTIONS = {
    "rtsp": {"rtsp_flags": "prefer_tcp", "allowed_media_types": "video", "fpsprobesize": "0"},
    "rtmp": {"fpsprobesize": "0"},
    "udp": {"overrun_nonfatal": "1", "fpsprobesize": "0"},
    "rtp": {"fpsprobesize": "0"},
}
"""Frames that are probed for their rate come late, and all at once: opening takes 0.4 s instead of
1.4 s without."""
_LISTENING = ("udp", "rtp")


def open_stream(location: ClipLocation) -> InputContainer:
    """Open a network stream.

    Raises:
        SourceError: it cannot be opened; the message has no password, and nothing of FFmpeg's,
            whose messages hold the whole address.
    """
    scheme = location.text.partition("://")[0].lower()
    try:
        return av.open(
            location.text,
            "r",
            options={
                "protocol_whitelist": _PROTOCOLS[scheme],
                "format_whitelist": f"{FORMATS},rtsp,rtp,sdp,hls",
                "max_pixels": str(MOST_MOVING_PIXELS),
                **_OPTIONS.get(scheme.removesuffix("s"), {}),
            },
            timeout=(SILENCE_SECONDS, SILENCE_SECONDS),
            metadata_errors="replace",
        )
    except (av.FFmpegError, OSError) as exc:
        raise SourceError(f"{location}: {_why_not(location, scheme, exc)}") from None


def words_of(exc: Exception) -> str:
    """What is said of an error of FFmpeg's while a stream is read: its kind, never its text."""
    if isinstance(exc, (av.error.ExitError, TimeoutError)):
        return f"nothing came for {SILENCE_SECONDS:g} s"
    return "the sender is gone" if isinstance(exc, OSError) else "it cannot be read on"


def _why_not(location: ClipLocation, scheme: str, exc: Exception) -> str:
    for kinds, words in _REASONS:
        if isinstance(exc, kinds):
            return words
    if isinstance(exc, av.error.ProtocolNotFoundError):
        return (
            f"this FFmpeg has no {scheme}: receive it with one that has, and pipe it: "
            f"ffmpeg -i {scheme}://… -c copy -f mpegts - | vidclf annotate -"
        )
    if isinstance(exc, (av.error.ExitError, TimeoutError)):
        sender = "nobody sends to it" if scheme in _LISTENING else "see that it is on and reachable"
        return f"no answer for {SILENCE_SECONDS:g} s; {sender}, or a firewall is between"
    host = _host(location.text)
    if host and scheme not in _LISTENING and not _is_known(host):
        return f"the host {host} is not known; check the name and the network"
    if isinstance(exc, av.error.InvalidDataError):
        return "what comes is no video stream that FFmpeg knows; check the address"
    return "cannot be opened; check the address, and play it with another program"


_REASONS: Iterable[tuple[tuple[type[Exception], ...], str]] = (
    (
        (ConnectionRefusedError,),
        "the connection was refused; see that the sender runs, and the port",
    ),
    (
        (av.error.HTTPUnauthorizedError,),
        "wants a user name and a password, and other ones than were given: "
        "scheme://USER:PASSWORD@host/… (special characters as %40 and the like)",
    ),
    ((av.error.HTTPForbiddenError,), "access is denied; ask who runs it"),
    ((av.error.HTTPNotFoundError,), "the host has no such stream; check the path"),
    (
        (av.error.HTTPOtherClientError, av.error.HTTPServerError),
        "the host refuses; try later, or play it with another program",
    ),
)


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def _is_known(host: str) -> bool:
    try:
        socket.getaddrinfo(host, None)
    except (OSError, UnicodeError):
        return False
    return True
