"""What a run has recorded: one step, a batch of steps, and the append-only timeline."""

from dataclasses import dataclass

import numpy as np

from landscape_app.core.arrays import FloatArray, IntArray, sealed
from landscape_app.core.optimizers.base import State

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


class _Store:
    """Growing arrays shared by all timelines of one history; rows once written are never changed."""

    def __init__(self, size: int, capacity: int = 256) -> None:
        self.length = 0
        self.theta = np.empty((capacity, size))
        self.grad = np.empty((capacity, size))
        self.loss = np.empty(capacity)
        self.batch_loss = np.empty(capacity)
        self.place = np.empty((capacity, 2), dtype=np.int64)
        self.keyframes: list[tuple[int, State]] = []

    def append(self, batch: StepBatch) -> None:
        """Write the batch after the last row, in amortised constant time a row."""
        start, stop = self.length, self.length + len(batch.loss)
        if stop > len(self.loss):
            # Doubling, but not far beyond what a full record holds.
            most = TIMELINE_BUDGET // ((2 * self.theta.shape[1] + 4) * 8) + 1
            self._grow(max(stop, min(2 * len(self.loss), most)))
        for name in ("theta", "grad", "loss", "batch_loss", "place"):
            getattr(self, name)[start:stop] = getattr(batch, name)
        self.keyframes.extend(batch.keyframes)
        self.length = stop

    def _grow(self, capacity: int) -> None:
        for name in ("theta", "grad", "loss", "batch_loss", "place"):
            old = getattr(self, name)
            new = np.empty((capacity, *old.shape[1:]), dtype=old.dtype)
            new[: self.length] = old[: self.length]
            setattr(self, name, new)

    def fork(self, length: int) -> "_Store":
        """Return a copy of the first ``length`` rows: another future begins there."""
        copy = _Store(self.theta.shape[1], max(256, 2 * length))
        for name in ("theta", "grad", "loss", "batch_loss", "place"):
            getattr(copy, name)[:length] = getattr(self, name)[:length]
        copy.keyframes = [(i, state) for i, state in self.keyframes if i < length]
        copy.length = length
        return copy


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Timeline:
    """A frozen view of the first ``length`` records of a run; appending returns a new view.

    ``divergence`` says why nothing can follow, if so.
    """

    _store: _Store
    length: int
    tail: StepRecord | None
    divergence: Divergence | None = None

    @classmethod
    def starting_with(cls, batch: StepBatch) -> "Timeline":
        """Return a timeline of this first batch."""
        store = _Store(batch.theta.shape[1])
        store.append(batch)
        return cls(store, store.length, batch.tail)

    def appended(self, batch: StepBatch, divergence: Divergence | None = None) -> "Timeline":
        """Return the timeline with ``batch`` in place of all from ``batch.first`` on."""
        store = self._store
        if store.length != batch.first:
            store = store.fork(batch.first)
        store.append(batch)
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
        return self.length * (2 * self._store.theta.shape[1] + 4) * 8 >= TIMELINE_BUDGET

    @property
    def holding(self) -> tuple[int, int]:
        """What the records lie in, by identity, and its bytes; timelines of one history share it."""
        s = self._store
        arrays = (s.theta, s.grad, s.loss, s.batch_loss, s.place)
        return id(s), sum(array.nbytes for array in arrays)

    @property
    def theta(self) -> FloatArray:
        """All parameters (length, size)."""
        return _view(self._store.theta, self.length)

    @property
    def grad(self) -> FloatArray:
        """All gradients (length, size), each the one that the next update uses."""
        return _view(self._store.grad, self.length)

    @property
    def loss(self) -> FloatArray:
        """All losses over all the data (length,)."""
        return _view(self._store.loss, self.length)

    @property
    def batch_loss(self) -> FloatArray:
        """All losses over the batch that the gradient comes from (length,)."""
        return _view(self._store.batch_loss, self.length)

    def increment(self, iteration: int) -> FloatArray:
        """Return theta at ``iteration`` minus theta one step before (size,); zeros at the start."""
        theta = self._store.theta
        return np.zeros(theta.shape[1]) if iteration == 0 else theta[iteration] - theta[iteration - 1]

    def keyframe_before(self, iteration: int) -> tuple[int, State]:
        """Return the last iteration up to ``iteration`` whose state was kept, and that state."""
        return max((k for k in self._store.keyframes if k[0] <= iteration), key=lambda k: k[0])

    def record_at(self, iteration: int, state: State) -> StepRecord:
        """Return the record of ``iteration`` with the rule's ``state`` there."""
        s = self._store
        epoch, position = s.place[iteration]
        return StepRecord(
            iteration=iteration,
            theta=sealed(s.theta[iteration].copy()),
            grad=sealed(s.grad[iteration].copy()),
            loss=float(s.loss[iteration]),
            batch_loss=float(s.batch_loss[iteration]),
            epoch=int(epoch),
            position=int(position),
            state=state,
        )


def _view(array: FloatArray, length: int) -> FloatArray:
    view = array[:length]
    view.flags.writeable = False
    return view
