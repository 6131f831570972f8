"""How good per-frame tables are against true segments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from vidclf.core.counting import counted
from vidclf.errors import DataError
from vidclf.evaluation.clip_truth import BACKGROUND, ClipTruth, read_clip_truth
from vidclf.evaluation.pairs import table_pairs
from vidclf.evaluation.results import Case, ClipFigures, Evaluation
from vidclf.evaluation.table_arrays import TableArrays, class_arrays, label_arrays, table_figures
from vidclf.files.names import SEGMENTS_CSV
from vidclf.metrics.scikit_learn import check_installed
from vidclf.table.named_tables import PathLike


def measure_tables(
    table: PathLike, truth: PathLike, *, threshold: float | None = None
) -> Evaluation:
    """Measure per-frame tables against true segments.

    Args:
        table: a table, or a folder of tables.
        truth: a file of segments, or a folder of such files, which are matched by their names.
        threshold: the score from which a label holds, 0 to 1; None for what a table says.

    Raises:
        DataError: a truth cannot be read or is not of its table's clip, or the tables do not fit
            together.
        SourceError: a table cannot be read.
        UsageError: scikit-learn is not installed.
    """
    check_installed()
    matched = table_pairs(table, truth)
    clips = [read_clip_truth(*pair, threshold=threshold) for pair in matched.pairs]
    _check_alike(clips)
    is_exclusive = clips[0].is_exclusive
    arrays = class_arrays(clips) if is_exclusive else label_arrays(clips, threshold=threshold)
    model = clips[0].table.manifest.model
    return Evaluation(
        kind="tables",
        task="classes" if is_exclusive else "multi_label",
        labels=arrays.labels,
        truth=arrays.truth,
        predictions=arrays.scores,
        answers=arrays.answers,
        confidences=arrays.confidences,
        groups=arrays.groups,
        cases=[case for clip in clips for case in _cases(clip)],
        metrics=table_figures(arrays),
        background=arrays.background,
        thresholds=arrays.thresholds,
        clips=tuple(_clip_figures(clips, arrays)),
        model_name=model.name or "",
        model_digest=model.digest or "",
        data_name=str(truth),
        notes=(*matched.notes, *_notes(clips, arrays)),
    )


def _check_alike(clips: Sequence[ClipTruth]) -> None:
    """Raise a DataError where tables cannot be measured together."""
    first = clips[0].table
    for table in [clip.table for clip in clips[1:]]:
        if table.kind != first.kind:
            raise DataError(
                f"{first.path} holds {first.kind} and {table.path} {table.kind}: evaluate them one "
                "by one"
            )
        if table.kind == "labels" and list(table.classes) != list(first.classes):
            raise DataError(
                f"{first.path} and {table.path} have scores of other labels: evaluate the tables "
                "of each model by themselves"
            )


def _cases(clip: ClipTruth) -> Iterator[Case]:
    path = clip.table.clip or Path(clip.table.video)
    rows = clip.table.rows
    for frame, seconds in zip(rows["frame"].tolist(), rows["timestamp"].tolist(), strict=True):
        yield Case(path=path, frame=frame, timestamp=seconds)


def _clip_figures(clips: Sequence[ClipTruth], arrays: TableArrays) -> Iterator[ClipFigures]:
    first_case = 0
    for number, clip in enumerate(clips):
        yield ClipFigures(
            name=clip.table.video,
            table=clip.table.path,
            truth=clip.truth,
            first_case=first_case,
            metrics=table_figures(arrays.clip(number)),
        )
        first_case += len(clip.table.rows)


def _notes(clips: Sequence[ClipTruth], arrays: TableArrays) -> Iterator[str]:
    """What the reader should know of frames and labels."""
    if arrays.background is not None:
        percent = 100 * (arrays.truth == arrays.background).mean()
        yield (
            f"{percent:.1f} % of the frames are in no segment; their true label is {BACKGROUND!r}, "
            "and so is the answer of a frame without a label"
        )
    if (arrays.answers == arrays.truth).all() and all(map(_may_be_its_own, clips)):
        yield "every frame is right: is the truth what the run itself wrote, without a correction?"
    for clip in clips:
        rows = [clip.true_rows(segment) for segment in clip.segments]
        if outside := sum(one.start == one.stop for one in rows):
            yield (
                f"{outside} of the {counted(len(rows), 'segment')} in {clip.truth} have no frame "
                f"in {clip.table.path}"
            )
    known = {label for clip in clips for label in clip.table.classes}
    alike = {label.casefold(): label for label in known}
    for label in arrays.labels:
        if label in known or label == BACKGROUND:
            continue
        near = alike.get(label.casefold())
        yield f"no frame of any table is labelled {label!r}, which is true somewhere" + (
            f"; is it {near!r}, written otherwise?" if near else ""
        )


def _may_be_its_own(clip: ClipTruth) -> bool:
    """Whether the truth has the name of a file that a run writes."""
    return clip.truth.name.endswith(SEGMENTS_CSV)
