"""Whose gradient is it: the examples that one entry of the gradient comes from, with what each adds to it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from landscape_app.core.arrays import FloatArray, IntArray, sealed
from landscape_app.core.backprop import shares
from landscape_app.session.problem import Problem

#: So many examples are listed at most, those with the largest parts.
LISTED = 1_000
#: Multiplications up to which an entry is taken apart at once; larger data go to the worker.
AT_ONCE = 150_000
#: Multiplications of one slice of work.
SLICE = 400_000


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ShareWish:
    """Entry ``entry`` of the gradient at ``theta`` (size,), over all the data or over ``batch`` (p,)."""

    problem: Problem
    theta: FloatArray
    entry: int
    batch: IntArray | None
    iteration: int

    @property
    def m(self) -> int:
        """How many examples the entry is a sum over."""
        return self.problem.data.m if self.batch is None else len(self.batch)

    @property
    def quick(self) -> bool:
        """Whether the parts are found within a few milliseconds."""
        return self.m * self.problem.model.width <= AT_ONCE

    def same_as(self, other: "ShareWish") -> bool:
        """Whether both ask for the same numbers."""
        return (
            self.problem is other.problem
            and (self.entry, self.iteration) == (other.entry, other.iteration)
            and np.array_equal(self.theta, other.theta)
            and _same(self.batch, other.batch)
        )


def _same(first: IntArray | None, second: IntArray | None) -> bool:
    """Whether both are the same examples; None means all of them."""
    if first is None or second is None:
        return first is second
    return np.array_equal(first, second)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Shares:
    """What the examples add to the entry that ``wish`` names.

    Attributes
    ----------
    wish
        The moment and the entry.
    examples
        Numbers of the listed examples (p,), counted from 0, the largest part first.
    parts
        What they add to the entry (p,).
    total
        Sum of the parts of all examples: the entry itself, but for rounding.
    sizes
        Sum of the sizes of the parts of all examples: what a share is a share of.
    """

    wish: ShareWish
    examples: IntArray
    parts: FloatArray
    total: float
    sizes: float

    @property
    def portions(self) -> FloatArray:
        """Return the size of each listed part (p,) as a portion of the sum of all sizes."""
        return np.abs(self.parts) / self.sizes if self.sizes > 0.0 else np.zeros(len(self.parts))


def shares_of(wish: ShareWish) -> Shares:
    """Take the entry apart at once."""
    found = [shares for shares in share_steps(wish) if shares is not None]
    return found[-1]


def share_steps(wish: ShareWish) -> Iterator[Shares | None]:
    """Yield None after each slice of work, and the parts at last."""
    model, data, m = wish.problem.model, wish.problem.data, wish.m
    parts = np.empty(m)
    step = max(1, SLICE // model.width)
    for begin in range(0, m, step):
        part = slice(begin, min(begin + step, m))
        X, y = (data.X[:, part], data.y[:, part]) if wish.batch is None else data.examples(wish.batch[part])
        with np.errstate(all="ignore"):  # a run that is about to diverge has parts as large as numbers get
            parts[part] = shares(model, wish.theta, X, y, wish.entry)
            if X.shape[1] != m:  # the mean over these alone
                parts[part] *= X.shape[1] / m
        if part.stop < m:
            yield None
    yield _sorted(wish, parts)


def _sorted(wish: ShareWish, parts: FloatArray) -> Shares:
    sizes = np.nan_to_num(np.abs(parts), nan=np.inf)
    if len(parts) > LISTED:
        chosen = np.argpartition(sizes, len(parts) - LISTED)[-LISTED:]
        chosen.sort()
    else:
        chosen = np.arange(len(parts))
    chosen = chosen[np.argsort(-sizes[chosen], kind="stable")]  # equal ones in the order of the data
    examples = chosen if wish.batch is None else wish.batch[chosen]
    listed = sealed(parts[chosen])
    with np.errstate(all="ignore"):
        return Shares(wish, examples, listed, float(parts.sum()), float(np.abs(parts).sum()))
