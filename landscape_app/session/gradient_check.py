"""The gradient that a step uses, compared with one that is found without the backward pass."""

from collections.abc import Iterator
from dataclasses import dataclass

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
#: Multiplications up to which a check is made without being asked for, and beyond which none is made at all.
UNASKED, MOST = 30_000_000, 5_000_000_000


@dataclass(frozen=True, slots=True, eq=False)
class CheckWish:
    """A gradient (size,) to be checked at ``theta`` (size,), over all the data or over ``batch`` (p,)."""

    problem: Problem
    theta: FloatArray
    grad: FloatArray
    batch: IntArray | None

    @property
    def work(self) -> float:
        """How many multiplications the check takes, roughly."""
        m = self.problem.data.m if self.batch is None else len(self.batch)
        return float(self.theta.size) * m * self.problem.model.width

    def same_as(self, other: "CheckWish") -> bool:
        """Whether both ask for the same numbers."""
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

    Where the block is wrong it is relative to the block's own largest entry: another block may dwarf it.
    """

    name: str
    difference: float
    agrees: bool


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
    def difference(self) -> float:
        """The largest difference of all."""
        return max((block.difference for block in self.blocks), key=lambda d: np.inf if np.isnan(d) else d)


def check_steps(wish: CheckWish) -> Iterator[GradientCheck | None]:
    """Yield None after each slice of work, and the check at last."""
    model, data = wish.problem.model, wish.problem.data
    X, y = (data.X, data.y) if wish.batch is None else data.examples(wish.batch)
    found: FloatArray | None = None
    for found in complex_step(model, wish.theta, X, y):
        if found is None:
            yield None
    assert found is not None
    with np.errstate(all="ignore"):  # not across a yield: others compute in between
        check = _compared(wish, found, rounding_scale(model, wish.theta, X, y))
    yield check


def _compared(wish: CheckWish, found: FloatArray, scale: FloatArray) -> GradientCheck:
    sizes, difference = np.abs(wish.grad), np.abs(found - wish.grad)
    # Entry by entry: features in other units make entries of quite other sizes, in one block, too.
    right = difference <= np.maximum(np.maximum(TOLERANCE * sizes, ROUNDING * scale), SMALLEST)
    largest = float(sizes.max())
    blocks = []
    for block in wish.problem.model.layout.blocks:
        own = slice(block.start, block.stop)
        agrees, worst = bool(right[own].all()), float(difference[own].max())
        reference = largest if agrees else float(sizes[own].max())
        blocks.append(BlockCheck(block.name, worst / reference if reference > 0.0 else worst, agrees))
    return GradientCheck(wish, tuple(blocks), largest, bool((sizes <= ROUNDING * scale).all()))
