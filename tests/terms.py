"""All terms of an iteration over all the examples given."""

from landscape_app.core.arrays import FloatArray
from landscape_app.core.backprop import Term, all_terms
from landscape_app.core.models import Model


def passes(model: Model, theta: FloatArray, X: FloatArray, y: FloatArray) -> tuple[Term, ...]:
    """Return the terms at ``theta`` (size,) over ``X`` (n, m), ``y`` (1, m)."""
    loss, grad = model.loss_and_gradient(theta, X, y)
    return all_terms(model, theta, X, y, X.shape[1], float(loss), grad)
