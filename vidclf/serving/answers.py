"""An answer as JSON: the names and the rules of the table's columns."""

from __future__ import annotations

from typing import Any

from vidclf.core.annotation import Annotation
from vidclf.core.frames import Prediction
from vidclf.core.thresholds import certain_threshold, is_certain
from vidclf.models.info import ModelInfo
from vidclf.overlay.colors import palette_color
from vidclf.serving.outcomes import Answered, Dropped, Json, Outcome, Refused
from vidclf.serving.sent_frame import SentFrame
from vidclf.serving.session import Session
from vidclf.table.cells import rounded_score
from vidclf.table.schema import BEST_COLUMNS, FRAME_COLUMNS

_MS_DIGITS = 2


def as_json(outcome: Outcome, *, sent: SentFrame, session: Session, info: ModelInfo) -> Json:
    """What a client is told of its frame.

    Args:
        outcome: what became of it.
        sent: the frame.
        session: the client's.
        info: the model.

    Returns:
        `id` and `timestamp` as they were sent, and: the answer; or `dropped`, how many so far; or
        `error`, as RFC 9457 has it.
    """
    told: Json = {"id": sent.id, "timestamp": sent.seconds}
    match outcome:
        case Answered():
            return told | _answer(outcome, session=session, info=info)
        case Dropped():
            return told | {"dropped": outcome.total}
        case Refused():
            return told | {"error": outcome.problem.as_json()}


def _answer(outcome: Answered, *, session: Session, info: ModelInfo) -> Json:
    prediction, rows = outcome.prediction, session.rows
    annotation = rows.annotation(prediction)
    threshold = certain_threshold(session.settings.threshold)
    answer: Json = {"frame": prediction.index, "inferred": prediction.inferred}
    if info.head == "regression":
        answer["values"] = _values(info, prediction.scores.tolist())
        answer["raw_values"] = _values(info, prediction.raw.tolist())
    else:
        answer |= _labels(prediction, session=session, info=info)
        answer["certain"] = is_certain(annotation, threshold)
    if info.head == "sigmoid":
        answer["labels"] = [a.label for a in annotation.answers] if annotation.is_sure else []
    answer["dropped"] = outcome.dropped
    answer["ms"] = {
        "wait": round(outcome.ms.wait, _MS_DIGITS),
        "decode": round(outcome.ms.decode, _MS_DIGITS),
        "infer": round(outcome.ms.infer, _MS_DIGITS),
    }
    if session.with_rows:
        answer["row"] = rows.row(prediction)
    if session.with_colors and info.head == "regression":
        answer["colors"] = _value_colors(info)
    elif session.with_colors:
        answer["colors"] = _label_colors(annotation, answer, session=session, threshold=threshold)
    return answer


def _labels(prediction: Prediction, *, session: Session, info: ModelInfo) -> Json:
    """The cells of the best label, and the best K."""
    first = len(FRAME_COLUMNS)
    cells = session.rows.values(prediction)[first : first + len(BEST_COLUMNS)]
    best = [rounded_score(cell) if isinstance(cell, float) else cell for cell in cells]
    top = [
        {"label": info.labels[place], "class_id": place, "confidence": rounded_score(score)}
        for place, score in prediction.top(session.settings.top_k)
    ]
    return {**dict(zip(BEST_COLUMNS, best, strict=True)), "top": top}


def _values(info: ModelInfo, numbers: list[float]) -> dict[str, float]:
    return dict(zip(info.labels, numbers, strict=True))


def _label_colors(
    annotation: Annotation, answer: Json, *, session: Session, threshold: float
) -> dict[str, str]:
    """The colour of each label that the answer names, by the rule of the videos."""
    session.label_colors.add(annotation, threshold)
    named = {entry["label"] for entry in answer.get("top", ())} | {*answer.get("labels", ())}
    return {label: _css(session.label_colors.color(label)) for label in named}


def _value_colors(info: ModelInfo) -> dict[str, str]:
    """The colour of each value, which goes by its place."""
    return {name: _css(palette_color(place)) for place, name in enumerate(info.labels)}


def _css(color: tuple[int, int, int]) -> str:
    return "#" + bytes(color).hex()


def describe_model(info: ModelInfo, *, runtime: str) -> dict[str, Any]:
    """What clients are told of the model; never where its file lies."""
    height, width = info.input_size
    return {
        "name": info.name,
        "digest": info.digest,
        "head": info.head,
        "labels": [*info.labels],
        "input_size": {"width": width, "height": height},
        "window": info.window,
        "units": None if info.units is None else [*info.units],
        "ranges": None if info.ranges is None else [[*bounds] for bounds in info.ranges],
        "thresholds": None if info.thresholds is None else [*info.thresholds],
        "runtime": runtime,
    }
