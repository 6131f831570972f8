"""The name of a file or folder elsewhere, taken apart and put together as `Path` does it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote

from vidclf.core.addresses import shown_address

_WEB = ("http", "https")


@dataclass(frozen=True, slots=True)
class RemotePath:
    """A URL such as `s3://bucket/day1/clip.mp4` or `https://host/clip.mp4?signature=…`.

    It only names: what lies there is asked for by `vidclf.remote.files`. `str` gives what may be
    shown of it, without password and query, so it is safe in messages, logs and manifests.
    """

    address: str = field(repr=False)
    """As it was named; it may hold secrets."""

    def __str__(self) -> str:
        return shown_address(self.address)

    def __truediv__(self, name: str) -> RemotePath:
        """A file or folder in this folder."""
        base = self._bare.rstrip("/")
        return replace(self, address=f"{base}/{self._quoted(name)}")

    @property
    def scheme(self) -> str:
        """`s3`, `https` …, in lower case."""
        return self.address.partition("://")[0].lower()

    @property
    def is_web(self) -> bool:
        """Whether it is read by HTTP."""
        return self.scheme in _WEB

    @property
    def is_folder_name(self) -> bool:
        """Whether it is named as a folder: ending in a slash, or a bucket or host alone."""
        return self._bare.endswith("/") or not self._inside

    @property
    def name(self) -> str:
        """Its last part, decoded: `a b.mp4` of `https://host/o/a%20b.mp4?key=…`; else the host."""
        last = self._bare.rstrip("/").rpartition("/")[2]
        return unquote(last) if self.is_web else last

    @property
    def suffix(self) -> str:
        """The ending of its name with the dot; "" where there is none."""
        stem, dot, ending = self.name.rpartition(".")
        return dot + ending if stem and ending else ""

    @property
    def stem(self) -> str:
        """Its name without the suffix."""
        return self.name.removesuffix(self.suffix)

    @property
    def parent(self) -> RemotePath:
        """The folder it lies in; a bucket or host is its own."""
        if not self._inside:
            return self
        return replace(self, address=self._bare.rstrip("/").rpartition("/")[0])

    @property
    def folder(self) -> RemotePath:
        """The same, named as a folder."""
        return replace(self, address=self._bare.rstrip("/") + "/")

    def with_name(self, name: str) -> RemotePath:
        """A file beside it; what stands in the query is for this one alone, and is dropped."""
        return self.parent / name

    def with_suffix(self, suffix: str) -> RemotePath:
        """A file beside it, with another ending."""
        return self.with_name(self.stem + suffix)

    @property
    def _bare(self) -> str:
        """Without query and fragment; password and all."""
        if not self.is_web:
            return self.address
        return self.address.partition("?")[0].partition("#")[0]

    @property
    def _inside(self) -> str:
        """What stands behind bucket or host."""
        return self._bare.partition("://")[2].partition("/")[2].strip("/")

    def _quoted(self, name: str) -> str:
        return quote(name) if self.is_web else name
