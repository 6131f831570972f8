"""One clip in whatever process it is made: the model stays open from clip to clip."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from vidclf.batch.executors.base import ClipOutcome
from vidclf.batch.resume import LookBack
from vidclf.core.frames import Frame, VideoInfo
from vidclf.core.unexpected import unexpected
from vidclf.errors import UnexpectedError, VidclfError
from vidclf.inference.engine import Engine, open_engine
from vidclf.inference.expected_frames import expected_frames
from vidclf.pipeline.annotate import annotate_clip
from vidclf.pipeline.job import ClipJob
from vidclf.settings import Settings

logger = logging.getLogger(__name__)

OnFrames = Callable[[int, int | None], None]
"""Is told, at each frame, how many are done and about how many there will be."""


class ClipWorker:
    """Makes clips one after the other with one model, opened for the first of them.

    Args:
        settings: how clips are made.
        engine: the model, where it is open already.
    """

    def __init__(self, settings: Settings, *, engine: Engine | None = None) -> None:
        self._settings = settings
        self._engine = engine

    def outcome(self, job: ClipJob, on_frames: OnFrames) -> ClipOutcome:
        """Make a clip; whatever goes wrong is the outcome's error."""
        settings, frames = job.settings(self._settings), 0

        def count(info: VideoInfo, _: Frame) -> None:
            nonlocal frames
            frames += 1
            expected = expected_frames(
                info,
                start=settings.start,
                end=settings.end,
                most_frames=settings.frames,
                most_seconds=settings.duration,
            )
            on_frames(frames, expected)

        try:
            engine = self._engine = self._engine or open_engine(settings)
            summary = annotate_clip(
                job,
                engine=engine,
                settings=settings,
                on_frame=count,
                overwrite=partial(LookBack(settings, engine.model.info).may_replace, job),
            )
        except VidclfError as exc:
            return ClipOutcome(job=job, error=exc)
        except MemoryError as exc:
            return _unexplained(job, "the memory is full: free some, or lower --jobs", exc)
        except Exception as exc:  # one clip that meets a bug must not cost the others
            logger.info("where it happened", exc_info=exc)
            return _unexplained(job, unexpected(exc), exc)
        return ClipOutcome(job=job, summary=summary)


def _unexplained(job: ClipJob, text: str, cause: Exception) -> ClipOutcome:
    error = UnexpectedError(f"{job.name}: {text}")
    error.__cause__ = cause
    return ClipOutcome(job=job, error=error)
