"""Where a clip comes from, as its user named it: made once, passed along instead of a path."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

from vidclf.core.addresses import AddressKind, address_kind, refusal, shown_address
from vidclf.core.file_digest import file_digest
from vidclf.errors import SourceError
from vidclf.files.places import Place
from vidclf.remote.digest import remote_digest
from vidclf.remote.path import RemotePath

LocationKind = Literal["file", "folder", "pattern"] | AddressKind

NUMBER_PLACEHOLDER = re.compile(r"%(0(?P<width>\d+))?d")
"""What stands for the number in a pattern such as `frame_%05d.png`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipLocation:
    """A local file, a folder, a numbered pattern, a URL, a live stream, a camera, standard input.

    `str` gives what may be shown of it: of a URL neither password nor query.
    """

    kind: LocationKind
    """What it is; `file` where nothing tells otherwise, also of a file that is not there."""
    text: str = field(repr=False)
    """As it was named. That of a URL may hold secrets: show `str(location)` instead."""

    @classmethod
    def of(cls, named: str | os.PathLike[str] | RemotePath | ClipLocation) -> ClipLocation:
        """What a name stands for; what lies on the disk under it goes first."""
        if isinstance(named, ClipLocation):
            return named
        if isinstance(named, RemotePath):
            return cls(kind="url", text=named.address)
        text = os.fspath(named)
        return cls(kind=address_kind(named) or _local_kind(text), text=text)

    def __str__(self) -> str:
        return self.text if self.is_local else shown_address(self.text)

    @property
    def is_local(self) -> bool:
        """Whether it names a place on a disk of this machine."""
        return self.kind in ("file", "folder", "pattern")

    @property
    def is_live(self) -> bool:
        """Whether it is sent as it happens, and is never the same twice."""
        return self.kind in ("stream", "camera", "stdin")

    @property
    def path(self) -> Path:
        """The path of what is on this machine.

        Raises:
            SourceError: it is elsewhere; the message says what to do.
        """
        if not self.is_local:
            raise self.refusal()
        return Path(self.text)

    @property
    def remote(self) -> RemotePath:
        """Where the file or folder behind a URL lies; only of the kind `url`."""
        return RemotePath(self.text)

    @property
    def place(self) -> Place:
        """The path of what is on this machine, or where the file behind a URL lies.

        Raises:
            SourceError: it is neither; the message says what to do.
        """
        return self.remote if self.kind == "url" else self.path

    @property
    def files(self) -> tuple[Path, ...]:
        """What outputs must not be written over: the path of what is on this machine."""
        return (self.path,) if self.is_local else ()

    @property
    def name(self) -> str:
        """What the clip is called, in tables and in the names of its outputs."""
        if self.kind == "folder":
            return self.path.resolve().name
        return self.path.name if self.is_local else _address_name(self.text, self.kind)

    def digest(self) -> str | None:
        """What tells the clip's file from others (`file_digest`); None for what is no file.

        That of a file elsewhere is made of the same parts, so that a copy has the same.

        Raises:
            SourceError: it is elsewhere and cannot be read.
        """
        if self.kind == "url":
            return remote_digest(self.remote)
        return file_digest(self.path) if self.kind == "file" else None

    def normalised(self) -> ClipLocation:
        """The same without `./` and needless slashes, as `Path` writes it; addresses as they are.

        Manifests and messages name a run's clips so.
        """
        return replace(self, text=str(self.path)) if self.is_local else self

    def refusal(self) -> SourceError:
        """The error of whoever takes nothing but files of this machine."""
        return SourceError(refusal(self.text))


def _local_kind(text: str) -> LocationKind:
    # Unlike Path's, these have an answer for names that no file can have.
    if os.path.lexists(text):
        return "folder" if os.path.isdir(text) else "file"  # noqa: PTH112
    return "pattern" if NUMBER_PLACEHOLDER.search(Path(text).name) else "file"


def _address_name(address: str, kind: LocationKind) -> str:
    """`a b.mp4` of `https://host/o/clips%2Fa%20b.mp4?key=…`, or the host; `camera_0`; `stdin`."""
    if kind == "stdin":
        return "stdin"
    if kind == "camera":
        return address.replace(":", "_")
    if kind == "url" and not RemotePath(address).is_web:
        return RemotePath(address).name
    return unquote(shown_address(address)).rstrip("/").rpartition("/")[2]
