"""One clip to be annotated, and the files to be made of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from vidclf.errors import OutputError
from vidclf.files.claim import remove_leftovers
from vidclf.files.places import Place
from vidclf.remote.path import RemotePath
from vidclf.remote.upload import remove
from vidclf.settings import Position, Settings
from vidclf.sources.location import ClipLocation
from vidclf.table.carried import CarriedCells


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOutput:
    """A file that an earlier run made of a clip, and that stays."""

    path: str
    """Where it is."""
    digest: str
    """What tells it from others, as its run noted it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipJob:
    """One clip and the files to be made of it."""

    source: ClipLocation
    """A video file, a still, a GIF, a numbered pattern or a folder of pictures."""
    name: str
    """What the table's `video` column holds: the file's name, with folders below the one named."""
    outputs: Mapping[str, Place]
    """Kind → file: kinds of pictures and of tables, `segments` and `manifest`."""
    kept: Mapping[str, KeptOutput] = field(default_factory=dict)
    """Kind → file of an earlier run that is of no kind in `outputs`: the manifest names it, too."""
    start: Position | None = None
    """First place kept, where a list of clips says so; None for what the settings say."""
    end: Position | None = None
    """First place no longer kept, likewise."""
    columns: CarriedCells = field(default_factory=CarriedCells)
    """What a list of clips tells beside, carried into each row of the table."""

    def settings(self, settings: Settings) -> Settings:
        """The run's settings with the clip's own start and end."""
        if self.start is None and self.end is None:
            return settings
        start, end = self.start or settings.start, self.end or settings.end
        return replace(settings, start=start, end=end)


def remove_leftovers_of(job: ClipJob, pending: Place | None = None) -> None:
    """Remove what a process that died left of a clip; nothing where another one is at it.

    Args:
        job: the clip.
        pending: the hidden record in a bucket that is known to be left.
    """
    remove_leftovers(job.outputs.values(), record=job.outputs["manifest"])
    if isinstance(pending, RemotePath):
        with suppress(OutputError):  # it does no harm
            remove(pending)
