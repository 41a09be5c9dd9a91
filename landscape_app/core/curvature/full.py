"""The whole Hessian of the loss, for models with few parameters."""

from collections.abc import Callable, Iterator

import numpy as np

from landscape_app.core.arrays import FloatArray, IntArray, example_blocks
from landscape_app.core.curvature.products import sigmoid_derivatives, with_ones
from landscape_app.core.dataset import Dataset
from landscape_app.core.errors import ConfigError
from landscape_app.core.models.base import Model
from landscape_app.core.models.multivariate import MultivariateRegression
from landscape_app.core.models.two_layer import TwoLayer
from landscape_app.core.models.two_layer_linear import TwoLayerLinear
from landscape_app.core.models.two_layer_sigmoid import TwoLayerSigmoid
from landscape_app.core.models.univariate import UnivariateRegression
from landscape_app.core.threads import in_parallel

#: Adds up the Hessian (size, size) of some examples X (n, b), y (1, b), of which there are m in all.
_Rule = Callable[[FloatArray, FloatArray, int], FloatArray]


def full_hessian(model: Model, data: Dataset, theta: FloatArray) -> Iterator[FloatArray | None]:
    """Yield None after each block of examples, and at last the Hessian (size, size), exactly symmetric.

    It is (2/m) Σ (∇yhat ∇yhatᵀ + (yhat − y) ∇²yhat), both parts by matrix products over blocks of examples.

    Raises
    ------
    ConfigError
        If nothing is known of the model's second derivatives.
    """
    rule = _rule(model, theta)

    def of_block(part: slice) -> FloatArray:
        with np.errstate(over="ignore", invalid="ignore"):
            return rule(data.X[:, part], data.y[:, part], data.m)

    size = model.layout.size
    total = np.zeros((size, size))
    # A block pays for one sum into the (size, size) total, so it is longer than the cache alone would want.
    width = max(1, min(size + 2, 128))
    for hessian in in_parallel(of_block, example_blocks(data.m, width), work=float(data.m) * size * size / 20.0):
        total += hessian
        yield None
    total += total.T.copy()
    total *= 0.5
    yield total


def _rule(model: Model, theta: FloatArray) -> _Rule:
    if isinstance(model, UnivariateRegression | MultivariateRegression):
        return _linear
    if isinstance(model, TwoLayerLinear | TwoLayerSigmoid):
        return _two_layer(model, theta)
    raise ConfigError(f"The curvature of the model '{model.name}' is not known: choose other directions.")


def _linear(X: FloatArray, _y: FloatArray, m: int) -> FloatArray:
    design = with_ones(X)
    hessian: FloatArray = design @ design.T
    hessian *= 2.0 / m
    return hessian


def _two_layer(model: TwoLayerLinear | TwoLayerSigmoid, theta: FloatArray) -> _Rule:
    w2 = model.layout.split(theta)["w2"]  # (1, k)
    units, outputs = _places(model)

    def rule(X: FloatArray, y: FloatArray, m: int) -> FloatArray:
        forward = model.forward(theta, X)
        design = with_ones(X)  # (n + 1, b)
        residual = np.subtract(forward.yhat, y).astype(np.float64)  # (1, b)
        if isinstance(model, TwoLayerSigmoid):
            A = np.asarray(forward.A, dtype=np.float64)
            slope, bend = sigmoid_derivatives(A)
        else:
            A = np.asarray(forward.Z, dtype=np.float64)
            slope, bend = np.ones(A.shape), None
        examples, size = design.shape[1], model.layout.size

        # ∇yhat, one row a parameter.
        jacobian = np.empty((size, examples))
        jacobian[units] = (w2.T * slope)[:, np.newaxis, :] * design
        jacobian[outputs[:-1]] = A
        jacobian[outputs[-1]] = 1.0
        hessian: FloatArray = jacobian @ jacobian.T

        # ∇²yhat couples the weights of a unit with one another, and with the unit's output weight.
        cross = (slope * residual) @ design.T  # (k, n + 1)
        hessian[units, outputs[:-1, np.newaxis]] += cross
        hessian[outputs[:-1, np.newaxis], units] += cross
        if bend is not None:
            bend *= w2.T
            bend *= residual
            inside = (bend[:, np.newaxis, :] * design) @ design.T  # (k, n + 1, n + 1)
            hessian[units[:, :, np.newaxis], units[:, np.newaxis, :]] += inside
        hessian *= 2.0 / m
        return hessian

    return rule


def _places(model: TwoLayer) -> tuple[IntArray, IntArray]:
    """Return where each unit's row of W1 and its bias stand, (k, n + 1), and where w2 and b2 stand, (k + 1,)."""
    W1, b1, w2, b2 = (np.arange(block.start, block.stop) for block in model.layout.blocks)
    return np.column_stack((W1.reshape(len(b1), -1), b1)), np.append(w2, b2)
