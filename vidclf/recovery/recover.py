"""What killed live runs left in a folder, made into outputs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidclf.core.file_digest import file_digests
from vidclf.core.run_warnings import get_logger
from vidclf.errors import SourceError, VidclfError
from vidclf.files.live_files import HeldJournal, Journal, journals_in, remove_empty_journal
from vidclf.files.manifest import Manifest
from vidclf.files.places import Place, output_place
from vidclf.files.staging import Staging
from vidclf.files.text_file import write_text
from vidclf.recovery.whole_rows import whole_rows
from vidclf.remote.path import RemotePath
from vidclf.segments.export import SegmentExport
from vidclf.segments.formats.csv_file import csv_text
from vidclf.segments.from_table import segments_of
from vidclf.sinks.remux import has_frames, remux
from vidclf.table.columns import FrameColumns
from vidclf.table.joining import without_lacking
from vidclf.table.read import read_table
from vidclf.table.table import Table

logger = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveredPart:
    """What became of a part of a live run that was killed."""

    video: str
    """Its name, as in the table."""
    rows: int
    """Rows of its table."""
    frames: int
    """Frames of its annotated video: those of the last second or two are lost with the run."""
    outputs: Mapping[str, Place]
    """Kind → file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverSummary:
    """What became of what killed live runs had left in a folder."""

    parts: tuple[RecoveredPart, ...]
    """The parts whose outputs were made."""
    running: tuple[str, ...]
    """Names of parts that a run is writing; they are as they were."""
    empty: int
    """How many parts had no row; what there was of them is removed."""
    failed: tuple[tuple[str, VidclfError], ...]
    """Names of parts of which no outputs could be made, and why; they are as they were."""


def recover(folder: str | os.PathLike[str]) -> RecoverSummary:
    """Make outputs of what killed live runs left in a folder: as `vidclf recover FOLDER`.

    Tables keep their whole rows, videos the frames that had been written, and manifests say what
    was recovered. What a run is still writing is not touched; a second call finds nothing to do.

    Args:
        folder: where the run's outputs were to be.

    Raises:
        SourceError: there is no such folder.
    """
    path = Path(folder)
    try:
        journals = journals_in(path)
    except OSError as exc:
        raise SourceError(f"{path}: cannot be looked into ({exc.strerror}); name a folder") from exc
    parts: list[RecoveredPart] = []
    running: list[str] = []
    failed: list[tuple[str, VidclfError]] = []
    empty = 0
    for journal_path in journals:
        try:
            part = _recover_part(journal_path)
        except BlockingIOError:
            running.append(_name_of(journal_path))
        except VidclfError as exc:
            failed.append((_name_of(journal_path), exc))
        except FileNotFoundError:  # its run, or another recovery, has just removed it
            continue
        else:
            empty += part is None
            if part is not None:
                parts.append(part)
    return RecoverSummary(
        parts=tuple(parts), running=tuple(running), empty=empty, failed=tuple(failed)
    )


def _recover_part(path: Path) -> RecoveredPart | None:
    """Make the outputs of one part; None where there is nothing in it.

    Raises:
        BlockingIOError: its run lives.
        OutputError: they cannot be made.
    """
    if remove_empty_journal(path):  # its run was killed before it had begun
        return None
    with HeldJournal(path) as journal:
        outputs = {kind: _place(journal, text) for kind, text in journal.outputs.items()}
        earlier = _is_published(journal, outputs)
        part = None if earlier == "whole" else _make(journal, outputs, overwrite=bool(earlier))
        journal.remove()
    return part


def _place(journal: Journal, text: str) -> Place:
    """Where an output goes: beside the journal, wherever the folder was moved to, or elsewhere."""
    place = output_place(text)
    return place if isinstance(place, RemotePath) else journal.path.parent / place.name


def _is_published(journal: Journal, outputs: Mapping[str, Place]) -> str:
    """Whether the killed run had got as far as to give its outputs their names.

    Returns:
        `whole`, `incomplete`, or nothing where its manifest is not there.
    """
    told = Manifest.read(outputs["manifest"]).document
    if not told or told.get("live", {}).get("started_at") != journal.run["live"]["started_at"]:
        return ""
    named = [outputs[kind] for kind in told["outputs"] if kind in outputs]
    is_whole = all(place.exists() for place in named if isinstance(place, Path))
    return "whole" if is_whole else "incomplete"


def _make(
    journal: Journal, outputs: Mapping[str, Place], *, overwrite: bool
) -> RecoveredPart | None:
    table = journal.files["table"]
    rows = whole_rows(table) if table.exists() else None
    if rows is None or not rows.count:
        return None
    video = journal.files.get("video")
    kinds = [kind for kind in ("table", "segments", "manifest") if kind in outputs]
    if video is not None and has_frames(video):
        kinds.append("video")
    wanted = {kind: outputs[kind] for kind in kinds}
    with Staging(overwrite=overwrite, record=outputs["manifest"]) as staging:
        staged = {kind: staging.add(path) for kind, path in wanted.items()}
        rows.copy(staged["table"])
        frames = remux(video, staged["video"]) if video and "video" in staged else 0
        run = _run_of(journal, staged["table"], wanted, rows=rows.count, frames=frames)
        if "segments" in staged:
            _write_segments(staged["table"], staged["segments"], run)
        made = {kind: path for kind, path in staged.items() if kind != "manifest"}
        document = {**run, "output_digests": dict(file_digests(made))}
        Manifest.of_run(document).write(staged["manifest"])
    return RecoveredPart(video=str(run["video"]), rows=rows.count, frames=frames, outputs=wanted)


def _run_of(
    journal: Journal, table: Path, outputs: Mapping[str, Place], *, rows: int, frames: int
) -> dict[str, Any]:
    """What the manifest says: what the run knew when the part began, and what was recovered."""
    read = read_table(table)
    seconds = max(0.001, _last_written(journal) - journal.path.stat().st_mtime)
    known = Table(path=table, columns=FrameColumns(read))
    return {
        **journal.run,
        "frames_read": rows,
        "frames_inferred": int(read["inferred"].sum()) if "inferred" in read else rows,
        "frames_written": frames,
        "end_seconds": known.end_seconds,
        "seconds": round(seconds, 3),
        "frames_per_second": round(rows / seconds, 2),
        "outputs": {kind: str(path) for kind, path in outputs.items()},
        "recovered": {
            "rows": rows,
            "video_frames": frames,
            "table_bytes_left_out": journal.files["table"].stat().st_size - table.stat().st_size,
        },
    }


def _last_written(journal: Journal) -> float:
    return journal.files["table"].stat().st_mtime


def _write_segments(table: Path, path: Path, run: Mapping[str, Any]) -> None:
    rows = FrameColumns(without_lacking(read_table(table)))
    found = segments_of(Table(path=table, columns=rows, manifest=Manifest.of_run(run)))
    export = SegmentExport(video=str(run["video"]), segments=found)
    write_text(path, csv_text(export), kind="the segments")


def _name_of(journal: Path) -> str:
    """`door_2026-11-29T16-23-02` of `.door_2026-11-29T16-23-02.1f2e3d4c.live.json`."""
    return journal.name.removeprefix(".").removesuffix(".live.json").rpartition(".")[0]
