"""Learning-rate schedules: by what the learning rate is multiplied at each iteration, known from its number alone."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from math import cos, pi
from typing import ClassVar, Literal

from landscape_app.core.errors import ConfigError
from landscape_app.core.optimizers.base import HyperSpec

Values = Mapping[str, float]
#: The names of all schedules.
ScheduleKind = Literal["constant", "step", "exponential", "inverse", "cosine"]


class RateSchedule(ABC):
    """A way in which the learning rate changes: ``factor`` at iteration ``i`` from 0 on, 1 at first.

    ``name`` is the word on the command line, ``title`` the one in the window, ``formula`` the factor in one line.
    """

    name: ClassVar[ScheduleKind]
    title: ClassVar[str]
    formula: ClassVar[str]
    specs: ClassVar[tuple[HyperSpec, ...]] = ()

    @abstractmethod
    def factor(self, i: int, values: Values) -> float:
        """Return the factor at iteration ``i``; ``values`` has every setting of ``specs``."""

    def settings(self, values: Values) -> dict[str, float]:
        """Return ``values`` with defaults for what is absent, checked.

        Raises
        ------
        ConfigError
            If a value is unknown or out of range.
        """
        known = {spec.name: spec for spec in self.specs}
        for name in values:
            if name not in known:
                has = ", ".join((*known, "warmup"))
                raise ConfigError(f"the schedule {self.name} has no setting called {name!r}; it has {has}.")
        return {name: float(spec.check(values.get(name, spec.default))) for name, spec in known.items()}


class Constant(RateSchedule):
    """The rate stays as it is."""

    name = "constant"
    title = "Constant"
    formula = "η stays as it is"

    def factor(self, i: int, values: Values) -> float:
        """Return 1."""
        return 1.0


class StepDecay(RateSchedule):
    """The rate falls at once, at regular intervals. As ``torch.optim.lr_scheduler.StepLR``."""

    name = "step"
    title = "Step"
    formula = "η × factor^⌊i / every⌋"
    specs = (
        HyperSpec("every", "every", 50.0, "After how many iterations the rate falls.", low=1.0, whole=True),
        HyperSpec("factor", "factor", 0.5, "What the rate is multiplied by each time.", open_low=True, high=1.0),
    )

    def factor(self, i: int, values: Values) -> float:
        """Return factor^⌊i / every⌋."""
        return float(values["factor"] ** (i // int(values["every"])))


class Exponential(RateSchedule):
    """The rate loses the same share at each iteration. As ``torch.optim.lr_scheduler.ExponentialLR``."""

    name = "exponential"
    title = "Exponential"
    formula = "η × factorⁱ"
    specs = (
        HyperSpec(
            "factor", "factor", 0.98, "What the rate is multiplied by at each iteration.", open_low=True, high=1.0
        ),
    )

    def factor(self, i: int, values: Values) -> float:
        """Return factorⁱ."""
        return float(values["factor"] ** i)


class Inverse(RateSchedule):
    """The rate falls as 1/t, at first slowly. As ``keras.optimizers.schedules.InverseTimeDecay``."""

    name = "inverse"
    title = "1/t"
    formula = "η / (1 + i / half)"
    specs = (
        HyperSpec("half", "half", 50.0, "After how many iterations the rate is half of what it was.", open_low=True),
    )

    def factor(self, i: int, values: Values) -> float:
        """Return 1 / (1 + i / half)."""
        return 1.0 / (1.0 + i / values["half"])


class Cosine(RateSchedule):
    """The rate falls along half a wave, and stays at its end. As ``torch.optim.lr_scheduler.CosineAnnealingLR``."""

    name = "cosine"
    title = "Cosine"
    formula = "η × (final + (1 − final) (1 + cos(π i / steps)) / 2), from i = steps on η × final"
    specs = (
        HyperSpec("steps", "steps", 100.0, "After how many iterations the rate is at its end.", low=1.0, whole=True),
        HyperSpec("final", "final", 0.0, "What is left of the rate at the end, as a share of it.", high=1.0),
    )

    def factor(self, i: int, values: Values) -> float:
        """Return the half wave from 1 to final."""
        if i >= values["steps"]:
            return values["final"]
        wave = (1.0 + cos(pi * i / values["steps"])) / 2.0
        return values["final"] + (1.0 - values["final"]) * wave


#: All schedules by their name on the command line.
SCHEDULES: dict[str, RateSchedule] = {
    schedule.name: schedule for schedule in (Constant(), StepDecay(), Exponential(), Inverse(), Cosine())
}


def factor_at(schedule: RateSchedule, values: Values, warmup: int, i: int) -> float:
    """Return the factor at iteration ``i``: while warming up a growing share of 1, then the schedule's, from its start.

    The rate grows in equal steps for ``warmup`` iterations, the first one at 1 / (warmup + 1), and is whole at
    iteration ``warmup``; in PyTorch ``LinearLR(start_factor=1 / (warmup + 1), total_iters=warmup)`` before the other.
    """
    if i < warmup:
        return (i + 1) / (warmup + 1)
    return schedule.factor(i - warmup, values)
