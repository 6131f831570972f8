"""A comparison as lines for people: the most important first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from vidclf.compare.results import ClassAgreement, Difference, LabelComparison, ValueComparison
from vidclf.core.printable import printable

if TYPE_CHECKING:
    from vidclf.compare.compare import Comparison, Side

MOST_ROWS = 10
MOST_NAMES = 6
Row = Sequence[str]


def comparison_text(comparison: Comparison) -> str:
    """What `vidclf compare` prints."""
    match comparison.found:
        case ClassAgreement() as found:
            parts = _of_classes(comparison, found)
        case LabelComparison() as found:
            parts = _of_labels(comparison, found)
        case ValueComparison() as found:
            parts = _of_values(found)
    blocks = [_what(comparison), *parts]
    return "\n\n".join("\n".join(map(printable, block)) for block in blocks if block)


def clock(seconds: float) -> str:
    """Seconds as `mm:ss.mmm`, from an hour on as `h:mm:ss.mmm`.

    >>> clock(62.5), clock(3600)
    ('01:02.500', '1:00:00.000')
    """
    sign, thousandths = "-" if seconds < 0 else "", round(abs(seconds) * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    hours, minutes = divmod(minutes, 60)
    text = f"{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"
    return sign + (f"{hours}:{text}" if hours else text)


# --- what was compared -------------------------------------------------------------------------


def _what(comparison: Comparison) -> list[str]:
    a, b = comparison.a, comparison.b
    place = f"{clock(comparison.start_seconds)} to {clock(comparison.end_seconds)}"
    lines = [
        f"{comparison.video}, {place}, {_counted(comparison.frames, 'frame')}",
        f"A  {a.path}" + (f"  ({a.model})" if a.model else ""),
        f"B  {b.path}" + (f"  ({b.model})" if b.model else ""),
    ]
    if not a.frames == b.frames == comparison.frames:
        lines.append(f"Only frames of both are compared: A holds {a.frames}, B {b.frames}.")
    return [*lines, *_only("A", a, "B"), *_only("B", b, "A")]


def _only(name: str, side: Side, other: str) -> list[str]:
    if not side.only_here:
        return []
    more = len(side.only_here) - MOST_NAMES
    names = ", ".join(map(_name, side.only_here[:MOST_NAMES]))
    names += f" and {more} more" if more > 0 else ""
    return [f"{name} has what {other} never names: {names}"]


# --- one label a frame -------------------------------------------------------------------------


def _of_classes(comparison: Comparison, found: ClassAgreement) -> list[list[str]]:
    apart = [met for met in found.meetings if met.label_a != met.label_b]
    return [
        [
            f"They agree for {_percent(found.seconds_share)} of the time "
            f"({_percent(found.frames_share)} of the frames), Cohen's kappa "
            f"{_number(found.kappa)}."
        ],
        _table(
            ("time", "share", "where A says", "B says"),
            [
                (
                    *(clock(m.seconds), _percent(m.seconds / comparison.seconds)),
                    *(_name(m.label_a), _name(m.label_b)),
                )
                for m in apart
            ],
            right=2,
            called="pairs",
        ),
        _longest(found.differences, "stretch", "stretches", _both),
        _table(
            ("share in A", "in B", "label"),
            [(_percent(x.share_a), _percent(x.share_b), _name(x.label)) for x in found.labels],
            right=2,
            called="labels",
        ),
    ]


def _both(difference: Difference) -> Row:
    a = f"{_name(difference.label_a)} {difference.confidence_a:.2f}"
    return (a, f"{_name(difference.label_b)} {difference.confidence_b:.2f}")


# --- several labels a frame --------------------------------------------------------------------


def _of_labels(comparison: Comparison, found: LabelComparison) -> list[list[str]]:
    return [
        [
            f"The same labels hold for {_percent(found.seconds_share)} of the time "
            f"({_percent(found.frames_share)} of the frames), mean Jaccard index "
            f"{found.jaccard:.3f}."
        ],
        _table(
            ("share in A", "in B", "agree", "Jaccard", "kappa", "label"),
            [
                (
                    *map(_percent, (x.share_a, x.share_b, x.seconds_share)),
                    *map(_number, (x.jaccard, x.kappa)),
                    _name(x.label),
                )
                for x in found.labels
            ],
            right=5,
            called="labels",
        ),
        _longest(found.differences, "stretch", "stretches", _one),
    ]


def _one(difference: Difference) -> Row:
    a, b = f"{difference.confidence_a:.2f}", f"{difference.confidence_b:.2f}"
    if difference.label_a is None:
        return (a, f"{_name(difference.label_b)} {b}")
    return (f"{_name(difference.label_a)} {a}", b)


def _longest(
    differences: Sequence[Difference], one: str, many: str, says: Callable[[Difference], Row]
) -> list[str]:
    longest = sorted(differences, key=lambda item: -round(item.seconds, 6))
    rows = [
        (clock(item.start_seconds), clock(item.end_seconds), f"{item.seconds:.3f} s", *says(item))
        for item in longest[:MOST_ROWS]
    ]
    header = ("from", "to", "", "A (confidence)", "B (confidence)")
    lines = _table(header, rows, right=3, called=many)
    if len(differences) > MOST_ROWS:
        lines.append(f"… the longest of {_counted(len(differences), one, many)}")
    return lines


# --- values ------------------------------------------------------------------------------------


def _of_values(found: ValueComparison) -> list[list[str]]:
    return [
        _table(
            ("mean B - A", "mean |B - A|", "RMS", "correlation", "value"),
            [
                (
                    f"{x.mean_difference:+.6g}",
                    f"{x.mean_absolute_difference:.6g}",
                    f"{x.rms_difference:.6g}",
                    _number(x.correlation),
                    x.name + (f" [{x.unit}]" if x.unit else ""),
                )
                for x in found.values
            ],
            right=4,
            called="values",
        ),
        _table(
            ("furthest apart", "frame", "A", "B", "value"),
            [
                (clock(m.seconds), str(m.frame), f"{m.value_a:.6g}", f"{m.value_b:.6g}", x.name)
                for x in found.values
                for m in x.largest
            ],
            right=4,
            called="moments",
            most=3 * MOST_ROWS,
        ),
    ]


# --- lines -------------------------------------------------------------------------------------


def _table(
    header: Row, rows: Sequence[Row], *, right: int, called: str, most: int = MOST_ROWS
) -> list[str]:
    """Aligned lines; the first `right` columns are numbers. Nothing where there are no rows."""
    if not rows:
        return []
    shown = [header, *rows[:most]]
    widths = [max(len(row[i]) for row in shown) for i in range(len(header))]
    lines = [_line(row, widths, right) for row in shown]
    if len(rows) > most:
        lines.append(f"… and {len(rows) - most} more {called}")
    return lines


def _line(row: Row, widths: Iterable[int], right: int) -> str:
    cells = enumerate(zip(row, widths, strict=True))
    padded = [text.rjust(w) if i < right else text.ljust(w) for i, (text, w) in cells]
    return "  ".join(padded).rstrip()


def _name(label: str | None) -> str:
    """A label that is one line, without blanks about it; in quotes what would not be seen."""
    text = label or ""
    if not text:
        return "(empty)"
    return text if text.splitlines() == [text.strip()] else repr(text)


def _percent(share: float) -> str:
    """A share as people read it: neither none nor all where it is only nearly so."""
    if 0 < share < 0.0005:
        return "< 0.1 %"
    if 0.9995 <= share < 1:
        return "> 99.9 %"
    return f"{100 * share:.1f} %"


def _number(number: float | None) -> str:
    return "-" if number is None else f"{round(number, 3) + 0:.3f}"  # no -0.000


def _counted(count: int, one: str, many: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"
