"""A table as it was read, before anyone chose a target and features."""

from dataclasses import dataclass

from landscape_app.core.arrays import FloatArray
from landscape_app.core.errors import DataError
from landscape_app.data.wording import closest, listed


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Column:
    """One column: ``values`` (rows,) with NaN where one is missing, or None if it can't be used as numbers.

    ``obstacle`` says why it can't, as the end of a sentence: "line 7 holds 'low' where a number should be".
    """

    name: str
    values: FloatArray | None
    unit: str = ""
    about: str = ""
    obstacle: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Table:
    """Named columns of equal length.

    ``target`` and ``features`` are the table's own choice, if it has one. ``notes`` are sentences on how
    the table was read.
    """

    title: str
    columns: tuple[Column, ...]
    rows: int
    target: str | None = None
    features: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all columns, in their order."""
        return tuple(column.name for column in self.columns)

    @property
    def numeric_names(self) -> tuple[str, ...]:
        """Names of the columns that may be a target or a feature."""
        return tuple(column.name for column in self.columns if column.values is not None)

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
