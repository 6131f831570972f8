"""Any trained model: each of the zoo is loaded, fed and read rightly, or refused with a reason."""

from __future__ import annotations

import gc
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.zoo.entries import (
    Entry,
    Made,
    Refused,
    inputs_for,
    read,
    real_clip,
    scores_of,
    shrink,
    sizes,
)
from helpers.zoo.graphs import EXPORTED
from helpers.zoo.keras_2 import KERAS_2
from helpers.zoo.keras_3 import KERAS_3
from helpers.zoo.making import library, make, write
from helpers.zoo.refused import REFUSED

import vidclf
from vidclf.errors import ModelError, UsageError
from vidclf.inference.engine import Engine
from vidclf.inference.runtimes import open_runtime
from vidclf.inference.runtimes.base import Runtime
from vidclf.models import Model, open_model
from vidclf.settings import InferenceSettings, ModelSettings

pytestmark = [
    pytest.mark.filterwarnings("ignore:Statistics for quantized inputs were expected:UserWarning"),
    pytest.mark.uncounted,
]
ENTRIES = (*KERAS_2, *KERAS_3, *EXPORTED)
LARGEST_DELTA = 1e-3
FOUND = {
    "backbone": "given by --preprocess",
    "told": "given by --preprocess",
    "inside": "the network begins with x \\*|its input is uint8|its quantised input",
}
LOADERS = {"SavedModel": "tensorflow"}


@pytest.fixture(
    scope="module",
    params=[pytest.param(e, id=str(e), marks=[pytest.mark.slow] * e.slow) for e in ENTRIES],
)
def entry(request: pytest.FixtureRequest) -> Entry:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def made(entry: Entry, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """The saved model; only one is kept in memory at a time."""
    yield make(entry, tmp_path_factory.mktemp("zoo"))
    library(entry.library).backend.clear_session()
    gc.collect()


@pytest.fixture(scope="module")
def model(entry: Entry, made: Made) -> Model:
    return open_model(made.path, settings=ModelSettings(**entry.settings))


def opened(runtime: Any, model: Model, made: Made) -> Runtime:
    return open_runtime(
        runtime, info=model.info, load=model.load, probe=lambda: made.pixels, graph=model.graph
    )


def largest_delta(entry: Entry, scores: np.ndarray, reference: np.ndarray) -> float:
    return float(np.abs((scores - reference) / sizes(entry, reference)).max())


def test_its_scores_differ_from_picture_to_picture(entry: Entry, made: Made) -> None:
    """Else nothing below could fail."""
    shares = made.reference / sizes(entry, made.reference)
    tops = set(made.reference.argmax(axis=1))
    assert np.ptp(shares, axis=0).max() > 0.05 or len(tops) > 1
    assert largest_delta(entry, made.otherwise, made.reference) > 1e-2


def test_it_is_described(entry: Entry, model: Model) -> None:
    info = model.info
    assert (info.input_size, info.channels, info.layout) == (
        entry.size, entry.channels, entry.layout,
    )  # fmt: skip
    assert (info.window, info.dtype) == (entry.window, entry.dtype)
    assert (info.head, len(info.labels)) == (entry.head, entry.labels)
    assert info.preprocessing is not None
    assert info.preprocessing.name == entry.scaling
    assert re.search(FOUND[entry.found], info.evidence["preprocessing"])
    loader = entry.loader or LOADERS.get(entry.kind, entry.library)
    assert info.evidence["loader"].split()[0] == loader


def test_nothing_but_the_network_itself_settles_its_scaling(entry: Entry, made: Made) -> None:
    """A recognised backbone is a habit: it is named first in the question, and never followed."""
    options = {name: said for name, said in entry.options.items() if name != "preprocess"}
    info = open_model(made.path, settings=ModelSettings(**options)).info
    usual = info.usual_preprocessing
    if entry.found == "inside":
        assert ("preprocessing" in info.questions, usual) == (False, None)
    else:
        assert "preprocessing" in info.questions
    if entry.found == "backbone":
        assert usual is not None
        assert usual.name == entry.scaling


def test_openvino_gives_keras_scores(entry: Entry, made: Made, model: Model) -> None:
    runtime = opened("openvino", model, made)
    assert runtime.name == (entry.only_on or "openvino")
    assert largest_delta(entry, runtime.scores(made.pixels), made.reference) < LARGEST_DELTA


def test_tensorflow_gives_keras_scores(entry: Entry, made: Made, model: Model) -> None:
    if model.graph:
        pytest.skip("only OpenVINO reads it")
    scores = opened("tensorflow", model, made).scores(made.pixels)
    assert largest_delta(entry, scores, made.reference) < LARGEST_DELTA


@pytest.mark.parametrize("refused", REFUSED, ids=str)
def test_what_cannot_be_used_is_refused(refused: Refused, tmp_path: Path) -> None:
    path = write(refused, tmp_path)
    with pytest.raises((ModelError, UsageError), match=refused.words) as caught:
        Engine(open_model(path), InferenceSettings())
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "tf_keras .h5: grey 28x28",
        "tf_keras .h5: VGG16, flat",
        "keras .h5: binary logit",
        "keras .keras: logits",
        "keras .keras: regression of 3",
    ],
)
def test_a_clips_table_has_keras_scores(name: str, tmp_path: Path) -> None:
    """From a decoded clip to the table, with nothing of ours on the other side."""
    entry = by_name(name)
    made = make(entry, tmp_path)
    clip = real_clip("bikes.mp4")
    table = vidclf.predict(
        clip, model=made.path, smooth=0, scores=True, end="12f", **entry.settings
    )
    frames = [frame.to_ndarray(format="rgb24") for frame in read(clip)[:12]]
    inputs = inputs_for(entry, shrink(frames, entry.size))
    model = library(entry.library).models.load_model(made.path, compile=False)
    reference = scores_of(entry, np.asarray(model(inputs, training=False)))
    told = table[[column for column in table if column.startswith(("score_", "value_"))]]
    assert largest_delta(entry, told.to_numpy(), reference) < LARGEST_DELTA


def by_name(name: str) -> Entry:
    [entry] = [entry for entry in ENTRIES if str(entry) == name]
    return entry


SECOND_RUN = """
import json, sys
import numpy as np
from vidclf.models import open_model
from vidclf.inference.runtimes import open_runtime
from vidclf.settings import InferenceSettings, ModelSettings

def never():
    raise AssertionError("not needed")

scores = []
for path, pixels, options in json.loads(sys.argv[1]):
    model = open_model(path, settings=ModelSettings(**options))
    runtime = open_runtime("openvino", info=model.info, load=never, probe=never)
    scores.append(runtime.scores(np.load(pixels)).tolist())
heavy = {"tensorflow", "keras", "tf_keras"} & set(sys.modules)
print(json.dumps([scores, sorted(heavy)]))
"""


def test_the_second_run_needs_neither_tensorflow_nor_keras(tmp_path: Path) -> None:
    chosen = [
        by_name("tf_keras .h5: CNN"),
        by_name("tf_keras SavedModel: branches"),
        by_name("keras .keras: clips: CNN and GRU"),
        by_name("keras .h5: binary logit"),
    ]
    references, asked = [], []
    for place, entry in enumerate(chosen):
        folder = tmp_path / str(place)
        folder.mkdir()
        made = make(entry, folder)
        model = open_model(made.path, settings=ModelSettings(**entry.settings))
        opened("openvino", model, made)
        np.save(folder / "pixels.npy", made.pixels)
        references.append(made.reference)
        asked.append([str(made.path), str(folder / "pixels.npy"), entry.settings])
    run = subprocess.run(
        [sys.executable, "-c", SECOND_RUN, json.dumps(asked)], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    scores, heavy = json.loads(run.stdout)
    assert heavy == []
    for entry, reference, given in zip(chosen, references, scores, strict=True):
        assert largest_delta(entry, np.array(given), reference) < LARGEST_DELTA
