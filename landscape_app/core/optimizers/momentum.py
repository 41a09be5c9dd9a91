"""Momentum: the heavy ball, as PyTorch, optax and Keras have it."""

from types import MappingProxyType

import numpy as np

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.optimizers import specs
from landscape_app.core.optimizers.base import HyperSpec, State, Step
from landscape_app.core.optimizers.velocity import (
    Explained,
    KerasVelocity,
    OptaxVelocity,
    TorchVelocity,
    torch_velocity,
)

_BEYOND_RAW = r"{-}<learning_rate>\,(<velocity> - <gradient>)"


class Momentum(TorchVelocity):
    """Heavy ball: a velocity ``v`` (P,) gathers the gradients, and theta follows it.

    Source: Polyak 1964; ``torch.optim.SGD``.
    """

    name = "momentum"
    title = "Momentum"
    formula = "v ← μ v + (1 − τ) g,  θ ← θ − η v"
    hyper_specs = (
        specs.learning_rate(0.01),
        specs.momentum(0.9),
        HyperSpec(
            "dampening",
            "τ",
            0.0,
            "How much of each new gradient is kept out of the velocity; the first step is never dampened.",
            high=1.0,
        ),
    )

    def update(self, step: Step, state: State) -> tuple[FloatArray, State]:
        """Return theta − η v and the new velocity."""
        if step.hyper["momentum"] == 0.0:
            return sealed(step.theta - step.hyper["learning_rate"] * step.grad), state
        v = torch_velocity(step, state, step.hyper["dampening"])
        return sealed(step.theta - step.hyper["learning_rate"] * v), MappingProxyType({"v": v})

    def momentum_part(self, step: Step, state: State, v: FloatArray) -> Explained:
        """Return −η (v − g), or at momentum 0, where the velocity is not used, nothing."""
        if step.hyper["momentum"] == 0.0:
            return np.zeros(step.theta.size), r"<momentum>\,<velocity_before>"
        return -step.hyper["learning_rate"] * (v - step.grad), _BEYOND_RAW


class OptaxMomentum(OptaxVelocity):
    """Heavy ball without dampening. Source: ``optax.sgd``, ``optax.trace``."""

    name = "momentum"
    title = "Momentum"
    formula = "v ← μ v + g,  θ ← θ − η v"
    hyper_specs = (specs.learning_rate(0.01), specs.momentum(0.9))

    def update(self, step: Step, state: State) -> tuple[FloatArray, State]:
        """Return theta − η v and the new velocity."""
        v, _ = self.velocity(step, state)
        return sealed(step.theta - step.hyper["learning_rate"] * v), MappingProxyType({"v": v})

    def momentum_part(self, step: Step, state: State, v: FloatArray) -> Explained:
        """Return −η (v − g)."""
        return -step.hyper["learning_rate"] * (v - step.grad), _BEYOND_RAW


class KerasMomentum(KerasVelocity):
    """Heavy ball whose velocity is a step already. Source: ``keras.optimizers.SGD``."""

    name = "momentum"
    title = "Momentum"
    formula = "v ← μ v − η g,  θ ← θ + v"
    hyper_specs = (specs.learning_rate(0.01), specs.momentum(0.9))

    def update(self, step: Step, state: State) -> tuple[FloatArray, State]:
        """Return theta + v and the new velocity."""
        if step.hyper["momentum"] == 0.0:
            return sealed(step.theta - step.hyper["learning_rate"] * step.grad), state
        v, _ = self.velocity(step, state)
        return sealed(step.theta + v), MappingProxyType({"v": v})

    def momentum_part(self, step: Step, state: State, v: FloatArray) -> Explained:
        """Return μ times the velocity before."""
        return step.hyper["momentum"] * state["v"], r"<momentum>\,<velocity_before>"
