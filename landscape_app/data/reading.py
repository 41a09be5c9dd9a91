"""How a file is to be read, and what was understood of one: pure values, shared by reader, preview and session."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from landscape_app.core.errors import DataError

Delimiter = Literal["comma", "semicolon", "tab", "bar", "blank"]
Decimal = Literal["point", "comma"]
Kind = Literal["number", "words"]
#: Told the share that is done, 0 to 1; it may raise `Stopped`, which ends the reading and leaves nothing behind.
Progress = Callable[[float], None]


class Reading(BaseModel):
    """What a person said about a file. None, or nothing, means: find out.

    ``decimal`` settles thousands separators too: with a decimal comma the point separates thousands, and the
    other way round; blanks and apostrophes may always do so. ``part`` is a sheet of a workbook, or an array of
    an NPZ file. ``kinds`` says of columns by name whether they hold numbers (other cells then count as missing)
    or words (categories). ``missing`` lists further words that mean a missing value. ``rows`` is how many rows
    to read at most.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    delimiter: Delimiter | None = None
    decimal: Decimal | None = None
    encoding: str | None = None
    header: bool | None = None
    part: str | None = None
    kinds: tuple[tuple[str, Kind], ...] = ()
    missing: tuple[str, ...] = ()
    rows: int | None = Field(default=None, ge=2)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A question that the file leaves open: ``setting`` of `Reading` settles it.

    ``sentence`` says where and why, for instance "line 2 holds '1.234', which may be a thousand or a decimal".
    ``choices`` are the values of the setting between which to choose.
    """

    setting: Literal["delimiter", "decimal", "encoding", "header", "part"]
    sentence: str
    choices: tuple[str, ...]


class DoubtError(DataError):
    """A file can be read in more than one way; nothing was read. ``doubts`` has at least one entry."""

    def __init__(self, sentence: str, doubts: tuple[Doubt, ...]) -> None:
        super().__init__(sentence)
        self.doubts = doubts


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Survey:
    """What the beginning of a file says of it.

    ``reading`` is what was given, with what was found filled in (where the format has such a thing). ``form`` is
    the kind of file. ``names`` and ``units`` (empty strings where there are none) head the columns; ``cells``
    holds the first rows (at most 200), each cell as it stands in the file; ``kinds`` is what each column seems to
    hold. ``parts`` are the sheets or arrays to choose from. ``whole`` says that nothing lies beyond what was
    looked at.
    """

    title: str
    form: Literal["text", "xlsx", "json", "parquet", "npy", "npz"]
    reading: Reading
    names: tuple[str, ...]
    units: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    kinds: tuple[Kind, ...]
    parts: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    notes: tuple[str, ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True)
class FileStamp:
    """Which state of which file was read: absolute ``path``, ``size`` in bytes, time of the last change in ns."""

    path: str
    size: int
    modified: int
