"""A table is written as CSV that comes back equal to the last bit."""

import re
from pathlib import Path

import numpy as np

from landscape_app.core.errors import DataError
from landscape_app.data.numbers import is_missing_word, is_open
from landscape_app.data.reading import Kind, Reading
from landscape_app.data.table import Column, Table
from landscape_app.data.wording import shortened

#: Rows written at a time.
ROWS = 10_000
#: Words that need no quotation marks, whatever separates the columns and marks a comment.
_BARE = re.compile(r"[^\W_][\w.+-]*")


def write_table(path: Path, table: Table) -> Reading:
    """Write the columns that hold numbers or categories: UTF-8, commas, decimal points, names in the first line.

    Missing values are empty, numbers the shortest text that is exactly them. Units are not written: they would
    make a second line that few programs understand. Return how to read the file so that every column is what it
    was: names may look like numbers, and so may the words of a column.

    Raises
    ------
    DataError
        If a word could not come back: since it means a missing value, or begins or ends with blanks.
    OSError
        If the file can't be written.
    """
    columns = [column for column in table.columns if column.values is not None or column.codes is not None]
    for column in columns:
        _check_words(table.title, column)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(_quoted(column.name, always=True) for column in columns) + "\n")
        is_told = False
        for begin in range(0, table.rows, ROWS):
            cells = [_cells(column, begin, min(begin + ROWS, table.rows)) for column in columns]
            is_told = is_told or _tell_decimal(columns, cells)
            file.writelines(",".join(row) + "\n" for row in zip(*cells, strict=True))
    words: tuple[tuple[str, Kind], ...] = tuple((column.name, "words") for column in columns if column.values is None)
    return Reading(delimiter="comma", decimal="point", encoding="utf-8", header=True, kinds=words)


def _check_words(title: str, column: Column) -> None:
    for word in column.categories if column.values is None else ():
        reason = ""
        if is_missing_word(word):
            reason = "which means a missing value in a file"
        elif word != word.strip():
            reason = "which would lose the blanks around it"
        elif "\0" in word:
            reason = "which no text file may hold"
        if reason:
            raise DataError(
                f"Column '{column.name}' of '{title}' holds the word {shortened(word)}, {reason}: change it, then save "
                "again."
            )


def _cells(column: Column, begin: int, end: int) -> list[str]:
    if column.values is not None:
        values = column.values[begin:end]
        missing = np.isnan(values)
        texts = list(map(repr, values.tolist()))
        for row in np.flatnonzero(missing):
            texts[row] = ""
        return texts
    assert column.codes is not None
    words = [*map(_quoted, column.categories), ""]  # the code -1, missing, is the last one
    return [words[code] for code in column.codes[begin:end].tolist()]


def _quoted(text: str, *, always: bool = False) -> str:
    """Return a text as a field; in quotation marks unless it is plain, since csv leaves out some that matter here."""
    return text if not always and _BARE.fullmatch(text) else '"' + text.replace('"', '""') + '"'


def _tell_decimal(columns: list[Column], cells: list[list[str]]) -> bool:
    """Make sure that one number can only have a decimal point: a zero behind 1.234 keeps it from being a thousand."""
    for column, texts in zip(columns, cells, strict=True):
        if column.values is None:
            continue
        row = next((row for row, text in enumerate(texts) if "." in text), None)
        if row is not None:
            if is_open(texts[row]):
                texts[row] += "0"
            return True
    return False
