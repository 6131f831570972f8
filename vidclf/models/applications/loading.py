"""Networks of `keras.applications` by name, with their ImageNet weights from Keras' own cache."""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import importlib.metadata
import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidclf.errors import ModelError
from vidclf.models.keras_files.loading import import_keras


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A network of `keras.applications` with the weights that were trained on ImageNet."""

    name: str
    """Its name in Keras, such as `MobileNetV2`."""
    module: str
    """Where its `preprocess_input` is, such as `keras.applications.mobilenet_v2`."""
    input_size: tuple[int, int]
    """(height, width) in pixels that its weights were trained on."""
    scaling: str
    """What `preprocess_input` does, by a name of `vidclf.core.preprocessing.SCALINGS`."""
    unchecked: str = ""
    """The name of its file of weights, if it is one whose hash Keras does not check."""

    @property
    def digest(self) -> str:
        """SHA-256 that stands for the weights, hexadecimal; found without Keras.

        Keras' version settles them, as Keras checks the hash of its file; where it does not, a
        file that is there already counts, too.
        """
        parts = [self.name, "imagenet", importlib.metadata.version("keras")]
        file = keras_folder() / "models" / self.unchecked
        if self.unchecked and file.is_file():
            parts.append(hashlib.sha256(file.read_bytes()).hexdigest())
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@dataclass(slots=True, kw_only=True)
class _Wanted:
    """The file that Keras was asked for."""

    path: Path | None = None
    """Where it belongs."""
    address: str = ""
    """Where Keras downloads it from."""
    was_there: bool = False
    """Whether there was such a file before."""


def find_application(name: str) -> Application | None:
    """The network of that name; case, hyphens and underscores do not matter."""
    return _BY_NAME.get(_plain(name))


def similar_names(text: str) -> tuple[str, ...]:
    """Names of networks that look like `text`, the likest first; perhaps none."""
    keys = difflib.get_close_matches(_plain(text), _BY_NAME, cutoff=0.75)
    return tuple(_BY_NAME[key].name for key in keys)


def load_application(application: Application) -> Any:
    """Build the network and give it its weights, downloaded if they are not in Keras' cache.

    A progress bar of the download goes to standard error, if that is a terminal.

    Returns:
        The `keras.Model`: (N, h, w, 3) scaled RGB to (N, 1000) probabilities.

    Raises:
        ModelError: the weights cannot be downloaded, or the file in the cache cannot be read.
        RuntimeUnavailableError: TensorFlow or Keras cannot be imported.
    """
    keras = import_keras()
    build = getattr(keras.applications, application.name)
    wanted = _Wanted()
    try:
        with contextlib.redirect_stdout(_talk_to()), _watched(keras, wanted):
            return build(weights="imagenet", input_shape=(*application.input_size, 3))
    except Exception as exc:  # Keras raises plain Exceptions, h5py OSErrors, shapes ValueErrors
        raise ModelError(_what_to_do(application, wanted, exc)) from exc


def keras_folder() -> Path:
    """Where Keras keeps its files: `KERAS_HOME`, or `.keras` in the home folder.

    `keras.utils.get_file` and `keras.src.backend.config` turn to the system's temporary folder
    where they cannot write, and so does this.
    """
    home = Path("~").expanduser()
    base = home if os.access(home, os.W_OK) else Path("/tmp")
    folder = Path(os.environ.get("KERAS_HOME", base / ".keras")).expanduser()
    if os.access(folder, os.W_OK):
        return folder
    return Path("/tmp" if Path("/tmp").is_dir() else tempfile.gettempdir(), ".keras")


def _talk_to() -> Any:
    """Where Keras may print: results own standard output, and files need no progress bar."""
    is_terminal = sys.stderr is not None and sys.stderr.isatty()
    return sys.stderr if is_terminal else io.StringIO()


@contextlib.contextmanager
def _watched(keras: Any, wanted: _Wanted) -> Iterator[None]:
    """Write down which file Keras asks for: its errors name it in part, or not at all."""
    module = sys.modules[keras.utils.get_file.__module__]
    get_file: Callable[..., str] = module.get_file

    def watching(fname: str, origin: str, **settings: Any) -> str:
        wanted.path = keras_folder() / settings["cache_subdir"] / fname
        wanted.address = origin
        wanted.was_there = wanted.path.exists()
        return get_file(fname, origin, **settings)

    vars(module)["get_file"] = watching
    try:
        yield
    finally:
        vars(module)["get_file"] = get_file


def _what_to_do(application: Application, wanted: _Wanted, exc: Exception) -> str:
    reason = (str(exc).strip() or type(exc).__name__).splitlines()[0].rstrip(". ")
    if wanted.path is None:
        return f"cannot build {application.name}: {reason}"
    if wanted.path.exists():
        return (
            f"cannot read the weights of {application.name} in {wanted.path} ({reason}): remove "
            "that file, and the next run downloads it again"
        )
    damaged = " (what was there was damaged, and Keras removed it)" if wanted.was_there else ""
    return (
        f"cannot download the weights of {application.name} from {wanted.address} "
        f"({reason.rpartition(' -- ')[2]}): connect to the internet, or put the file "
        f"{wanted.path.name} into {wanted.path.parent}{damaged}"
    )


def _plain(name: str) -> str:
    return name.casefold().replace("_", "").replace("-", "")


def _family(
    module: str, scaling: str, sizes: dict[str, int], unchecked: str = ""
) -> Iterator[Application]:
    for name, side in sizes.items():
        yield Application(
            name=name,
            module=f"keras.applications.{module}",
            input_size=(side, side),
            scaling=scaling,
            unchecked=unchecked,
        )


APPLICATIONS = (
    *_family("convnext", "none", dict.fromkeys(
        (f"ConvNeXt{size}" for size in ("Tiny", "Small", "Base", "Large", "XLarge")), 224
    )),
    *_family("densenet", "torch", {"DenseNet121": 224, "DenseNet169": 224, "DenseNet201": 224}),
    *_family("efficientnet", "none", {
        "EfficientNetB0": 224, "EfficientNetB1": 240, "EfficientNetB2": 260, "EfficientNetB3": 300,
        "EfficientNetB4": 380, "EfficientNetB5": 456, "EfficientNetB6": 528, "EfficientNetB7": 600,
    }),
    *_family("efficientnet_v2", "none", {
        "EfficientNetV2B0": 224, "EfficientNetV2B1": 240, "EfficientNetV2B2": 260,
        "EfficientNetV2B3": 300, "EfficientNetV2S": 384, "EfficientNetV2M": 480,
        "EfficientNetV2L": 480,
    }),
    *_family("inception_resnet_v2", "-1-1", {"InceptionResNetV2": 299}),
    *_family("inception_v3", "-1-1", {"InceptionV3": 299}),
    *_family("mobilenet", "-1-1", {"MobileNet": 224}, "mobilenet_1_0_224_tf.h5"),
    *_family("mobilenet_v2", "-1-1", {"MobileNetV2": 224},
             "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5"),
    *_family("mobilenet_v3", "none", {"MobileNetV3Small": 224, "MobileNetV3Large": 224}),
    *_family("nasnet", "-1-1", {"NASNetMobile": 224, "NASNetLarge": 331}),
    *_family("resnet", "caffe", {"ResNet50": 224, "ResNet101": 224, "ResNet152": 224}),
    *_family("resnet_v2", "-1-1", {"ResNet50V2": 224, "ResNet101V2": 224, "ResNet152V2": 224}),
    *_family("vgg16", "caffe", {"VGG16": 224}),
    *_family("vgg19", "caffe", {"VGG19": 224}),
    *_family("xception", "-1-1", {"Xception": 299}),
)  # fmt: skip
"""All of Keras 3.15. The sizes are the defaults of its functions; EfficientNet, MobileNetV3 and
ConvNeXt scale their input themselves."""

_BY_NAME = {_plain(application.name): application for application in APPLICATIONS}
