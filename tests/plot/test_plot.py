"""Figures of tables: everything is in them, as text, small, and the same each time."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import vidclf
from vidclf.cli.app import main
from vidclf.core.figure_look import shortened
from vidclf.errors import OutputExistsError, UsageError
from vidclf.overlay.colors import NEUTRAL, palette_color
from vidclf.plot.content import MOST_LANES, Content, content_of
from vidclf.plot.downsample import COLUMNS, MOST_POINTS, as_band, as_seen
from vidclf.plot.drawing import draw_figure
from vidclf.plot.time_axis import MOST_STEPS, clock, step_for
from vidclf.table.table import open_table

LABELS = ("sit", "stand", "walk")


def frames(count: int, **columns: Any) -> pd.DataFrame:
    index = np.arange(count)
    return pd.DataFrame(
        {"video": "a.mp4", "frame": index, "timestamp": (index / 4).round(9), **columns}
    )


def of_classes(path: Path, labels: Sequence[str], names: Sequence[str] = LABELS) -> Path:
    """Four frames a second, smoothed confidence 0.5, raw 0.75."""
    ids = [names.index(label) for label in labels]
    table = frames(
        len(labels), label=list(labels), class_id=ids, confidence=0.5, raw_confidence=0.75
    )
    table.to_csv(path, index=False)
    return path


def of_labels(path: Path, held: Sequence[str]) -> Path:
    scores = {f"score_{name}": [0.75 if name in cell else 0.25 for cell in held] for name in LABELS}
    best = {"label": LABELS[0], "class_id": 0, "confidence": 0.5, "labels": list(held)}
    frames(len(held), **best, **scores).to_csv(path, index=False)
    return path


def of_values(path: Path, **values: Sequence[float]) -> Path:
    shown = {f"value_{name}": column for name, column in values.items()}
    raw = {f"raw_{name}": np.add(column, 1) for name, column in values.items()}
    frames(len(next(iter(values.values()))), **shown, **raw).to_csv(path, index=False)
    return path


def content(path: Path, labels: Sequence[str] | None = None) -> Content:
    return content_of(open_table(path), labels=labels)


# --- what is shown -----------------------------------------------------------------------------


def test_each_label_has_a_lane_by_class_in_its_colour(tmp_path: Path) -> None:
    shown = content(of_classes(tmp_path / "a.csv", ["walk", "walk", "sit", "walk"]))
    assert [(lane.label, lane.color) for lane in shown.lanes] == [
        ("sit", palette_color(1)),
        ("walk", palette_color(0)),
    ]
    assert shown.lanes[1].spans.tolist() == [[0.0, 0.5], [0.75, 1.0]]


def test_labels_with_little_time_share_a_lane_and_none_is_lost(tmp_path: Path) -> None:
    names = [f"label {n:02}" for n in range(40)]
    labels = [name for n, name in enumerate(names) for _ in range(40 - n)]
    shown = content(of_classes(tmp_path / "a.csv", labels, names))
    assert [lane.label for lane in shown.lanes] == [*names[:MOST_LANES], "28 other labels"]
    lasting = sum((lane.spans[:, 1] - lane.spans[:, 0]).sum() for lane in shown.lanes)
    assert lasting == pytest.approx(len(labels) / 4)


def test_lanes_are_those_that_were_named_in_their_order(tmp_path: Path) -> None:
    path = of_classes(tmp_path / "a.csv", ["walk", "sit", "stand"])
    lanes = content(path, ["stand", "walk"]).lanes
    assert [lane.label for lane in lanes] == ["stand", "walk", "1 other label"]


def test_a_single_label_may_be_given_as_text(tmp_path: Path) -> None:
    path = of_classes(tmp_path / "a_predictions.csv", ["sit", "walk"])
    one, listed = (
        vidclf.plot_table(path, tmp_path / f"{i}.svg", labels=labels)
        for i, labels in enumerate(("walk", ["walk"]))
    )
    assert one.read_bytes() == listed.read_bytes()


def test_a_label_that_is_never_shown_has_an_empty_lane(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lanes = content(of_classes(tmp_path / "a.csv", ["sit"]), ["sit", "walk"]).lanes
    assert lanes[1].spans.shape == (0, 2)
    assert "--labels walk: it is never shown, its lane is empty; " in caplog.text


def test_lanes_of_several_labels_lie_over_each_other(tmp_path: Path) -> None:
    shown = content(of_labels(tmp_path / "a.csv", ["sit", "sit; walk", "walk"]))
    assert [lane.label for lane in shown.lanes] == ["sit", "stand", "walk"]
    assert [lane.spans.tolist() for lane in shown.lanes] == [[[0, 0.5]], [], [[0.25, 0.75]]]
    assert shown.lanes[2].score.tolist() == [0.25, 0.75, 0.75]


def test_a_label_typed_over_the_best_one_has_an_empty_lane(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = of_labels(tmp_path / "a.csv", ["sit", "sit"])
    pd.read_csv(path).assign(label=["sit", "bird"]).to_csv(path, index=False)
    lanes = content(path).lanes
    assert [lane.label for lane in lanes] == ["sit", "stand", "walk", "bird"]
    assert (lanes[3].spans.shape, lanes[3].score) == ((0, 2), None)
    assert "line 3: label is 'bird', and there is no column 'score_bird'; the labels that" in (
        caplog.text
    )


def test_what_is_uncertain_is_grey_in_its_lane(tmp_path: Path) -> None:
    path = of_classes(tmp_path / "a.csv", ["sit", "sit", "walk"])
    pd.read_csv(path).assign(confidence=[0.9, 0.2, 0.4]).to_csv(path, index=False)
    shown = content(path)
    assert [lane.uncertain.tolist() for lane in shown.lanes] == [[[0.25, 0.5]], []]
    figure = draw_figure(shown)
    colors = [patch.get_facecolor()[:3] for patch in figure.axes[0].patches]
    assert tuple(part / 255 for part in NEUTRAL) in colors
    texts = figure.axes[1].get_legend().get_texts()
    assert [text.get_text() for text in texts][-1] == "uncertain below 0.3"


def test_a_table_that_ends_after_decades_is_drawn_with_few_ticks(tmp_path: Path) -> None:
    path = of_classes(tmp_path / "a_predictions.csv", ["sit", "walk"])
    pd.read_csv(path).assign(timestamp=[0, 1e9]).to_csv(path, index=False)
    figure = draw_figure(content(path))
    figure.canvas.draw()
    assert len(figure.axes[-1].get_xticks()) <= MOST_STEPS + 3


def test_the_curve_is_the_confidence_with_the_models_own(tmp_path: Path) -> None:
    (curve,) = content(of_classes(tmp_path / "a.csv", ["sit", "sit"])).curves
    assert (curve.shown.tolist(), curve.raw.tolist()) == ([0.5, 0.5], [0.75, 0.75])


def test_a_single_frames_numbers_are_lines_to_its_end(tmp_path: Path) -> None:
    for path in (
        of_classes(tmp_path / "a.csv", ["sit"]),
        of_labels(tmp_path / "b.csv", ["sit"]),
        of_values(tmp_path / "c.csv", speed=[3.0]),
    ):
        shown = content(path)
        lines = [line for axes in draw_figure(shown).axes for line in axes.get_lines()]
        assert [shown.seconds[0], shown.end_seconds] in [[*line.get_xdata()] for line in lines]


def test_what_was_not_smoothed_has_one_curve(tmp_path: Path) -> None:
    path = of_classes(tmp_path / "a.csv", ["sit"])
    pd.read_csv(path).assign(raw_confidence=0.5).to_csv(path, index=False)
    assert content(path).curves[0].raw is None


def test_values_have_curves_with_their_units(tmp_path: Path) -> None:
    path = of_values(tmp_path / "a.csv", speed=[1.0, 2.0], angle=[0.0, 0.5])
    path.with_name("a_manifest.json").write_text('{"model": {"units": ["km/h", ""]}}')
    shown = content(path)
    assert [curve.name for curve in shown.curves] == ["speed (km/h)", "angle"]
    assert shown.curves[0].shown.tolist() == [1.0, 2.0]
    assert shown.curves[0].raw.tolist() == [2.0, 3.0]
    assert not shown.lanes


@pytest.mark.parametrize(
    ("labels", "said"),
    [(["speed", "speed"], "--labels speed: name it once"), (["x"], "--labels x: there is none")],
)
def test_names_that_cannot_be_right_are_refused(
    tmp_path: Path, labels: list[str], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        content(of_values(tmp_path / "a.csv", speed=[1.0]), labels)


# --- what can be seen --------------------------------------------------------------------------


@settings(deadline=None)
@given(
    lasting=st.lists(st.tuples(st.floats(0.01, 5), st.floats(0.01, 5)), max_size=60),
    least=st.floats(0.01, 3),
)
def test_every_span_is_seen_and_few_are_drawn(
    lasting: list[tuple[float, float]], least: float
) -> None:
    edges = np.cumsum([length for pair in lasting for length in pair]).reshape(-1, 2)
    seen = as_seen(edges, least=least)
    for start, end in edges:
        assert ((seen[:, 0] <= start) & (seen[:, 1] >= end)).any()
    assert (seen[:, 1] - seen[:, 0] >= least * (1 - 1e-9)).all()
    assert (seen[1:, 0] - seen[:-1, 1] >= least * (1 - 1e-9)).all()
    assert (np.isin(seen[:, 0], edges[:, 0])).all()


def test_spans_that_can_be_seen_stay_as_they_are() -> None:
    spans = np.array([[0.0, 1.0], [2.0, 5.0]])
    assert np.array_equal(as_seen(spans, least=0.5), spans)


def test_a_band_holds_every_peak() -> None:
    numbers = np.random.default_rng(1).standard_normal(40 * COLUMNS)
    seconds = np.arange(len(numbers)) / 30
    band = as_band(seconds, numbers, start=0.0, end=seconds[-1])
    assert len(band.seconds) == COLUMNS
    assert (band.low.min(), band.high.max()) == (numbers.min(), numbers.max())
    assert ((band.low <= band.mean) & (band.mean <= band.high)).all()


def test_a_band_has_nothing_where_there_are_no_frames() -> None:
    seconds = np.concatenate([np.linspace(0, 1, MOST_POINTS), [100.0]])
    band = as_band(seconds, np.ones(len(seconds)), start=0.0, end=101.0)
    assert not ((band.seconds > 2) & (band.seconds < 99)).any()


def test_a_short_curve_is_drawn_as_it_is() -> None:
    seconds = np.arange(MOST_POINTS, dtype=float)
    assert as_band(seconds, seconds, start=0, end=9) is None


# --- the time axis -----------------------------------------------------------------------------


@settings(deadline=None)
@given(seconds=st.floats(0.001, 86400))
def test_there_are_never_more_ticks_than_fit(seconds: float) -> None:
    step = step_for(seconds)
    assert seconds / step <= MOST_STEPS
    assert step <= 0.001 or seconds / step > 1


@pytest.mark.parametrize(
    ("seconds", "step", "hours", "text"),
    [
        (0, 5, False, "0:00"),
        (605, 5, False, "10:05"),
        (59.999999, 10, False, "1:00"),
        (1.5, 0.5, False, "0:01.5"),
        (0.002, 0.002, False, "0:00.002"),
        (7200, 3600, True, "2:00"),
        (7205, 5, True, "2:00:05"),
        (-5, 5, False, "-0:05"),
    ],
)
def test_ticks_read_like_a_players_clock(
    seconds: float, step: float, hours: bool, text: str
) -> None:
    assert clock(seconds, step=step, hours=hours) == text


# --- the file ----------------------------------------------------------------------------------


@pytest.fixture
def table(tmp_path: Path) -> Path:
    labels = ["sit"] * 8 + ["$\\frac", "<b> & 5$"] + ["walk"] * 10
    names = [*LABELS, "$\\frac", "<b> & 5$"]
    return of_classes(tmp_path / "dog_predictions.csv", labels, names)


def test_an_svg_has_its_text_as_text(table: Path) -> None:
    svg = vidclf.plot_table(table, table.with_name("a.svg")).read_text(encoding="utf-8")
    texts = re.findall(r"<text [^>]*>([^<]*)</text>", svg)
    assert {"a.mp4", "sit", "walk", "$\\frac", "&lt;b&gt; &amp; 5$", "confidence", "time (min:s)",
            "0:00", "each frame", "smoothed"} <= set(texts)  # fmt: skip


def test_control_characters_do_not_break_an_svg(tmp_path: Path) -> None:
    path = tmp_path / "a_predictions.csv"
    rows = {"video": "a.mp4", "frame": range(3), "timestamp": [0.0, 0.1, 0.2]}
    columns = {"inferred": True, "value_\x07": 0.5, "raw_\x07": 0.5, "value_b": 1.0, "raw_b": 1.0}
    pd.DataFrame({**rows, **columns}).to_csv(path, index=False)
    figure = vidclf.plot_table(path, tmp_path / "a.svg")
    assert "\\x07" in "".join(ElementTree.parse(figure).getroot().itertext())


def test_a_pdf_has_its_fonts_inside_as_outlines(table: Path) -> None:
    pdf = vidclf.plot_table(table, table.with_name("a.pdf")).read_bytes()
    assert b"/FontFile2" in pdf  # TrueType, which Type 42 is
    assert b"/Type3" not in pdf


def test_a_png_shows_each_label_in_its_colour(table: Path) -> None:
    picture = Image.open(vidclf.plot_table(table)).convert("RGB")
    assert picture.width == round(89 / 25.4 * 300)
    counts = {color: count for count, color in picture.getcolors(picture.width * picture.height)}
    seconds = {0: 2.0, 1: 0.25, 2: 0.25, 3: 2.5}
    shares = {i: counts[palette_color(i)] / counts[palette_color(3)] for i in seconds}
    assert shares == {i: pytest.approx(s / 2.5, abs=0.05) for i, s in seconds.items()}


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_the_same_table_gives_the_same_file_whatever_the_users_settings(
    table: Path, kind: str
) -> None:
    one = vidclf.plot_table(table, table.with_name(f"one.{kind}"))
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "savefig.dpi": 10}):
        two = vidclf.plot_table(table, table.with_name(f"two.{kind}"))
        assert mpl.rcParams["font.size"] == 30
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("make", [of_labels, of_classes])
def test_the_figure_of_a_long_clip_is_small(tmp_path: Path, make: Any) -> None:
    flicker = list(np.random.default_rng(1).choice(LABELS, 60_000))
    path = make(tmp_path / "a.csv", flicker)
    for kind in ("svg", "pdf"):
        assert vidclf.plot_table(path, tmp_path / f"a.{kind}").stat().st_size < 400_000


@pytest.mark.parametrize(
    "made",
    [
        lambda path: of_labels(path, ["sit", "", "sit; walk"]),
        lambda path: of_values(path, speed=[1.0, 2.0], angle=[3.0, 3.0]),
        lambda path: of_classes(path, ["sit"]),  # a still
        lambda path: of_classes(path, ["sit", "walk"] * 4000),
        lambda path: of_values(path, speed=np.arange(8000.0)),
        lambda path: of_labels(path, ["sit", "walk"] * 4000),
    ],
)
def test_every_kind_of_table_has_a_figure(tmp_path: Path, made: Any) -> None:
    path = vidclf.plot_table(made(tmp_path / "a_predictions.csv"))
    assert path == tmp_path / "a_plot.png"
    assert Image.open(path).getextrema() != ((255, 255),) * 4


def test_a_character_that_no_font_has_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    name = "\ue123 \ue124"
    path = of_classes(tmp_path / "a.csv", [name], [name])
    with caplog.at_level(logging.WARNING):
        vidclf.plot_table(path, tmp_path / "a.png")
    assert (
        "no font that matplotlib finds has \ue123\ue124: install one, or write an .svg"
        in caplog.text
    )


def test_in_an_svg_no_character_is_missing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    name = "\ue123"
    path = of_classes(tmp_path / "a.csv", [name], [name])
    assert name in vidclf.plot_table(path, tmp_path / "a.svg").read_text(encoding="utf-8")
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("label", "shown"),
    [("a" * 24, "a" * 24), ("a" * 25, "a" * 23 + "…"), ("猫" * 12, "猫" * 12),
     ("猫" * 13, "猫" * 11 + "…"), ("two\nlines", "two lines"), ("", "(empty)")],
)  # fmt: skip
def test_a_lane_s_name_is_one_line_that_is_not_too_wide(label: str, shown: str) -> None:
    assert shortened(label) == shown


def test_nothing_is_replaced_unasked(table: Path) -> None:
    path = vidclf.plot_table(table)
    before = path.read_bytes()
    with pytest.raises(OutputExistsError, match="exists already: give --overwrite"):
        vidclf.plot_table(table)
    assert vidclf.plot_table(table, labels=["walk"], overwrite=True).read_bytes() != before


# --- the command -------------------------------------------------------------------------------


def test_the_command_draws_a_real_run(
    clip: Path, tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vidclf.annotate(clip, output=tmp_path, model=tiny_model, video=False)
    path = tmp_path / "clip_predictions.csv"
    assert main(["plot", str(path), "-o", str(tmp_path / "figure.pdf")]) == 0
    assert capsys.readouterr().out == f"{path} → {tmp_path / 'figure.pdf'}\n"
    assert (tmp_path / "figure.pdf").read_bytes().startswith(b"%PDF")


def test_other_kinds_of_files_are_refused(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plot", str(table), "-o", "a.jpg"]) == 2
    assert "-o a.jpg: this command writes .png, .svg, .pdf" in capsys.readouterr().err


def test_without_matplotlib_it_is_said(
    table: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert main(["plot", str(table)]) == 2
    assert capsys.readouterr().err == (
        "vidclf: error: figures are drawn by matplotlib, which is not installed: "
        "pip install 'vidclf[plot]'\n"
    )


def test_no_display_and_no_framework_is_touched(table: Path) -> None:
    code = f"import sys, vidclf\nvidclf.plot_table({str(table)!r})\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "matplotlib.figure" in loaded
    unwanted = {"matplotlib.pyplot", "tkinter", "tensorflow", "keras", "openvino", "moviepy", "av"}
    assert not loaded & unwanted
