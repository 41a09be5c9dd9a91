"""Random search: which candidates it draws, and which it keeps."""

from itertools import pairwise
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from landscape_app.core.arrays import FloatArray
from landscape_app.core.optimizers import OPTIMIZERS, Step


def bowl(theta: FloatArray) -> float:
    return float(np.sum((theta - 1.0) ** 2))


def search(seed: int, steps: int, theta: FloatArray, radius: float) -> list[FloatArray]:
    """Return the best point after each step, the start first; the gradient is NaN, for nobody may use it."""
    rule, path = OPTIMIZERS["random-search"], [theta]
    state = rule.initial_state(theta)
    for _ in range(steps):
        step = Step(path[-1], np.full(theta.size, nan), {"radius": radius}, bowl(path[-1]), bowl, seed)
        theta, state = rule.update(step, state)
        path.append(theta)
    return path


@given(
    seed=st.integers(0, 2**32),
    theta=arrays(np.float64, 3, elements=st.floats(-1e3, 1e3)),
    radius=st.floats(1e-3, 1e3),
)
def test_that_random_search_stays_within_its_radius_and_never_gets_worse(
    seed: int, theta: FloatArray, radius: float
) -> None:
    path = search(seed, 12, theta, radius)
    assert all((theta - radius <= point).all() and (point <= theta + radius).all() for point in path)
    assert all(bowl(after) <= bowl(before) for before, after in pairwise(path))
    np.testing.assert_array_equal(path, search(seed, 12, theta, radius))


def test_that_a_candidate_depends_on_seed_and_t_alone() -> None:
    rule, start = OPTIMIZERS["random-search"], np.array([2.0, -1.0])

    def candidate(seed: int, t: int, theta: FloatArray) -> FloatArray:
        """Show candidate t, whatever its loss, to a search that stands at ``theta``."""
        state = dict(rule.initial_state(start)) | {"t": np.array(t - 1.0)}
        return rule.update(Step(theta, np.zeros(2), {"radius": 5.0}, inf, bowl, seed), state)[0]

    np.testing.assert_array_equal(candidate(7, 40, start), candidate(7, 40, np.array([9.0, 9.0])))
    points = {candidate(seed, t, start).tobytes() for seed in range(5) for t in range(1, 21)}
    assert len(points) == 100


def test_that_candidates_fill_the_box_around_the_start_evenly() -> None:
    rule, start = OPTIMIZERS["random-search"], np.array([100.0, -100.0])
    state, seen = rule.initial_state(start), []
    for _ in range(2_000):
        step = Step(start, np.zeros(2), {"radius": 3.0}, inf, lambda _: 0.0, 1)
        theta, state = rule.update(step, state)
        seen.append((theta - start) / 3.0)
    column, row = np.floor(2.0 * (np.array(seen).T + 1.0)).astype(np.int64)
    counts = np.bincount(4 * row + column, minlength=16)  # in a grid of 4 × 4 boxes
    assert counts.shape == (16,)
    assert np.abs(counts - 125.0).max() < 5.0 * np.sqrt(125.0)


@pytest.mark.parametrize(
    ("candidate_loss", "theta_loss", "kept"),
    [
        (1.0, 2.0, True),
        (2.0, 2.0, False),
        (3.0, 2.0, False),
        (nan, 2.0, False),
        (inf, 2.0, False),
        (inf, inf, False),
        (nan, nan, False),
        (1.0, inf, True),
        (1.0, nan, True),
    ],
)
def test_that_random_search_keeps_what_is_better_and_nothing_that_is_not_finite(
    candidate_loss: float, theta_loss: float, kept: bool
) -> None:
    rule, theta = OPTIMIZERS["random-search"], np.array([1.0, 2.0])
    step = Step(theta, np.zeros(2), {"radius": 5.0}, theta_loss, lambda _: candidate_loss, 0)
    after, state = rule.update(step, rule.initial_state(theta))
    assert (after != theta).all() if kept else (after == theta).all()
    assert state["t"] == 1
    assert not after.flags.writeable
    assert not np.shares_memory(after, theta), "the caller's array can still be written to"
