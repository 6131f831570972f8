"""Damage to tables and JSON files as hands, spreadsheets and other programs do it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

_ODD_TEXTS = (
    "", " ", "nan", "NaN", "inf", "-inf", "NA", "None", "-1", "0", "-0.0", "1e-320", "1e9", "1e300",
    "1e308", "1e400", "9223372036854775808", "99999999999999999999999", "0x10", "1,5", "1_000",
    " 3 ", "١٢", "½", "True", "TRUE", "yes", "12:30", "2026-01-01", "=1+1", "=cmd|' /C calc'!A0",
    "+1", "@x", "-dog", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x07", "\x00", "a\nb", "a\r\nb",
    "\r", "\t", "cat; dog", "; ", '"', "'", "\\", "\u202eright", "\ufeff", "\u2028", "猫 🐈",
    "x" * 5000, "<script>", "</script><b>", "&amp;", "]]>", "a --> b", "{\\an8}up", "%s", "{0}",
    "../../up", "score_", "class_id",
)  # fmt: skip
_NUMBERS = ("1e-9", "1e-3", "0.5", "-1", "1000", "1e6", "1e12", "1e300")
_ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2**31, 2**63, 10**400, 0.5, -0.5, 1e-320, 1e308, float("nan"),
    float("inf"), "", "0", "nan", "1/0", "0/0", "-1/3", "1/999999999999999999999", "x" * 5000,
    "\x1b[31mred", "a\nb", "\x00", "\ud800", "../../up", "/", [], {}, [[]], [0], [1e9, 1e9], [None],
    ["a", "b"], {"a": 1}, {"": {}}, [0] * 1000,
)  # fmt: skip
_DEEP = "[" * 3000 + "]" * 3000
Rows = list[list[str]]


# --- tables -------------------------------------------------------------------------------------


def damaged_csv(data: bytes, random: Random) -> tuple[bytes, str]:
    """Change cells, rows, columns or the writing of a CSV file in one to three ways."""
    rows = list(csv.reader(io.StringIO(data.decode())))
    told = []
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        way = random.choice(_ROW_WAYS)
        if len(rows) > 1 and rows[0]:
            way(rows, random)
            told.append(_words(way))
    text = io.StringIO()
    separator = random.choice("," * 40 + ";\t")
    csv.writer(text, delimiter=separator, lineterminator=random.choice("\n\n\r")).writerows(rows)
    encoding = random.choice(("utf-8",) * 10 + ("utf-8-sig", "utf-16", "latin-1", "cp1252"))
    told += [f"in {encoding}"] if encoding != "utf-8" else []
    told += [f"separated by {separator!r}"] if separator != "," else []
    return text.getvalue().encode(encoding, "replace"), ", ".join(told)


def damaged_parquet(data: bytes, random: Random) -> tuple[bytes, str]:
    """Write a Parquet file again with a column of another type, name or place, or other rows."""
    table = pq.read_table(io.BytesIO(data))
    way = random.choice(_PARQUET_WAYS)
    column = random.randrange(table.num_columns)
    try:
        table = way(table, column, random)
    except pa.ArrowException:  # a type that its values do not fit
        table = table.slice(0, random.randrange(table.num_rows))
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue(), f"column {table.column_names[:1]} … {_words(way)}"


def _words(way: Callable[..., Any]) -> str:
    return way.__name__.replace("_", " ").strip()


def _cells_odd(rows: Rows, random: Random) -> None:
    for _ in range(random.choice((1, 1, 2, 5))):
        row = random.choice(rows[1:])
        if row:
            row[random.randrange(len(row))] = random.choice(_ODD_TEXTS)


def _label_odd_everywhere(rows: Rows, random: Random) -> None:
    """A label as somebody may well have called it."""
    labels = [i for i, name in enumerate(rows[0]) if name.endswith("label")]
    old = random.choice(rows[1:])[random.choice(labels)] if labels else "cat"
    new = random.choice(_ODD_TEXTS)
    for row in rows:
        row[:] = [cell.replace(old, new) if cell else cell for cell in row]


def _numbers_scaled(rows: Rows, random: Random) -> None:
    column, factor = random.randrange(len(rows[0])), float(random.choice(_NUMBERS))
    for row in rows[1:]:
        try:
            row[column] = repr(float(row[column]) * factor)
        except (ValueError, IndexError):
            continue


def _time_jumps(rows: Rows, random: Random) -> None:
    """All timestamps from one row on are later."""
    if "timestamp" not in rows[0]:
        return
    column, start = rows[0].index("timestamp"), random.randrange(1, len(rows))
    jump = float(
        random.choice(("1e-9", "0.5", "60", "3600", "1e5", "1e9", "1e15", "1e300", "-0.2"))
    )
    for row in rows[start:]:
        try:
            row[column] = repr(float(row[column]) + jump)
        except (ValueError, IndexError):
            continue


def _cell_filled_down(rows: Rows, random: Random) -> None:
    column, start = random.randrange(len(rows[0])), random.randrange(1, len(rows))
    value = random.choice(_ODD_TEXTS)
    for row in rows[start:]:
        if column < len(row):
            row[column] = value


def _rows_deleted(rows: Rows, random: Random) -> None:
    start = random.randrange(1, len(rows))
    del rows[start : start + random.choice((1, 1, 3, 10, 100))]


def _row_doubled(rows: Rows, random: Random) -> None:
    start = random.randrange(len(rows))
    rows.insert(random.randrange(1, len(rows)), list(rows[start]))


def _rows_shuffled(rows: Rows, random: Random) -> None:
    kept = rows[1:]
    random.shuffle(kept)
    rows[1:] = kept


def _row_cut(rows: Rows, random: Random) -> None:
    row = random.choice(rows)
    del row[random.randrange(len(row) + 1) :]


def _row_longer(rows: Rows, random: Random) -> None:
    random.choice(rows).append(random.choice(_ODD_TEXTS))


def _column_renamed(rows: Rows, random: Random) -> None:
    names = (*_ODD_TEXTS, *rows[0], "Label", "score_cat", "value_x", "top9_label")
    rows[0][random.randrange(len(rows[0]))] = random.choice(names)


def _column_dropped(rows: Rows, random: Random) -> None:
    column = random.randrange(len(rows[0]))
    for row in rows:
        del row[column : column + 1]


def _columns_shuffled(rows: Rows, random: Random) -> None:
    order = random.sample(range(len(rows[0])), len(rows[0]))
    for row in rows:
        row[:] = [row[column] for column in order if column < len(row)]


def _video_renamed(rows: Rows, random: Random) -> None:
    """From one row on another clip, as where two tables were joined."""
    for row in rows[random.randrange(1, len(rows)) :]:
        if row:
            row[0] = random.choice(("b.mp4", "../clip.mp4", "clip"))


_ROW_WAYS = (
    _cells_odd, _cells_odd, _cells_odd, _label_odd_everywhere, _label_odd_everywhere,
    _numbers_scaled, _time_jumps, _time_jumps, _cell_filled_down, _rows_deleted, _rows_deleted,
    _row_doubled, _rows_shuffled, _row_cut, _row_longer, _column_renamed, _column_dropped,
    _columns_shuffled, _video_renamed,
)  # fmt: skip


# --- Parquet ------------------------------------------------------------------------------------


def _of_another_type(table: pa.Table, column: int, random: Random) -> pa.Table:
    types = (pa.string(), pa.float64(), pa.int8(), pa.bool_(), pa.binary(), pa.decimal128(38, 9))
    kind = random.choice((*types, pa.timestamp("ns"), pa.large_string()))
    return table.set_column(column, table.column_names[column], table[column].cast(kind))


def _with_gaps(table: pa.Table, column: int, random: Random) -> pa.Table:
    values = [None if random.random() < 0.3 else value for value in table[column].to_pylist()]
    array = pa.array(values, type=table[column].type)
    return table.set_column(column, table.column_names[column], array)


def _of_lists(table: pa.Table, column: int, random: Random) -> pa.Table:
    lists = pa.array([[value] for value in table[column].to_pylist()])
    return table.set_column(column, table.column_names[column], lists)


def _renamed(table: pa.Table, column: int, random: Random) -> pa.Table:
    names = table.column_names
    names[column] = random.choice((*_ODD_TEXTS, *names))
    return table.rename_columns(names)


def _dropped(table: pa.Table, column: int, random: Random) -> pa.Table:
    return table.remove_column(column)


def _of_other_rows(table: pa.Table, column: int, random: Random) -> pa.Table:
    count = table.num_rows
    return table.take(random.choices(range(count), k=random.randrange(2 * count)))


_PARQUET_WAYS = (_of_another_type, _with_gaps, _of_lists, _renamed, _dropped, _of_other_rows)


# --- JSON ---------------------------------------------------------------------------------------


def damaged_json(data: bytes, random: Random) -> tuple[bytes, str]:
    """Give one to three fields of a JSON file, at any depth, other values or other names."""
    whole = json.loads(data)
    told = []
    for _ in range(random.choice((1, 1, 2, 3))):
        places = list(_places(whole))
        if not places:
            break
        holder, key, path = random.choice(places)
        told.append(path)
        if random.random() < 0.8:
            holder[key] = deepcopy(random.choice(_ODD_VALUES))
        elif isinstance(holder, dict):
            value = holder.pop(key)
            if random.random() < 0.5:
                holder[random.choice(("", f"{key}s", "\x1b[31m"))] = value
        else:
            del holder[key]
    text = json.dumps(whole)
    if random.random() < 0.02:
        text = random.choice((_DEEP, "null", "[]", '"text"', "12", f'{{"model": {_DEEP}}}'))
    return text.encode(), "fields " + ", ".join(told)


def _places(part: Any, path: str = "") -> Iterator[tuple[Any, Any, str]]:
    """Every place that holds a value: what it is in, its key there, and its path."""
    pairs = part.items() if isinstance(part, dict) else enumerate(part)
    for key, value in pairs:
        here = f"{path}.{key}" if path else str(key)
        yield part, key, here[:80]
        if isinstance(value, (dict, list)):
            yield from _places(value, here)
