"""A table, a target and features become a Dataset."""

from typing import Literal, get_args

import numpy as np

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.dataset import Dataset, standardised
from landscape_app.core.errors import ConfigError, DataError
from landscape_app.data.one_hot import feature_rows, left_out_notes, one_hot_notes, unit_of
from landscape_app.data.table import Table
from landscape_app.data.wording import counted

Missing = Literal["drop", "mean"]
Scale = Literal["none", "standard", "both"]


def dataset_from_table(
    table: Table,
    target: str | None = None,
    features: tuple[str, ...] | None = None,
    missing: Missing = "drop",
    scale: Scale = "none",
) -> Dataset:
    """Return the chosen columns as a Dataset.

    Parameters
    ----------
    target
        Default: the table's own, else its last numeric column.
    features
        Default: the table's own if the target is its own too, else all other numeric columns. A column of
        words becomes a feature of 0 and 1 for each of its words, called ``colour=red``.
    missing
        What becomes of a row with a missing feature: it is dropped, or the mean of the feature over the
        rows with a target is filled in. Rows without a target are always dropped. Columns that were not
        chosen don't matter. The notes of the Dataset say how many rows were dropped or filled.
    scale
        ``"standard"`` standardises the features, ``"both"`` the target too, after rows were dropped.

    Raises
    ------
    DataError
        If a column is unknown, not numeric or chosen twice, if fewer than two rows are left, or if the
        target has the same value in all of them.
    ConfigError
        If ``missing`` or ``scale`` is not one of the words above.
    """
    for option, value, allowed in (("missing", missing, get_args(Missing)), ("scale", scale, get_args(Scale))):
        if value not in allowed:
            raise ConfigError(f"'{option}' must be {' or '.join(allowed)}, not '{value}'.")
    is_said = features is not None
    target, chosen = chosen_columns(table, target, features)
    y = table.numbers(target)
    rows = [row for name in chosen for row in feature_rows(table, name)]
    features, X = tuple(name for name, _ in rows), np.stack([values for _, values in rows])
    repeated = next((name for name in features if features.count(name) > 1), None)
    if repeated is not None:
        raise DataError(
            f"Two features of '{table.title}' would be called '{repeated}': rename a column, or leave one out."
        )
    units = tuple(unit_of(table, name) for name in (*features, target))
    X, y, notes = _without_missing(table, X, y, features, missing)
    notes += one_hot_notes(table, chosen) if is_said else left_out_notes(table)
    if y.size < 2:
        raise DataError(f"Only one row of '{table.title}' can be used: at least two are needed.")
    if y.min() == y.max():
        raise DataError(
            f"The target '{target}' of '{table.title}' is {y[0]:g} in every row, so that there is nothing to learn: "
            "choose another target."
        )
    data = Dataset(
        X=sealed(X),
        y=sealed(y[np.newaxis]),
        feature_names=features,
        target_name=target,
        title=table.title,
        units=units if any(units) else (),
        notes=(*table.notes, *notes),
    )
    return data if scale == "none" else standardised(data, target=scale == "both")


def chosen_columns(
    table: Table, target: str | None = None, features: tuple[str, ...] | None = None
) -> tuple[str, tuple[str, ...]]:
    """Return the exact names of the target and the features, defaults filled in; see `dataset_from_table`."""
    numeric = table.numeric_names
    if not numeric or len(table.usable_names) < 2:
        raise DataError(f"'{table.title}' has fewer than two numeric columns: a target and a feature are needed.")
    own_target = table.target or numeric[-1]
    target = own_target if target is None else table.column(target).name
    if features is None:
        is_own = table.features is not None and target == own_target
        features = (table.features or ()) if is_own else tuple(name for name in numeric if name != target)
    features = tuple(table.column(name).name for name in features)
    if not features:
        raise DataError("Choose at least one feature.")
    for name in features:
        if name == target:
            raise DataError(
                f"'{name}' is the target and can't be a feature too: choose another target or leave it out."
            )
        if features.count(name) > 1:
            raise DataError(f"The feature '{name}' is chosen more than once: name it only once.")
    return target, features


def _without_missing(
    table: Table, X: FloatArray, y: FloatArray, features: tuple[str, ...], missing: Missing
) -> tuple[FloatArray, FloatArray, tuple[str, ...]]:
    """Return new ``X`` and ``y`` without NaN, and notes on what was done."""
    kept = ~np.isnan(y)
    if missing == "drop":
        kept &= ~np.isnan(X).any(axis=0)
    dropped = y.size - int(np.count_nonzero(kept))
    if dropped == y.size:
        raise DataError(
            f"In every row of '{table.title}' a value is missing in one of the columns chosen: choose other columns"
            + (", or fill in means." if missing == "drop" and not np.isnan(y).all() else ".")
        )
    X, y = X[:, kept], y[kept]
    notes = []
    if dropped:
        where = "the target is missing" if missing == "mean" else "a value is missing in the chosen columns"
        notes.append(f"{dropped:,} of {counted(kept.size, 'row')} left out because {where}.")
    gaps = np.isnan(X)
    for j, name in enumerate(features):
        if gaps[j].all():
            raise DataError(f"The feature '{name}' of '{table.title}' has no value in the rows with a target.")
        with np.errstate(over="ignore"):  # Dataset then says that a value is not finite
            X[j, gaps[j]] = X[j, ~gaps[j]].mean()
    if gaps.any():
        cells = counted(int(np.count_nonzero(gaps)), "missing value")
        notes.append(f"{cells} filled in with the mean of the feature.")
    return X, y, tuple(notes)
