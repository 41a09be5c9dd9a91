"""RMSprop: steps are scaled by a running average of the squared gradients; as PyTorch, optax and Keras have it."""

from types import MappingProxyType
from typing import ClassVar

import numpy as np

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.optimizers import specs
from landscape_app.core.optimizers.base import HyperSpec, Optimizer, Semantics, State, Step
from landscape_app.core.optimizers.quantities import Quantity, gradient_and_raw, quantity, rescaling, whole_step

_FORGETS = "How slowly the running average of the squared gradients forgets."


class RMSprop(Optimizer):
    """Divide each entry of the gradient by the root of ``v`` (P,), a running average of its squares.

    The average starts at 0 and is not corrected for that, so that the first step is η / √(1 − α) long, ten
    times η by default. ε stands outside the root, as in PyTorch.

    Source: Tieleman and Hinton 2012, lecture 6.5; ``torch.optim.RMSprop``.
    """

    name = "rmsprop"
    title = "RMSprop"
    formula = "v ← α v + (1 − α) g²,  θ ← θ − η g / (√v + ε)"
    semantics: ClassVar[tuple[Semantics, ...]] = ("pytorch",)
    libraries = (
        "PyTorch averages with α = 0.99 and adds ε to the root; Keras and optax average with 0.9 and add ε inside the "
        "root. The average starts at 0, so that PyTorch's first step is 10 η long and theirs 3.2 η. Keras' learning "
        "rate is 0.001 unless you choose one; the others have 0.01 here."
    )
    hyper_specs: ClassVar[tuple[HyperSpec, ...]] = (
        specs.learning_rate(0.01),
        specs.decay("alpha", "α", 0.99, _FORGETS),
        specs.epsilon(1e-8),
    )
    effective: ClassVar[str] = r"\frac{<learning_rate>}{\sqrt{<average>} + <epsilon>}"

    def initial_state(self, theta: FloatArray) -> State:
        """Return an average of zeros."""
        return MappingProxyType({"v": sealed(np.zeros(theta.size))})

    def root(self, v: FloatArray, epsilon: float) -> FloatArray:
        """Return what the gradient is divided by, a new array."""
        root: FloatArray = np.sqrt(v)
        root += epsilon
        return root

    def update(self, step: Step, state: State) -> tuple[FloatArray, State]:
        """Return theta − η g / (√v + ε), with the average that holds this gradient too, and that average."""
        v = _averaged(step, state)
        move = step.hyper["learning_rate"] * step.grad
        move /= self.root(v, step.hyper["epsilon"])
        return sealed(step.theta - move), MappingProxyType({"v": sealed(v)})

    def quantities(self, step: Step, state: State) -> tuple[Quantity, ...]:
        """Return the average before and after, each parameter's own rate, and what that adds to the raw part."""
        rate = step.hyper["learning_rate"]
        grad, raw = gradient_and_raw(step.grad, rate)
        v = _averaged(step, state)
        effective = rate / self.root(v, step.hyper["epsilon"])
        return (
            grad,
            quantity("average_before", "v_{t-1}", state["v"]),
            quantity("average", "v_t", v, r"<alpha>\,<average_before> + (1 - <alpha>)\,<gradient>^2"),
            quantity("effective_rate", r"\eta_\mathrm{eff}", effective, self.effective),
            raw,
            rescaling(rate, effective, step.grad, "gradient"),
            whole_step(-effective * step.grad, "<raw> + <rescaling>"),
        )


class OptaxRMSprop(RMSprop):
    """ε stands inside the root, and the average forgets faster. Source: ``optax.rmsprop``, ``optax.scale_by_rms``."""

    formula = "v ← α v + (1 − α) g²,  θ ← θ − η g / √(v + ε)"
    semantics: ClassVar[tuple[Semantics, ...]] = ("optax",)
    hyper_specs = (specs.learning_rate(0.01), specs.decay("alpha", "α", 0.9, _FORGETS), specs.epsilon(1e-8))
    effective = r"\frac{<learning_rate>}{\sqrt{<average> + <epsilon>}}"

    def root(self, v: FloatArray, epsilon: float) -> FloatArray:
        """Return √(v + ε)."""
        root: FloatArray = np.sqrt(v + epsilon)
        return root


class KerasRMSprop(OptaxRMSprop):
    """As optax has it, with other defaults; α is called rho. Source: ``keras.optimizers.RMSprop``."""

    semantics = ("keras",)
    hyper_specs = (specs.learning_rate(1e-3), specs.decay("alpha", "α", 0.9, _FORGETS), specs.epsilon(1e-7))


def _averaged(step: Step, state: State) -> FloatArray:
    """Return the average with this gradient."""
    alpha = step.hyper["alpha"]
    square = (1.0 - alpha) * step.grad
    square *= step.grad
    v = alpha * state["v"]
    v += square
    return v
