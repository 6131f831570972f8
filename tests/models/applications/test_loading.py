"""Networks of `keras.applications` get their weights from Keras' cache, or an error says how."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

from vidclf.errors import ModelError
from vidclf.models.applications.loading import (
    application_digest,
    keras_folder,
    load_application,
)
from vidclf.models.applications.table import (
    APPLICATIONS,
    Application,
    find_application,
)
from vidclf.models.keras_files.loading import import_keras

MOBILENET_V2 = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5"


def known(name: str) -> Application:
    application = find_application(name)
    assert application is not None
    return application


@pytest.fixture
def keras_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as Keras' own; Keras reads `KERAS_HOME` when it is imported, hence both."""
    import_keras()
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path))
    (tmp_path / "models").mkdir()
    return tmp_path


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """Weights that MobileNetV2 can have, and the sum of its last bias."""
    keras = import_keras()
    keras.utils.set_random_seed(3)
    model = keras.applications.MobileNetV2(weights=None)
    model.layers[-1].bias.assign(np.linspace(0, 1, 1000))
    path = tmp_path_factory.mktemp("weights") / "mobilenet.h5"  # the kind of file that Keras offers
    model.save(path)
    return path, float(np.sum(model.layers[-1].bias))


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """No way out, quickly."""
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")


def test_a_keras_home_of_ones_own_is_read_and_nothing_is_printed(
    tmp_path: Path, weights: tuple[Path, float]
) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / MOBILENET_V2).write_bytes(weights[0].read_bytes())
    code = (
        "import sys\n"
        "from vidclf.models.applications.loading import load_application\n"
        "from vidclf.models.applications.table import find_application\n"
        "model = load_application(find_application('mobilenet_v2'))\n"
        "open(sys.argv[1], 'w').write(str(float(model.layers[-1].bias.numpy().sum())))\n"
    )
    answer = tmp_path / "answer.txt"

    done = subprocess.run(
        [sys.executable, "-c", code, answer],
        env={**os.environ, "KERAS_HOME": str(tmp_path), "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
        check=True,
    )

    assert float(answer.read_text()) == pytest.approx(weights[1])
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.usefixtures("nowhere")
def test_without_a_network_the_file_its_folder_and_its_address_are_named(keras_home: Path) -> None:
    with pytest.raises(ModelError) as caught:
        load_application(known("nasnet_mobile"))

    text = str(caught.value)
    assert text.startswith("cannot download the weights of NASNetMobile from https://")
    assert "/NASNet-mobile.h5 (" in text
    assert text.endswith(f"put the file nasnet_mobile.h5 into {keras_home / 'models'}")


def test_half_a_file_of_weights_is_named_with_its_remedy(
    keras_home: Path, weights: tuple[Path, float]
) -> None:
    half = keras_home / "models" / MOBILENET_V2
    half.write_bytes(weights[0].read_bytes()[:100_000])

    with pytest.raises(ModelError) as caught:
        load_application(known("mobilenet_v2"))

    assert f"cannot read the weights of MobileNetV2 in {half} (" in str(caught.value)
    assert "remove that file" in str(caught.value)


@pytest.mark.usefixtures("nowhere")
def test_a_file_of_the_wrong_hash_is_not_used(
    keras_home: Path, weights: tuple[Path, float]
) -> None:
    wrong = keras_home / "models" / "weights_mobilenet_v3_small_224_1.0_float.h5"
    wrong.write_bytes(weights[0].read_bytes())

    with pytest.raises(ModelError, match="what was there was damaged, and Keras removed it"):
        load_application(known("mobilenet_v3_small"))


class _Breaking(SimpleHTTPRequestHandler):
    """Sends a file, or the half of it with the length of the whole."""

    whole = True

    def do_GET(self) -> None:
        content = Path(self.translate_path(self.path)).read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content if self.whole else content[: len(content) // 2])

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server(weights: tuple[Path, float], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Where Keras downloads MobileNetV2's weights from."""
    folder = weights[0].parent
    folder.joinpath(MOBILENET_V2).write_bytes(weights[0].read_bytes())
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Breaking, directory=folder)) as http:
        address = f"http://127.0.0.1:{http.server_port}/"
        monkeypatch.setattr("keras.src.applications.mobilenet_v2.BASE_WEIGHT_PATH", address)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        thread = Thread(target=http.serve_forever)
        thread.start()
        yield
        http.shutdown()
        thread.join()


@pytest.mark.usefixtures("keras_home", "server")
def test_a_download_prints_nothing_where_no_terminal_is(
    capfd: pytest.CaptureFixture[str], weights: tuple[Path, float]
) -> None:
    model = load_application(known("mobilenet_v2"))

    assert float(np.sum(model.layers[-1].bias)) == pytest.approx(weights[1])
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("keras_home", "server")
def test_a_download_shows_its_progress_on_the_terminal_of_standard_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    load_application(known("mobilenet_v2"))

    said = capsys.readouterr()
    assert said.out == ""
    assert "Downloading data from http://127.0.0.1" in said.err
    assert "━" in said.err


@pytest.mark.usefixtures("server")
def test_a_broken_download_leaves_nothing_behind(
    keras_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Breaking, "whole", False)

    with pytest.raises(ModelError, match="cannot download the weights of MobileNetV2 from http:"):
        load_application(known("mobilenet_v2"))

    assert list((keras_home / "models").iterdir()) == []


@pytest.mark.usefixtures("keras_home")
def test_digests_tell_networks_and_files_that_keras_does_not_check(keras_home: Path) -> None:
    before = [application_digest(application) for application in APPLICATIONS]

    (keras_home / "models" / MOBILENET_V2).write_bytes(b"other weights")
    after = [application_digest(application) for application in APPLICATIONS]

    assert len(set(before)) == len(APPLICATIONS)
    changed = [a.name for a, x, y in zip(APPLICATIONS, before, after, strict=True) if x != y]
    assert changed == ["MobileNetV2"]


def test_the_folder_is_the_one_that_keras_takes(keras_home: Path) -> None:
    assert keras_folder() == keras_home


def test_a_keras_home_that_is_not_there_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_HOME", "/no/such/folder")

    assert keras_folder().name == ".keras"
    assert keras_folder().parent.is_dir()
