"""The gradient that a step uses, compared with one that is found without the backward pass."""

from collections.abc import Iterator
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from landscape_app.core.arrays import FloatArray, IntArray
from landscape_app.core.backprop import STEP, complex_step, rounding_scale
from landscape_app.session.problem import Problem

#: Two gradients are the same if each entry differs by no more than this part of itself ...
TOLERANCE = 1e-9
#: ... or by this part of the sum that it comes from, where next to nothing is left of that.
ROUNDING = 1e-13
#: Below this the imaginary part of the loss is too small for a number.
SMALLEST = np.finfo(np.float64).tiny / STEP
#: Multiplications that a check may take without being asked for, and if it is. Beyond that it is one of some entries.
UNASKED, ASKED = 30_000_000, 5_000_000_000
#: Multiplications that one entry of each block may take without being asked for: of huge data even that is long.
FEWEST = 10 * UNASKED


@dataclass(frozen=True, slots=True, eq=False)
class CheckWish:
    """A gradient (size,) to be checked at ``theta`` (size,), over all the data or over ``batch`` (p,).

    ``asked`` says that somebody wants it, so that it may take its time.
    """

    problem: Problem
    theta: FloatArray
    grad: FloatArray
    batch: IntArray | None
    asked: bool = False

    @property
    def by_itself(self) -> bool:
        """Whether it is made without being asked for."""
        return sum(self.counts) * self._entry_work <= FEWEST

    @property
    def _entry_work(self) -> int:
        """How many multiplications an entry takes, roughly."""
        return (self.problem.data.m if self.batch is None else len(self.batch)) * self.problem.model.width

    @property
    def counts(self) -> tuple[int, ...]:
        """How many entries of each block are checked: all, or as many as there is time for, and one at least."""
        blocks = self.problem.model.layout.blocks
        left, counts = (ASKED if self.asked else UNASKED) // self._entry_work, {}
        for place, block in enumerate(sorted(blocks, key=lambda block: block.size)):
            share = left // (len(blocks) - place)  # what small blocks do not need is for the large ones
            counts[block.name] = min(block.size, max(1, share))
            left -= counts[block.name]
        return tuple(counts[block.name] for block in blocks)

    @property
    def entries(self) -> IntArray:
        """The entries (e,) that are checked, in order: at another point others are drawn, at the same one the same."""
        rng = np.random.default_rng(crc32(self.theta.tobytes()))
        blocks = zip(self.problem.model.layout.blocks, self.counts, strict=True)
        return np.concatenate([block.start + np.sort(rng.permutation(block.size)[:count]) for block, count in blocks])

    def same_as(self, other: "CheckWish") -> bool:
        """Whether both are about the same gradient at the same point, of however many entries."""
        return (
            self.problem is other.problem
            and np.array_equal(self.theta, other.theta)
            and np.array_equal(self.grad, other.grad)
            and _same(self.batch, other.batch)
        )


def _same(first: IntArray | None, second: IntArray | None) -> bool:
    """Whether both are the same examples; None means all of them."""
    if first is None or second is None:
        return first is second
    return np.array_equal(first, second)


@dataclass(frozen=True, slots=True, eq=False)
class BlockCheck:
    """The largest difference in one block, relative to the largest entry of the whole gradient.

    Where the block is wrong it is relative to the block's own largest entry: another block may dwarf it. It is the
    largest of the ``checked`` entries of the ``size`` that the block has.
    """

    name: str
    difference: float
    agrees: bool
    checked: int
    size: int


@dataclass(frozen=True, slots=True, eq=False)
class GradientCheck:
    """What a check found, block by block; ``largest`` is the size of the gradient's largest entry.

    ``at_rest`` says that nothing but rounding is left of the gradient: differences have no meaning there.
    """

    wish: CheckWish
    blocks: tuple[BlockCheck, ...]
    largest: float
    at_rest: bool

    @property
    def agrees(self) -> bool:
        """Whether both ways give the same gradient, but for rounding."""
        return all(block.agrees for block in self.blocks)

    @property
    def checked(self) -> int:
        """How many entries were checked."""
        return sum(block.checked for block in self.blocks)

    @property
    def size(self) -> int:
        """How many entries the gradient has."""
        return sum(block.size for block in self.blocks)

    @property
    def difference(self) -> float:
        """The largest difference of all."""
        return max((block.difference for block in self.blocks), key=lambda d: np.inf if np.isnan(d) else d)


def check_steps(wish: CheckWish) -> Iterator[GradientCheck | None]:
    """Yield None after each slice of work, and the check at last."""
    model, data = wish.problem.model, wish.problem.data
    X, y = (data.X, data.y) if wish.batch is None else data.examples(wish.batch)
    entries = wish.entries
    found: FloatArray | None = None
    for found in complex_step(model, wish.theta, X, y, entries):
        if found is None:
            yield None
    assert found is not None
    with np.errstate(all="ignore"):  # not across a yield: others compute in between
        check = _compared(wish, entries, found, rounding_scale(model, wish.theta, X, y))
    yield check


def _compared(wish: CheckWish, entries: IntArray, found: FloatArray, scale: FloatArray) -> GradientCheck:
    """Compare ``entries`` (e,) of the gradient with those ``found`` (e,) another way."""
    sizes, difference = np.abs(wish.grad), np.abs(found - wish.grad[entries])
    # Entry by entry: features in other units make entries of quite other sizes, in one block, too.
    allowed = np.maximum(np.maximum(TOLERANCE * sizes, ROUNDING * scale), SMALLEST)
    right = difference <= allowed[entries]
    largest = float(sizes.max())
    blocks = []
    for block in wish.problem.model.layout.blocks:
        own, checked = slice(block.start, block.stop), (entries >= block.start) & (entries < block.stop)
        agrees, worst = bool(right[checked].all()), float(difference[checked].max())
        reference = largest if agrees else float(sizes[own].max())
        relative = worst / reference if reference > 0.0 else worst
        blocks.append(BlockCheck(block.name, relative, agrees, int(checked.sum()), block.size))
    return GradientCheck(wish, tuple(blocks), largest, bool((sizes <= ROUNDING * scale).all()))
