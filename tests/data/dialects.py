"""One known table in many dialects: what was written is known, so that what is read can be compared bit by bit."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from landscape_app.data.table import Table

SIGNS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "blank": " "}


@dataclass(frozen=True)
class Dialect:
    """How a table is written down."""

    delimiter: str = "comma"
    decimal: str = "."
    newline: str = "\n"
    encoding: str = "utf-8"
    bom: bytes = b""
    header: bool = True
    units: bool = False
    comments: bool = False

    def written(self, names: Sequence[str], rows: Sequence[Sequence[float | str]]) -> bytes:
        """Return the bytes of a file that holds these names and rows."""
        sign = SIGNS[self.delimiter]
        lines = ["# measured on a Monday"] if self.comments else []
        lines += [sign.join(names)] if self.header else []
        lines += [sign.join("kg" for _ in names)] if self.units else []
        lines += [sign.join(self.cell(value) for value in row) for row in rows]
        return self.bom + (self.newline.join(lines) + self.newline).encode(self.encoding)

    def cell(self, value: float | str) -> str:
        """Return the text of a value; NaN is a missing one."""
        if isinstance(value, str):
            return value
        return "NA" if math.isnan(value) else repr(float(value)).replace(".", self.decimal)


def values_of(table: Table) -> np.ndarray:
    """Return all columns (rows, columns), which have to be numbers."""
    return np.stack([table.numbers(name) for name in table.names], axis=1)


def same_bits(table: Table, rows: Sequence[Sequence[float]]) -> bool:
    """Whether a table holds exactly these numbers; all NaN are alike."""
    read, expected = values_of(table), np.array(rows, dtype=np.float64)
    if read.shape != expected.shape:
        return False
    gaps = np.isnan(expected)
    return bool((np.isnan(read) == gaps).all() and read[~gaps].tobytes() == expected[~gaps].tobytes())


def put(folder: Path, content: str | bytes, name: str = "my.csv") -> Path:
    """Write a file."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
