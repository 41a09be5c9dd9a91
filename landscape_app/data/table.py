"""A table as it was read, before anyone chose a target and features."""

from dataclasses import dataclass

from landscape_app.core.arrays import FloatArray, IntArray
from landscape_app.core.errors import DataError
from landscape_app.data.reading import FileStamp
from landscape_app.data.wording import closest, listed


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Column:
    """One column: ``values`` (rows,) with NaN where one is missing, or None if it can't be used as numbers.

    ``obstacle`` says why it can't, as the end of a sentence: "line 7 holds 'low' where a number should be".
    A column of words that repeat has ``categories``, the different words in order, and ``codes`` (rows,), the
    place of each row's word among them, -1 where it is missing. Both are empty for other columns.
    """

    name: str
    values: FloatArray | None
    unit: str = ""
    about: str = ""
    obstacle: str = ""
    categories: tuple[str, ...] = ()
    codes: IntArray | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Table:
    """Named columns of equal length.

    ``target`` and ``features`` are the table's own choice, if it has one. ``notes`` are sentences on how
    the table was read; ``stamp`` is the file that it was read from, if it was one.
    """

    title: str
    columns: tuple[Column, ...]
    rows: int
    target: str | None = None
    features: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()
    stamp: FileStamp | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all columns, in their order."""
        return tuple(column.name for column in self.columns)

    @property
    def numeric_names(self) -> tuple[str, ...]:
        """Names of the columns that may be a target or a feature."""
        return tuple(column.name for column in self.columns if column.values is not None)

    @property
    def usable_names(self) -> tuple[str, ...]:
        """Names of the columns that may be a feature: numbers, and words that repeat (one 0 or 1 for each word)."""
        return tuple(column.name for column in self.columns if column.values is not None or column.categories)

    def column(self, name: str) -> Column:
        """Return the column of this name; blanks around it don't matter if only one column then fits.

        Raises
        ------
        DataError
            If there is no such column.
        """
        exact = [column for column in self.columns if column.name == name]
        found = exact or [column for column in self.columns if column.name.strip() == name.strip()]
        if len(found) == 1:
            return found[0]
        close = closest(name, self.names)
        hint = f"did you mean '{close}'? " if close is not None else ""
        raise DataError(f"'{self.title}' has no column '{name}'; {hint}its columns are {listed(self.names)}.")

    def numbers(self, name: str) -> FloatArray:
        """Return the values (rows,) of the column of this name, NaN where one is missing.

        Raises
        ------
        DataError
            If there is no such column, or if it is not numeric.
        """
        column = self.column(name)
        if column.values is None:
            raise DataError(
                f"Column '{column.name}' of '{self.title}' can't be used as numbers: {column.obstacle}. "
                "Correct the file or choose another column."
            )
        return column.values
