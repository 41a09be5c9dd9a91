"""The data held in the hand: an example moved, added or taken away, as another table of the same columns."""

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from landscape_app.core.arrays import FloatArray, IntArray, frozen
from landscape_app.core.dataset import Dataset
from landscape_app.core.errors import DataError
from landscape_app.data.choosing import chosen_columns
from landscape_app.data.one_hot import feature_rows
from landscape_app.data.table import Column, Table
from landscape_app.session.config import DataConfig
from landscape_app.session.embedded import EmbeddedTable
from landscape_app.session.problem import Problem, load_data

#: Examples up to which the data can be held: each move makes them, and all that follows from them, anew.
MOST_HELD = 10_000
#: How far towards the farthest place that standardised values can have an example is taken.
FARTHEST = 0.95
#: Fewer examples than this are no data any more.
FEWEST = 2


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class HeldData:
    """The data as they were when the hand took them: ``table`` before standardising, with ``data`` made of it.

    ``rows`` (m,) are the table's rows that are examples; others have no target, or miss a feature.
    """

    config: DataConfig
    table: Table
    data: Dataset
    rows: IntArray

    def moved(self, example: int, x: float | None, y: float | None) -> tuple[DataConfig, Table]:
        """Return the data with one example elsewhere; ``x`` is its only feature and ``y`` its target, as the data have
        them, None for as it is.

        Raises
        ------
        DataError
            If there is no such example.
        """
        self._refuse_unknown(example)
        row = int(self.rows[example])
        changes = self._in_own_units(x, y, example)
        columns = {name: _with(self._values(name), row, value) for name, value in changes.items()}
        return self._of(columns, None)

    def added(self, x: float, y: float) -> tuple[DataConfig, Table]:
        """Return the data with one example more at the end; for data of one feature.

        Raises
        ------
        DataError
            If that feature is made of words.
        """
        if not self._has_numbers(self.data.feature_names[0]):
            raise DataError("The feature is made of words: add the example to the table (Edit, Edit values).")
        changes = self._in_own_units(x, y, None)
        columns = {
            column.name: np.append(values, changes.get(column.name, np.nan))
            for column in self.table.columns
            if (values := column.values) is not None
        }
        return self._of(columns, np.append(np.arange(self.table.rows), -1))

    def without(self, example: int) -> tuple[DataConfig, Table]:
        """Return the data without one example.

        Raises
        ------
        DataError
            If there is no such example, or too few are left.
        """
        self._refuse_unknown(example)
        if self.data.m <= FEWEST:
            raise DataError(f"{FEWEST} examples are left, and fewer are no data: add others first.")
        kept = np.delete(np.arange(self.table.rows), int(self.rows[example]))
        columns = {column.name: column.values[kept] for column in self.table.columns if column.values is not None}
        return self._of(columns, kept)

    def _refuse_unknown(self, example: int) -> None:
        if not 0 <= example < self.data.m:
            raise DataError(f"There is no example {example + 1:,} any more: take another one.")

    def _in_own_units(self, x: float | None, y: float | None, example: int | None) -> dict[str, float]:
        """Return the changed values by column, before they are standardised; ``example`` is None for a new one."""
        scaling, changes = self.data.scaling, dict[str, float]()
        if x is not None and self._has_numbers(self.data.feature_names[0]):
            changes[self.data.feature_names[0]] = x
            if scaling is not None:
                mean, deviation = float(scaling.mean[0, 0]), float(scaling.deviation[0, 0])
                changes[self.data.feature_names[0]] = _unscaled(x, mean + deviation * self.data.X[0], example)
        if y is not None:
            changes[self.data.target_name] = y
            if scaling is not None and (scaling.target_mean, scaling.target_deviation) != (0.0, 1.0):
                values = scaling.target_mean + scaling.target_deviation * self.data.y[0]
                changes[self.data.target_name] = _unscaled(y, values, example)
        return changes

    def _has_numbers(self, name: str) -> bool:
        """Whether ``name`` is a column of numbers; a feature may be made of a word."""
        return any(column.name == name and column.values is not None for column in self.table.columns)

    def _values(self, name: str) -> FloatArray:
        values = self.table.column(name).values
        assert values is not None
        return values

    def _of(self, columns: dict[str, FloatArray], rows: IntArray | None) -> tuple[DataConfig, Table]:
        """Return the data with these columns; ``rows`` are the old rows of the new ones, -1 for a new one."""
        made = tuple(_column(column, columns.get(column.name), rows) for column in self.table.columns)
        embedded = EmbeddedTable.of(replace(self.table, columns=made, stamp=None))
        name = self.config.name
        if self.config.kind != "table":  # else two sources of one name would stand in the list
            name = f"{self.data.title or name}, edited"
        config = DataConfig(
            kind="table",
            name=name,
            table=embedded,
            target=self.data.target_name,
            features=self.config.features,
            missing=self.config.missing,
            scale=self.config.scale,
        )
        return config, embedded.table(name)


def _unscaled(place: float, values: FloatArray, example: int | None) -> float:
    """Return the value that lies at ``place`` once all are standardised anew, with it.

    It moves mean and deviation of ``values`` (m,) itself: by those of before it would run away under the hand. Of n
    values none can lie beyond √(n − 1) deviations from their mean: a place near there, or beyond, is taken for one
    before it.
    """
    others = values if example is None else np.delete(values, example)
    n, spread = len(others) + 1, float(others.std())
    if spread == 0.0:
        return float(others.mean()) + place
    place = min(max(place, -FARTHEST * sqrt(n - 1.0)), FARTHEST * sqrt(n - 1.0))
    # With d its distance from the others' mean and q = (n − 1)/n: place = q d / √(q spread² + q d²/n).
    return float(others.mean()) + place * spread / sqrt((n - 1.0) / n - place**2 / n)


def can_be_held(data: Dataset) -> bool:
    """Whether examples can be moved by hand."""
    return data.m <= MOST_HELD


def held_data(problem: Problem, config: DataConfig) -> HeldData:
    """Return the data of ``problem``, read by ``config``, ready to be changed."""
    table, data = problem.loaded.table, problem.data
    if table is None:
        raw = data if data.scaling is None else load_data(config.but(scale="none")).data
        table = table_of(raw, raw.title)
    _, chosen = chosen_columns(table, data.target_name, config.features)
    good = np.isfinite(table.numbers(data.target_name))
    if config.missing == "drop":
        for name in chosen:
            for _, values in feature_rows(table, name):
                good &= np.isfinite(values)
    return HeldData(config, table, data, np.flatnonzero(good))


def table_of(data: Dataset, title: str) -> Table:
    """Return generated data as a table: the features, then the target."""
    rows = [*data.X, data.y[0]]
    units = data.units or ("",) * len(rows)
    names = (*data.feature_names, data.target_name)
    columns = tuple(
        Column(name, np.asarray(values), unit) for name, values, unit in zip(names, rows, units, strict=True)
    )
    return Table(title, columns, data.m, target=data.target_name)


def _with(values: FloatArray, row: int, value: float) -> FloatArray:
    changed = values.copy()
    changed[row] = value
    return changed


def _column(column: Column, values: FloatArray | None, rows: IntArray | None) -> Column:
    if values is not None:
        return replace(column, values=frozen(values))
    if column.codes is None or rows is None:
        return column
    codes = np.where(rows < 0, -1, column.codes[np.maximum(rows, 0)])  # a new row has no word
    return replace(column, codes=codes)
