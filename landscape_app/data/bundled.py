"""The real data sets that come with the program, and where each is from."""

import csv
import json
from dataclasses import dataclass
from functools import cache

import numpy as np

from landscape_app.core.arrays import sealed
from landscape_app.core.errors import DataError
from landscape_app.data.table import Column, Table
from landscape_app.data.wording import closest, listed
from landscape_app.resource_files import resource_path


@dataclass(frozen=True, slots=True)
class BundledColumn:
    """What a column of a bundled set holds."""

    name: str
    unit: str
    about: str


@dataclass(frozen=True, slots=True)
class BundledSet:
    """What a bundled set is, where it is from and what to try with it."""

    name: str
    title: str
    about: str
    source: str
    licence: str
    suggestion: str
    columns: tuple[BundledColumn, ...]
    target: str
    features: tuple[str, ...]


@cache
def bundled_catalogue() -> tuple[BundledSet, ...]:
    """Return the descriptions of all bundled sets, in the order in which they are offered."""
    content = json.loads(resource_path("data", "catalogue.json").read_text(encoding="utf-8"))
    return tuple(
        BundledSet(
            name=entry["name"],
            title=entry["title"],
            about=entry["about"],
            source=entry["source"],
            licence=entry["licence"],
            suggestion=entry["try"],
            columns=tuple(BundledColumn(**column) for column in entry["columns"]),
            target=entry["target"],
            features=tuple(entry["features"]),
        )
        for entry in content["sets"]
    )


def bundled_names() -> tuple[str, ...]:
    """Return the names of all bundled sets."""
    return tuple(entry.name for entry in bundled_catalogue())


@cache
def load_bundled(name: str) -> Table:
    """Return a bundled set as a Table; pandas is not needed for it.

    Raises
    ------
    DataError
        If there is no bundled set of this name.
    """
    described = next((entry for entry in bundled_catalogue() if entry.name == name), None)
    if described is None:
        close = closest(name, bundled_names())
        hint = f"did you mean '{close}'?" if close is not None else f"there are {listed(bundled_names())}."
        raise DataError(f"There is no bundled data set called '{name}'; {hint}")
    with resource_path("data", f"{name}.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    values = np.array(rows, dtype=np.float64).T  # (columns, rows)
    by_name = dict(zip(header, values, strict=True))
    return Table(
        title=described.title,
        columns=tuple(
            Column(column.name, sealed(by_name[column.name].copy()), column.unit, column.about)
            for column in described.columns
        ),
        rows=len(rows),
        target=described.target,
        features=described.features,
    )
