"""Columns in the making: cells go in block by block, numbers or categories come out."""

import re
from collections.abc import Callable, Sequence
from math import isnan

import numpy as np

from landscape_app.core.arrays import FloatArray, IntArray, sealed
from landscape_app.core.errors import DataError
from landscape_app.data.numbers import (
    groups_in,
    is_grouped,
    is_infinite,
    is_long,
    is_missing,
    is_missing_word,
    is_open,
    number_in,
    numbers_in,
)
from landscape_app.data.reading import Decimal, Kind
from landscape_app.data.table import Column
from landscape_app.data.wording import listed, shortened

#: Codes of a missing word, and of one beyond those that are kept.
_GAP, _FURTHER = -1, -2
#: A column with more different words than this holds names or texts, not categories.
MOST_CATEGORIES = 100

#: Where a row stands in its file and what a cell of it holds: row from 0, text -> "line 7 holds 'low'".
Where = Callable[[int, str], str]


class Blocks:
    """Float64 blocks that become one array; the last one is cut to its length."""

    def __init__(self) -> None:
        self._parts: list[FloatArray] = []
        self.length = 0

    def add(self, values: FloatArray) -> None:
        """Append ``values`` (k,), which nobody changes any more."""
        self._parts.append(values)
        self.length += len(values)

    def joined(self) -> FloatArray:
        """Return all values (length,), sealed; each block is let go as soon as it is copied."""
        if len(self._parts) == 1 and self._parts[0].base is None:
            return sealed(self._parts.pop())
        whole, at = np.empty(self.length), 0
        for position, part in enumerate(self._parts):
            whole[at : at + len(part)] = part
            at += len(part)
            self._parts[position] = part[:0]
        self._parts.clear()
        return sealed(whole)


class CellColumn:
    """A column read cell by cell.

    ``kind`` None: a column of numbers if every cell that is not missing is one, else of words. Since that is
    known only at the end, a column that turns out to be words has to be read again with ``as_words``.
    """

    def __init__(
        self,
        name: str,
        decimal: Decimal,
        *,
        unit: str = "",
        kind: Kind | None = None,
        missing: Sequence[str] = (),
        as_words: bool = False,
        parse: Callable[[str], float] | None = None,
    ) -> None:
        self.name, self.unit, self.kind = name, unit, kind
        self._parse = parse or (lambda text: number_in(text, decimal))
        self._plain = decimal == "point"
        self._spelled = None if parse is not None else decimal
        self._more = frozenset(word.strip().casefold() for word in missing)
        self._gaps = np.array([value for value in map(self._parse, missing) if value == value])
        self._numbers = Blocks()
        self._as_words = as_words or kind == "words"
        self._places: dict[str, int] = {}
        self._code_of: dict[str, int] = {}  # of cells as they stand, and of missing ones
        self._codes: list[IntArray] = []
        self._too_many = False
        self.rows = 0
        self.present = 0
        self.bad_cells = 0
        self._open: tuple[int, str] | None = None
        self._long: tuple[int, str] | None = None
        self._is_grouped = False
        self.first_bad: tuple[int, str] | None = None
        self.first_infinite: tuple[int, str] | None = None

    @property
    def must_be_read_again(self) -> bool:
        """Whether the column holds words, and was not read as such."""
        return self.kind is None and self.first_bad is not None and not self._as_words

    def add(self, cells: Sequence[str]) -> None:
        """Take the next cells."""
        if self._as_words:
            self._add_words(cells)
        else:
            self._numbers.add(self._values(cells))
        self.rows += len(cells)

    def add_numbers(self, values: FloatArray) -> None:
        """Take the next cells as numbers (k,), NaN where one is missing."""
        values = self._without_gaps(values)
        self._numbers.add(values)
        self.rows += len(values)
        self.present += int(np.count_nonzero(~np.isnan(values)))

    def note_infinite(self, values: FloatArray) -> None:
        """Remember the first infinite number of ``values`` (k,), which are about to be taken."""
        infinite = np.flatnonzero(np.isinf(values))
        if infinite.size and self.first_infinite is None:
            self.first_infinite = (self.rows + int(infinite[0]), str(values[infinite[0]]))

    def _values(self, cells: Sequence[str]) -> FloatArray:
        values = self._plain_values(cells) if self._plain else None
        if values is not None:
            values = self._without_gaps(values)
            self.present += int(np.count_nonzero(~np.isnan(values)))
            self._note_long(cells, values)
            return values
        values = self._spelled_values([cell.strip() for cell in cells]) if self._spelled is not None else None
        if values is not None:
            return values
        return np.array([self._value(self.rows + row, cell) for row, cell in enumerate(cells)], dtype=np.float64)

    def _spelled_values(self, cells: Sequence[str]) -> FloatArray | None:
        """Return the numbers if all cells are finite ones, however they are spelled, or missing; None: look at each."""
        assert self._spelled is not None
        values = np.full(len(cells), np.nan)
        rows = [row for row, cell in enumerate(cells) if not is_missing(cell, self._more)]
        if not rows:
            return values
        spelled = [cells[row] for row in rows]
        numbers = numbers_in(spelled, self._spelled)
        if numbers is None:
            return None
        values[rows] = numbers
        if np.isinf(values).any() or np.isin(values, self._gaps).any():
            return None
        self.present += len(rows)
        to_weigh, long, is_grouped = groups_in(spelled)
        if self._open is None and to_weigh is not None:
            self._open = (self.rows + rows[to_weigh], spelled[to_weigh])
        if self._long is None and long is not None:
            self._long = (self.rows + rows[long], spelled[long])
        self._is_grouped = self._is_grouped or is_grouped
        return values

    def _without_gaps(self, values: FloatArray) -> FloatArray:
        """Return ``values`` with NaN for each number that means a missing value, however it is spelled."""
        gaps = np.isin(values, self._gaps) if self._gaps.size else None
        return values if gaps is None or not gaps.any() else np.where(gaps, np.nan, values)

    def _note_long(self, cells: Sequence[str], values: FloatArray) -> None:
        """Remember the first cell with four digits or more in a row before the decimal sign."""
        if self._long is None:
            row = next((row for row in np.flatnonzero(np.abs(values) >= 1000).tolist() if is_long(cells[row])), None)
            self._long = None if row is None else (self.rows + row, cells[row])

    def _weigh_groups(self, row: int, cell: str) -> None:
        if is_open(cell):
            self._open = self._open or (row, cell)
        elif is_long(cell):
            self._long = self._long or (row, cell)
        elif is_grouped(cell):
            self._is_grouped = True

    @property
    def odd_groups(self) -> tuple[tuple[int, str], tuple[int, str]] | None:
        """A cell such as 1,234 taken for a thousand, and one of a thousand or more without that sign, if both are."""
        if self._is_grouped or self._open is None or self._long is None or self.first_bad is not None:
            return None
        return self._open, self._long

    @staticmethod
    def _plain_values(cells: Sequence[str]) -> FloatArray | None:
        """Return the numbers if all cells are plain ones, as they mostly are; None means: look at each."""
        if _SUSPICIOUS.search("".join(cells)):
            return None
        try:
            values = np.array(list(map(float, cells)))
        except ValueError:
            return None
        return None if np.isinf(values).any() else values

    def _value(self, row: int, cell: str) -> float:
        if is_missing(cell, self._more):
            return np.nan
        self.present += 1
        value = self._parse(cell)
        if self._gaps.size and value in self._gaps:
            self.present -= 1
            return np.nan
        if value == value:
            self._weigh_groups(row, cell)
            if np.isinf(value) and self.first_infinite is None:
                self.first_infinite = (row, cell)
            return value
        if is_infinite(cell):
            self.first_infinite = self.first_infinite or (row, cell)
            return np.inf
        self._note_bad(row, cell)
        return np.nan

    def _note_bad(self, row: int, cell: str) -> None:
        self.bad_cells += 1
        self.first_bad = self.first_bad or (row, cell)

    def _add_words(self, cells: Sequence[str]) -> None:
        for cell in dict.fromkeys(cells):  # each once, in order
            if cell not in self._code_of:
                self._learn(cell, cells)
        codes = np.array([self._code_of.get(cell, _FURTHER) for cell in cells], dtype=np.int64)
        self.present += int(np.count_nonzero(codes != _GAP))
        self._codes.append(codes)

    def _learn(self, cell: str, cells: Sequence[str]) -> None:
        """Keep the code of a cell, as long as there are not too many words."""
        if is_missing_word(cell, self._more):
            self._code_of[cell] = _GAP
            return
        if self.first_bad is None and isnan(self._parse(cell)):
            self._note_bad(self.rows + cells.index(cell), cell)
        if not self._too_many:
            self._code_of[cell] = self._places.setdefault(cell.strip(), len(self._places))
            self._too_many = len(self._places) > MOST_CATEGORIES

    def column(self, title: str, where: Where) -> Column:
        """Return what was read.

        Raises
        ------
        DataError
            If a number is infinite.
        """
        if self.present == 0:
            return Column(self.name, None, self.unit, obstacle="it has no values")
        if self._as_words:
            return self._words(where)
        if self.first_infinite is not None and (self.first_bad is None or self.kind == "number"):
            raise DataError(
                f"Column '{self.name}' of '{title}' has an infinite number ({where(*self.first_infinite)}): "
                "correct it, or leave the cell empty to mark it as missing."
            )
        if self.present == self.bad_cells:
            assert self.first_bad is not None
            obstacle = f"none of its cells is a number ({where(*self.first_bad)})"
            return Column(self.name, None, self.unit, obstacle=obstacle)
        return Column(self.name, self._numbers.joined(), self.unit)

    def _words(self, where: Where) -> Column:
        obstacle = "its numbers are to be taken for words"
        if self.first_bad is not None:
            obstacle = f"{where(*self.first_bad)} where a number should be"
        if self._too_many or not (len(self._places) < self.present or self.kind == "words"):
            return Column(self.name, None, self.unit, obstacle=obstacle)
        order = sorted(self._places)
        rank = np.empty(len(order) + 1, dtype=np.int64)
        rank[-1] = -1  # where a word is missing
        for new, word in enumerate(order):
            rank[self._places[word]] = new
        codes = rank[np.concatenate(self._codes)]
        codes.flags.writeable = False
        return Column(self.name, None, self.unit, obstacle=obstacle, categories=tuple(order), codes=codes)

    def note(self, where: Where) -> str:
        """Return a sentence on cells that count as missing because numbers were asked for; often empty."""
        if self.kind != "number" or self.first_bad is None or self.present == self.bad_cells:
            return ""
        if self.bad_cells == 1:
            return f"In '{self.name}' a cell without a number counts as missing ({where(*self.first_bad)})."
        cells = f"{self.bad_cells:,} cells without a number count"
        return f"In '{self.name}' {cells} as missing ({where(*self.first_bad)} first)."


#: ``float`` would take words such as nan, underscores, and digits of other scripts.
_SUSPICIOUS = re.compile(r"[_nNiI]|[^\x00-\x7f]")


def place_of(noun: str, first: int) -> Where:
    """Return how to name rows that follow each other, the first one being number ``first``."""

    def where(row: int, text: str) -> str:
        return f"{noun} {first + row} holds {shortened(text)}"

    return where


def check_usable(title: str, columns: Sequence[Column]) -> None:
    """Make sure that there are a target, which is of numbers, and a feature.

    Raises
    ------
    DataError
        If not, with what stands in the way.
    """
    names = [column.name for column in columns]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise DataError(f"'{title}' has several columns called {listed(repeated)}: rename them.")
    numeric = [column.name for column in columns if column.values is not None]
    usable = [column.name for column in columns if column.values is not None or column.categories]
    if numeric and len(usable) >= 2:
        return
    other = next((column for column in columns if column.values is None), None)
    reason = f" (in column '{other.name}', {other.obstacle})" if other is not None else ""
    found = f"only one numeric column, {listed(numeric)}" if numeric else "no numeric column"
    raise DataError(f"'{title}' has {found}{reason}: it needs a target and at least one feature.")
