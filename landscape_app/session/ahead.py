"""Where plain gradient descent will be, many steps from now, without taking them."""

from dataclasses import dataclass

import numpy as np

from landscape_app.core.arrays import FloatArray, length
from landscape_app.core.descent import ClosedForm
from landscape_app.session.settings import is_full
from landscape_app.session.snapshot import Snapshot


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ahead:
    """A moment of the run that is not recorded: where it is, its loss over all the data, and its gradient's norm.

    ``theta`` is (size,). Nothing of it is finite if the steps have grown beyond all numbers.
    """

    iteration: int
    theta: FloatArray
    loss: float
    slope: float

    @property
    def finite(self) -> bool:
        """Whether there is such a point."""
        return bool(np.isfinite(self.loss) and np.isfinite(self.theta).all() and np.isfinite(self.slope))


def why_not_ahead(snapshot: Snapshot) -> str:
    """Return one sentence on why one can't look ahead from the cursor, or nothing if one can."""
    if snapshot.problem.model.has_hidden:
        return "One can look ahead with the two regressions alone: their loss is a quadratic."
    settings = snapshot.settings
    if settings.optimizer.name != "gradient-descent" or not is_full(settings, snapshot.problem.data.m):
        return "One can look ahead with the rule Gradient descent on all examples alone."
    if not snapshot.experiment.run.schedule.constant:
        return "One can look ahead at a constant learning rate alone: switch its schedule off."
    later = [change.iteration for change in snapshot.experiment.run.changes if change.iteration > snapshot.cursor]
    if later:
        return f"Settings are changed after this iteration, the last at {max(later):,}: look ahead from there."
    return ""


def descent_from(snapshot: Snapshot) -> ClosedForm:
    """Return the closed form of the descent from the cursor on, at the learning rate in force there."""
    optimum = snapshot.problem.optimum
    assert optimum is not None
    return ClosedForm.of(optimum.axes, snapshot.theta, snapshot.settings.hyper["learning_rate"])


def ahead(descent: ClosedForm, cursor: int, count: int) -> Ahead:
    """Return where ``descent`` from iteration ``cursor`` is after ``count`` more."""
    loss, gradient = descent.loss_and_gradient(count)
    with np.errstate(all="ignore"):
        return Ahead(cursor + count, descent.theta(count), loss, length(gradient))
