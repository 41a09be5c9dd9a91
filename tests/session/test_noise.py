"""What the batch sees: its examples, its own landscape, and the gradient over all the data that it stands for."""

from dataclasses import replace

import numpy as np
import pytest

from landscape_app.core import arrays
from landscape_app.core.landscape import evaluate_grid, loss_scale
from landscape_app.core.rng import batch_order
from landscape_app.session import noise
from landscape_app.session.map_picture import LINES, map_picture
from landscape_app.session.noise import (
    EVERY,
    Noise,
    NoiseWish,
    batch_data,
    in_batches,
    noise_at_once,
    noise_steps,
    noise_wish,
)
from landscape_app.session.settings import base_settings
from landscape_app.session.snapshot import Snapshot
from tests.views.moments import made_data, moment

MODELS = ("univariate", "multivariate", "two-layer-linear", "two-layer-sigmoid")


def a_moment(model: str, size: int = 4, cursor: int = 14) -> Snapshot:
    shown = moment(model, made_data(1 if model == "univariate" else 3, 18), 3, batch_size=size, cursor=cursor)
    problem, view = shown.problem, shown.map_view
    grid = evaluate_grid(problem.model, problem.data, view.plane, view.x_range, view.y_range, 33)
    return replace(shown, picture=map_picture(grid))


def wished(shown: Snapshot, ghost: bool = True) -> NoiseWish:
    wish = noise_wish(shown, shown.map_view, shown.picture, ghost)
    assert wish is not None
    return wish


def whole(wish: NoiseWish, known: Noise | None = None) -> Noise:
    last = known
    for found in noise_steps(wish, known):
        last = found or last
    assert last is not None
    return last


@pytest.mark.parametrize("model", MODELS)
def test_that_the_batches_of_an_epoch_add_up_to_the_gradient_over_all_the_data(model: str) -> None:
    """Their gradients, weighted by their sizes, and taken at one point."""
    shown = a_moment(model, size=5)  # 5, 5, 5 and 3 examples an epoch
    found = whole(wished(shown))
    chosen, data = shown.problem.model, shown.problem.data
    order = batch_order(shown.experiment.run.seed, found.wish.epoch, data.m)
    total = np.zeros_like(shown.theta)
    for begin in range(0, data.m, 5):
        batch = order[begin : begin + 5]
        total += chosen.loss_and_gradient(shown.theta, *data.examples(batch))[1] * len(batch) / data.m
    assert found.full_grad is not None
    np.testing.assert_allclose(found.full_grad, total, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("model", MODELS)
def test_that_the_gradient_over_all_the_data_is_a_mean_over_blocks_by_their_sizes(
    model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = moment(model, made_data(1 if model == "univariate" else 3, 150), 3, batch_size=4)
    expected = shown.problem.model.loss_and_gradient(shown.theta, shown.problem.data.X, shown.problem.data.y)[1]
    wish = replace(wished(shown, ghost=False), ghost=True)
    monkeypatch.setattr(arrays, "BLOCK_ELEMENTS", 1)  # 64, 64 and 22 examples
    full = noise_at_once(wish).full_grad
    assert full is not None
    np.testing.assert_allclose(full, expected, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("cursor", [0, 3, 14])
def test_that_the_batch_is_the_one_whose_gradient_is_on_record(model: str, cursor: int) -> None:
    shown = a_moment(model, cursor=cursor)
    found = noise_at_once(wished(shown, ghost=False))
    X, y = shown.problem.data.examples(found.examples)
    loss, grad = shown.problem.model.loss_and_gradient(shown.theta, X, y)
    np.testing.assert_allclose(grad, shown.grad, rtol=1e-12, atol=1e-14)
    assert loss == pytest.approx(float(shown.timeline.batch_loss[cursor]), rel=1e-12)
    assert found.complete
    assert found.lines is None
    assert found.full_grad is None


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("size", [1, 4])
def test_that_the_lines_run_where_the_batch_has_the_losses_of_the_maps_lines(model: str, size: int) -> None:
    shown = a_moment(model, size)
    found = whole(wished(shown))
    assert found.complete
    assert found.lines is not None
    assert len(found.lines.corners)
    assert shown.picture is not None
    levels = shown.picture.scale.levels(LINES)[::EVERY]
    if found.own_levels:
        view = shown.map_view
        batch = batch_data(shown.problem.data, found.examples)
        own = evaluate_grid(shown.problem.model, batch, view.plane, view.x_range, view.y_range, 81).loss
        assert ((levels > own.min()) & (levels < own.max())).sum() < 3
        levels = loss_scale(own).levels(LINES // EVERY)
    X, y = shown.problem.data.examples(found.examples)
    cell = 2.0 / 80  # of the lattice in which they are traced: within one the loss passes the line's
    around = [(dx, dy) for dx in (-cell, 0.0, cell) for dy in (-cell, 0.0, cell)]
    for a, b in found.lines.corners[:: max(1, len(found.lines.corners) // 40)].tolist():
        points = [shown.map_view.plane.at(a + dx, b + dy) for dx, dy in around]
        losses = [float(((shown.problem.model.predict(theta, X) - y) ** 2).mean()) for theta in points]
        assert ((levels >= min(losses)) & (levels <= max(losses))).any()


def test_that_what_is_known_is_not_found_again_and_small_data_are_quick() -> None:
    shown = a_moment("univariate")
    wish = wished(shown)
    assert wish.quick
    known = noise_at_once(wish)
    assert known.full_grad is not None
    assert not known.complete
    found = whole(wish, known)
    assert found.examples is known.examples
    assert found.full_grad is known.full_grad


def test_that_large_data_are_not_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = a_moment("univariate")
    monkeypatch.setattr(noise, "ORDERED_AT_ONCE", 17)
    assert not wished(shown, ghost=False).quick
    monkeypatch.setattr(noise, "ORDERED_AT_ONCE", 18)
    assert wished(shown, ghost=False).quick
    monkeypatch.setattr(noise, "SUMMED_AT_ONCE", 17)
    assert wished(shown, ghost=False).quick
    assert not wished(shown).quick


def test_that_another_step_level_or_view_is_another_wish() -> None:
    shown = a_moment("two-layer-sigmoid")
    wish = wished(shown)
    assert wish.same_as(wished(shown))
    assert not wish.same_as(wished(a_moment("two-layer-sigmoid", cursor=15)))
    assert not wish.same_as(wished(shown, ghost=False))
    wider = replace(shown, map_view=replace(shown.map_view, x_range=(-2.0, 2.0)))
    assert not wish.same_as(wished(wider))
    assert wished(shown, ghost=False).same_as(wished(wider, ghost=False))  # the batch alone has no view
    assert not wish.same_as(replace(wish, levels=(1.0,)))
    assert not wish.same_as(replace(wish, theta=shown.theta + 1e-9))


def test_that_steps_over_all_data_have_no_noise() -> None:
    full = moment()
    assert not in_batches(full)
    assert noise_wish(full, full.map_view, None, True) is None
    everything = moment(batch_size=40)
    assert noise_wish(everything, everything.map_view, None, True) is None
    shown = moment(batch_size=39)
    assert in_batches(shown)
    wish = noise_wish(shown, shown.map_view, None, True)
    assert wish is not None
    assert not wish.ghost  # without a map there is nothing to be the ghost of
    search = base_settings(shown.experiment.run.but(optimizer="random-search", hyper={}))
    assert not in_batches(replace(shown, settings=search))
