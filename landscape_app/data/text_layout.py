"""What the beginning of a text says: separator, comments, header, units, decimal sign, kinds of columns."""

from dataclasses import dataclass, field

from landscape_app.core.errors import DataError
from landscape_app.data.numbers import DecimalEvidence, is_infinite, is_missing, is_number
from landscape_app.data.reading import Decimal, Delimiter, Doubt, Kind, Reading
from landscape_app.data.text_delimiter import comment_marks, found_delimiter
from landscape_app.data.text_records import DELIMITERS, Records, Splitting, lines_of
from landscape_app.data.wording import listed, shortened

#: Records kept to be shown, and looked at to guess with.
SHOWN, GUESSED_FROM = 200, 500
LONGEST_UNIT = 16


@dataclass(frozen=True, slots=True)
class Layout:
    """The shape of a text. ``first_line`` is the line of the first data record, ``offset`` its place in bytes of UTF-8.

    ``decimal`` None: nothing was seen that tells. ``evidence`` is what was seen.
    """

    encoding: str
    how: Splitting
    names: tuple[str, ...]
    units: tuple[str, ...]
    has_header: bool
    first_line: int
    offset: int
    decimal: Decimal | None
    evidence: DecimalEvidence
    cells: tuple[tuple[str, ...], ...]
    kinds: tuple[Kind, ...]
    doubts: tuple[Doubt, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.names)


def layout_of(title: str, encoding: str, text: str, reading: Reading, *, whole: bool) -> Layout:
    """Understand the beginning ``text`` of a file; ``whole`` says that there is no more.

    Raises
    ------
    DataError
        If it is empty, has no line below its header, has a single column, or columns of one name.
    """
    lines = list(lines_of(title, [text]))
    if not any(line.strip() for line in lines):
        raise DataError(f"'{title}' is empty: it needs a line with the names of the columns and lines of numbers.")
    if not whole and len(lines) > 1:
        lines.pop()  # it may go on
    notes: list[str] = []
    doubts: list[Doubt] = []
    skip, announced = _announced(lines[0])
    delimiter = reading.delimiter or announced
    comments = comment_marks(lines[skip:], delimiter)
    if delimiter is None:
        delimiter = _delimiter(title, lines[skip:], comments, doubts)
    how = Splitting(delimiter, comments, skip)
    if announced is None and delimiter != "semicolon":
        how = Splitting(delimiter, comment_marks(lines, delimiter), skip)
    records = _first_records(title, lines, how, whole=whole)
    if not records:
        raise DataError(f"'{title}' holds nothing but comments: it needs lines of numbers.")
    header = _header(records, reading, doubts)
    if header and len(records) == 1:
        raise DataError(f"'{title}' has a header but no rows below it: add lines of numbers.")
    names, below = _names(title, records, lines, how, notes, header=header)
    units = _units(below, len(names)) if header else ()
    if units:
        notes.append(f"Line {below[0][0]} was read as units: {', '.join(unit for unit in units if unit)}.")
        below = below[1:]
    evidence = DecimalEvidence()
    for line, fields in below:
        evidence.look(line, fields)
    decimal = reading.decimal or settled(evidence)
    first_line = below[0][0]
    return Layout(
        encoding=encoding,
        how=how,
        names=names,
        units=units or ("",) * len(names),
        has_header=header,
        first_line=first_line,
        offset=len(text[: _offset(text, first_line)].encode()),
        decimal=decimal,
        evidence=evidence,
        cells=tuple(tuple(fields) for _, fields in below[:SHOWN]),
        kinds=tuple(_kind([fields[i] for _, fields in below if i < len(fields)]) for i in range(len(names))),
        doubts=tuple(doubts),
        notes=tuple(notes),
    )


def settled(evidence: DecimalEvidence) -> Decimal | None:
    """Return the decimal sign that was seen; None if there was none, or both."""
    return next(iter(evidence.sure)) if len(evidence.sure) == 1 else None


def decimal_doubt(evidence: DecimalEvidence) -> Doubt | None:
    """Return the question that the numbers of a whole file leave open, if they do."""
    if len(evidence.sure) == 2:
        point, comma = evidence.sure["point"], evidence.sure["comma"]
        words = f"line {point.line} holds '{point.text}', but line {comma.line} holds '{comma.text}'"
        return Doubt("decimal", f"{words}: one of the signs can't be the decimal one", ("point", "comma"))
    if not evidence.sure and evidence.open is not None:
        seen = evidence.open
        words = f"line {seen.line} holds '{seen.text}', which may be a thousand or a decimal"
        return Doubt("decimal", words, ("point", "comma"))
    return None


def _announced(line: str) -> tuple[int, Delimiter | None]:
    """Return 1 and the delimiter if the line says ``sep=;``, as spreadsheets write it."""
    text = line.strip("\ufeff\r\n ").strip('"')
    if text[:4].lower() != "sep=" or len(text) > 5:
        return 0, None
    return 1, next((name for name, sign in DELIMITERS.items() if sign == text[4:] and name != "blank"), None)


def _delimiter(title: str, lines: list[str], comments: tuple[str, ...], doubts: list[Doubt]) -> Delimiter:
    found = found_delimiter([line for line in lines if not line.lstrip().startswith(comments or ("\0",))])
    if isinstance(found, Doubt):
        doubts.append(found)
        return found.choices[0]  # type: ignore[return-value]
    if found is None:
        raise DataError(
            f"'{title}' has only one column: it needs a target and at least one feature, separated by commas, "
            "semicolons, tabs, bars or blanks."
        )
    return found


def _first_records(title: str, lines: list[str], how: Splitting, *, whole: bool) -> list[tuple[int, list[str]]]:
    """Return the first records; a quoted field that goes on beyond the end of what was read is let go."""
    found: list[tuple[int, list[str]]] = []
    try:
        for record in Records(title, ["".join(lines)], how):
            found.append(record)
            if len(found) > GUESSED_FROM:
                return found
    except DataError:
        if whole or len(found) < 2:
            raise
    return found


def _header(records: list[tuple[int, list[str]]], reading: Reading, doubts: list[Doubt]) -> bool:
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


def _names(
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


def _units(below: list[tuple[int, list[str]]], width: int) -> tuple[str, ...]:
    """Return the units if the first record holds some: short words where numbers follow, and no number."""
    if len(below) < 2 or len(below[0][1]) != width:
        return ()
    first = [cell.strip() for cell in below[0][1]]
    columns = [[fields[i] for _, fields in below[1:] if i < len(fields)] for i in range(width)]
    over_numbers = [i for i in range(width) if _kind(columns[i]) == "number"]
    words = [first[i] for i in over_numbers if not is_missing(first[i])]
    if not words or any(is_number(cell) or len(cell) > LONGEST_UNIT for cell in words):
        return ()
    if any(is_number(first[i]) for i in range(width)):
        return ()
    return tuple("" if is_missing(cell) else cell.strip("[]() ") for cell in first)


def _kind(cells: list[str]) -> Kind:
    """Return what most cells of a column are."""
    present = [cell for cell in cells if not is_missing(cell)]
    numbers = sum(is_number(cell) or is_infinite(cell) for cell in present)
    return "number" if not present or numbers > len(present) / 2 else "words"


def _offset(text: str, line: int) -> int:
    """Return how many characters come before ``line`` (from 1)."""
    at = 0
    for _ in range(line - 1):
        ends = [end for end in (text.find("\n", at), text.find("\r", at)) if end >= 0]
        end = min(ends)
        at = end + (2 if text.startswith("\r\n", end) else 1)
    return at
