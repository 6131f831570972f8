"""What is said of a clip in a few words."""

from __future__ import annotations

from vidclf.core.annotation import Annotation, Answer, Value
from vidclf.pipeline.clip_answer import ClipAnswer


def shown(seconds: float, *answers: tuple[str, float], sure: bool | None = None) -> Annotation:
    named = [Answer(label=label, class_id=0, confidence=score) for label, score in answers]
    return Annotation(pts_seconds=seconds, answers=tuple(named), is_sure=sure)


def measured(seconds: float, **values: float) -> Annotation:
    named = [Value(name=name, number=number, unit="m/s") for name, number in values.items()]
    return Annotation(pts_seconds=seconds, values=tuple(named))


def told(*frames: Annotation, end_seconds: float = 10.0, threshold: float | None = None) -> str:
    answer = ClipAnswer(threshold)
    for annotation in frames:
        answer.add(annotation)
    return answer.text(end_seconds)


def test_labels_are_told_by_their_share_of_the_time_and_not_of_the_frames() -> None:
    frames = [shown(0, ("cat", 0.9)), shown(1, ("dog", 0.9)), shown(2, ("cat", 0.8))]
    assert told(*frames) == "cat 90 %, dog 10 % of the time"


def test_what_is_drawn_as_uncertain_does_not_count() -> None:
    assert told(shown(0, ("cat", 0.9)), shown(6, ("dog", 0.2))) == "cat 60 % of the time"
    assert told(shown(0, ("cat", 0.9)), shown(6, ("dog", 0.2)), threshold=0.1) == (
        "cat 60 %, dog 40 % of the time"
    )


def test_where_most_is_uncertain_that_is_told_first() -> None:
    frames = [shown(0, ("cat", 0.9)), shown(1, ("dog", 0.2))]
    assert told(*frames) == "nothing certain 90 %, cat 10 % of the time"


def test_where_nothing_is_certain_the_best_guess_is_told_as_such() -> None:
    frames = [shown(0, ("cat", 0.11)), shown(1, ("dog", 0.29))]
    assert told(*frames) == "nothing certain, at best dog (confidence 29 %)"


def test_several_labels_at_once_have_a_share_each() -> None:
    frames = [shown(0, ("wet", 0.6), ("dark", 0.6), sure=True), shown(5, ("wet", 0.6), sure=True)]
    assert told(*frames) == "wet 100 %, dark 50 % of the time"
    assert told(shown(0, ("wet", 0.4), sure=False)) == (
        "nothing certain, at best wet (confidence 40 %)"
    )


def test_a_still_has_confidences_in_place_of_shares() -> None:
    assert told(shown(0, ("cat", 0.87), ("dog", 0.1))) == "cat (confidence 87 %)"
    assert told(shown(0, ("wet", 0.9), ("dark", 0.6), sure=True)) == (
        "wet (confidence 90 %), dark (confidence 60 %)"
    )


def test_values_are_told_by_mean_and_range() -> None:
    frames = [measured(0, speed=1), measured(1, speed=4), measured(2, speed=2.5)]
    assert told(*frames) == "speed = 2.5 m/s on average (1 to 4)"
    assert told(measured(0, speed=1.25, lift=-3)) == "speed = 1.25 m/s, lift = -3 m/s"


def test_three_labels_are_named_and_the_others_counted() -> None:
    frames = [shown(place, (name, 0.9)) for place, name in enumerate("abcde")]
    assert told(*frames, end_seconds=5) == "a 20 %, b 20 %, c 20 % and 2 more of the time"


def test_a_long_label_is_cut_and_a_short_time_is_no_zero() -> None:
    frames = [shown(0, ("x" * 50, 0.9)), shown(9.99, ("y", 0.9))]
    assert told(*frames) == "x" * 39 + "… 100 %, y under 1 % of the time"


def test_nothing_is_said_of_no_frame() -> None:
    assert told() == ""
