"""Texts with one record a line become a Survey or a Table."""

import codecs
import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice

from landscape_app.core.errors import DataError
from landscape_app.data.columns import CellColumn, Where, check_usable
from landscape_app.data.reading import Decimal, Doubt, DoubtError, Kind, Progress, Reading, Survey
from landscape_app.data.source import Source
from landscape_app.data.table import Table
from landscape_app.data.text_encoding import codec_name, found_encoding, is_utf8, line_ends, text_blocks
from landscape_app.data.text_fast import Irregular, Mode, fast_columns, is_suitable
from landscape_app.data.text_layout import Layout, decimal_doubt, layout_of
from landscape_app.data.text_records import Records
from landscape_app.data.text_unquoted import unquoted_columns
from landscape_app.data.wording import counted, shortened

#: Bytes from which the layout is found.
BEGINNING = 256 << 10
#: Records that the slow way converts at a time.
PACK = 10_000
#: How the command line settles each kind of doubt.
_OPTIONS = {
    "delimiter": "--delimiter",
    "decimal": "--decimal",
    "encoding": "--encoding",
    "header": "--header",
    "part": "--sheet",
}


def survey_text_source(source: Source, reading: Reading) -> Survey:
    """Look at the beginning of a text."""
    layout, whole = _layout(source, reading)
    doubts = list(layout.doubts)
    if whole and reading.decimal is None and (doubt := decimal_doubt(layout.evidence)) is not None:
        doubts.append(doubt)
    found = reading.model_copy(
        update={
            "delimiter": layout.how.delimiter,
            "decimal": layout.decimal or "point",
            "encoding": layout.encoding,
            "header": layout.has_header,
        }
    )
    kinds = dict(reading.kinds)
    return Survey(
        title=source.title,
        form="text",
        reading=found,
        names=layout.names,
        units=layout.units,
        cells=layout.cells,
        kinds=tuple(kinds.get(name, kind) for name, kind in zip(layout.names, layout.kinds, strict=True)),
        doubts=tuple(doubts),
        notes=layout.notes,
        whole=whole,
    )


def read_text_source(source: Source, reading: Reading, progress: Progress | None) -> Table:
    """Read the whole text.

    Raises
    ------
    DataError, DoubtError
        One sentence, with line and column where there are some.
    Stopped
        If ``progress`` raised it.
    """
    layout, _ = _layout(source, reading)
    raise_doubts(source.title, layout.doubts)
    decimal = layout.decimal or _decimal_of_all(source, layout, reading)
    columns, lines = _columns(source, layout, reading, decimal, progress)
    places = _Places(source, layout, lines)
    if reading.decimal is None:
        raise_doubts(source.title, _odd_groups(columns, places))
    made = tuple(column.column(source.title, places.of(i)) for i, column in enumerate(columns))
    check_usable(source.title, made)
    notes = [*layout.notes, *(note for i, column in enumerate(columns) if (note := column.note(places.of(i))))]
    rows = columns[0].rows
    if rows == 0:
        raise DataError(f"'{source.title}' has a header but no rows below it: add lines of numbers.")
    if reading.rows is not None and rows == reading.rows:
        notes.append(f"Only the first {counted(rows, 'row')} were read.")
    if layout.encoding == "cp1252" and reading.encoding is None:
        notes.append("The text is not UTF-8 and was read as Latin-1 (cp1252).")
    return Table(source.title, made, rows, notes=tuple(notes), stamp=source.stamp)


def raise_doubts(title: str, doubts: tuple[Doubt, ...]) -> None:
    """Raise DoubtError with a sentence that names the option which settles the first doubt, if there are any."""
    if doubts:
        first = doubts[0]
        option = _OPTIONS[first.setting]
        ways = " or ".join(f"{option} {_typed(choice)}" for choice in first.choices)
        raise DoubtError(f"'{title}' can be read in several ways, since {first.sentence}: say {ways}.", doubts)


def _typed(word: str) -> str:
    """Return ``word`` as it has to be typed after an option."""
    return word if re.fullmatch(r"[\w.,+-]+", word) else f'"{word}"'


def _layout(source: Source, reading: Reading) -> tuple[Layout, bool]:
    """Return the layout, and whether the beginning that it was found from is all there is."""
    raw = source.beginning(BEGINNING)
    whole = len(raw) == source.size
    if reading.encoding is None:
        found = found_encoding(raw, whole=whole)
        if isinstance(found, Doubt):
            raise_doubts(source.title, (found,))
        encoding = str(found)
    else:
        encoding = codec_name(source.title, reading.encoding, raw)
    part = Source(source.title, len(raw), content=raw)
    text = "".join(text_blocks(part, encoding, None, whole=whole))
    lines = line_ends(text)
    if not whole and lines < 2:
        raise DataError(
            f"Line {lines + 1} of '{source.title}' is too long for a line of a table: close the quotation mark in it "
            "if one is open, or look whether the file was saved as a table."
        )
    return layout_of(source.title, encoding, text, reading, whole=whole), whole


def _decimal_of_all(source: Source, layout: Layout, reading: Reading) -> Decimal:
    """Look through the whole text for what tells the decimal sign."""
    evidence = layout.evidence
    if not evidence.sure:
        comma = layout.how.delimiter != "comma"
        blocks = text_blocks(source, layout.encoding, None)
        if any("." in block or (comma and "," in block) or '"' in block for block in blocks):
            records = Records(source.title, text_blocks(source, layout.encoding, None), layout.how)
            for line, fields in islice(records, reading.rows):
                if line >= layout.first_line:
                    evidence.look(line, fields)
                    if evidence.sure:
                        break
    doubt = decimal_doubt(evidence)
    if doubt is not None:
        raise_doubts(source.title, (doubt,))
    return next(iter(evidence.sure), "point")


# -- the columns ------------------------------------------------------------------------------------------------------


def _columns(
    source: Source, layout: Layout, reading: Reading, decimal: Decimal, progress: Progress | None
) -> tuple[list[CellColumn], list[int]]:
    """Return the columns, and the lines of their records if they are known."""
    kinds = dict(reading.kinds)
    given = [kinds.get(name) for name in layout.names]
    ways: list[Callable[..., None]] = []
    if is_suitable(layout):
        ways = [partial(unquoted_columns, typed=True), partial(unquoted_columns, typed=False), fast_columns]
    prefix = _prefix(source, layout)
    modes = [_first_mode(kind, seen, fast=bool(ways)) for kind, seen in zip(given, layout.kinds, strict=True)]
    while True:
        columns = _empty(layout, reading, decimal, given, modes)
        lines: list[int] = []
        if ways:
            try:
                ways[0](source, layout, reading, columns, modes, decimal, prefix, progress)
            except Irregular as irregular:
                if irregular.column is not None and modes[irregular.column] == "float":
                    modes[irregular.column] = "cells"
                else:
                    ways.pop(0)
                    if not ways:
                        modes = ["cells" if mode == "float" else mode for mode in modes]
                continue
        else:
            lines = _slow_columns(source, layout, reading, columns, progress)
        again = [_mode_after(column, mode) for column, mode in zip(columns, modes, strict=True)]
        if again == modes:
            return columns, lines
        modes = again


def _prefix(source: Source, layout: Layout) -> int:
    """Return how many bytes of UTF-8 come before the first data record: of the file if it is UTF-8, else its text."""
    with_mark = is_utf8(layout.encoding) and source.beginning(3) == codecs.BOM_UTF8
    return layout.offset + (len(codecs.BOM_UTF8) if with_mark else 0)


def _first_mode(kind: Kind | None, seen: Kind, *, fast: bool) -> Mode:
    if kind == "words" or (kind is None and seen == "words"):
        return "words"
    return "float" if fast and kind is None else "cells"


def _mode_after(column: CellColumn, mode: Mode) -> Mode:
    """Return how a column should have been read: as words if it holds some, as numbers if it holds none."""
    if column.must_be_read_again:
        return "words"
    if mode == "words" and column.kind is None and column.first_bad is None and column.present:
        return "cells"
    return mode


def _empty(
    layout: Layout, reading: Reading, decimal: Decimal, given: list[Kind | None], modes: list[Mode]
) -> list[CellColumn]:
    return [
        CellColumn(name, decimal, unit=unit, kind=kind, missing=reading.missing, as_words=mode == "words")
        for name, unit, kind, mode in zip(layout.names, layout.units, given, modes, strict=True)
    ]


def _slow_columns(
    source: Source, layout: Layout, reading: Reading, columns: list[CellColumn], progress: Progress | None
) -> list[int]:
    """Fill ``columns`` record by record, and return the line of each."""
    lines: list[int] = []
    records = _data_records(source, layout, progress)
    if reading.rows is not None:
        records = islice(records, reading.rows)
    while pack := list(islice(records, PACK)):
        rows = []
        for line, fields in pack:
            if len(fields) != layout.width:
                raise DataError(_ragged(source.title, layout, line, len(fields)))
            lines.append(line)
            rows.append(fields)
        for column, cells in zip(columns, zip(*rows, strict=True), strict=True):
            column.add(cells)
    return lines


def _data_records(source: Source, layout: Layout, progress: Progress | None) -> Iterator[tuple[int, list[str]]]:
    records = Records(source.title, text_blocks(source, layout.encoding, progress), layout.how)
    return ((line, fields) for line, fields in records if line >= layout.first_line)


def _odd_groups(columns: list[CellColumn], places: "_Places") -> tuple[Doubt, ...]:
    """Ask if a column sets some thousands apart and others not: its decimal sign may have changed half way."""
    for position, column in enumerate(columns):
        if column.odd_groups is not None:
            where = places.of(position)
            (row, text), (other, whole) = column.odd_groups
            words = f"{where(row, text)}, which was taken for a thousand, but {where(other, whole)}"
            return (Doubt("decimal", words, ("point", "comma")),)
    return ()


def _ragged(title: str, layout: Layout, line: int, fields: int) -> str:
    advice = (
        "text with the separator in it needs quotation marks"
        + (", and numbers need a decimal point" if layout.how.delimiter == "comma" else "")
        if fields > layout.width
        else "fill in what is missing; an empty field between two separators is fine"
    )
    first = "the first line has" if layout.has_header else "the lines above have"
    return f"Line {line} of '{title}' has {counted(fields, 'field')}, but {first} {layout.width}: {advice}."


class _Places:
    """Says where the cells of a column stand; without the lines at hand it goes through the text again."""

    def __init__(self, source: Source, layout: Layout, lines: list[int]) -> None:
        self._source, self._layout, self._lines = source, layout, lines

    def of(self, position: int) -> Where:
        """Return what names the rows of the column at ``position``."""

        def where(row: int, text: str) -> str:
            if self._lines:
                return f"line {self._lines[row]} holds {shortened(text)}"
            line, fields = next(islice(_data_records(self._source, self._layout, None), row, None))
            return f"line {line} holds {shortened(fields[position])}"

        return where
