"""What rule and which hyperparameters are in force at an iteration."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from types import MappingProxyType

from landscape_app.core.errors import ConfigError
from landscape_app.core.optimizers import Semantics, rule_named
from landscape_app.core.optimizers.base import Optimizer
from landscape_app.core.schedules import SCHEDULES, factor_at
from landscape_app.session.config import Change, RunConfig, ScheduleConfig


@dataclass(frozen=True, slots=True)
class Settings:
    """The rule, all of its hyperparameters, and the batch size (None: all examples).

    ``hyper`` is what the step uses. ``rate`` is the learning rate as it was set where a schedule multiplies it, else
    None: then it is the one in ``hyper``.
    """

    optimizer: Optimizer
    hyper: Mapping[str, float]
    batch_size: int | None
    rate: float | None = None

    @property
    def set_hyper(self) -> Mapping[str, float]:
        """The hyperparameters as they were set, before the schedule."""
        return self.hyper if self.rate is None else {**self.hyper, "learning_rate": self.rate}

    @property
    def step_size(self) -> int | None:
        """How many examples a step takes, None for all of them.

        A rule that takes no gradient compares losses over all the data, whatever size of batch is set.
        """
        return self.batch_size if self.optimizer.uses_gradient else None


def is_full(settings: Settings, m: int) -> bool:
    """Whether every step uses all ``m`` examples."""
    return settings.step_size is None or settings.step_size >= m


def base_settings(run: RunConfig) -> Settings:
    """Return the settings before any change in mid-run, checked."""
    rule = rule_named(run.optimizer, run.semantics)
    hyper = rule.defaults()
    for name, value in run.hyper.items():
        hyper[name] = rule.spec(name).check(value)
    return Settings(rule, MappingProxyType(hyper), run.batch_size)


def changed(settings: Settings, change: Change, semantics: Semantics = "pytorch") -> Settings:
    """Return the settings after ``change``; another rule comes with its own defaults under ``semantics``."""
    if change.name == "optimizer":
        rule = rule_named(str(change.value), semantics)
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

    A change of the learning rate replaces what was set; the learning-rate schedule goes on and multiplies that.

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
            current = changed(current, change, run.semantics)
            if change.iteration == self._from[-1]:
                self._settings[-1] = current
            else:
                self._from.append(change.iteration)
                self._settings.append(current)
        self._restarts = {c.iteration for c in run.changes if c.name == "optimizer"}
        self._rates = None if run.schedule.constant else _Rates(run.schedule)

    def at(self, iteration: int) -> Settings:
        """Return the settings for the step from ``iteration`` to the next."""
        settings = self._set_at(iteration)
        return settings if self._rates is None else self._rates.applied(settings, iteration)

    def _set_at(self, iteration: int) -> Settings:
        """Return the settings as they were set."""
        if len(self._from) == 1:
            return self._settings[0]
        index = len(self._from) - 1
        while self._from[index] > iteration:
            index -= 1
        return self._settings[index]

    def span(self, iteration: int) -> tuple[Settings, float]:
        """Return the settings at ``iteration``, and the first iteration after it at which they change, or infinity."""
        settings = self.at(iteration)
        if settings.rate is not None:
            return settings, iteration + 1
        later = [begin for begin in self._from if begin > iteration]
        return settings, later[0] if later else inf

    @property
    def all(self) -> tuple[Settings, ...]:
        """Every settings that come into force, in their order, as they were set."""
        return tuple(self._settings)

    @property
    def edges(self) -> tuple[int, ...]:
        """The iterations from which on other settings are in force, 0 the first."""
        return tuple(self._from)

    def restarts_at(self, iteration: int) -> bool:
        """Whether the rule was replaced at ``iteration``, so that its state starts anew."""
        return iteration in self._restarts


class _Rates:
    """Applies a learning-rate schedule to settings."""

    def __init__(self, config: ScheduleConfig) -> None:
        self._schedule, self._values, self._warmup = SCHEDULES[config.kind], config.settings, config.warmup

    def applied(self, settings: Settings, iteration: int) -> Settings:
        """Return ``settings`` with the learning rate of the step from ``iteration`` on, if the rule has one."""
        rate = settings.hyper.get("learning_rate")
        if rate is None:
            return settings
        now = rate * factor_at(self._schedule, self._values, self._warmup, iteration)
        hyper = MappingProxyType({**settings.hyper, "learning_rate": now})
        return Settings(settings.optimizer, hyper, settings.batch_size, rate)
