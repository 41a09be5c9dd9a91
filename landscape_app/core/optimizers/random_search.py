"""Random search: what one can do without a gradient."""

from math import isfinite
from types import MappingProxyType

import numpy as np

from landscape_app.core.arrays import FloatArray, frozen, sealed
from landscape_app.core.optimizers.base import HyperSpec, Optimizer, State, Step
from landscape_app.core.optimizers.quantities import Quantity, quantity, whole_step
from landscape_app.core.rng import candidate_offsets


class RandomSearch(Optimizer):
    """Draw candidates around the start and keep the best: theta is always the best point so far.

    Candidate t (from 1) is uniform in start ± radius and a pure function of (seed, t). It is kept if its
    loss over all the data is lower than theta's. A loss that is not finite is never kept, and any finite
    one beats it. The state holds ``start`` (P,) and ``t``, the candidates drawn, as a 0-d array.

    Source: the "vanilla approach" of CS230, section 2.
    """

    name = "random-search"
    title = "Random search"
    formula = "c = θ₀ + r u,  u ~ U(−1, 1);  θ ← c  if L(c) < L(θ)"
    hyper_specs = (
        HyperSpec(
            "radius",
            "r",
            5.0,
            "How far from the start, in every parameter, candidates are drawn.",
            open_low=True,
        ),
    )
    uses_gradient = False

    def initial_state(self, theta: FloatArray) -> State:
        """Return the start, around which all candidates will be drawn, and t = 0."""
        return MappingProxyType({"start": frozen(theta), "t": sealed(np.array(0.0))})

    def update(self, step: Step, state: State) -> tuple[FloatArray, State]:
        """Return the better of theta and the next candidate."""
        candidate, _, kept = _drawn(step, state)
        theta = sealed(candidate) if kept else frozen(step.theta)
        return theta, MappingProxyType({"start": state["start"], "t": sealed(np.array(float(state["t"]) + 1.0))})

    def quantities(self, step: Step, state: State) -> tuple[Quantity, ...]:
        """Return the candidate, both losses, and the move, which is none if the candidate is not kept."""
        candidate, loss, kept = _drawn(step, state)
        jump = candidate - step.theta if kept else np.zeros(step.theta.size)
        return (
            quantity("theta", r"\theta_t", step.theta),
            quantity("loss", r"L(\theta_t)", step.theta_loss),
            quantity("start", r"\theta_0", state["start"]),
            quantity("offset", "u", candidate_offsets(step.seed, int(state["t"]) + 1, step.theta.size)),
            quantity("candidate", "c", candidate, r"<start> + <radius>\,<offset>"),
            quantity("candidate_loss", "L(c)", loss),
            quantity("jump", r"\Delta_\mathrm{jump}", jump, "<candidate> - <theta>" if kept else "0", part=True),
            whole_step(jump, "<jump>"),
        )


def _drawn(step: Step, state: State) -> tuple[FloatArray, float, bool]:
    """Return the next candidate, its loss, and whether it is kept."""
    t = int(state["t"]) + 1
    start = state["start"]
    candidate = start + step.hyper["radius"] * candidate_offsets(step.seed, t, start.size)
    loss = step.loss(candidate)
    # "Not at least as high" rather than "lower", so that a finite loss also beats one that is NaN.
    return candidate, loss, isfinite(loss) and not loss >= step.theta_loss
