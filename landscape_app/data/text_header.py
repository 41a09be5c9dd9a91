"""The head of a text: whether there is one, the columns' names and units, and what the cells below are."""

import re
from collections.abc import Sequence
from itertools import pairwise

from landscape_app.core.errors import DataError
from landscape_app.data.numbers import is_infinite, is_missing, is_number
from landscape_app.data.reading import Doubt, Kind, Reading
from landscape_app.data.text_records import Records, Splitting
from landscape_app.data.wording import listed, shortened

LONGEST_UNIT = 16
_WHOLE = re.compile(r"[+-]?[0-9]+")


def has_header(records: list[tuple[int, list[str]]], reading: Reading, doubts: list[Doubt]) -> bool:
    """Whether the first record holds names: words alone do, numbers alone don't, and of both it is asked."""
    if reading.header is not None:
        return reading.header
    first = records[0][1]
    numeric = [is_number(cell) for cell in first]
    if not any(numeric):
        return True
    below = [fields for _, fields in records[1:]]
    is_data = all(number or is_missing(cell) for number, cell in zip(numeric, first, strict=True))
    if below and not (is_data and not is_counting(first, below)):
        shown = ", ".join(shortened(cell) for cell in first[:4]) + (", …" if len(first) > 4 else "")
        doubts.append(Doubt("header", f"line {records[0][0]} ({shown}) may hold names or values", ("yes", "no")))
    return not is_data


def names_of(
    title: str,
    records: list[tuple[int, list[str]]],
    lines: list[str],
    how: Splitting,
    notes: list[str],
    *,
    header: bool,
) -> tuple[tuple[str, ...], list[tuple[int, list[str]]]]:
    """Return the columns' names and the records below them."""
    line, first = records[0]
    numbered = tuple(f"column {position}" for position in range(1, len(first) + 1))
    if len(first) < 2:
        raise DataError(f"'{title}' has only one column: it needs a target and at least one feature.")
    if not header:
        commented = _commented_names(title, lines, how, line, len(first))
        if commented:
            notes.append(f"The names of the columns are from the comment above line {line}.")
            return commented, records
        notes.append(
            "The first line holds only numbers, so it was read as data; "
            f"the columns are called column 1 to {numbered[-1]}."
        )
        return numbered, records
    is_quoted = '"' in lines[line - 1]  # then blanks may be meant
    names = tuple(
        number if not cell.strip() else cell if is_quoted else cell.strip()
        for cell, number in zip(first, numbered, strict=True)
    )
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise DataError(f"'{title}' has several columns called {listed(repeated)} (line {line}): rename them.")
    return names, records[1:]


def _commented_names(title: str, lines: list[str], how: Splitting, line: int, width: int) -> tuple[str, ...]:
    """Return the names in the last comment line before the data, as plotting programs write them."""
    above = next((text.strip() for text in reversed(lines[: line - 1]) if text.strip()), "")
    mark = next((mark for mark in how.comments if above.startswith(mark)), None)
    if mark is None:
        return ()
    fields = next(iter(Records(title, [above.lstrip(mark).strip()], Splitting(how.delimiter))), (0, [""]))[1]
    names = tuple(cell.strip() for cell in fields)
    fits = len(names) == width == len(set(names)) and all(names) and not any(map(is_number, names))
    return names if fits else ()


def units_of(below: list[tuple[int, list[str]]], names: tuple[str, ...], reading: Reading) -> tuple[str, ...]:
    """Return the units if the first record holds some: short words where numbers follow, and no number."""
    width, given = len(names), dict(reading.kinds)
    if len(below) < 2 or len(below[0][1]) != width:
        return ()
    first = [cell.strip() for cell in below[0][1]]
    columns = [[fields[i] for _, fields in below[1:] if i < len(fields)] for i in range(width)]
    over_numbers = [i for i in range(width) if given.get(names[i], kind_of(columns[i])) == "number"]
    words = [first[i] for i in over_numbers if not is_missing(first[i])]
    if not words or any(is_number(cell) or len(cell) > LONGEST_UNIT for cell in words):
        return ()
    if any(is_number(first[i]) for i in range(width)):
        return ()
    return tuple("" if is_missing(cell) else cell.strip("[]() ") for cell in first)


def kind_of(cells: list[str]) -> Kind:
    """Return what most cells of a column are."""
    present = [cell for cell in cells if not is_missing(cell)]
    numbers = sum(is_number(cell) or is_infinite(cell) for cell in present)
    return "number" if not present or numbers > len(present) / 2 else "words"


def is_counting(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a first row of numbers may be numbers of columns, or years: 0, 1, 2 over decimals, for instance."""
    top = {i: cell.strip() for i, cell in enumerate(first) if not is_missing(cell)}
    if len(top) < 2 or not all(_WHOLE.fullmatch(cell) for cell in top.values()):
        return False
    numbers = list(map(int, top.values()))
    if any(b - a != 1 for a, b in pairwise(numbers)):
        return False
    if (numbers[0] == 0 and len(numbers) > 2) or (0 not in top and len(top) == len(first) - 1):
        return True
    under = [row[i].strip() for row in below for i in top if i < len(row)]
    return not any(_WHOLE.fullmatch(cell) for cell in under)
