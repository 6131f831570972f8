"""Run a trained Keras classifier over every frame of a video.

    import vidclf

    vidclf.annotate("clip.mp4", gif=True)          # MP4, GIF, CSV and manifest in outputs/
    table = vidclf.predict("clip.mp4")             # a pandas DataFrame, one row a frame
    clip.with_effects([vidclf.Annotate(table)])    # in any MoviePy program

All public names are those of `vidclf.api`. What they need is imported when they are used:
`import vidclf` is cheap.
"""

from __future__ import annotations

import sys
from types import ModuleType
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


class _Package(ModuleType):
    """This package, in which a folder may have the name of a function, as `vidclf.evaluate` has."""

    def __setattr__(self, name: str, value: Any) -> None:
        """Keep a folder that was imported; it can be called as the function, which it hides."""
        if isinstance(value, ModuleType) and name in __all__:
            value.__class__ = _CallableRoom
        super().__setattr__(name, value)


class _CallableRoom(ModuleType):
    """A folder of the package that has the name of a public function."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Call the function."""
        return getattr(api, self.__name__.rpartition(".")[2])(*args, **options)


sys.modules[__name__].__class__ = _Package


def __dir__() -> list[str]:
    return sorted(__all__)
