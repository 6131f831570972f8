"""What is told of the frames that a live input lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidclf.core.run_warnings import get_logger

if TYPE_CHECKING:
    from vidclf.sources.live.source import LiveSource

logger = get_logger(__name__)


def losses_of(source: LiveSource) -> dict[str, float]:
    """What a live input lost by now, as manifests have it."""
    report = source.report
    return {
        "frames_dropped": source.frames_dropped,
        "connections_lost": report.connections_lost,
        "seconds_lost": report.seconds_lost,
    }


def warn_of_losses(source: LiveSource) -> None:
    """Log what a user should hear of how a live input was read."""
    report, path = source.report, source.path
    if dropped := source.frames_dropped:
        logger.warning(
            "%s: %d frames came faster than they were computed, and have no row; --live all keeps "
            "them, and --infer-fps infers fewer",
            path,
            dropped,
        )
    if report.packets_lost:
        logger.warning(
            "%s: %d packets came damaged or not at all; frames decoded: %d",
            path,
            report.packets_lost,
            report.frames_decoded,
        )
    if report.frames_corrupt:
        logger.warning("%s: damaged frames, patched up: %d", path, report.frames_corrupt)
