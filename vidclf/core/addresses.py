"""Names that stand for no file of this machine: URLs, live streams, cameras, standard input."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal

from vidclf.errors import UsageError

AddressKind = Literal["url", "stream", "camera", "stdin"]
"""A file or folder elsewhere; something that is sent as it happens; a camera of this machine;
standard input."""

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
"""A scheme (RFC 3986, 3.1) of two characters at least: `C://` is a drive of Windows."""
_CAMERA = re.compile(r"camera:\d+")
_STDIN = "-"
_STREAM_SCHEMES = ("rtmp", "rtmps", "rtp", "rtsp", "rtsps", "srt", "udp")
_STORES = ("s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl")
"""Stores of objects, whose names may hold a `#`; Azure puts a container before an `@`."""
_PLAYLIST = re.compile(r"https?://[^?#]*\.m3u8(?:[?#].*)?", re.IGNORECASE)
"""HTTP Live Streaming (RFC 8216)."""
_RECORD = "record it to a file first"


def address_kind(named: str | os.PathLike[str]) -> AddressKind | None:
    """What kind of address a name is; None for a file or folder, be it one that is not there.

    Only text can be an address, a `Path` is always a place on a disk. So is any text under which
    something lies there, but for `-`, which is standard input to every program.
    """
    if not isinstance(named, str):
        return None
    if named == _STDIN:
        return "stdin"
    if os.path.lexists(named):  # unlike Path's, it has an answer for names that no file can have
        return None
    if match := _URL.match(named):
        is_stream = match[1].lower() in _STREAM_SCHEMES or _PLAYLIST.fullmatch(named)
        return "stream" if is_stream else "url"
    return "camera" if _CAMERA.fullmatch(named) else None


def shown_address(address: str) -> str:
    """An address as messages and manifests show it: without password, query and fragment.

    >>> shown_address("https://me:secret@host/a.mp4?signature=secret")
    'https://host/a.mp4'
    """
    if not _URL.match(address):
        return address
    scheme, _, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    user, _, _ = host.rpartition("@")
    if ":" in user or scheme.lower() not in _STORES:
        host = host.removeprefix(f"{user}@")
    end = "[?]" if scheme.lower() in _STORES else "[?#]"
    return f"{scheme}://{re.split(end, host + slash + path)[0]}"


def refusal(address: str) -> str:
    """Why an address is not taken where a file of this machine is wanted, and what to do."""
    what, remedy = _described(address)
    shown = shown_address(address)
    return f"{shown} is {what}, and this version reads local files only: {remedy}"


def local_path(named: str | os.PathLike[str]) -> Path:
    """The file or folder of this machine that a name stands for; it need not be there.

    Raises:
        UsageError: an address is named instead.
    """
    if address_kind(named):
        raise UsageError(refusal(os.fspath(named)))
    return Path(named)


def is_url(named: str | os.PathLike[str]) -> bool:
    """Whether a name is a URL by its looks, also where a folder `s3:` lies about.

    Outputs are told so: what is there already must not decide where they go.
    """
    return isinstance(named, str) and _URL.match(named) is not None


def _described(address: str) -> tuple[str, str]:
    """What an address is, and how to get a file from it."""
    if address == _STDIN:
        return "standard input", "save it to a file first"
    if _CAMERA.fullmatch(address):
        return "a camera", _RECORD
    scheme = address.partition("://")[0].lower()
    if scheme in _STREAM_SCHEMES:
        return "a live stream", _RECORD
    return "a URL", "give the path alone" if scheme == "file" else "download it first"
