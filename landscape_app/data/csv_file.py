"""A plain CSV file becomes a Table: comma, UTF-8, decimal points, names in the first line."""

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.errors import DataError
from landscape_app.data.csv_layout import NUMBER, Layout, locate, read_layout
from landscape_app.data.table import Column, Table
from landscape_app.data.wording import listed

if TYPE_CHECKING:
    import pandas as pd

_UTF8_BOM, _UTF16_BOMS = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
_INFINITE = ("inf", "infinity")


def read_csv_table(path: str | os.PathLike[str]) -> Table:
    """Read a plain CSV file.

    Empty cells and the usual words for them (NA, NaN, null, ...) are missing. A column with any other
    word in it is not numeric; its obstacle says which line holds the first one. Numbers are exactly what
    Python's ``float`` makes of their text. A first line of nothing but numbers is taken for data.

    Raises
    ------
    DataError
        If the file can't be opened or is not such a table; see also `read_layout`. Infinite numbers and
        fewer than two numeric columns are errors too.
    """
    path = Path(path)
    title = path.name
    raw = _checked_text(title, _contents(path))
    layout = read_layout(title, raw)
    frame = _frame(title, raw, layout)
    columns = tuple(_column(title, raw, layout, position, frame[position]) for position in range(len(layout.names)))
    _check_numeric(title, columns)
    notes = () if layout.has_header else (_no_header_note(layout),)
    return Table(title, columns, layout.rows, notes=notes)


def _contents(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise DataError(f"'{path}' is a folder: choose a CSV file in it.")
        if not stat.S_ISREG(mode):
            raise DataError(f"'{path}' is not an ordinary file: choose a CSV file.")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise DataError(f"There is no file '{path}': check its name, or whether it was moved.") from error
    except PermissionError as error:
        raise DataError(f"'{path}' may not be read: ask for permission, or copy it to a folder of yours.") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise DataError(f"'{path}' could not be read: {reason}.") from error


def _checked_text(title: str, raw: bytes) -> bytes:
    """Return ``raw`` without a byte-order mark once it is sure to be UTF-8 text."""
    if raw.startswith(_UTF16_BOMS):
        raise DataError(f"'{title}' is UTF-16 text: save it as CSV in UTF-8.")
    raw = raw.removeprefix(_UTF8_BOM)
    nul = raw.find(b"\0")
    if nul >= 0:
        raise DataError(
            f"Line {_line_at(raw, nul)} of '{title}' holds a NUL byte, so that it is not a text file: "
            "save it as CSV in UTF-8."
        )
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(
            f"Line {_line_at(raw, error.start)} of '{title}' is not UTF-8 text: save the file as CSV in UTF-8."
        ) from error
    return raw


def _line_at(raw: bytes, position: int) -> int:
    before = raw[:position].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return before.count(b"\n") + 1


def _frame(title: str, raw: bytes, layout: Layout) -> "pd.DataFrame":
    """Let pandas turn the text into numbers; columns are named by position."""
    import io

    import pandas as pd

    options: dict[str, Any] = {}
    if tuple(int(part) for part in pd.__version__.split(".")[:2]) < (3, 1):
        options["float_precision"] = "round_trip"  # what later versions always do
    frame: pd.DataFrame = pd.read_csv(
        io.BytesIO(raw),
        header=0 if layout.has_header else None,
        names=list(range(len(layout.names))),
        index_col=False,
        skipinitialspace=True,
        low_memory=False,
        encoding="utf-8",
        **options,
    )
    if len(frame) != layout.rows:
        raise DataError(f"The rows of '{title}' can't be told apart safely: check its quotation marks.")
    return frame


def _column(title: str, raw: bytes, layout: Layout, position: int, series: "pd.Series[Any]") -> Column:
    name = layout.names[position]
    values, offending_row = _numbers(series)
    if values is None:
        if offending_row is None:
            return Column(name, None, obstacle="it has no values")
        where = locate(title, raw, layout, offending_row, position)
        return Column(name, None, obstacle=f"{where} where a number should be")
    infinite = np.flatnonzero(np.isinf(values))
    if infinite.size:
        where = locate(title, raw, layout, int(infinite[0]), position)
        raise DataError(
            f"Column '{name}' of '{title}' has an infinite number ({where}): "
            "correct it, or leave the cell empty to mark it as missing."
        )
    return Column(name, sealed(values))


def _numbers(series: "pd.Series[Any]") -> tuple[FloatArray | None, int | None]:
    """Return the values as float64, or None and the first row (None if all are missing) that is no number."""
    missing = series.isna().to_numpy()
    if missing.all():
        return None, None
    if series.dtype.kind in "iuf":
        return np.array(series, dtype=np.float64), None
    # Words, truth values, or whole numbers too large for 64 bits.
    values = np.full(len(series), np.nan)
    for row in np.flatnonzero(~missing).tolist():
        text = str(series.iat[row])
        if not NUMBER.fullmatch(text) and text.strip().lstrip("+-").casefold() not in _INFINITE:
            return None, row
        values[row] = float(text)
    return values, None


def _check_numeric(title: str, columns: tuple[Column, ...]) -> None:
    numeric = [column.name for column in columns if column.values is not None]
    if len(numeric) >= 2:
        return
    other = next((column for column in columns if column.values is None), None)
    reason = f" (in column '{other.name}', {other.obstacle})" if other is not None else ""
    found = f"only one numeric column, {listed(numeric)}" if numeric else "no numeric column"
    raise DataError(f"'{title}' has {found}{reason}: it needs a target and at least one feature.")


def _no_header_note(layout: Layout) -> str:
    last = layout.names[-1]
    return f"The first line holds only numbers, so it was read as data; the columns are called column 1 to {last}."
