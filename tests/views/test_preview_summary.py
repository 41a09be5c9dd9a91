"""The summary of a column says what numpy says, for any numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from landscape_app.data.table import Column
from landscape_app.views.preview_summary import BINS, MOST_WORDS, gaps, summary_of
from tests.views.preview_samples import numbers, words


@pytest.mark.parametrize("seed", range(5))
def test_that_the_bars_are_numpys_histogram(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(3.0, 10.0**seed, 5000)
    values[::17] = np.nan
    finite = values[np.isfinite(values)]
    summary = summary_of(numbers("x", values))
    assert summary is not None
    counts, _ = np.histogram(finite, BINS)
    assert summary.counts.tolist() == counts.tolist()
    assert (summary.low, summary.high) == (finite.min(), finite.max())
    assert summary.mean == pytest.approx(finite.mean(), rel=1e-14)
    assert (summary.rows, summary.missing) == (5000, np.isnan(values).sum())


@given(arrays(np.float64, st.integers(1, 30), elements=st.floats(allow_nan=True, allow_infinity=False)))
def test_that_no_number_is_too_large_or_too_small_for_a_bar(values: np.ndarray) -> None:
    summary = summary_of(numbers("x", values))
    assert summary is not None
    finite = values[~np.isnan(values)]
    assert summary.counts.sum() == finite.size
    assert summary.missing == values.size - finite.size
    if finite.size:
        assert summary.low <= summary.high
        assert summary.counts.size == BINS
        assert np.isfinite(summary.mean)


def test_that_values_all_alike_stand_in_one_bar() -> None:
    summary = summary_of(numbers("x", [7.0, 7.0, np.nan, 7.0]))
    assert summary is not None
    assert summary.counts.max() == 3
    assert np.count_nonzero(summary.counts) == 1


def test_that_words_are_ordered_by_how_often_they_stand_there() -> None:
    cells: list[str | None] = [f"w{i:02d}" for i in range(20) for _ in range(i + 1)]
    summary = summary_of(words("w", [*cells, None]))
    assert summary is not None
    assert summary.words == tuple(f"w{i:02d}" for i in range(19, 19 - MOST_WORDS, -1))
    assert summary.counts.tolist() == list(range(20, 20 - MOST_WORDS, -1))
    assert (summary.different, summary.missing) == (20, 1)


def test_that_a_column_without_values_has_no_bars() -> None:
    assert summary_of(Column("name", None, obstacle="line 2 holds 'Ann'")) is None
    summary = summary_of(numbers("x", [np.nan, np.nan]))
    assert summary is not None
    assert summary.counts.size == 0
    assert summary.missing == 2


def test_that_gaps_are_found_in_numbers_and_words() -> None:
    assert gaps(numbers("x", [1.0, 2.0])) is None
    where = gaps(numbers("x", [1.0, np.nan]))
    assert where is not None
    assert where.tolist() == [False, True]
    where = gaps(words("w", [None, "a", "a"]))
    assert where is not None
    assert where.tolist() == [True, False, False]
