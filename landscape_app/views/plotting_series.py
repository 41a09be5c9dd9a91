"""Long histories drawn at the cost of short ones: thinning by smallest and largest, reading only what is new."""

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.session.record_rows import Column, Rows
from landscape_app.session.records import Timeline


class Envelope:
    """Smallest and largest of each bucket of a growing series, so that a long one costs no more than a short one.

    Buckets hold 1, 2, 4, ... rows, so that there are at most ``most``; what was seen is not read again.
    """

    def __init__(self, most: int = 512) -> None:
        self.most = most
        self.clear()

    def clear(self) -> None:
        """Forget all rows."""
        self.length = 0
        self.every = 1
        self.low = self.high = self._first = self._last = np.empty(0)

    def extend(self, rows: FloatArray | Rows | Column, columns: list[int] | None = None) -> None:
        """Take ``rows`` (length,) or (length, c), which begin with those seen so far; of some ``columns`` if given."""
        while len(rows) > self.most * self.every:
            self._halve()
        begin = self.length // self.every  # the last bucket may have been incomplete
        after = slice(begin * self.every, None)
        new = rows[after] if columns is None or isinstance(rows, Column) else rows[after, columns]
        if len(new) == 0:
            return
        starts = np.arange(0, len(new), self.every)
        ends = np.minimum(starts + self.every, len(new)) - 1
        self.low = _joined(self.low[:begin], np.minimum.reduceat(new, starts))
        self.high = _joined(self.high[:begin], np.maximum.reduceat(new, starts))
        self._first = _joined(self._first[:begin], new[starts])
        self._last = _joined(self._last[:begin], new[ends])
        self.length = len(rows)

    def _halve(self) -> None:
        self.every *= 2
        count = len(self.low)
        if count:
            pairs = np.arange(0, count, 2)
            self.low, self.high = np.minimum.reduceat(self.low, pairs), np.maximum.reduceat(self.high, pairs)
            self._first, self._last = self._first[pairs], self._last[np.minimum(pairs + 1, count - 1)]

    def points(self) -> tuple[FloatArray, FloatArray]:
        """Return x (p,) and y (p,) or (p, c) of a line that looks like the whole series."""
        if self.every == 1:
            return np.arange(self.length, dtype=np.float64), self.low
        begins = np.arange(len(self.low)) * self.every
        ends = np.minimum(begins + self.every, self.length) - 1
        y = np.empty((2 * len(begins), *self.low.shape[1:]))
        rising = self._last > self._first  # so that a smooth line has no teeth
        y[0::2], y[1::2] = np.where(rising, self.low, self.high), np.where(rising, self.high, self.low)
        return np.column_stack((begins, ends)).ravel().astype(np.float64), y


def _joined(old: FloatArray, new: FloatArray) -> FloatArray:
    return np.concatenate((old, new)) if len(old) else new


def same_beginning(old: Timeline, new: Timeline) -> bool:
    """Whether ``new`` begins with all that ``old`` holds, so that only what follows has to be read.

    Rows once written are never changed, so that the same memory means the same rows; where another future begins
    the records are compared.
    """
    if new.length < old.length:
        return False
    if new.continues(old):
        return True
    last = old.last
    return (
        old.grad.shape[1] == new.grad.shape[1]
        and np.array_equal(old.grad[last], new.grad[last])
        and np.array_equal(old.theta[last], new.theta[last])
        and np.array_equal(old.loss, new.loss[: old.length])
        and np.array_equal(old.batch_loss, new.batch_loss[: old.length])
    )
