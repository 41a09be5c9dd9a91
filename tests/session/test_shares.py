"""What examples add to the gradient: against complex steps of their own losses, the recorded gradient, and sorting."""

from dataclasses import replace

import numpy as np
import pytest

from landscape_app.core.arrays import FloatArray
from landscape_app.core.models import MODELS
from landscape_app.session.picks import Picks, example_part, picks_in, share_wish
from landscape_app.session.shares import LISTED, SLICE, ShareWish, share_steps, shares_of
from landscape_app.session.snapshot import Snapshot
from tests.views.moments import made_data, moment

ALL_MODELS = list(MODELS)


def a_moment(model: str, m: int = 23, batch_size: int | None = None) -> Snapshot:
    return moment(model, made_data(1 if model == "univariate" else 3, m), hidden=4, batch_size=batch_size)


def slope_of(shown: Snapshot, example: int, entry: int, m: int) -> float:
    """Return the slope of one example's part of the loss, (ŷ − y)² / m, by a complex step."""
    theta = shown.theta.astype(np.complex128)
    theta[entry] += 1e-30j
    data = shown.problem.data
    yhat = shown.problem.model.forward(theta, data.X[:, [example]]).yhat
    return float((((yhat - data.y[:, [example]]) ** 2)[0, 0] / m).imag / 1e-30)


@pytest.mark.parametrize("model", ALL_MODELS)
@pytest.mark.parametrize("batch_size", [None, 7])
def test_that_parts_are_the_slopes_of_each_examples_loss_and_sum_to_the_recorded_gradient(
    model: str, batch_size: int | None
) -> None:
    shown = a_moment(model, batch_size=batch_size)
    m = 23 if batch_size is None else batch_size
    for entry in range(shown.grad.size):
        wish = share_wish(replace(shown, entry=entry))
        assert wish is not None
        found = shares_of(wish)
        assert len(found.examples) == m
        expected = [slope_of(shown, int(example), entry, m) for example in found.examples]
        assert found.parts == pytest.approx(np.array(expected), rel=1e-12, abs=1e-18)
        assert found.total == pytest.approx(shown.grad[entry], rel=1e-12, abs=1e-15)
        assert found.sizes == pytest.approx(np.abs(expected).sum())
        assert float(found.portions.sum()) == pytest.approx(1.0)


def test_that_the_largest_parts_come_first_and_the_batch_is_that_of_the_step() -> None:
    shown = replace(a_moment("multivariate", batch_size=7), entry=1)
    wish = share_wish(shown)
    assert wish is not None
    assert wish.batch is not None
    found = shares_of(wish)
    assert sorted(found.examples.tolist()) == sorted(wish.batch.tolist())
    assert (np.diff(np.abs(found.parts)) <= 0.0).all()


def test_that_of_very_many_examples_the_largest_are_listed_and_all_are_summed() -> None:
    m = SLICE // 3 + 5_000  # two slices
    shown = moment("univariate", made_data(1, m), iterations=2, cursor=1)
    wish = ShareWish(shown.problem, shown.theta, 0, None, 1)
    steps = list(share_steps(wish))
    assert steps[0] is None
    found = steps[-1]
    assert found is not None
    x, y = shown.problem.data.X[0], shown.problem.data.y[0]
    w, b = shown.theta
    parts: FloatArray = 2.0 / m * (w * x + b - y) * x
    order = np.argsort(-np.abs(parts))
    assert set(found.examples.tolist()) == set(order[:LISTED].tolist())
    assert found.parts == pytest.approx(parts[found.examples], rel=1e-12)
    assert found.total == pytest.approx(shown.grad[0], rel=1e-9)
    assert found.sizes == pytest.approx(np.abs(parts).sum())


@pytest.mark.parametrize("model", ALL_MODELS)
def test_that_the_parts_of_all_examples_in_all_gradients_sum_to_the_gradient(model: str) -> None:
    shown = a_moment(model)
    parts = [example_part(replace(shown, example=i)) for i in range(23)]
    assert np.sum([part for part in parts if part is not None], axis=0) == pytest.approx(shown.grad, rel=1e-11)
    first = parts[5]
    assert first is not None
    assert first == pytest.approx([slope_of(shown, 5, entry, 23) for entry in range(first.size)], rel=1e-11)


def test_that_an_example_that_the_step_does_not_use_has_no_part() -> None:
    shown = a_moment("univariate", batch_size=7)
    wish = share_wish(replace(shown, entry=0))
    assert wish is not None
    assert wish.batch is not None
    for example in range(23):
        part = example_part(replace(shown, example=example))
        assert (part is not None) == (example in wish.batch)
    assert example_part(shown) is None


def test_that_what_is_picked_falls_with_another_problem() -> None:
    shown = replace(a_moment("univariate"), entry=1, example=3)
    assert picks_in(shown, shown.problem) == Picks(1, 3)
    assert picks_in(shown, a_moment("univariate").problem) == Picks(None, None)
