"""Every term of one forward and one backward pass, what each example adds to it, and a check by complex steps."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from landscape_app.core.arrays import ComplexArray, FloatArray, IntArray, example_blocks, frozen
from landscape_app.core.models.base import Forward, Model
from landscape_app.core.models.parameters import Block

Stage = Literal["forward", "loss", "backward"]

#: How far the complex step goes along the imaginary axis: nothing is subtracted, so it may be tiny.
STEP = 1e-30


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Term:
    """A named value of the section's equations, read-only, in the section's shape; scalars are 0-d."""

    name: str
    stage: Stage
    value: FloatArray


def term_names(model: Model) -> tuple[str, ...]:
    """Return the names of all terms of ``model`` in the order of evaluation."""
    hidden = ("Z", "A") if _has_activation(model) else ("Z",) if model.has_hidden else ()
    d_hidden = tuple(f"dL/d{name}" for name in reversed(hidden))
    gradients = tuple(f"dL/d{block.name}" for block in model.layout.blocks)
    return (*hidden, "yhat", "residual", "L", "dL/dyhat", *d_hidden, *gradients)


def all_terms(
    model: Model, theta: FloatArray, X: FloatArray, y: FloatArray, m: int, loss: float, grad: FloatArray
) -> tuple[Term, ...]:
    """Return all terms at ``theta`` (size,) in order of evaluation.

    ``loss`` and ``grad`` (size,), which are sums over all ``m`` examples, are those that `Model.loss_and_gradient`
    returns. What has a column for each example is over some of them, ``X`` (n, p), ``y`` (1, p).
    """
    terms = example_terms(model, theta, X, y, m)
    terms.append(Term("L", "loss", frozen(np.array(loss))))
    terms += gradient_terms(model, grad)
    order = term_names(model)
    return tuple(sorted(terms, key=lambda term: order.index(term.name)))


def example_terms(model: Model, theta: FloatArray, X: FloatArray, y: FloatArray, m: int) -> list[Term]:
    """Return the terms with a column for each example, for some ``X`` (n, p), ``y`` (1, p) of ``m`` examples."""
    forward = model.forward(theta, X)
    residual = np.subtract(forward.yhat, y)
    d_yhat = 2.0 / m * residual
    terms = [
        Term("yhat", "forward", frozen(_real(forward.yhat))),
        Term("residual", "loss", frozen(residual)),
        Term("dL/dyhat", "backward", frozen(d_yhat)),
    ]
    if forward.Z is not None:
        terms.append(Term("Z", "forward", frozen(_real(forward.Z))))
        d_z = _w2(model, theta).T * d_yhat  # (k, p)
        if forward.A is not None:
            A = _real(forward.A)
            terms.append(Term("A", "forward", frozen(A)))
            terms.append(Term("dL/dA", "backward", frozen(d_z)))
            d_z = d_z * A * (1.0 - A)
        terms.append(Term("dL/dZ", "backward", frozen(d_z)))
    return terms


def gradient_terms(model: Model, grad: FloatArray) -> list[Term]:
    """Return the blocks of the gradient ``grad`` (size,) in the order of the section's equations."""
    return [Term(f"dL/d{name}", "backward", frozen(block)) for name, block in model.layout.split(grad).items()]


def shares(model: Model, theta: FloatArray, X: FloatArray, y: FloatArray, index: int) -> FloatArray:
    """Return what each of the m examples adds to entry ``index`` of the gradient (m,); they sum to it."""
    m = X.shape[1]
    block = next(block for block in model.layout.blocks if block.start <= index < block.stop)
    parts = np.empty(m)
    for part in example_blocks(m, model.width):
        inputs = X[:, part]
        forward = model.forward(theta, inputs)
        d_yhat = (2.0 / m * np.subtract(forward.yhat, y[:, part]))[0]
        parts[part] = _shares_in(model, theta, block, index - block.start, forward, inputs, d_yhat)
    parts.flags.writeable = False
    return parts


def _shares_in(
    model: Model, theta: FloatArray, block: Block, at: int, forward: Forward, X: FloatArray, d_yhat: FloatArray
) -> FloatArray:
    """Return the shares (p,) in entry ``at`` of ``block`` for some examples with ``d_yhat`` (p,)."""
    if block.name in ("b", "b2"):
        return d_yhat
    if block.name == "w":
        return _product(d_yhat, X[at])
    assert forward.Z is not None
    if block.name == "w2":
        return _product(d_yhat, _real(forward.Z if forward.A is None else forward.A)[at])
    unit, feature = divmod(at, model.n) if block.name == "W1" else (at, -1)
    d_z: FloatArray = _w2(model, theta)[0, unit] * d_yhat
    if forward.A is not None:
        A = _real(forward.A)[unit]
        d_z *= A * (1.0 - A)
    return d_z if feature < 0 else _product(d_z, X[feature])


def _product(first: FloatArray, second: FloatArray) -> FloatArray:
    """Return the products entry by entry (p,)."""
    products: FloatArray = first * second
    return products


def complex_step(
    model: Model, theta: FloatArray, X: FloatArray, y: FloatArray, entries: IntArray | None = None
) -> Iterator[FloatArray | None]:
    """Yield None after each slice of work, and last dL/dtheta (size,), without one line of the backward pass.

    Each parameter is moved a tiny bit along the imaginary axis; what of the loss is imaginary then is the slope.
    With ``entries`` (e,) only those of the gradient are found, (e,).
    """
    m = X.shape[1]
    moved = np.arange(theta.size) if entries is None else entries
    gradient = np.zeros(moved.size)
    for place, j in enumerate(moved):
        point: ComplexArray = theta.astype(np.complex128)
        point[j] += 1j * STEP
        for part in example_blocks(m, 2 * model.width):
            with np.errstate(all="ignore"):  # not across a yield: others compute in between
                residual = (model.forward(point, X[:, part]).yhat - y[:, part])[0]
                gradient[place] += residual.dot(residual).imag / STEP
            yield None
    gradient /= m
    gradient.flags.writeable = False
    yield gradient


def rounding_scale(model: Model, theta: FloatArray, X: FloatArray, y: FloatArray) -> FloatArray:
    """Return for each entry of the gradient (size,) the size of the sum that it comes from, with nothing cancelled.

    Rounding makes an error of some 1e-16 of it, whichever way the gradient is computed: at a minimum, where the
    gradient itself is next to nothing, two right ways agree to this and no better.
    """
    m = X.shape[1]
    blocks = {name: np.abs(block) for name, block in model.layout.split(theta).items()}
    total = np.zeros(model.layout.size)
    for part in example_blocks(m, model.width):
        inputs, targets = np.abs(X[:, part]), np.abs(y[:, part])
        forward = model.forward(theta, X[:, part])
        hidden = _real(forward.Z if forward.A is None else forward.A) if model.has_hidden else X[:, part]
        size = np.abs(hidden)
        if forward.Z is not None:  # Z itself is a sum, and its rounding goes on through the slope of A
            sums = blocks["W1"] @ inputs + blocks["b1"]
            size = sums if forward.A is None else size + size * (1.0 - size) * sums
        weights, bias = (blocks["w2"], blocks["b2"]) if model.has_hidden else (blocks["w"].reshape(1, -1), blocks["b"])
        d_yhat = 2.0 / m * (weights @ size + bias + targets)
        if not model.has_hidden:
            total += np.append((d_yhat @ inputs.T)[0], d_yhat.sum())
            continue
        d_z = blocks["w2"].T * d_yhat
        total += np.concatenate([(d_z @ inputs.T).ravel(), d_z.sum(axis=1), (d_yhat @ size.T)[0], d_yhat.sum(axis=1)])
    return total


def _has_activation(model: Model) -> bool:
    """Whether the hidden units have a nonlinear output A."""
    return model.forward(np.zeros(model.layout.size), np.zeros((model.n, 1))).A is not None


def _w2(model: Model, theta: FloatArray) -> FloatArray:
    """Return w2 (1, k)."""
    return model.layout.split(theta)["w2"]


def _real(values: FloatArray | ComplexArray | None) -> FloatArray:
    """Return ``values``, of a pass with real parameters."""
    assert values is not None
    return np.asarray(values, dtype=np.float64)
