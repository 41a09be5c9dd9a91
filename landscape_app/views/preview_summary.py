"""What a column looks like at a glance: its spread, its mean, what is missing. Pure values, no widget."""

from dataclasses import dataclass

import numpy as np

from landscape_app.core.arrays import FloatArray, IntArray
from landscape_app.data.table import Column

BINS = 24
MOST_WORDS = 12


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Summary:
    """One column in short.

    ``counts`` (bars,) are the rows in each of the 24 equal parts between ``low`` and ``high``, or those of the
    most frequent ``words``. ``different`` is how many different words there are. The three numbers are NaN for
    words, and for a column without a value. ``missing`` counts the rows without a value.
    """

    counts: IntArray
    rows: int
    missing: int
    low: float = np.nan
    mean: float = np.nan
    high: float = np.nan
    words: tuple[str, ...] = ()
    different: int = 0


def summary_of(column: Column) -> Summary | None:
    """Return the summary of a column; None if nothing of it was kept."""
    if column.values is not None:
        return _of_numbers(column.values)
    if column.codes is not None and column.categories:
        return _of_words(column.codes, column.categories)
    return None


def _of_numbers(values: FloatArray) -> Summary:
    there = np.isfinite(values)
    missing = values.size - int(np.count_nonzero(there))
    finite = values if missing == 0 else values[there]
    if finite.size == 0:
        return Summary(np.zeros(0, dtype=np.int64), values.size, missing)
    low, high = float(finite.min()), float(finite.max())
    return Summary(histogram(finite, low, high), values.size, missing, low, _mean(finite, low, high), high)


def histogram(finite: FloatArray, low: float, high: float) -> IntArray:
    """Return the counts (24,) of values between ``low`` and ``high``; values all alike fill one bar in the middle."""
    half = 0.5 * high - 0.5 * low  # half, because the whole may overflow
    if not half > 0.0:
        counts = np.zeros(BINS, dtype=np.int64)
        counts[BINS // 2] = finite.size
        return counts
    place = (0.5 * finite - 0.5 * low) / half * BINS
    return np.bincount(np.minimum(place.astype(np.int64), BINS - 1), minlength=BINS)


def _mean(finite: FloatArray, low: float, high: float) -> float:
    with np.errstate(over="ignore"):
        mean = float(finite.mean())
    if np.isfinite(mean):
        return mean
    largest = max(abs(low), abs(high))
    return float((finite / largest).mean() * largest)


def _of_words(codes: IntArray, categories: tuple[str, ...]) -> Summary:
    there = codes[codes >= 0]
    counts = np.bincount(there, minlength=len(categories))
    order = np.argsort(-counts, kind="stable")[:MOST_WORDS]
    words = tuple(categories[place] for place in order.tolist())
    return Summary(counts[order], codes.size, codes.size - there.size, words=words, different=len(categories))


def gaps(column: Column) -> np.typing.NDArray[np.bool_] | None:
    """Return where (rows,) a value is missing; None if none is, or if nothing of the column was kept."""
    if column.values is not None:
        where = np.isnan(column.values)
    elif column.codes is not None:
        where = column.codes < 0
    else:
        return None
    return where if where.any() else None
