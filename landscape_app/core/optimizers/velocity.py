"""The velocity that momentum and Nesterov's momentum follow, as each library has it."""

from abc import abstractmethod
from types import MappingProxyType

import numpy as np

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.optimizers.base import Optimizer, State, Step
from landscape_app.core.optimizers.quantities import Quantity, gradient_and_raw, quantity, whole_step

#: A value and the formula of the quantity that it is.
Explained = tuple[FloatArray, str]

_GATHERED = r"<momentum>\,<velocity_before> + <gradient>"


class Moving(Optimizer):
    """A rule whose state is a velocity ``v`` (P,), and what the libraries make of it."""

    libraries = (
        "PyTorch and optax multiply the whole velocity by the learning rate of the moment. In Keras the velocity "
        "gathers steps, each with the rate of its time: the paths part as soon as the rate changes in mid-run. "
        "Dampening is PyTorch's alone. A step with momentum 0 leaves the velocity as it is in PyTorch and Keras; "
        "in optax it becomes the gradient."
    )

    @abstractmethod
    def velocity(self, step: Step, state: State) -> Explained:
        """Return the velocity after this step."""

    @abstractmethod
    def momentum_part(self, step: Step, state: State, v: FloatArray) -> Explained:
        """Return what the velocity ``v`` after this step adds to a step of plain descent."""

    def quantities(self, step: Step, state: State) -> tuple[Quantity, ...]:
        """Return the velocity before and after, the raw part and momentum's part."""
        grad, raw = gradient_and_raw(step.grad, step.hyper["learning_rate"])
        velocity = self.velocity(step, state)
        part = self.momentum_part(step, state, velocity[0])
        return (
            grad,
            quantity("velocity_before", r"v_{t-1}", state.get("v", np.zeros(step.theta.size))),
            quantity("velocity", "v_t", *velocity),
            raw,
            quantity("momentum_part", r"\Delta_\mathrm{momentum}", *part, part=True),
            whole_step(raw.value + part[0], "<raw> + <momentum_part>"),
        )


class TorchVelocity(Moving):
    """A sum of gradients that comes into being with the first step whose momentum is not 0.

    It is the undampened gradient then, and a step whose momentum is 0 neither uses nor changes it. Before it exists
    the state is empty, which is not the same as zeros: dampening acts from the second step on.
    """

    semantics = ("pytorch",)

    def velocity(self, step: Step, state: State) -> Explained:
        """Return the velocity after this step: at momentum 0 as it was, where there was none the gradient."""
        dampening = step.hyper.get("dampening", 0.0)
        if step.hyper["momentum"] == 0.0:
            return state.get("v", np.zeros(step.theta.size)), "<velocity_before>"
        if "v" not in state:
            return step.grad, "<gradient>"
        formula = r"<momentum>\,<velocity_before> + (1 - <dampening>)\,<gradient>" if dampening else _GATHERED
        return torch_velocity(step, state, dampening), formula


class OptaxVelocity(Moving):
    """A sum of gradients that starts as zeros, takes every gradient whole, and is always used."""

    semantics = ("optax",)

    def initial_state(self, theta: FloatArray) -> State:
        """Return a velocity of zeros."""
        return at_rest(theta)

    def velocity(self, step: Step, state: State) -> Explained:
        """Return μ v + g."""
        return sealed(step.grad + step.hyper["momentum"] * state["v"]), _GATHERED


class KerasVelocity(Moving):
    """A sum of steps, learning rate and sign included, that starts as zeros; at momentum 0 it stays as it is."""

    semantics = ("keras",)

    def initial_state(self, theta: FloatArray) -> State:
        """Return a velocity of zeros."""
        return at_rest(theta)

    def velocity(self, step: Step, state: State) -> Explained:
        """Return μ v − η g."""
        mu, rate = step.hyper["momentum"], step.hyper["learning_rate"]
        if mu == 0.0:
            return state["v"], "<velocity_before>"
        formula = r"<momentum>\,<velocity_before> - <learning_rate>\,<gradient>"
        return sealed(mu * state["v"] - rate * step.grad), formula


def at_rest(theta: FloatArray) -> State:
    """Return a state with a velocity of zeros."""
    return MappingProxyType({"v": sealed(np.zeros(theta.size))})


def torch_velocity(step: Step, state: State, dampening: float) -> FloatArray:
    """Return the next velocity, read-only; the first one is the gradient itself, without dampening."""
    if "v" not in state:
        return sealed(step.grad.copy())
    kept = step.hyper["momentum"] * state["v"]
    return sealed(kept + (step.grad if dampening == 0.0 else (1.0 - dampening) * step.grad))
