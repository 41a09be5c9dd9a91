"""Parquet becomes a Survey or a Table, row group by row group."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from landscape_app.core.errors import DataError
from landscape_app.data.columns import CellColumn, check_usable, place_of
from landscape_app.data.numbers import plain_number
from landscape_app.data.reading import Kind, Progress, Reading, Survey
from landscape_app.data.source import Source
from landscape_app.data.table import Column, Table
from landscape_app.data.text_layout import SHOWN
from landscape_app.data.value_columns import cell_text
from landscape_app.data.wording import counted

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

#: Rows read at a time.
ROWS = 1 << 16


def survey_parquet(source: Source, reading: Reading) -> Survey:
    """Look at the first rows."""
    with _opened(source) as file:
        schema = file.schema_arrow
        batch = next(file.iter_batches(batch_size=SHOWN), None)
        columns = [] if batch is None else [batch.column(i).to_pylist() for i in range(len(schema))]
        given = dict(reading.kinds)
        return Survey(
            title=source.title,
            form="parquet",
            reading=reading,
            names=tuple(schema.names),
            units=("",) * len(schema),
            cells=tuple(tuple(cell_text(value) for value in row) for row in zip(*columns, strict=True)),
            kinds=tuple(given.get(f.name, "number" if _is_number(f.type) else "words") for f in schema),
            whole=file.metadata.num_rows <= SHOWN,
        )


def read_parquet(source: Source, reading: Reading, progress: Progress | None) -> Table:
    """Read all rows."""
    where = place_of("row", 1)
    given = dict(reading.kinds)
    with _opened(source) as file:
        total = file.metadata.num_rows
        wanted = total if reading.rows is None else min(total, reading.rows)
        columns = [_empty(field, given.get(field.name), reading) for field in file.schema_arrow]
        done = 0
        for batch in file.iter_batches(batch_size=ROWS):
            rows = min(batch.num_rows, wanted - done)
            for position, column in enumerate(columns):
                if column is not None:
                    _take(column, batch.column(position).slice(0, rows))
            done += rows
            if progress is not None:
                progress(done / max(1, total))
            if done == wanted:
                break
        if done == 0:
            raise DataError(f"'{source.title}' has columns but no rows: choose another file.")
        made = tuple(
            _unusable(field) if column is None else column.column(source.title, where)
            for field, column in zip(file.schema_arrow, columns, strict=True)
        )
    check_usable(source.title, made)
    notes = [column.note(where) for column in columns if column is not None]
    if wanted < total:
        notes.append(f"Only the first {counted(wanted, 'row')} were read.")
    return Table(source.title, made, done, notes=tuple(filter(None, notes)), stamp=source.stamp)


@contextmanager
def _opened(source: Source) -> Iterator["ParquetFile"]:
    import pyarrow as pa
    from pyarrow import parquet

    with source.opened() as file:
        try:
            yield parquet.ParquetFile(file)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
            raise DataError(
                f"'{source.title}' is not a whole Parquet file: write it again with the program that it is from."
            ) from error
        except OSError as error:
            if error.errno is not None:  # the system's, about the file
                raise
            raise DataError(
                f"'{source.title}' is not a whole Parquet file: write it again with the program that it is from."
            ) from error


def _is_number(kind: "pa.DataType") -> bool:
    from pyarrow import types

    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind) or types.is_decimal(kind))


def _is_text(kind: "pa.DataType") -> bool:
    from pyarrow import types

    inner = kind.value_type if types.is_dictionary(kind) else kind
    return bool(types.is_string(inner) or types.is_large_string(inner) or types.is_null(inner))


def _empty(field: Any, kind: Kind | None, reading: Reading) -> CellColumn | None:
    """Return the column to be filled; None if its type can't be used."""
    if not _is_number(field.type) and not _is_text(field.type):
        return None
    as_words = _is_text(field.type) and kind != "number"
    return CellColumn(field.name, "point", kind=kind, missing=reading.missing, as_words=as_words, parse=plain_number)


def _take(column: CellColumn, cells: Any) -> None:
    import pyarrow as pa

    if not _is_number(cells.type) or column.kind == "words":
        column.add(["" if value is None else cell_text(value) for value in cells.to_pylist()])
        return
    if pa.types.is_boolean(cells.type):
        cells = cells.cast(pa.uint8())
    values = cells.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False).astype(np.float64, copy=False)
    column.note_infinite(values)
    column.add_numbers(values)


def _unusable(field: Any) -> Column:
    return Column(field.name, None, obstacle=f"it holds values of the type {field.type}")
