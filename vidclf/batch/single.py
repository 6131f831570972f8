"""One clip, for programs: made, unless an earlier call has made it in the same way."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from typing import Any

from vidclf.batch.live_input import check_no_live_settings, live_input
from vidclf.batch.plan import check_writable, plan, wanted_kinds
from vidclf.batch.resume import Earlier, LookBack, refusal
from vidclf.errors import OutputExistsError, UsageError
from vidclf.inference.engine import open_engine
from vidclf.pipeline.annotate import annotate_clip
from vidclf.pipeline.earlier_summary import summary_of_manifest
from vidclf.pipeline.job import ClipJob, remove_leftovers_of
from vidclf.pipeline.summary import RunSummary
from vidclf.settings import Settings
from vidclf.sources.location import ClipLocation


def annotate_one(
    clip: str | os.PathLike[str],
    *,
    output: str | os.PathLike[str] | None,
    effects: Sequence[Any],
    settings: Settings,
) -> RunSummary:
    """Annotate one clip; see `vidclf.annotate`.

    Raises:
        UsageError: the name stands for several clips.
        OutputExistsError: its outputs are there and were made otherwise.
        VidclfError: it could not be made.
    """
    if (live := live_input([clip])) is not None:
        return _annotate_live(live, output=output, effects=effects, settings=settings)
    check_no_live_settings(settings)
    planned = plan([clip], output=output, kinds=wanted_kinds(settings))
    if planned.faults:
        raise planned.faults[0][1]
    if len(planned.jobs) != 1:
        count = len(planned.jobs)
        raise UsageError(f"{clip} stands for {count} clips: vidclf.annotate_all takes folders")
    check_writable(planned)
    engine = open_engine(settings)
    look = LookBack(settings, engine.model.info, has_effects=bool(effects))
    earlier = look.at(planned.jobs[0])
    job = look.job_to_make(planned.jobs[0], earlier)
    if job is None:
        if earlier.state == "whole":
            remove_leftovers_of(planned.jobs[0], earlier.pending)
            return _summary(planned.jobs[0], earlier)
        raise refusal(planned.jobs[0], earlier)
    return annotate_clip(
        job,
        engine=engine,
        settings=settings,
        effects=effects,
        on_frame=lambda *_: None,
        overwrite=partial(look.may_replace, job),
    )


def _annotate_live(
    source: ClipLocation,
    *,
    output: str | os.PathLike[str] | None,
    effects: Sequence[Any],
    settings: Settings,
) -> RunSummary:
    from vidclf.batch.live import live_job  # it needs rooms that clips do not
    from vidclf.pipeline.live import annotate_live

    if settings.split_every is not None:
        raise UsageError("split_every makes several outputs: vidclf.annotate_all returns them all")
    job = live_job(source, output=output, settings=settings)
    engine = open_engine(settings)
    return annotate_live(job, engine=engine, settings=settings, effects=effects)[0]


def _summary(job: ClipJob, earlier: Earlier) -> RunSummary:
    try:
        return summary_of_manifest(earlier.manifest)
    except (KeyError, TypeError, ValueError) as exc:  # it was edited
        raise OutputExistsError(
            f"{job.name}: {job.outputs['manifest']} is no manifest of this format: give "
            "--overwrite to replace it"
        ) from exc
