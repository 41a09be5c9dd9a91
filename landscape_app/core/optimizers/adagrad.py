"""Adagrad: steps shrink with the sum of all squared gradients; as PyTorch, Keras and optax have it."""

from types import MappingProxyType
from typing import ClassVar

import numpy as np

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.optimizers import specs
from landscape_app.core.optimizers.base import HyperSpec, Optimizer, Semantics, State, Step
from landscape_app.core.optimizers.quantities import Quantity, gradient_and_raw, quantity, rescaling, whole_step


class Adagrad(Optimizer):
    """Divide each entry of the gradient by the root of ``s`` (P,), the sum of its squares so far.

    The sum starts at 0 and ε stands outside the root, as in PyTorch.

    Source: Duchi, Hazan and Singer 2011; ``torch.optim.Adagrad``.
    """

    name = "adagrad"
    title = "Adagrad"
    formula = "s ← s + g²,  θ ← θ − η g / (√s + ε)"
    semantics: ClassVar[tuple[Semantics, ...]] = ("pytorch",)
    libraries = (
        "In PyTorch the sum of squares starts at 0 and ε is added to its root, so that the first step is η long in "
        "every parameter. In Keras and optax it starts at 0.1 and ε is added inside the root, so that where gradients "
        "are small the first steps are smaller. Keras' learning rate is 0.001 unless you choose one; the others "
        "have 0.01 here."
    )
    hyper_specs: ClassVar[tuple[HyperSpec, ...]] = (specs.learning_rate(0.01), specs.epsilon(1e-10))
    start: ClassVar[float] = 0.0
    effective: ClassVar[str] = r"\frac{<learning_rate>}{\sqrt{<sum>} + <epsilon>}"

    def initial_state(self, theta: FloatArray) -> State:
        """Return the sum before the first gradient."""
        return MappingProxyType({"s": sealed(np.full(theta.size, self.start))})

    def root(self, s: FloatArray, epsilon: float) -> FloatArray:
        """Return what the gradient is divided by, a new array."""
        root: FloatArray = np.sqrt(s)
        root += epsilon
        return root

    def update(self, step: Step, state: State) -> tuple[FloatArray, State]:
        """Return theta − η g / (√s + ε), with the sum that holds this gradient too, and that sum."""
        s = state["s"] + step.grad * step.grad
        move = step.hyper["learning_rate"] * step.grad
        move /= self.root(s, step.hyper["epsilon"])
        return sealed(step.theta - move), MappingProxyType({"s": sealed(s)})

    def quantities(self, step: Step, state: State) -> tuple[Quantity, ...]:
        """Return the sum before and after, each parameter's own rate, and what that adds to the raw part."""
        rate = step.hyper["learning_rate"]
        grad, raw = gradient_and_raw(step.grad, rate)
        s = state["s"] + step.grad * step.grad
        effective = rate / self.root(s, step.hyper["epsilon"])
        return (
            grad,
            quantity("sum_before", "s_{t-1}", state["s"]),
            quantity("sum", "s_t", s, "<sum_before> + <gradient>^2"),
            quantity("effective_rate", r"\eta_\mathrm{eff}", effective, self.effective),
            raw,
            rescaling(rate, effective, step.grad, "gradient"),
            whole_step(-effective * step.grad, r"<raw> + <rescaling>"),
        )


class OptaxAdagrad(Adagrad):
    """The sum starts at 0.1, and ε stands inside the root. Source: ``optax.adagrad``, ``optax.scale_by_rss``."""

    formula = "s ← s + g² (from 0.1),  θ ← θ − η g / √(s + ε)"
    semantics: ClassVar[tuple[Semantics, ...]] = ("optax",)
    hyper_specs = (specs.learning_rate(0.01), specs.epsilon(1e-7))
    start = 0.1
    effective = r"\frac{<learning_rate>}{\sqrt{<sum> + <epsilon>}}"

    def root(self, s: FloatArray, epsilon: float) -> FloatArray:
        """Return √(s + ε)."""
        root: FloatArray = np.sqrt(s + epsilon)
        return root


class KerasAdagrad(OptaxAdagrad):
    """As optax has it, with another default. Source: ``keras.optimizers.Adagrad``."""

    semantics = ("keras",)
    hyper_specs = (specs.learning_rate(1e-3), specs.epsilon(1e-7))
