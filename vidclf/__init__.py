"""Run a trained Keras classifier over every frame of a video.

    import vidclf

    vidclf.annotate("clip.mp4", gif=True)          # MP4, GIF, CSV and manifest in outputs/
    table = vidclf.predict("clip.mp4")             # a pandas DataFrame, one row a frame
    clip.with_effects([vidclf.Annotate(table)])    # in any MoviePy program

All public names are those of `vidclf.api`. What they need is imported when they are used:
`import vidclf` is cheap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vidclf import api
from vidclf._version import __version__

if TYPE_CHECKING:
    from vidclf.api import *  # noqa: F403

__all__ = ["__version__"]
__all__ += api.__all__


if not TYPE_CHECKING:  # checkers must tell a name that is not there

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module 'vidclf' has no attribute {name!r}")
        return getattr(api, name)


def __dir__() -> list[str]:
    return sorted(__all__)
