"""What every way of computing a landscape has in common."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.landscape.accuracy import Accuracy

#: Elementary operations (about a nanosecond each) that are done before anybody notices: a first picture's worth.
BLINK = 8_000_000
#: No lattice has fewer nodes a side, unless it was asked for.
COARSEST = 17


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Picture:
    """Losses ``loss`` (rows, columns) at the nodes ``x`` and ``y``, evenly spaced, and what is known of them.

    ``final`` says that no better picture will follow.
    """

    x: FloatArray
    y: FloatArray
    loss: FloatArray
    accuracy: Accuracy
    final: bool


class Method(ABC):
    """The loss on one plane over one pair of ranges, prepared once, drawn in ever better pictures."""

    @abstractmethod
    def pictures(self, x: FloatArray, y: FloatArray) -> Iterator[Picture | None]:
        """Yield None after each slice of work (some milliseconds), and a picture whenever a better one is ready.

        ``x`` (columns,) and ``y`` (rows,) are the lattice's nodes, evenly spaced. Earlier pictures may have fewer
        nodes between the same ends.
        A loss that overflows is infinite, never an error or a warning.
        """


class LatticeMethod(Method):
    """A method that evaluates the product of any nodes x with any nodes y, at one accuracy.

    Its pictures have ever finer lattices, each with half the spacing of the one before. Where the coarse ones lie in
    the fine ones, what is new is a product of nodes again, twice.
    """

    accuracy: Accuracy

    @abstractmethod
    def losses(self, x: FloatArray, y: FloatArray) -> Iterator[FloatArray | None]:
        """Yield None after each slice of work, and at last the losses (len(y), len(x))."""

    @abstractmethod
    def operations(self, columns: int, rows: int) -> float:
        """Return about how many elementary operations ``losses`` takes; they decide where to begin."""

    def pictures(self, x: FloatArray, y: FloatArray) -> Iterator[Picture | None]:
        """Yield lattices, the first one there within a blink or as coarse as there is."""
        stride = self._first_stride(len(x), len(y))
        if stride > 1 and (len(x) - 1) % stride == 0 and (len(y) - 1) % stride == 0:
            yield from self._nested(x, y, stride)
            return
        while stride > 1:  # the last nodes would be left out: lattices of their own, at a third of the work more
            yield from self._whole(_thinned(x, stride), _thinned(y, stride), final=False)
            stride //= 2
        yield from self._whole(x, y, final=True)

    def _whole(self, x: FloatArray, y: FloatArray, final: bool) -> Iterator[Picture | None]:
        for losses in self.losses(x, y):
            yield None if losses is None else Picture(x, y, sealed(losses), self.accuracy, final)

    def _nested(self, x: FloatArray, y: FloatArray, stride: int) -> Iterator[Picture | None]:
        """Yield every ``stride``-th node, then those between, and so on: no node is evaluated twice."""
        loss = np.empty((len(y), len(x)))
        yield from self._fill(loss, x, y, slice(None, None, stride), slice(None, None, stride))
        while stride > 1:
            coarse = sealed(loss[::stride, ::stride].copy())
            yield Picture(x[::stride], y[::stride], coarse, self.accuracy, final=False)
            old, stride = stride, stride // 2
            between = slice(stride, None, old)
            yield from self._fill(loss, x, y, between, slice(None, None, stride))
            yield from self._fill(loss, x, y, slice(None, None, old), between)
        yield Picture(x, y, sealed(loss), self.accuracy, final=True)

    def _fill(self, loss: FloatArray, x: FloatArray, y: FloatArray, rows: slice, columns: slice) -> Iterator[None]:
        for part in self.losses(x[columns], y[rows]):
            if part is None:
                yield None
            else:
                loss[rows, columns] = part

    def _first_stride(self, columns: int, rows: int) -> int:
        """Return the stride of the finest lattice that is there within a blink, or of the coarsest there is."""
        stride = 1
        while (
            self.operations(-(-columns // stride), -(-rows // stride)) > BLINK
            and min(columns, rows) // (2 * stride) + 1 >= COARSEST
        ):
            stride *= 2
        return stride


def _thinned(nodes: FloatArray, stride: int) -> FloatArray:
    """Return about one in ``stride`` nodes, evenly spaced between the same ends."""
    return sealed(np.linspace(nodes[0], nodes[-1], (len(nodes) - 1) // stride + 1))
