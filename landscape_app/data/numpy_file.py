"""Numpy's own files: NPY, one array, and NPZ, several. Never unpickled; headers are checked before memory is taken."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tokenize import TokenError
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from landscape_app.core.arrays import FloatArray
from landscape_app.core.errors import DataError
from landscape_app.data.columns import CellColumn, check_usable, place_of
from landscape_app.data.numbers import plain_number
from landscape_app.data.reading import Doubt, Progress, Reading, Survey
from landscape_app.data.source import Source
from landscape_app.data.table import Column, Table
from landscape_app.data.text_file import raise_doubts
from landscape_app.data.text_layout import SHOWN
from landscape_app.data.value_columns import cell_text
from landscape_app.data.wording import counted, listed

#: An array of an NPZ file that unpacks to more bytes than this is not read.
MOST_BYTES = 4 << 30
#: Bytes read at a time.
BLOCK = 8 << 20
_HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
    (3, 0): np.lib.format.read_array_header_2_0,  # they differ in how names are encoded
}
#: What numpy and Python raise over a header that is none.
_DAMAGED = (ValueError, KeyError, EOFError, SyntaxError, TypeError, RecursionError, MemoryError, TokenError)


@dataclass(frozen=True, slots=True, eq=False)
class _Header:
    """What an array's header says; ``length`` is the number of bytes of the header itself."""

    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype[Any]
    length: int

    @property
    def size(self) -> int:
        """Bytes of the values."""
        count = 1
        for extent in self.shape:
            count *= extent
        return count * self.dtype.itemsize


@dataclass(frozen=True, slots=True, eq=False)
class _Choice:
    """Which arrays make the table: names of columns, and the target if the file tells."""

    arrays: dict[str, npt.NDArray[Any]]
    target: str | None = None


def survey_numpy(source: Source, reading: Reading) -> Survey:
    """Look at the shape and the first rows."""
    is_npz, parts, doubts = _parts(source, reading)
    if doubts:
        first = reading.model_copy(update={"part": parts[0]})
        table = _table(source, first, None, strict=False)
    else:
        table = _table(source, reading, None, strict=False)
    rows = min(table.rows, SHOWN)
    columns = [c.values if c.values is not None else np.full(table.rows, np.nan) for c in table.columns]
    shown = [[cell_text(None if np.isnan(v) else v) for v in column[:rows].tolist()] for column in columns]
    return Survey(
        title=source.title,
        form="npz" if is_npz else "npy",
        reading=reading,
        names=table.names,
        units=("",) * len(table.columns),
        cells=tuple(zip(*shown, strict=True)),
        kinds=tuple("number" for _ in table.columns),
        parts=parts,
        doubts=doubts,
        notes=table.notes,
        whole=table.rows <= SHOWN,
    )


def read_numpy(source: Source, reading: Reading, progress: Progress | None) -> Table:
    """Read all values."""
    _, _, doubts = _parts(source, reading)
    raise_doubts(source.title, doubts)
    return _table(source, reading, progress, strict=True)


def _table(source: Source, reading: Reading, progress: Progress | None, *, strict: bool) -> Table:
    with _members(source) as members:
        choice = _choose(source.title, members, reading, progress)
    columns, notes = [], []
    for name, values in choice.arrays.items():
        columns.append(_column(source.title, name, values[: reading.rows], reading))
    rows = len(next(iter(choice.arrays.values())))
    if reading.rows is not None and rows > reading.rows:
        rows = reading.rows
        notes.append(f"Only the first {counted(rows, 'row')} were read.")
    if strict:
        check_usable(source.title, columns)
    return Table(source.title, tuple(columns), rows, choice.target, notes=tuple(notes), stamp=source.stamp)


def _column(title: str, name: str, values: npt.NDArray[Any], reading: Reading) -> Column:
    kind = dict(reading.kinds).get(name)
    column = CellColumn(name, "point", kind=kind, missing=reading.missing, parse=plain_number)
    numbers: FloatArray = np.array(values, dtype=np.float64)
    if kind == "words":
        column.add(["" if np.isnan(value) else cell_text(value) for value in numbers.tolist()])
    else:
        column.note_infinite(numbers)
        column.add_numbers(numbers)
    return column.column(title, place_of("row", 1))


# -- which arrays ---------------------------------------------------------------------------------------------------


class _Member:
    """One array that has not been read yet."""

    def __init__(self, title: str, header: _Header, file: Any, size: int) -> None:
        self.title, self.header, self._file, self._size = title, header, file, size

    def read(self, progress: Progress | None) -> npt.NDArray[Any]:
        """Read the values, in pieces."""
        h = self.header
        buffer = bytearray(h.size)
        view, done = memoryview(buffer), 0
        with self._file() as file:
            file.read(h.length)
            while done < h.size:
                count = file.readinto(view[done : done + BLOCK])
                if not count:
                    raise DataError(f"{self.title} ends before all its values: write it again.")
                done += count
                if progress is not None:
                    progress(done / h.size)
        array = np.frombuffer(buffer, dtype=h.dtype)
        return array.reshape(h.shape, order="F" if h.fortran else "C")


@contextmanager
def _members(source: Source) -> Iterator[dict[str, _Member]]:
    """Open the file and check the header of each array; the only one of an NPY file has an empty name."""
    with source.opened() as file:
        if file.read(4) != b"PK\x03\x04":
            file.seek(0)
            title = f"'{source.title}'"
            header = _header(title, file)
            _check_size(title, header, source.size)

            @contextmanager
            def again() -> Iterator[BinaryIO]:
                file.seek(0)
                yield file

            yield {"": _Member(title, header, again, source.size)}
            return
        try:
            with zipfile.ZipFile(file) as archive:
                yield {
                    info.filename.removesuffix(".npy"): _packed(source.title, archive, info)
                    for info in archive.infolist()
                    if info.filename.endswith(".npy")
                }
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise DataError(f"'{source.title}' is not a whole NPZ file: write it again with numpy.savez.") from error


def _packed(archive_title: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> _Member:
    title = f"The array '{info.filename.removesuffix('.npy')}' of '{archive_title}'"
    if info.file_size > MOST_BYTES:
        raise DataError(f"{title} unpacks to {info.file_size / 2**30:.1f} GB: save a part of it.")
    with archive.open(info) as file:
        header = _header(title, io.BytesIO(file.read(1 << 16)))
    _check_size(title, header, info.file_size)
    return _Member(title, header, lambda: archive.open(info), info.file_size)


def _header(title: str, file: BinaryIO) -> _Header:
    """Read an array's header."""
    try:
        version = np.lib.format.read_magic(file)
        shape, fortran, dtype = _HEADERS[version](file)
    except _DAMAGED as error:
        raise DataError(f"{title} is not a whole array: write it again with numpy.save.") from error
    if dtype.hasobject:
        raise DataError(f"{title} holds Python objects, which are never opened: save numbers, or write a CSV file.")
    if dtype.names and version == (3, 0):
        dtype.names = tuple(name.encode("latin-1").decode("utf-8", "replace") for name in dtype.names)
    fields = [dtype[name] for name in dtype.names] if dtype.names else [dtype]
    if any(part.kind not in "biuf" or part.shape for part in fields):
        raise DataError(f"{title} holds values of the type {dtype}, not real numbers: convert it first.")
    return _Header(shape, fortran, dtype, file.tell())


def _check_size(title: str, header: _Header, size: int) -> None:
    if any(type(extent) is not int or extent < 0 for extent in header.shape) or header.length + header.size != size:
        raise DataError(
            f"{title} says that it has shape {header.shape}, which does not go with its {size:,} bytes: "
            "write it again with numpy.save."
        )
    if not 1 <= len(header.shape) <= 2:
        raise DataError(f"{title} has {len(header.shape)} dimensions: a table has two, rows and columns.")
    if 0 in header.shape:
        raise DataError(f"{title} is empty: a table needs rows and columns.")


def _parts(source: Source, reading: Reading) -> tuple[bool, tuple[str, ...], tuple[Doubt, ...]]:
    """Return whether it is an NPZ file, the arrays to choose from, and the question which one."""
    with _members(source) as members:
        if "" in members:
            return False, (), ()
        if not members:
            raise DataError(f"'{source.title}' holds no array: write it with numpy.savez.")
        if reading.part is not None or _fitting(members) or len(members) == 1:
            return True, tuple(members), ()
        tables = tuple(name for name, member in members.items() if _is_table(member))
        if len(tables) == 1:
            return True, tables, ()
        parts = tables or tuple(members)
        return True, parts, (Doubt("part", f"it has {len(members)} arrays that don't go together", parts),)


def _is_table(member: _Member) -> bool:
    shape = member.header.shape
    return (len(shape) == 2 and shape[1] > 1) or member.header.dtype.names is not None


def _fitting(members: dict[str, _Member]) -> bool:
    """Whether all arrays have as many rows, so that they stand side by side."""
    rows = {member.header.shape[0] for member in members.values()}
    return len(rows) == 1 and len(members) > 1


def _choose(title: str, members: dict[str, _Member], reading: Reading, progress: Progress | None) -> _Choice:
    if "" in members:
        return _Choice(_split(members[""], "", progress))
    if reading.part is not None:
        if reading.part not in members:
            raise DataError(f"'{title}' has no array called '{reading.part}': it has {listed(tuple(members))}.")
        return _Choice(_split(members[reading.part], "", progress))
    if not _fitting(members):
        tables = [member for member in members.values() if _is_table(member)] or list(members.values())
        return _Choice(_split(tables[0], "", progress))
    arrays: dict[str, npt.NDArray[Any]] = {}
    for name, member in members.items():
        arrays |= _split(member, name, progress)
    target = next((name for name in members if name.lower() == "y" and name in arrays), None)
    return _Choice(arrays, target)


def _split(member: _Member, name: str, progress: Progress | None) -> dict[str, npt.NDArray[Any]]:
    """Return the columns of one array; without a name they are numbered."""
    array = member.read(progress)
    if array.dtype.names:
        return {field: array[field] for field in array.dtype.names}
    if array.ndim == 1:
        return {name or "column 1": array}
    if array.shape[1] == 1 and name:
        return {name: array[:, 0]}
    prefix = f"{name} " if re.search(r"\d$", name) else name or "column "
    return {f"{prefix}{position}": array[:, position - 1] for position in range(1, array.shape[1] + 1)}
