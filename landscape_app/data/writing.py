"""A table is written as CSV that comes back equal to the last bit."""

import csv
from pathlib import Path

import numpy as np

from landscape_app.data.table import Column, Table

#: Rows written at a time.
ROWS = 10_000


def write_table(path: Path, table: Table) -> None:
    """Write the columns that hold numbers or categories: UTF-8, commas, decimal points, names in the first line.

    Missing values are empty, numbers the shortest text that is exactly them. Units are not written: they would
    make a second line that few programs understand.
    """
    columns = [column for column in table.columns if column.values is not None or column.codes is not None]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([column.name for column in columns])
        for begin in range(0, table.rows, ROWS):
            cells = [_cells(column, begin, min(begin + ROWS, table.rows)) for column in columns]
            writer.writerows(zip(*cells, strict=True))


def _cells(column: Column, begin: int, end: int) -> list[str]:
    if column.values is not None:
        values = column.values[begin:end]
        missing = np.isnan(values)
        texts = list(map(repr, values.tolist()))
        for row in np.flatnonzero(missing):
            texts[row] = ""
        return texts
    assert column.codes is not None
    return ["" if code < 0 else column.categories[code] for code in column.codes[begin:end].tolist()]
