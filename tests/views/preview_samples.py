"""Surveys and tables made by hand, for the tests of the preview and of the table editor."""

import numpy as np

from landscape_app.core.arrays import FloatArray, frozen
from landscape_app.data.reading import Kind, Reading, Survey
from landscape_app.data.table import Column, Table

#: As `SURVEY` stands in its file; row 2 has no age, row 3 no colour.
CELLS = (
    ("19", "red", "1.5", "40"),
    ("23", "blue", "1.625", "52.5"),
    ("", "red", "1.75", "61"),
    ("31", "NA", "1.8", "75"),
    ("48", "green", "1.65", "58"),
)
NAMES = ("age", "colour", "height", "weight")
FOUND = Reading(delimiter="comma", decimal="point", encoding="utf-8", header=True)


def survey(reading: Reading = FOUND, **changes: object) -> Survey:
    """Return what a reader would say of a file with ``CELLS``."""
    values: dict[str, object] = {
        "title": "people.csv",
        "form": "text",
        "reading": reading,
        "names": NAMES,
        "units": ("", "", "m", "kg"),
        "cells": CELLS,
        "kinds": ("number", "words", "number", "number"),
    }
    return Survey(**{**values, **changes})  # type: ignore[arg-type]


def words(name: str, cells: list[str | None], unit: str = "") -> Column:
    """Return a column of words."""
    categories = tuple(sorted({cell for cell in cells if cell is not None}))
    codes = np.array([-1 if cell is None else categories.index(cell) for cell in cells], dtype=np.int64)
    return Column(name, None, unit, obstacle="it holds words", categories=categories, codes=codes)


def numbers(name: str, values: FloatArray | list[float], unit: str = "") -> Column:
    """Return a column of numbers."""
    return Column(name, frozen(np.array(values, dtype=np.float64)), unit)


def table(**changes: object) -> Table:
    """Return the table of ``CELLS``."""
    columns = (
        numbers("age", [19, 23, np.nan, 31, 48]),
        words("colour", ["red", "blue", "red", None, "green"]),
        numbers("height", [1.5, 1.625, 1.75, 1.8, 1.65], "m"),
        numbers("weight", [40, 52.5, 61, 75, 58], "kg"),
    )
    values: dict[str, object] = {"title": "people.csv", "columns": columns, "rows": 5}
    return Table(**{**values, **changes})  # type: ignore[arg-type]


def wide(columns: int, rows: int, seed: int = 0) -> tuple[Survey, Table]:
    """Return many columns of numbers, with the survey of their first rows."""
    rng = np.random.default_rng(seed)
    names = tuple(f"measurement_{i:03d}" for i in range(columns))
    values = [rng.normal(10.0 * i, 1.0 + i, rows) for i in range(columns)]
    cells = tuple(tuple(repr(float(column[row])) for column in values) for row in range(min(rows, 200)))
    number: Kind = "number"
    kinds = (number,) * columns
    whole = Survey("wide.csv", "text", FOUND, names, ("",) * columns, cells, kinds, whole=rows <= 200)
    return whole, Table("wide.csv", tuple(map(numbers, names, values)), rows)
