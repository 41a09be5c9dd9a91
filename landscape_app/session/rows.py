"""Steps as they are taken, gathered by column: an object for each would cost more than the step."""

import numpy as np

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.optimizers.base import State
from landscape_app.session.records import KEYFRAME_EVERY, StepBatch, StepRecord


class Rows:
    """Records as they come, by column, and the last one's state."""

    __slots__ = ("_batch_losses", "_first", "_grads", "_keyframes", "_losses", "_places", "_state", "_thetas")

    def __init__(self, first: int) -> None:
        self._first = first
        self._thetas: list[FloatArray] = []
        self._grads: list[FloatArray] = []
        self._losses: list[float] = []
        self._batch_losses: list[float] = []
        self._places: list[int] = []
        self._keyframes: list[tuple[int, State]] = []
        self._state: State = {}

    def add(
        self,
        iteration: int,
        theta: FloatArray,
        grad: FloatArray,
        loss: float,
        batch_loss: float,
        epoch: int,
        position: int,
        state: State,
    ) -> None:
        """Take the record that comes next."""
        self._thetas.append(theta)
        self._grads.append(grad)
        self._losses.append(loss)
        self._batch_losses.append(batch_loss)
        self._places += (epoch, position)
        self._state = state
        if iteration % KEYFRAME_EVERY == 0:
            self._keyframes.append((iteration, state))

    def packed(self) -> StepBatch | None:
        """Return the batch, or None if there is no record."""
        count = len(self._losses)
        if count == 0:
            return None
        epoch, position = self._places[-2:]
        theta, grad = sealed(self._thetas[-1]), sealed(self._grads[-1])
        loss, batch_loss = self._losses[-1], self._batch_losses[-1]
        last = self._first + count - 1
        return StepBatch(
            first=self._first,
            theta=sealed(np.concatenate(self._thetas).reshape(count, -1)),
            grad=sealed(np.concatenate(self._grads).reshape(count, -1)),
            loss=sealed(np.array(self._losses)),
            batch_loss=sealed(np.array(self._batch_losses)),
            place=np.array(self._places, dtype=np.int64).reshape(count, 2),
            tail=StepRecord(last, theta, grad, loss, batch_loss, epoch, position, self._state),
            keyframes=tuple(self._keyframes),
        )
