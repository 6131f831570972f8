"""Whether a run is over clips or over one live input."""

from __future__ import annotations

import os
from collections.abc import Sequence

from vidclf.errors import UsageError
from vidclf.settings import Settings
from vidclf.sources.location import ClipLocation

PathLike = str | os.PathLike[str]


def live_input(inputs: Sequence[PathLike]) -> ClipLocation | None:
    """The live input among what was named; None where all are clips.

    Raises:
        UsageError: it is not alone.
    """
    live = [location for location in map(ClipLocation.of, inputs) if location.is_live]
    if not live:
        return None
    if len(inputs) > 1:
        raise UsageError(
            f"{live[0]} is a live input, and {len(inputs)} inputs are named: start one command for "
            "each live input"
        )
    return live[0]


def check_no_live_settings(settings: Settings) -> None:
    """Refuse what is said of live inputs where there is none.

    Raises:
        UsageError: something is.
    """
    for name in ("live", "camera_size", "camera_fps", "split_every"):
        if getattr(settings, name) is not None:
            flag = "--" + name.replace("_", "-")
            raise UsageError(f"{flag} is for live inputs, and none is named: leave it out")
