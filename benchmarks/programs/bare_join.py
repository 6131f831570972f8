"""The least that joins tables: each CSV read by pyarrow, and written to one Parquet file.

    python bare_join.py FOLDER OUTPUT

It takes for granted that all tables have the same columns, and looks at none of their rows.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pyarrow import csv
from pyarrow.parquet import ParquetWriter


def main() -> None:
    """Join the tables of a folder."""
    folder, output = map(Path, sys.argv[1:])
    writer = None
    for path in sorted(folder.glob("*_predictions.csv")):
        table = csv.read_csv(path)
        if writer is None:
            writer = ParquetWriter(output, table.schema, compression="zstd")
        writer.write_table(table)
    if writer is not None:
        writer.close()


if __name__ == "__main__":
    main()
