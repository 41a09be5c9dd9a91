"""What a name given for data stands for: a generator, a bundled set or a file."""

import os
from enum import StrEnum

from landscape_app.core.errors import DataError
from landscape_app.core.synthetic import GENERATORS
from landscape_app.data.bundled import bundled_names
from landscape_app.data.wording import closest


class DataKind(StrEnum):
    """Where data come from."""

    GENERATOR = "generator"
    BUNDLED = "bundled"
    FILE = "file"


def resolve_name(text: str) -> DataKind:
    """Return what ``text`` stands for; names win over files (write ``./line`` for a file called line).

    Raises
    ------
    DataError
        If it is neither a name nor the path of something that exists.
    """
    if text in GENERATORS:
        return DataKind.GENERATOR
    if text in bundled_names():
        return DataKind.BUNDLED
    if os.path.exists(text):  # noqa: PTH110 - Path.exists raises on names that are too long
        return DataKind.FILE
    close = closest(text, (*GENERATORS, *bundled_names()))
    hint = f"did you mean '{close}'?" if close is not None else "'landscape-app data' lists the names there are."
    raise DataError(f"There is no file or data set called '{text}'; {hint}")
