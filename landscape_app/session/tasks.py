"""Long computations beside the run, which the user starts and stops: what they are asked, and how far they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Generic, Literal, Protocol, TypeVar

from landscape_app.session.config import Experiment
from landscape_app.session.problem import Problem

#: "sweep": the final loss for many settings; "search": random search beside the descent.
TaskKind = Literal["sweep", "search"]
TASKS: tuple[TaskKind, ...] = ("sweep", "search")

#: Seconds of steps after which a task pauses, so that the worker's slice stays short.
PART = 0.004
#: Seconds from one result that is shown to the next.
SHOW_EVERY = 0.08

Result = TypeVar("Result")


class TaskWish(Protocol):
    """What a task is to compute."""

    @property
    def problem(self) -> Problem:
        """The data and the model that it is about."""

    def empty(self) -> Any:
        """Return the result in which nothing is known yet."""

    def steps(self) -> Iterator[Any]:
        """Yield None after each part of the work, and now and then, and at last, the result so far."""

    def fits(self, experiment: Experiment, cursor: int) -> bool:
        """Whether it is about the run in hand, with the settings in force at ``cursor``."""


@dataclass(frozen=True, slots=True, eq=False)
class TaskState(Generic[Result]):
    """How far a task is: ``stopped`` before its end, and ``current`` as long as it is about the run in hand."""

    result: Result
    busy: bool
    stopped: bool
    current: bool
