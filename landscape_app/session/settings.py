"""What rule and which hyperparameters are in force at an iteration."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from types import MappingProxyType

from landscape_app.core.errors import ConfigError
from landscape_app.core.optimizers import OPTIMIZERS
from landscape_app.core.optimizers.base import Optimizer
from landscape_app.session.config import Change, RunConfig


@dataclass(frozen=True, slots=True)
class Settings:
    """The rule, all of its hyperparameters, and the batch size (None: all examples)."""

    optimizer: Optimizer
    hyper: Mapping[str, float]
    batch_size: int | None


def is_full(settings: Settings, m: int) -> bool:
    """Whether every step uses all ``m`` examples."""
    return settings.batch_size is None or settings.batch_size >= m


def optimizer_named(name: str) -> Optimizer:
    """Return the rule, or raise ConfigError naming those that exist."""
    try:
        return OPTIMIZERS[name]
    except KeyError:
        raise ConfigError(f"There is no optimizer called {name!r}; choose one of {', '.join(OPTIMIZERS)}.") from None


def base_settings(run: RunConfig) -> Settings:
    """Return the settings before any change in mid-run, checked."""
    rule = optimizer_named(run.optimizer)
    hyper = rule.defaults()
    for name, value in run.hyper.items():
        hyper[name] = rule.spec(name).check(value)
    return Settings(rule, MappingProxyType(hyper), run.batch_size)


def changed(settings: Settings, change: Change) -> Settings:
    """Return the settings after ``change``; another rule comes with its own defaults."""
    if change.name == "optimizer":
        rule = optimizer_named(str(change.value))
        return Settings(rule, MappingProxyType(rule.defaults()), settings.batch_size)
    if change.name == "batch_size":
        size = change.value
        if size is not None and (isinstance(size, str) or size != int(size) or size < 1):
            raise ConfigError(f"The batch size is {size}, but it must be a whole number from 1, or full.")
        return Settings(settings.optimizer, settings.hyper, None if size is None else int(size))
    if not isinstance(change.value, int | float):
        raise ConfigError(f"{change.name} can't be changed to {change.value!r}: it needs a number.")
    value = settings.optimizer.spec(change.name).check(float(change.value))
    return Settings(settings.optimizer, MappingProxyType({**settings.hyper, change.name: value}), settings.batch_size)


class Schedule:
    """The settings of a run at every iteration, folded once from its base and its changes.

    Raises
    ------
    ConfigError
        If a value is unknown to its rule or out of range.
    """

    def __init__(self, run: RunConfig) -> None:
        current = base_settings(run)
        self._from: list[int] = [0]
        self._settings: list[Settings] = [current]
        for change in sorted(run.changes, key=lambda c: c.iteration):
            current = changed(current, change)
            if change.iteration == self._from[-1]:
                self._settings[-1] = current
            else:
                self._from.append(change.iteration)
                self._settings.append(current)
        self._restarts = {c.iteration for c in run.changes if c.name == "optimizer"}

    def at(self, iteration: int) -> Settings:
        """Return the settings for the step from ``iteration`` to the next."""
        if len(self._from) == 1:
            return self._settings[0]
        index = len(self._from) - 1
        while self._from[index] > iteration:
            index -= 1
        return self._settings[index]

    def span(self, iteration: int) -> tuple[Settings, float]:
        """Return the settings at ``iteration``, and the first iteration after it at which they change, or infinity."""
        later = [begin for begin in self._from if begin > iteration]
        return self.at(iteration), later[0] if later else inf

    @property
    def all(self) -> tuple[Settings, ...]:
        """Every settings that come into force, in their order."""
        return tuple(self._settings)

    def restarts_at(self, iteration: int) -> bool:
        """Whether the rule was replaced at ``iteration``, so that its state starts anew."""
        return iteration in self._restarts
