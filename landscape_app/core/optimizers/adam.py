"""Adam, and AdamW, which also lets the parameters decay."""

from math import sqrt
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.optimizers import specs
from landscape_app.core.optimizers.base import HyperSpec, Optimizer, State, Step


class Adam(Optimizer):
    """Follow a running average of the gradient, scaled by a running average of its squares.

    The state holds the averages ``m`` and ``v`` (P,) and ``t``, the number of steps made, as a 0-d array.
    Both averages start at 0; what that takes from them is given back with the betas of *this* step, as
    PyTorch does, whatever the betas were before.

    Source: Kingma and Ba 2015, algorithm 1; ``torch.optim.Adam``.
    """

    name = "adam"
    title = "Adam"
    formula = (
        "m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  "
        "m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ),  θ ← θ − η m̂ / (√v̂ + ε)"
    )
    hyper_specs: ClassVar[tuple[HyperSpec, ...]] = (
        specs.learning_rate(1e-3),
        specs.decay("beta1", "β₁", 0.9, "How slowly the running average of the gradients forgets."),
        specs.decay("beta2", "β₂", 0.999, "How slowly the running average of the squared gradients forgets."),
        specs.epsilon(1e-8),
    )

    def initial_state(self, theta: FloatArray) -> State:
        """Return averages of zeros at t = 0."""
        zeros = sealed(np.zeros(theta.size))
        return MappingProxyType({"m": zeros, "v": zeros, "t": sealed(np.array(0.0))})

    def update(self, step: Step, state: State) -> tuple[FloatArray, State]:
        """Return theta − η m̂ / (√v̂ + ε) and the next averages."""
        return _adam(step.theta, step, state)


class AdamW(Adam):
    """Adam after the parameters have shrunk by the factor 1 − η λ, apart from the gradient.

    Source: Loshchilov and Hutter 2019; ``torch.optim.AdamW``.
    """

    name = "adamw"
    title = "AdamW"
    formula = "θ ← (1 − η λ) θ,  then as Adam:  " + Adam.formula
    hyper_specs = (
        *Adam.hyper_specs,
        HyperSpec(
            "weight_decay",
            "λ",
            0.01,
            "How fast all parameters shrink towards zero: times the learning rate, the share lost at each step.",
        ),
    )

    def update(self, step: Step, state: State) -> tuple[FloatArray, State]:
        """Return (1 − η λ) theta − η m̂ / (√v̂ + ε) and the next averages."""
        return _adam((1.0 - step.hyper["learning_rate"] * step.hyper["weight_decay"]) * step.theta, step, state)


def _adam(theta: FloatArray, step: Step, state: State) -> tuple[FloatArray, State]:
    """Return Adam's update of ``theta`` (P,), which is not ``step.theta`` if that has decayed first."""
    hyper, grad = step.hyper, step.grad
    beta1, beta2 = hyper["beta1"], hyper["beta2"]
    t = float(state["t"]) + 1.0
    m = beta1 * state["m"]
    m += (1.0 - beta1) * grad
    square = (1.0 - beta2) * grad
    square *= grad
    v = beta2 * state["v"]
    v += square
    # The corrections go into the scalars: η m̂ / (√v̂ + ε) without two more passes over the parameters.
    rate = hyper["learning_rate"] / (1.0 - beta1**t)
    root = np.sqrt(v)
    root /= sqrt(1.0 - beta2**t)
    root += hyper["epsilon"]
    move = rate * m
    move /= root
    return sealed(theta - move), MappingProxyType({"m": sealed(m), "v": sealed(v), "t": sealed(np.array(t))})
