"""One clip to be annotated, and the files to be made of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vidclf.sources.location import ClipLocation


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipJob:
    """One clip and the files to be made of it."""

    source: ClipLocation
    """A video file, a still, a GIF, a numbered pattern or a folder of pictures."""
    name: str
    """What the table's `video` column holds: the file's name, with folders below the one named."""
    table: Path
    """The per-frame CSV."""
    segments: Path
    """The segments of its labels, as CSV."""
    manifest: Path
    """The manifest."""
    video: Path | None
    """The annotated video."""
    gif: Path | None
    """The annotated GIF."""
    parquet: Path | None = None
    """The table as Parquet."""

    @property
    def outputs(self) -> dict[str, Path]:
        """Kind → file, of every file that is made of the clip."""
        kinds = ("video", "gif", "table", "parquet", "segments", "manifest")
        return {kind: getattr(self, kind) for kind in kinds if getattr(self, kind) is not None}
