"""A sweep: the final loss of a run for each pair of two settings' values, the corners of the table first."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite, nan
from time import perf_counter
from typing import Literal

import numpy as np
import numpy.typing as npt

from landscape_app.core.arrays import FloatArray, IntArray, sealed
from landscape_app.core.errors import ConfigError
from landscape_app.session.changes import changed_at, restarted
from landscape_app.session.config import Experiment, RunConfig, StartConfig
from landscape_app.session.problem import Problem, start_theta
from landscape_app.session.settings import base_settings
from landscape_app.session.sweep_axes import Axis, Value
from landscape_app.session.tasks import PART, SHOW_EVERY
from landscape_app.session.transitions import Run, divergence_at, first_record, recorded, why_not_fast

#: What may have become of a cell.
State = Literal["waiting", "finished", "diverged", "impossible"]
WAITING, FINISHED, DIVERGED, IMPOSSIBLE = range(4)
STATES: tuple[State, ...] = ("waiting", "finished", "diverged", "impossible")


@dataclass(frozen=True, slots=True, eq=False)
class SweepWish:
    """Which runs a sweep makes: ``run`` from ``start``, with the settings on ``x`` and ``y`` in turn."""

    problem: Problem
    start: StartConfig
    run: RunConfig
    x: Axis
    y: Axis
    iterations: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows (values of y) and columns (values of x)."""
        return len(self.y.values), len(self.x.values)

    def cell(self, row: int, column: int) -> tuple[StartConfig, RunConfig]:
        """Return start and run of a cell.

        Raises
        ------
        ConfigError
            If there is no such run: the rule has not this setting, or not this value.
        """
        return self._with({self.x.name: self.x.values[column], self.y.name: self.y.values[row]})

    def _with(self, values: Mapping[str, Value]) -> tuple[StartConfig, RunConfig]:
        start, run = self.start, self.run
        # Another rule comes with its own defaults, so it is taken first.
        for name in sorted(values, key=lambda name: name != "optimizer"):
            value = values[name]
            if name == "start_seed":
                start = start.but(seed=int(float(value or 0)))
            else:
                run = changed_at(run, 0, name, value)
        if run.arithmetic == "fast" and why_not_fast(run, self.problem.model, self.problem.data.m):
            run = run.but(arithmetic="equations")
        return start, run

    def empty(self) -> "SweepTable":
        """Return the table of which nothing is known yet."""
        shape = self.shape
        loss, reached = sealed(np.full(shape, nan)), np.zeros(shape, dtype=np.int64)
        return SweepTable(self, loss, reached, np.full(shape, WAITING, dtype=np.int8), loss)

    def steps(self) -> Iterator["SweepTable | None"]:
        """Yield None after each part of the work, and the table now and then, and when it is full."""
        return sweep_steps(self)

    def fits(self, experiment: Experiment, cursor: int) -> bool:
        """Whether only settings on the axes differ from the run in hand."""
        try:
            start, run = self._now(experiment, cursor)
            return self._with(_values(start, run, (self.x.name, self.y.name))) == (start, run)
        except (ConfigError, KeyError):  # another rule's settings
            return False

    def place_of(self, experiment: Experiment, cursor: int) -> tuple[int, int] | None:
        """Return row and column of the cell that the run in hand is, if it is one."""
        if not self.fits(experiment, cursor):
            return None
        start, run = self._now(experiment, cursor)
        values = _values(start, run, (self.x.name, self.y.name))
        x, y = values[self.x.name], values[self.y.name]
        if x not in self.x.values or y not in self.y.values:
            return None
        return self.y.values.index(y), self.x.values.index(x)

    def _now(self, experiment: Experiment, cursor: int) -> tuple[StartConfig, RunConfig]:
        return experiment.start, restarted(experiment.run, cursor).but(iterations=self.run.iterations)


def sweep_wish(experiment: Experiment, cursor: int, problem: Problem, x: Axis, y: Axis, iterations: int) -> SweepWish:
    """Return the sweep around the run in hand, with the settings that are in force at ``cursor``.

    Raises
    ------
    ConfigError
        If there is nothing to compute.
    """
    if x.name == y.name:
        raise ConfigError("Both axes have the same setting: choose another one for one of them.")
    return SweepWish(problem, experiment.start, restarted(experiment.run, cursor), x, y, iterations)


def _values(start: StartConfig, run: RunConfig, names: tuple[str, ...]) -> dict[str, Value]:
    settings = base_settings(run)
    known: dict[str, Value] = {
        "optimizer": run.optimizer,
        "batch_size": run.batch_size,
        "start_seed": float(start.seed),
        **settings.hyper,
    }
    return {name: known[name] for name in names}


@dataclass(frozen=True, slots=True, eq=False)
class SweepTable:
    """What became of each cell (rows, columns), row 0 for the first value of y.

    ``loss`` is over all the data at iteration ``reached``, the last one or the last finite one; NaN where there is
    none. ``state`` counts in STATES. ``start_loss`` is that of each cell's own start, NaN where there is none.
    """

    wish: SweepWish
    loss: FloatArray
    reached: IntArray
    state: npt.NDArray[np.int8]
    start_loss: FloatArray

    @property
    def done(self) -> int:
        """How many cells are known."""
        return int((self.state != WAITING).sum())

    @property
    def total(self) -> int:
        """How many cells there are."""
        return self.state.size

    @property
    def risen(self) -> npt.NDArray[np.bool_]:
        """Which cells (rows, columns) ended higher than they started, though finite."""
        with np.errstate(invalid="ignore"):
            found: npt.NDArray[np.bool_] = (self.state == FINISHED) & (self.loss > self.start_loss)
        return found

    @property
    def best(self) -> tuple[int, int] | None:
        """Row and column of the lowest final loss so far."""
        losses = np.where(self.state == FINISHED, self.loss, np.inf)
        place = int(np.argmin(losses))
        row, column = divmod(place, self.state.shape[1])
        return (row, column) if isfinite(losses[row, column]) else None

    def text(self, delimiter: str = ",") -> str:
        """Return the table as text, a cell a line between ``delimiter``, every number as exact as it is."""
        text = io.StringIO()
        writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
        x, y = self.wish.x, self.wish.y
        writer.writerow([x.name, y.name, "loss", "iterations", "state", "start_loss"])
        for row, y_value in enumerate(y.values):
            for column, x_value in enumerate(x.values):
                state = STATES[self.state[row, column]]
                reached = int(self.reached[row, column]) if state in ("finished", "diverged") else ""
                loss, start = (_finite(losses[row, column]) for losses in (self.loss, self.start_loss))
                writer.writerow([_plain(x_value), _plain(y_value), loss, reached, state, start])
        return text.getvalue()


def _finite(loss: float) -> str:
    return repr(float(loss)) if isfinite(loss) else ""


def _plain(value: Value) -> str:
    if value is None:
        return "all"
    if isinstance(value, str):
        return value
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def coarse_first(rows: int, columns: int, even: tuple[bool, bool] = (True, True)) -> list[tuple[int, int]]:
    """Return every (row, column) once: first a few far apart, then those between them, and so on.

    ``even`` says of rows and columns whether neighbours are alike; where they are not, none stands for others.
    """

    def stride(index: int, count: int) -> int:
        step = 1 << max(0, (count - 1).bit_length() - 1)
        while index % step:
            step //= 2
        return step

    places = [(row, column) for row in range(rows) for column in range(columns)]
    whole = (rows | columns) << 1

    def rank(place: tuple[int, int]) -> int:
        row, column = place
        return -min(stride(row, rows) if even[0] else whole, stride(column, columns) if even[1] else whole)

    return sorted(places, key=rank)


@dataclass(frozen=True, slots=True)
class CellEnd:
    """How a cell's run ended, and the loss that it began with."""

    loss: float
    reached: int
    state: int
    start_loss: float


def cell_steps(problem: Problem, start: StartConfig, run: RunConfig, iterations: int) -> Iterator[CellEnd | None]:
    """Yield None after each part of the run, and at last how it ended: as recording it step by step would."""
    stepping = Run.on(run, problem)
    record = first_record(stepping, start_theta(start, problem.model))
    begun = record.loss
    if divergence_at(stepping, record) is not None:
        yield CellEnd(nan, 0, DIVERGED, begun)
        return
    while record.iteration < iterations:
        count = iterations - record.iteration
        made = recorded(stepping, record, count, deadline=perf_counter() + PART)
        if made.batch is not None:
            record = made.batch.tail
        if made.divergence is not None:
            yield CellEnd(record.loss, record.iteration, DIVERGED, begun)
            return
        yield None
    yield CellEnd(record.loss, record.iteration, FINISHED, begun)


def sweep_steps(wish: SweepWish) -> Iterator[SweepTable | None]:
    """Make the runs of ``wish`` one after the other."""
    loss, begun = np.full(wish.shape, nan), np.full(wish.shape, nan)
    reached, state = np.zeros(wish.shape, dtype=np.int64), np.full(wish.shape, WAITING, dtype=np.int8)
    shown = perf_counter()
    even = (wish.y.name not in ("optimizer", "start_seed"), wish.x.name not in ("optimizer", "start_seed"))
    for place in coarse_first(*wish.shape, even):
        end: CellEnd | None = CellEnd(nan, 0, IMPOSSIBLE, nan)
        try:
            start, run = wish.cell(*place)
        except ConfigError:  # the rule of this row has not that setting
            pass
        else:
            for end in cell_steps(wish.problem, start, run, wish.iterations):
                if end is None:
                    yield None
        assert end is not None
        loss[place], reached[place], state[place], begun[place] = end.loss, end.reached, end.state, end.start_loss
        if perf_counter() - shown > SHOW_EVERY:
            yield SweepTable(wish, sealed(loss.copy()), reached.copy(), state.copy(), sealed(begun.copy()))
            shown = perf_counter()
        else:
            yield None
    yield SweepTable(wish, sealed(loss), reached, state, sealed(begun))
