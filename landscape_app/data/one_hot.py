"""Words as features: one row of 0 and 1 for each word of a column."""

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.core.errors import DataError
from landscape_app.data.table import Table
from landscape_app.data.wording import counted, listed


def feature_rows(table: Table, name: str) -> list[tuple[str, FloatArray]]:
    """Return the features that a column gives, by name: itself (rows,), or one row of 0 and 1 for each word.

    A missing word is NaN in all of its rows.

    Raises
    ------
    DataError
        If the column holds neither numbers nor categories.
    """
    column = table.column(name)
    if column.values is not None or not column.categories or column.codes is None:
        return [(name, table.numbers(name))]
    codes = column.codes
    rows = []
    for code, word in enumerate(column.categories):
        values = (codes == code).astype(np.float64)
        values[codes < 0] = np.nan
        rows.append((f"{name}={word}", values))
    if not rows:
        raise DataError(f"Column '{name}' of '{table.title}' has no values: choose another feature.")
    return rows


def unit_of(table: Table, feature: str) -> str:
    """Return the unit of a feature; 0 and 1 for a word have none."""
    return next((column.unit for column in table.columns if column.name == feature), "")


def one_hot_notes(table: Table, chosen: tuple[str, ...]) -> tuple[str, ...]:
    """Return a sentence for each column of words among the features ``chosen``."""
    notes = []
    for name in chosen:
        column = table.column(name)
        if column.values is None and column.categories:
            features = counted(len(column.categories), "feature")
            notes.append(
                f"'{name}' became {features} of 0 and 1, one for each word; they add up to 1, so with a bias b one "
                "direction of the loss is flat."
            )
    return tuple(notes)


def left_out_notes(table: Table) -> tuple[str, ...]:
    """Return a sentence on columns of words, which are no features unless somebody says so."""
    names = [column.name for column in table.columns if column.values is None and column.categories]
    if not names:
        return ()
    verb, which = ("holds", "it") if len(names) == 1 else ("hold", "them")
    return (
        f"{listed(names)} {verb} words and {'was' if len(names) == 1 else 'were'} left out: choose {which} as a "
        "feature for 0 and 1 for each word.",
    )
