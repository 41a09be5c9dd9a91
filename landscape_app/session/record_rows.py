"""Where a run's records lie: in blocks that never move, so that a longer record costs no more to go on with."""

import threading
from bisect import bisect_right
from collections.abc import Iterator
from types import EllipsisType
from typing import SupportsIndex, TypeVar, overload

import numpy as np
import numpy.typing as npt

from landscape_app.core.arrays import FloatArray, IntArray, sealed
from landscape_app.core.landscape import Plane
from landscape_app.core.optimizers.base import State

#: Rows of the first block, and the bytes of parameters that a block holds at most; in between they double.
FIRST_ROWS, BLOCK_BYTES = 256, 4 << 20
#: Up to so many bytes of an unfinished block are copied where another future begins; more are shared.
COPIED_BYTES = 1 << 20
#: Planes whose coordinates of the path are kept.
MOST_PATHS = 4

#: Which columns of the rows to read.
Columns = slice | list[int] | IntArray
Number = TypeVar("Number", bound=np.generic)


class RecordStore:
    """Parameters, gradients and losses of one history, shared by all its timelines.

    Rows once written are neither changed nor moved: a reader in another thread that keeps to its length is safe.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.length = 0
        self.keyframes: list[tuple[int, State]] = []
        self.series = {"loss": np.empty(FIRST_ROWS), "batch_loss": np.empty(FIRST_ROWS)}
        self.place = np.empty((FIRST_ROWS, 2), dtype=np.int64)
        self._blocks: list[FloatArray] = []  # each (2, rows, size): theta, grad
        self._starts: list[int] = []
        self._paths: list[tuple[Plane, int, FloatArray]] = []
        self._lock = threading.Lock()

    # --- writing ---

    def append(self, theta: FloatArray, grad: FloatArray, loss: FloatArray, batch: FloatArray, place: IntArray) -> None:
        """Write rows of parameters and gradients (s, size), losses (s,) and places (s, 2) after the last one."""
        start, count = self.length, len(loss)
        self._write_short(start, loss, batch, place)
        done = 0
        while done < count:
            room = self._room(start + done)
            block, at = self._blocks[-1], start + done - self._starts[-1]
            rows = min(room, count - done)
            block[0, at : at + rows] = theta[done : done + rows]
            block[1, at : at + rows] = grad[done : done + rows]
            done += rows
        self.length = start + count

    def _room(self, row: int) -> int:
        """Return how many rows fit from ``row`` on, after making a block if there is no room."""
        end = self._starts[-1] + self._blocks[-1].shape[1] if self._blocks else 0
        if row == end:
            most = max(1, BLOCK_BYTES // (8 * self.size))
            rows = min(most, max(FIRST_ROWS, row))
            self._blocks.append(np.empty((2, rows, self.size)))
            self._starts.append(row)
            end = row + rows
        return end - row

    def _write_short(self, start: int, loss: FloatArray, batch: FloatArray, place: IntArray) -> None:
        """Write what takes a few bytes a row: it lies in one piece and doubles when it is full."""
        stop = start + len(loss)
        if stop > len(self.place):
            capacity = max(stop, 2 * len(self.place))
            self.series = {name: _grown(values, start, capacity) for name, values in self.series.items()}
            self.place = _grown(self.place, start, capacity)
        self.series["loss"][start:stop] = loss
        self.series["batch_loss"][start:stop] = batch
        self.place[start:stop] = place

    def fork(self, length: int) -> "RecordStore":
        """Return a store of the first ``length`` rows: another future begins there. Whole blocks are shared."""
        other = RecordStore(self.size)
        capacity = max(FIRST_ROWS, length + length // 4)
        other.series = {name: _grown(values, length, capacity) for name, values in self.series.items()}
        other.place = _grown(self.place, length, capacity)
        other.keyframes = [(i, state) for i, state in self.keyframes if i < length]
        for start, block in zip(self._starts, self._blocks, strict=True):
            rows = min(block.shape[1], length - start)
            if rows <= 0:
                break
            if rows < block.shape[1] and 16 * rows * self.size <= COPIED_BYTES:
                # A piece of it would keep the rest from being given back, and many forks leave many pieces.
                other._room(start)
                other._blocks[-1][:, :rows] = block[:, :rows]
            else:
                other._starts.append(start)
                other._blocks.append(block[:, :rows])
        other.length = length
        with self._lock:
            other._paths = [
                (plane, min(count, length), points[: min(count, length)].copy()) for plane, count, points in self._paths
            ]
        return other

    # --- reading ---

    def row(self, which: int, index: int) -> FloatArray:
        """Return one row (size,), of parameters (``which`` 0) or gradients (1), read-only."""
        position = bisect_right(self._starts, index) - 1
        row: FloatArray = self._blocks[position][which, index - self._starts[position]]
        return sealed(row)

    def pieces(self, which: int, start: int, stop: int) -> Iterator[FloatArray]:
        """Yield rows ``start`` to ``stop`` as read-only arrays (k, size) that share the blocks' memory."""
        position = max(0, bisect_right(self._starts, start) - 1)
        while start < stop:
            begin, block = self._starts[position], self._blocks[position]
            end = min(stop, begin + block.shape[1])
            yield sealed(block[which, start - begin : end - begin])
            start, position = end, position + 1

    def path_on(self, plane: Plane, length: int) -> FloatArray:
        """Return the first ``length`` parameters' coordinates on ``plane`` (length, 2), read-only.

        What was asked for before is not computed again.
        """
        with self._lock:
            known = next((path for path in self._paths if path[0].same_projection(plane)), None)
            count, points = (0, np.empty((FIRST_ROWS, 2))) if known is None else known[1:]
            if known is None or count < length:
                if length > len(points):
                    points = _grown(points, count, max(length, 2 * len(points)))
                for piece in self.pieces(0, count, length):
                    points[count : count + len(piece)] = plane.project(piece)
                    count += len(piece)
                others = [path for path in self._paths if path is not known]
                self._paths = [(plane, count, points), *others[: MOST_PATHS - 1]]
        return sealed(points[:length])

    def holdings(self) -> Iterator[tuple[int, int]]:
        """Yield everything that holds memory, by its identity, and its bytes; forks share some of it."""
        for block in self._blocks:
            whole = block if block.base is None else block.base
            yield id(whole), whole.nbytes
        yield id(self), self.place.nbytes + sum(values.nbytes for values in self.series.values())


class Rows:
    """All parameters or all gradients of a timeline, (length, size), read in parts: they don't lie in one piece.

    A row is a view, everything else a copy of what was asked for. They can only be read.
    """

    __slots__ = ("_length", "_store", "_which")

    def __init__(self, store: RecordStore, which: int, length: int) -> None:
        self._store, self._which, self._length = store, which, length

    def __len__(self) -> int:
        """Return the number of rows."""
        return self._length

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self._length, self._store.size

    def __getitem__(self, key: SupportsIndex | slice | IntArray | tuple[slice | EllipsisType, Columns]) -> FloatArray:
        """Return a row (size,), several rows (k, size), or some columns of several rows (k, c)."""
        if isinstance(key, slice):
            return self._read(key, slice(None))
        if isinstance(key, tuple):
            rows, columns = key
            return self._read(rows if isinstance(rows, slice) else slice(None), columns)
        if isinstance(key, np.ndarray):
            return np.array([self[int(index)] for index in key]).reshape(len(key), self._store.size)
        index = key.__index__()
        if not -self._length <= index < self._length:
            raise IndexError(f"There is no row {index}: there are {self._length}.")
        return self._store.row(self._which, index % self._length)

    def __iter__(self) -> Iterator[FloatArray]:
        """Yield the rows."""
        for piece in self.pieces():
            yield from piece

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> FloatArray:
        """Return a copy of everything: for short records."""
        if copy is False:
            raise ValueError("Records don't lie in one piece: they can't be an array without a copy.")
        return np.asarray(self._read(slice(None), slice(None)), dtype=dtype)

    def pieces(self) -> Iterator[FloatArray]:
        """Yield all rows as arrays (k, size) that share their memory, none of them large."""
        return self._store.pieces(self._which, 0, self._length)

    def column(self, index: int) -> "Column":
        """Return one column, of which nothing is read yet."""
        return Column(self, index)

    def _read(self, rows: slice, columns: Columns) -> FloatArray:
        start, stop, step = rows.indices(self._length)
        if step < 0:
            raise ValueError("Records are read forwards.")
        found = [piece[:, columns] for piece in self._store.pieces(self._which, start, stop)]
        if len(found) == 1:
            return sealed(found[0][::step])
        if not found:
            return np.empty((0, self._store.size))[:, columns]
        return np.concatenate(found)[::step]


class Column:
    """One column of `Rows`, (length,)."""

    __slots__ = ("_index", "_rows")

    def __init__(self, rows: Rows, index: int) -> None:
        self._rows, self._index = rows, index

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    @overload
    def __getitem__(self, key: SupportsIndex) -> float: ...
    @overload
    def __getitem__(self, key: slice) -> FloatArray: ...
    def __getitem__(self, key: SupportsIndex | slice) -> float | FloatArray:
        """Return one value, or those of several rows (k,)."""
        if isinstance(key, slice):
            return self._rows[key, [self._index]][:, 0]
        return float(self._rows[key][self._index])

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> FloatArray:
        """Return a copy of all values."""
        if copy is False:
            raise ValueError("Records don't lie in one piece: they can't be an array without a copy.")
        return np.asarray(self[:], dtype=dtype)


def _grown(values: npt.NDArray[Number], length: int, capacity: int) -> npt.NDArray[Number]:
    """Return an array of ``capacity`` rows with the first ``length`` of ``values``."""
    grown = np.empty((capacity, *values.shape[1:]), dtype=values.dtype)
    grown[:length] = values[:length]
    return grown
