"""What is picked to be looked at: an entry of the gradient, and an example. No part of the experiment."""

from typing import NamedTuple

import numpy as np

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.session.backprop import batch_at_hand, step_examples
from landscape_app.session.problem import Problem
from landscape_app.session.shares import ShareWish
from landscape_app.session.snapshot import Snapshot


class Picks(NamedTuple):
    """The place of an entry in the flat gradient, and the number of an example from 0 on; None for nothing."""

    entry: int | None
    example: int | None


def picks_in(shown: Snapshot, problem: Problem) -> Picks:
    """Return what stays picked when ``problem`` is shown next: nothing, if it is another one."""
    if shown.problem is problem:
        return Picks(shown.entry, shown.example)
    return Picks(None, None)


def share_wish(shown: Snapshot) -> ShareWish | None:
    """Return what taking the snapshot's open entry apart needs; None if no entry is open, or its batch not at hand."""
    if shown.entry is None or not batch_at_hand(shown):
        return None
    return ShareWish(shown.problem, shown.theta, shown.entry, step_examples(shown), shown.cursor)


def example_part(shown: Snapshot) -> FloatArray | None:
    """Return what the picked example adds to every entry of the gradient (size,).

    None if no example is picked, if the step from the cursor does not use it, or if its batch is not at hand yet.
    """
    if shown.example is None or not batch_at_hand(shown):
        return None
    batch = step_examples(shown)
    if batch is not None and not (batch == shown.example).any():
        return None
    model, data = shown.problem.model, shown.problem.data
    X, y = data.X[:, [shown.example]], data.y[:, [shown.example]]
    with np.errstate(all="ignore"):
        _, grad = model.loss_and_gradient(shown.theta, X, y)
        return sealed(grad / (data.m if batch is None else len(batch)))
