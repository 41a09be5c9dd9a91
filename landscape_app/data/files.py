"""Whatever file there is becomes a Survey, or a Table: recognised by its content, whatever its name says."""

import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from landscape_app.core.errors import DataError
from landscape_app.data.json_file import read_json, survey_json
from landscape_app.data.numpy_file import read_numpy, survey_numpy
from landscape_app.data.parquet_file import read_parquet, survey_parquet
from landscape_app.data.reading import Progress, Reading, Survey
from landscape_app.data.source import Source
from landscape_app.data.table import Table
from landscape_app.data.text_file import read_text_source, survey_text_source
from landscape_app.data.xlsx_file import read_xlsx, survey_xlsx

_AUTOMATIC = Reading()


class _Form(NamedTuple):
    """How a kind of file is surveyed and read."""

    survey: Callable[[Source, Reading], Survey]
    read: Callable[[Source, Reading, Progress | None], Table]


_TEXT = _Form(survey_text_source, read_text_source)
_XLSX = _Form(survey_xlsx, read_xlsx)
_JSON = _Form(survey_json, read_json)
_PARQUET = _Form(survey_parquet, read_parquet)
_NUMPY = _Form(survey_numpy, read_numpy)

#: Beginnings of files that hold no table as they are: what they are, and what to do.
_STRANGERS: tuple[tuple[bytes, str, str], ...] = (
    (b"\xd0\xcf\x11\xe0", "a workbook of an old kind (XLS)", "save it as XLSX or CSV"),
    (b"%PDF", "a PDF document", "copy its table into a spreadsheet and save it as CSV"),
    (b"\x1f\x8b", "a compressed file (gzip)", "unpack it first"),
    (b"BZh", "a compressed file (bzip2)", "unpack it first"),
    (b"\xfd7zXZ", "a compressed file (xz)", "unpack it first"),
    (b"7z\xbc\xaf", "an archive (7z)", "unpack it first"),
    (b"\x89PNG", "a picture", "choose a file with a table"),
    (b"\xff\xd8\xff", "a picture", "choose a file with a table"),
    (b"GIF8", "a picture", "choose a file with a table"),
    (b"SQLite format 3", "a database (SQLite)", "export its table as CSV"),
    (b"\x89HDF", "an HDF5 file", "save its table as CSV or Parquet"),
    (b"\x80\x04", "a pickle, which is never opened since it could run programs", "save the data as CSV"),
    (b"\x80\x05", "a pickle, which is never opened since it could run programs", "save the data as CSV"),
)


def survey_file(path: str | os.PathLike[str], reading: Reading = _AUTOMATIC) -> Survey:
    """Say what the beginning of a file tells of it.

    Raises
    ------
    DataError
        One sentence, if it can't be a table.
    """
    source = Source.of_file(path)
    return _form_of(source, reading).survey(source, reading)


def read_table(path: str | os.PathLike[str], reading: Reading = _AUTOMATIC, progress: Progress | None = None) -> Table:
    """Read a whole file.

    Raises
    ------
    DataError
        One sentence, with line and column where there are some; DoubtError if ``reading`` leaves a question open.
    Stopped
        If ``progress`` raised it.
    """
    source = Source.of_file(path)
    return _form_of(source, reading).read(source, reading, progress)


def survey_text(text: str, title: str, reading: Reading = _AUTOMATIC) -> Survey:
    """Say what a pasted text tells; see `survey_file`."""
    survey = survey_text_source(Source.of_text(text, title), _of_text(reading))
    return replace(survey, reading=survey.reading.model_copy(update={"encoding": None}))  # a text has none any more


def read_text(text: str, title: str, reading: Reading = _AUTOMATIC) -> Table:
    """Read a pasted text; see `read_table`."""
    return read_text_source(Source.of_text(text, title), _of_text(reading), None)


def _of_text(reading: Reading) -> Reading:
    """Return how to read what was a text already, whatever bytes it once had."""
    return reading.model_copy(update={"encoding": "utf-8"})


def _form_of(source: Source, reading: Reading) -> _Form:
    """Recognise a file: by its first bytes, and for texts by its name."""
    raw = source.beginning(4096)
    for beginning, what, remedy in _STRANGERS:
        if raw.startswith(beginning):
            raise DataError(f"'{source.title}' is {what}: {remedy}.")
    if raw.startswith(b"PK\x03\x04"):
        return _zipped(source)
    if raw.startswith(b"PAR1"):
        return _PARQUET
    if raw.startswith(b"\x93NUMPY"):
        return _NUMPY
    start = raw.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").replace(b"\0", b"")[:200]  # whatever the encoding
    if start[:1] in (b"[", b"{") and reading.delimiter is None and _is_json(source, start):
        return _JSON
    if start[:9].lower() == b"<!doctype" or start[:5].lower() == b"<html":
        raise DataError(f"'{source.title}' is a web page: copy its table into a spreadsheet and save it as CSV.")
    _check_name(source, raw)
    return _TEXT


def _is_json(source: Source, start: bytes) -> bool:
    """Whether brackets begin JSON; a column of a table may be called [x]."""
    if source.title.lower().endswith((".json", ".geojson", ".ipynb")):
        return True
    return start[1:].lstrip()[:1] in (b"{", b'"', b"]", b"}")


def _zipped(source: Source) -> _Form:
    with source.opened() as file:
        try:
            with zipfile.ZipFile(file) as archive:
                names = archive.namelist()
        except zipfile.BadZipFile as error:
            what = (
                "workbook: save it as XLSX again" if source.title.lower().endswith("xlsx") else "archive: copy it again"
            )
            raise DataError(f"'{source.title}' is not a whole {what}.") from error
    if "xl/workbook.xml" in names:
        return _XLSX
    if names and all(name.endswith(".npy") for name in names):
        return _NUMPY
    if "content.xml" in names:
        raise DataError(f"'{source.title}' is an OpenDocument file: save it as XLSX or CSV.")
    raise DataError(f"'{source.title}' is an archive (ZIP): unpack it first.")


def _check_name(source: Source, raw: bytes) -> None:
    """Refuse a file whose name promises what its content does not keep."""
    name = source.title.lower()
    for suffix, what in (
        (".xlsx", "workbook"),
        (".parquet", "Parquet file"),
        (".npy", "array"),
        (".npz", "array file"),
    ):
        if name.endswith(suffix) and (not raw or b"\0" in raw or not raw.isascii()):
            raise DataError(f"'{source.title}' is empty or not a whole {what}: write it again, or save it as CSV.")
