"""What the beginning of a text says: separator, comments, header, units, decimal sign, kinds of columns."""

from dataclasses import dataclass, field

from landscape_app.core.errors import DataError
from landscape_app.data.numbers import DecimalEvidence, is_number
from landscape_app.data.reading import Decimal, Delimiter, Doubt, Kind, Reading
from landscape_app.data.text_delimiter import comment_marks, found_delimiter
from landscape_app.data.text_header import has_header, kind_of, names_of, units_of
from landscape_app.data.text_records import DELIMITERS, Records, Splitting, lines_of

#: Records kept to be shown, and looked at to guess with.
SHOWN, GUESSED_FROM = 200, 200


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
    if announced is None and delimiter != "semicolon":
        comments = comment_marks(lines, delimiter)
    how = Splitting(delimiter, comments, skip)
    records = _first_records(title, lines, how, whole=whole)
    if comments and records:
        how = _without_marks_of_data(title, lines, how, records, notes)
        records = _first_records(title, lines, how, whole=whole)
    if not records:
        raise DataError(f"'{title}' holds no rows: it needs a line with the names of the columns and lines of numbers.")
    header = has_header(records, reading, doubts)
    if header and len(records) == 1:
        raise DataError(f"'{title}' has a header but no rows below it: add lines of numbers.")
    names, below = names_of(title, records, lines, how, notes, header=header)
    units = units_of(below, names, reading) if header else ()
    if units:
        notes.append(f"Line {below[0][0]} was read as units: {', '.join(unit for unit in units if unit)}.")
        below = below[1:]
    kinds = tuple(kind_of([fields[i] for _, fields in below if i < len(fields)]) for i in range(len(names)))
    evidence = DecimalEvidence(kinds)
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
        kinds=kinds,
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


def _without_marks_of_data(
    title: str, lines: list[str], how: Splitting, records: list[tuple[int, list[str]]], notes: list[str]
) -> Splitting:
    """Look at comments that could be rows: a mark is no comment where words begin the rows; else say so in a note."""
    width = len(records[0][1])
    first_of_words = kind_of([fields[0] for _, fields in records[1:]]) == "words"
    belongs: set[str] = set()
    for number, line in enumerate(lines, start=1):
        if number <= how.skip or not how.is_comment(line):
            continue
        mark = next(mark for mark in how.comments if line.lstrip().startswith(mark))
        fields = next(iter(Records(title, [line], Splitting(how.delimiter))), (0, [""]))[1]
        cells = [fields[0].strip().removeprefix(mark), *fields[1:]]
        if len(fields) != width or width < 2 or not any(map(is_number, cells)):
            continue
        if first_of_words and number > records[0][0]:
            belongs.add(mark)
        elif mark not in belongs:
            belongs.discard(mark)
            note = f"Lines that begin with {mark} were left out as comments, line {number} for instance."
            notes.extend([] if any(f"with {mark} " in said for said in notes) else [note])
    return Splitting(how.delimiter, tuple(mark for mark in how.comments if mark not in belongs), how.skip)


def _offset(text: str, line: int) -> int:
    """Return how many characters come before ``line`` (from 1)."""
    at = 0
    for _ in range(line - 1):
        ends = [end for end in (text.find("\n", at), text.find("\r", at)) if end >= 0]
        end = min(ends)
        at = end + (2 if text.startswith("\r\n", end) else 1)
    return at
