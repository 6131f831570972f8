"""Run the zoo of tests/ and write its table into docs/models.md, under "What was tried".

Run it as `python tools/measure_models.py`; it takes some minutes.
"""

from __future__ import annotations

import gc
import importlib.metadata
import logging
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "models.md"
HEADING = "## What was tried\n"
sys.path.insert(0, str(ROOT / "tests"))

import numpy as np  # noqa: E402
from helpers.zoo.entries import Entry, Made, Refused, sizes  # noqa: E402
from helpers.zoo.graphs import EXPORTED  # noqa: E402
from helpers.zoo.keras_2 import KERAS_2  # noqa: E402
from helpers.zoo.keras_3 import KERAS_3  # noqa: E402
from helpers.zoo.making import library, make, write  # noqa: E402
from helpers.zoo.networks import LAST  # noqa: E402
from helpers.zoo.refused import REFUSED  # noqa: E402

from vidclf.errors import ModelError, UsageError  # noqa: E402
from vidclf.inference.engine import Engine  # noqa: E402
from vidclf.inference.runtimes import open_runtime  # noqa: E402
from vidclf.models import Model, open_model  # noqa: E402
from vidclf.settings import InferenceSettings, ModelSettings  # noqa: E402

SAVED_BY = {"tf_keras": "Keras 2", "keras": "Keras 3"}
FOUND = {"inside": "in the model", "backbone": "told, as usual", "told": "told"}
LOADED = (
    "| model | file | saved by | read by | head | scaling | known from | runs on | OpenVINO Δ "
    "| TensorFlow Δ |\n|---|---|---|---|---|---|---|---|---|---|"
)
NOT_LOADED = "| model | file | saved by | the error begins |\n|---|---|---|---|"
MOST_WORDS = 20


def main() -> None:
    """Measure all, and replace the section's text."""
    logging.disable(logging.WARNING)
    os.environ["VIDCLF_CACHE"] = tempfile.mkdtemp()
    LAST.clear()  # whole networks, where the tests are content with their first blocks
    entries = (*KERAS_2, *KERAS_3, *EXPORTED)
    rows = [measured(entry) for entry in entries]
    refusals = [refusal(refused) for refused in REFUSED]
    PAGE.write_text(with_section(PAGE.read_text(encoding="utf-8"), rows, refusals), "utf-8")


def with_section(page: str, rows: list[str], refusals: list[str]) -> str:
    """The page with the section's text made new."""
    before, _, after = page.partition(HEADING)
    following = re.search(r"(?m)^## ", after)
    rest = "\n" + after[following.start() :] if following else ""
    tables = "\n\n".join(
        [
            words(),
            "\n".join([LOADED, *rows]),
            REMARKS,
            REFUSED_WORDS,
            "\n".join([NOT_LOADED, *refusals]),
        ]
    )
    return f"{before}{HEADING}\n{tables}\n{rest}"


def words() -> str:
    """What was measured, and with what."""
    names = ("tf_keras", "keras", "tensorflow", "openvino")
    versions = [f"{name} {importlib.metadata.version(name)}" for name in names]
    counts = f"{len(KERAS_2)} models saved by Keras 2, {len(KERAS_3)} by Keras 3"
    return (
        f"{counts}, and {len(EXPORTED)} exported to other formats, built in the tests with random "
        "weights and small inputs "
        f"(`tools/measure_models.py`; {', '.join(versions)}). Each was "
        "asked in memory, by plain Keras, about frames of three real clips, scaled by hand; then "
        "saved, opened by vidclf and asked again. Δ is the largest difference of any score on any "
        "frame (of a regression: as a share of the value). *Known from*: where the scaling was "
        "found in what the model does to its input, or because its user said so: *as usual* for "
        "the network of `keras.applications` that was recognised in it, or otherwise."
    )


REMARKS = (
    "*Flat* and *nested*: whether the layers of the network lie open in the model, or in a model "
    "within it. What Keras computes in float16 (mixed precision) is left to TensorFlow: OpenVINO "
    "computes in float32, and with these weights that is 0.003 apart. TFLite's converter folds a "
    "`Rescaling` into the weights behind it where it can, and OpenVINO's drops the names of "
    "layers, so that such files do not tell how they are fed; vidclf asks."
)
REFUSED_WORDS = (
    "These are refused, rightly. Keras 3 saves arithmetic on tensors into HDF5 so that it cannot "
    "read it itself, as MobileNetV3 has it; saved as `.keras` it loads."
)


def measured(entry: Entry) -> str:
    """The row of a model that loads."""
    print(entry, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        made = make(entry, Path(folder))
        model = open_model(made.path, settings=ModelSettings(**entry.settings))
        runs_on, delta = difference("openvino", entry, made, model)
        reference = "" if model.graph else difference("tensorflow", entry, made, model)[1]
    info = model.info
    scaling = "" if info.preprocessing is None else info.preprocessing.name
    cells = (
        entry.name, shown_kind(entry), SAVED_BY[entry.library], info.evidence["loader"].split()[0],
        info.head, f"`{scaling}`", FOUND[entry.found], runs_on,
        delta if runs_on == "OpenVINO" else "–", reference or "–",
    )  # fmt: skip
    library(entry.library).backend.clear_session()
    gc.collect()
    return f"| {' | '.join(cells)} |"


def difference(runtime: Any, entry: Entry, made: Made, model: Model) -> tuple[str, str]:
    """What ran the model, and the largest difference from plain Keras."""
    opened = open_runtime(
        runtime, info=model.info, load=model.load, probe=lambda: made.pixels, graph=model.graph
    )
    apart = np.abs(opened.scores(made.pixels) - made.reference) / sizes(entry, made.reference)
    name = {"openvino": "OpenVINO", "tensorflow": "TensorFlow"}[opened.name]
    return name, f"{apart.max():.0e}" if apart.max() > 0 else "0"


def refusal(refused: Refused) -> str:
    """The row of a model that is refused."""
    print(refused, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        path = write(refused, Path(folder))
        try:
            Engine(open_model(path), InferenceSettings())
        except (ModelError, UsageError) as exc:
            text = str(exc).replace(f"{path}", path.name).replace("|", "\\|")
        else:
            text = "LOADED"
    short = " ".join(text.split()[:MOST_WORDS])
    more = "" if short == text else " …"
    return (
        f"| {refused.name} | {shown_kind(refused)} | {SAVED_BY[refused.library]} | {short}{more} |"
    )


def shown_kind(entry: Entry | Refused) -> str:
    """A file's kind, as code where it is an ending."""
    return f"`{entry.kind}`" if entry.kind.startswith(".") else entry.kind


if __name__ == "__main__":
    main()
