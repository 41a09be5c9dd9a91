"""Array types and the few array helpers that everything shares."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
ComplexArray = npt.NDArray[np.complex128]
#: Parameters may be complex: the gradient check steps along the imaginary axis.
AnyFloatArray = FloatArray | ComplexArray

#: Doubles that fit comfortably into a second-level cache, one block's share.
BLOCK_ELEMENTS = 32_768


def frozen(values: npt.ArrayLike) -> FloatArray:
    """Return ``values`` as a read-only float64 array; copies only what is writable or of another type."""
    array = np.asarray(values, dtype=np.float64)
    if array.flags.writeable:
        array = array.copy()
        array.flags.writeable = False
    return array


def sealed(array: FloatArray) -> FloatArray:
    """Make an array that nobody else holds read-only, without a copy, and return it."""
    array.setflags(write=False)  # twice as fast as by the attribute, and every step does it
    return array


def length(vector: FloatArray) -> float:
    """Return the Euclidean norm of a vector, also where its squares are beyond a double."""
    largest = float(np.abs(vector).max(initial=0.0))
    if not 0.0 < largest < np.inf:
        return largest
    return largest * float(np.linalg.norm(vector / largest))


def block_size(width: int) -> int:
    """Return how many examples, each needing ``width`` doubles, stay in cache together."""
    return max(64, BLOCK_ELEMENTS // max(1, width))


def example_blocks(m: int, width: int) -> Iterator[slice]:
    """Cut ``m`` examples, each needing ``width`` doubles, into slices whose work stays in cache."""
    size = block_size(width)
    for begin in range(0, m, size):
        yield slice(begin, min(begin + size, m))
