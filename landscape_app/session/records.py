"""What a run has recorded: one step, a batch of steps, and the append-only timeline."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter

import numpy as np

from landscape_app.core.arrays import FloatArray, IntArray, sealed
from landscape_app.core.landscape import Plane
from landscape_app.core.optimizers.base import State
from landscape_app.session.record_rows import RecordStore, Rows

#: Bytes that one timeline may fill; a run pauses with a sentence when it is full.
TIMELINE_BUDGET = 1 << 30
#: The rule's state is kept every so many steps and replayed in between.
KEYFRAME_EVERY = 128


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class StepRecord:
    """The moment before update number ``iteration``: where it is, and what the update will use.

    ``theta`` and ``grad`` are flat (size,), ``loss`` is over all the data, ``batch_loss`` over the batch that
    ``grad`` comes from: ``batch`` examples from ``position`` on in the order of ``epoch``. ``state`` is the
    rule's state before the update.
    """

    iteration: int
    theta: FloatArray
    grad: FloatArray
    loss: float
    batch_loss: float
    epoch: int
    position: int
    state: State


@dataclass(frozen=True, slots=True, eq=False)
class Divergence:
    """Why a run can't go on after ``iteration``, its last finite one.

    ``parameter`` names the first scalar that is not finite in the next update (or has the largest size, if
    it was the loss or the gradient that overflowed).
    """

    iteration: int
    parameter: str
    what: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class StepBatch:
    """Consecutive records from ``first`` on, as arrays: theta and grad (s, size), the others (s,)."""

    first: int
    theta: FloatArray
    grad: FloatArray
    loss: FloatArray
    batch_loss: FloatArray
    place: IntArray  # (s, 2): epoch, position
    tail: StepRecord
    keyframes: tuple[tuple[int, State], ...] = ()

    @classmethod
    def of(cls, records: list[StepRecord]) -> "StepBatch":
        """Pack ``records``, of which there is at least one."""
        return cls(
            first=records[0].iteration,
            theta=sealed(np.array([r.theta for r in records])),
            grad=sealed(np.array([r.grad for r in records])),
            loss=sealed(np.array([r.loss for r in records])),
            batch_loss=sealed(np.array([r.batch_loss for r in records])),
            place=np.array([(r.epoch, r.position) for r in records], dtype=np.int64),
            tail=records[-1],
            keyframes=tuple((r.iteration, r.state) for r in records if r.iteration % KEYFRAME_EVERY == 0),
        )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Timeline:
    """A frozen view of the first ``length`` records of a run; appending returns a new view.

    ``divergence`` says why nothing can follow, if so.
    """

    _store: RecordStore
    length: int
    tail: StepRecord | None
    divergence: Divergence | None = None

    @classmethod
    def starting_with(cls, batch: StepBatch) -> "Timeline":
        """Return a timeline of this first batch."""
        store = RecordStore(batch.theta.shape[1])
        _append(store, batch)
        return cls(store, store.length, batch.tail)

    def appended(self, batch: StepBatch, divergence: Divergence | None = None) -> "Timeline":
        """Return the timeline with ``batch`` in place of all from ``batch.first`` on."""
        store = self._store
        if store.length != batch.first:
            store = store.fork(batch.first)
        _append(store, batch)
        return Timeline(store, store.length, batch.tail, divergence)

    def diverged(self, divergence: Divergence) -> "Timeline":
        """Return the timeline marked as ended by ``divergence``."""
        return Timeline(self._store, self.length, self.tail, divergence)

    def truncated(self, length: int) -> "Timeline":
        """Return the first ``length`` records; the tail's state has to be replayed before the next step."""
        if length == self.length:
            return Timeline(self._store, length, self.tail)
        return Timeline(self._store, length, None)

    def continues(self, other: "Timeline") -> bool:
        """Whether this one begins with all the records of ``other``, in the same memory."""
        return self._store is other._store and self.length >= other.length

    @property
    def last(self) -> int:
        """Iteration of the last record."""
        return self.length - 1

    @property
    def full(self) -> bool:
        """Whether the memory that a timeline may use is spent."""
        return self.length * (2 * self._store.size + 4) * 8 >= TIMELINE_BUDGET

    @property
    def holdings(self) -> Iterator[tuple[int, int]]:
        """What the records lie in: the identity of each piece and its bytes; timelines of one history share it."""
        return self._store.holdings()

    @property
    def theta(self) -> Rows:
        """All parameters (length, size)."""
        return Rows(self._store, 0, self.length)

    @property
    def grad(self) -> Rows:
        """All gradients (length, size), each the one that the next update uses."""
        return Rows(self._store, 1, self.length)

    @property
    def loss(self) -> FloatArray:
        """All losses over all the data (length,)."""
        return sealed(self._store.series["loss"][: self.length])

    @property
    def batch_loss(self) -> FloatArray:
        """All losses over the batch that the gradient comes from (length,)."""
        return sealed(self._store.series["batch_loss"][: self.length])

    def path_on(self, plane: Plane) -> FloatArray:
        """Return the coordinates of all parameters on ``plane`` (length, 2), read-only.

        They are kept with the record: only rows that are new since the last time are computed.
        """
        return self._store.path_on(plane, self.length)

    def place(self, iteration: int) -> tuple[int, int]:
        """Return the epoch of ``iteration``, and the position in it where its batch begins."""
        epoch, position = self._store.place[iteration]
        return int(epoch), int(position)

    def places(self, iterations: IntArray) -> IntArray:
        """Return epoch and position (k, 2) of each of ``iterations`` (k,)."""
        return self._store.place[iterations]

    def increment(self, iteration: int) -> FloatArray:
        """Return theta at ``iteration`` minus theta one step before (size,); zeros at the start."""
        if iteration == 0:
            return np.zeros(self._store.size)
        return self._store.row(0, iteration) - self._store.row(0, iteration - 1)

    def keyframe_before(self, iteration: int) -> tuple[int, State]:
        """Return the last iteration up to ``iteration`` whose state was kept, and that state."""
        keyframes = self._store.keyframes  # in order
        return keyframes[bisect_right(keyframes, iteration, key=itemgetter(0)) - 1]

    def record_at(self, iteration: int, state: State) -> StepRecord:
        """Return the record of ``iteration`` with the rule's ``state`` there."""
        s = self._store
        epoch, position = s.place[iteration]
        return StepRecord(
            iteration=iteration,
            theta=sealed(s.row(0, iteration).copy()),
            grad=sealed(s.row(1, iteration).copy()),
            loss=float(s.series["loss"][iteration]),
            batch_loss=float(s.series["batch_loss"][iteration]),
            epoch=int(epoch),
            position=int(position),
            state=state,
        )


def _append(store: RecordStore, batch: StepBatch) -> None:
    store.append(batch.theta, batch.grad, batch.loss, batch.batch_loss, batch.place)
    store.keyframes.extend(batch.keyframes)
