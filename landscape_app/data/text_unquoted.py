"""The quickest way through a text without quotation marks: pandas converts, and counting proves it regular."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from landscape_app.data.columns import CellColumn
from landscape_app.data.reading import Decimal, Progress, Reading
from landscape_app.data.source import Source
from landscape_app.data.text_encoding import Decoder, is_utf8
from landscape_app.data.text_fast import Irregular, Mode, spellings, told
from landscape_app.data.text_layout import Layout
from landscape_app.data.text_records import DELIMITERS

if TYPE_CHECKING:
    import pandas as pd

#: Rows converted at a time.
ROWS = 1 << 16


class _Counting:
    """Hands out a file's text as UTF-8 and counts what tells whether it is regular."""

    def __init__(self, file: BinaryIO, size: int, encoding: str, skip: int, delimiter: int) -> None:
        self._file, self._size, self._delimiter = file, size, delimiter
        self._decoder = None if is_utf8(encoding) else Decoder(encoding)
        self._skip = skip
        if self._decoder is None:
            file.seek(skip)
            self._skip = 0
        self.delimiters = 0
        self.is_odd = False
        self._ends_in_cr = False

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; pandas asks for as many as it likes."""
        out = b""
        while not out:
            left = max(0, self._size - self._file.tell())  # a file that grows would never end
            block = self._file.read(left if size < 0 else min(size, left))
            out = block if self._decoder is None else self._decoder.decode(block, final=not block).encode()
            if self._skip:
                self._skip, out = max(0, self._skip - len(out)), out[self._skip :]
            if not block:
                break
        self.delimiters += int(np.count_nonzero(np.frombuffer(out, np.uint8) == self._delimiter))
        self.is_odd = self.is_odd or b'"' in out or b"\0" in out or self._has_lone_cr(out)
        return out

    def _has_lone_cr(self, out: bytes) -> bool:
        """Whether a line ends in CR alone; pandas then loses the separator that begins a line below a blank one."""
        before, self._ends_in_cr = self._ends_in_cr, out.endswith(b"\r")
        if before and not out.startswith(b"\n"):
            return True
        return b"\r" in out and out.count(b"\r") - self._ends_in_cr > out.count(b"\r\n")

    def __iter__(self) -> "_Counting":  # pandas wants to see that it could be iterated over
        return self

    def __next__(self) -> bytes:
        raise StopIteration


def unquoted_columns(
    source: Source,
    layout: Layout,
    reading: Reading,
    columns: Sequence[CellColumn],
    modes: Sequence[Mode],
    decimal: Decimal,
    prefix: int,
    progress: Progress | None,
    *,
    typed: bool,
) -> None:
    """Fill ``columns`` from the records of ``source``, which begin after ``prefix`` bytes of UTF-8.

    If ``typed``, pandas is told which columns hold numbers, which is quickest; but when it then meets something
    else, only the types that it infers tell in which column.

    Raises
    ------
    Irregular
        If anything is not as expected; quotation marks are.
    Stopped
        If ``progress`` raised it.
    """
    import pandas as pd

    missing = spellings(reading)
    floats = [position for position, mode in enumerate(modes) if mode == "float"]
    options: dict[str, Any] = {}
    if tuple(int(part) for part in pd.__version__.split(".")[:2]) < (3, 1):
        options["float_precision"] = "round_trip"  # what later versions always do
    with source.opened() as file:
        text = _Counting(file, source.size, layout.encoding, prefix, ord(DELIMITERS[layout.how.delimiter]))
        rows = 0
        try:
            frames = pd.read_csv(
                text,  # type: ignore[call-overload]
                sep=DELIMITERS[layout.how.delimiter],
                header=None,
                names=list(range(layout.width)),
                dtype={
                    i: float if mode == "float" else str for i, mode in enumerate(modes) if typed or mode != "float"
                },
                decimal="," if decimal == "comma" else ".",
                keep_default_na=False,
                na_values=dict.fromkeys(floats, missing),
                skipinitialspace=True,
                low_memory=typed,
                chunksize=ROWS,
                nrows=reading.rows,
                **options,
            )
            for frame in frames:
                if text.is_odd or not isinstance(frame.index, pd.RangeIndex):
                    raise Irregular
                _take(frame, columns, modes, partial(told, progress, file.tell() / max(1, source.size)))
                rows += len(frame)
        except (ValueError, OverflowError) as error:  # pandas' own errors are ValueErrors too
            raise Irregular from error
        # A record with too many fields makes pandas complain, so that none can have too few if the sum is right.
        if text.is_odd or (reading.rows is None and text.delimiters != rows * (layout.width - 1)):
            raise Irregular
        if reading.rows is not None:
            _check_widths(source, layout, rows)


def _take(
    frame: "pd.DataFrame", columns: Sequence[CellColumn], modes: Sequence[Mode], tell: Callable[[], None]
) -> None:
    for position, (column, mode) in enumerate(zip(columns, modes, strict=True)):
        series = frame[position]
        if mode != "float" or series.dtype.kind == "O":  # then pandas left the cells as they stand in the text
            column.add(series.fillna("").tolist())
        elif series.dtype.kind in "iuf":
            values = series.to_numpy(dtype=np.float64)
            column.note_infinite(values)
            column.add_numbers(values)
        else:
            raise Irregular(position)
        tell()


def _check_widths(source: Source, layout: Layout, rows: int) -> None:
    """Look at each record that was read: with a limit the sum of all delimiters proves nothing."""
    from landscape_app.data.text_encoding import text_blocks
    from landscape_app.data.text_records import Records

    records = Records(source.title, text_blocks(source, layout.encoding, None), layout.how)
    for _, fields in islice(((n, f) for n, f in records if n >= layout.first_line), rows):
        if len(fields) != layout.width:
            raise Irregular
