"""Find a model: a file, a folder, a network of `keras.applications`, or one in memory."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from vidclf.core.keras_model import KerasModel
from vidclf.models.model_file import BUILT_IN, ModelFile, whole_digest

_ASSETS = Path(__file__).parent.parent / "assets"


def find_model_file(name: str | Path | KerasModel, *, allow_unsafe: bool = False) -> ModelFile:
    """Find the built-in model, a file or folder, or a network of `keras.applications`.

    Args:
        name: `efficientnet-lite0`, a path, a name such as `mobilenet_v2`, or a Keras model.
        allow_unsafe: whether it may be loaded although it carries code.

    Raises:
        ModelError: it is none of these.
        UsageError: it is a live input.
    """
    if isinstance(name, str | Path) and str(name) == BUILT_IN:
        return _built_in()
    from vidclf.models import kinds  # with all that reads files, which the built-in one needs not

    if not isinstance(name, str | Path):
        return kinds.model_in_memory(name)
    return kinds.model_on_disk(name, allow_unsafe=allow_unsafe)


def _built_in() -> ModelFile:
    """The built-in model, which comes with all that is to be known of it."""
    path = _ASSETS / BUILT_IN / "model.keras"

    @cache
    def keras_file() -> ModelFile:
        from vidclf.models import kinds
        from vidclf.models.keras_files.container import read_contents

        return kinds.keras_file(path, allow_unsafe=False, read=read_contents)

    return ModelFile(
        name=path.stem,
        path=path,
        digest=whole_digest(path),
        read_facts=lambda: keras_file().read_facts(),
        load=lambda: keras_file().load(),
        converted=path.with_name("model.xml"),
    )
