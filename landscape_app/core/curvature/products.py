"""Products of the loss's Hessian with vectors, without the Hessian.

The gradient's own equations are differentiated along each vector (Pearlmutter 1994, "Fast exact multiplication by
the Hessian"): no difference quotient, so that the products are exact but for rounding.
"""

from collections.abc import Callable, Iterator

import numpy as np

from landscape_app.core.arrays import FloatArray, example_blocks
from landscape_app.core.dataset import Dataset
from landscape_app.core.errors import ConfigError
from landscape_app.core.models.base import Model
from landscape_app.core.models.multivariate import MultivariateRegression
from landscape_app.core.models.two_layer_linear import TwoLayerLinear
from landscape_app.core.models.two_layer_sigmoid import TwoLayerSigmoid
from landscape_app.core.models.univariate import UnivariateRegression
from landscape_app.core.threads import in_parallel

#: The products (p, size) of some examples X (n, b), y (1, b), of which there are m in all.
_Rule = Callable[[FloatArray, FloatArray, int], FloatArray]


def hessian_products(
    model: Model, data: Dataset, theta: FloatArray, vectors: FloatArray
) -> Iterator[FloatArray | None]:
    """Yield None after each block of examples, and at last ``H v`` (p, size) for every row of ``vectors`` (p, size).

    H is the Hessian of L = (1/m) ||yhat - y||² at ``theta`` (size,). What is beyond a double comes out infinite
    or NaN, without a warning.

    Raises
    ------
    ConfigError
        If nothing is known of the model's second derivatives.
    """
    rule, width, work = _rule(model, theta, vectors)

    def of_block(part: slice) -> FloatArray:
        with np.errstate(over="ignore", invalid="ignore"):
            return rule(data.X[:, part], data.y[:, part], data.m)

    total = np.zeros(vectors.shape)
    for products in in_parallel(of_block, example_blocks(data.m, width), work=data.m * work):
        total += products
        yield None
    yield total


def _rule(model: Model, theta: FloatArray, vectors: FloatArray) -> tuple[_Rule, int, float]:
    """Return how to take the products on a block, the doubles that decide its length, and an example's operations."""
    count, n, k = len(vectors), model.n, model.k or 0
    if isinstance(model, UnivariateRegression | MultivariateRegression):
        return _linear(vectors), n + 2 * count, 2.0 * (n + 1) * count
    if isinstance(model, TwoLayerLinear):
        return _two_layer_linear(model, theta, vectors), n + 2 * count, 2.0 * (n + 1) * (count + 1)
    if isinstance(model, TwoLayerSigmoid):
        # A few arrays of k rows at a time: somewhat more than the cache, since short matrices cost more than that.
        return _two_layer_sigmoid(model, theta, vectors), (n + k + 1) // 2, k * (15.0 + (10.0 + n / 5.0) * count)
    raise ConfigError(f"The curvature of the model '{model.name}' is not known: choose other directions.")


def with_ones(X: FloatArray) -> FloatArray:
    """Return the design [X; 1] (n + 1, b): a bias is the weight of a feature that is always 1."""
    design = np.empty((X.shape[0] + 1, X.shape[1]))
    design[:-1] = X
    design[-1] = 1.0
    return design


def _linear(vectors: FloatArray) -> _Rule:
    """H = (2/m) [X; 1] [X; 1]ᵀ, wherever theta is."""

    def rule(X: FloatArray, _y: FloatArray, m: int) -> FloatArray:
        w, b = vectors[:, :-1], vectors[:, -1:]
        # With one feature the outer product beats BLAS.
        d_yhat = w * X if X.shape[0] == 1 else w @ X  # (p, b): how yhat changes along each vector
        d_yhat += b
        d_yhat *= 2.0 / m
        products = np.empty(vectors.shape)
        products[:, :-1] = d_yhat @ X.T
        products[:, -1] = d_yhat.sum(axis=1)
        return products

    return rule


def _two_layer_linear(model: TwoLayerLinear, theta: FloatArray, vectors: FloatArray) -> _Rule:
    """Everything passes through w2 [W1 b1], so that each example costs O(n) and no hidden unit."""
    first, w2, b2 = _layers(model, theta[np.newaxis])
    first, w2 = first[0], w2[0]  # (k, n + 1), (1, k)
    v_first, v2, c2 = _layers(model, vectors)  # (p, k, n + 1), (p, 1, k), (p,)
    with np.errstate(over="ignore", invalid="ignore"):
        effective = (w2 @ first)[0]  # (n + 1,)
        effective[-1] += b2[0]
        v_effective = (w2 @ v_first + v2 @ first)[:, 0, :]  # (p, n + 1)
        v_effective[:, -1] += c2

    def rule(X: FloatArray, y: FloatArray, m: int) -> FloatArray:
        design = with_ones(X)
        d = 2.0 / m * (effective @ design - y)  # (1, b): dL/dyhat
        rd = 2.0 / m * (v_effective @ design)  # (p, b): its change along each vector
        s = d @ design.T  # (1, n + 1)
        rs = (rd @ design.T)[:, np.newaxis, :]  # (p, 1, n + 1)
        h_first = v2.swapaxes(1, 2) * s + w2.T * rs  # (p, k, n + 1)
        h_w2 = rs @ first.T + s @ v_first.swapaxes(1, 2)  # (p, 1, k)
        return _joined(h_first, h_w2, rs[:, 0, -1])

    return rule


def _two_layer_sigmoid(model: TwoLayerSigmoid, theta: FloatArray, vectors: FloatArray) -> _Rule:
    """The gradient's equations, each differentiated along the vectors; R... is the derivative of ..."""
    w2 = model.layout.split(theta)["w2"]  # (1, k)
    v_first, v2, c2 = _layers(model, vectors)  # (p, k, n + 1), (p, 1, k), (p,)

    def rule(X: FloatArray, y: FloatArray, m: int) -> FloatArray:
        forward = model.forward(theta, X)
        A = np.asarray(forward.A, dtype=np.float64)  # (k, b)
        d = 2.0 / m * np.subtract(forward.yhat, y).astype(np.float64)  # (1, b)
        slope, bend = sigmoid_derivatives(A)  # (k, b)
        bend *= w2.T
        bend *= d
        design = with_ones(X)
        h_first, h_w2, h_b2 = np.empty(v_first.shape), np.empty(v2.shape), np.empty(c2.shape)
        for i in range(len(vectors)):  # one by one: BLAS is quicker on matrices than on stacks of them
            RZ = v_first[i] @ design  # (k, b)
            RA = slope * RZ
            rd = 2.0 / m * (v2[i] @ A + w2 @ RA + c2[i])  # (1, b)
            h_w2[i] = rd @ A.T + d @ RA.T
            h_b2[i] = rd.sum()
            # R((w2ᵀ d) ⊙ A') = (v2ᵀ d + w2ᵀ rd) ⊙ A' + (w2ᵀ d) ⊙ A'' ⊙ RZ
            RZ *= bend
            np.matmul(np.vstack((v2[i], w2)).T, np.vstack((d, rd)), out=RA)
            RA *= slope
            RZ += RA
            np.matmul(RZ, design.T, out=h_first[i])
        return _joined(h_first, h_w2, h_b2)

    return rule


def sigmoid_derivatives(A: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the first and the second derivative of the sigmoid where its value is ``A``."""
    slope = 1.0 - A
    slope *= A
    bend = -2.0 * A
    bend += 1.0
    bend *= slope
    return slope, bend


def _layers(model: TwoLayerLinear | TwoLayerSigmoid, rows: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return [W1 b1] (p, k, n + 1), w2 (p, 1, k) and b2 (p,) of ``rows`` (p, size)."""
    W1, b1, w2, b2 = model.split_many(rows)
    return np.concatenate((W1, b1), axis=2), w2, b2


def _joined(first: FloatArray, w2: FloatArray, b2: FloatArray) -> FloatArray:
    """Return the flat vectors (p, size): the inverse of ``_layers``."""
    count = len(first)
    W1, b1 = first[:, :, :-1].reshape(count, -1), first[:, :, -1]
    return np.concatenate((W1, b1, w2[:, 0, :], b2[:, np.newaxis]), axis=1)
