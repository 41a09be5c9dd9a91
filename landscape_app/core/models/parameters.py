"""The parameters of a model: named blocks of one flat float64 vector."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from landscape_app.core.arrays import AnyFloatArray, FloatArray
from landscape_app.core.errors import ConfigError

_Array = TypeVar("_Array", bound=AnyFloatArray)


@dataclass(frozen=True, slots=True)
class Block:
    """A named array inside the flat vector: ``theta[start:stop].reshape(shape)``.

    ``scalar`` blocks (w of the univariate model, the output biases) are named without an index.
    """

    name: str
    shape: tuple[int, ...]
    start: int
    scalar: bool = False

    @property
    def size(self) -> int:
        """Number of scalars in the block."""
        return prod(self.shape)

    @property
    def stop(self) -> int:
        """Index after the block's last scalar."""
        return self.start + self.size

    def scalar_names(self) -> list[str]:
        """Return the names of the block's scalars in C order.

        ``w``; ``w[3]`` for rows and columns; ``W1[0,2]`` for matrices (unit first, then feature).
        """
        if self.scalar:
            return [self.name]
        if self.name[0].isupper():
            rows, columns = self.shape
            return [f"{self.name}[{i},{j}]" for i in range(rows) for j in range(columns)]
        return [f"{self.name}[{i}]" for i in range(self.size)]


@dataclass(frozen=True)
class Layout:
    """The blocks of a model in their order in the flat vector."""

    blocks: tuple[Block, ...]

    @classmethod
    def of(cls, *shapes: tuple[str, tuple[int, ...], bool]) -> "Layout":
        """Build a layout from (name, shape, scalar) triples, one after the other."""
        blocks: list[Block] = []
        start = 0
        for name, shape, scalar in shapes:
            blocks.append(Block(name, shape, start, scalar))
            start = blocks[-1].stop
        return cls(tuple(blocks))

    @property
    def size(self) -> int:
        """Length of the flat vector."""
        return self.blocks[-1].stop

    @cached_property
    def scalar_names(self) -> tuple[str, ...]:
        """Names of all scalars, in the order of the flat vector."""
        return tuple(name for block in self.blocks for name in block.scalar_names())

    @cached_property
    def _index(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.scalar_names)}

    def index(self, name: str) -> int:
        """Return the position of the scalar ``name``; ConfigError says which names there are."""
        try:
            return self._index[name.replace(" ", "")]
        except KeyError:
            shown = ", ".join(self.scalar_names[:6]) + (", ..." if self.size > 6 else "")
            raise ConfigError(f"There is no parameter called {name!r}; this model has {shown}.") from None

    def split(self, theta: _Array) -> dict[str, _Array]:
        """Return the blocks as views of ``theta`` in the section's shapes."""
        return {b.name: theta[b.start : b.stop].reshape(b.shape) for b in self.blocks}  # type: ignore[misc]

    def join(self, blocks: Mapping[str, npt.ArrayLike]) -> FloatArray:
        """Return the flat vector for blocks given in the section's shapes, or flat.

        Raises
        ------
        ConfigError
            If a block is missing, unknown, not numeric, of the wrong size, or not finite.
        """
        known = [b.name for b in self.blocks]
        for name in blocks:
            if name not in known:
                raise ConfigError(f"There is no parameter block called {name!r}; this model has {', '.join(known)}.")
        theta = np.empty(self.size)
        for block in self.blocks:
            if block.name not in blocks:
                raise ConfigError(f"The start has no values for {block.name}; this model has {', '.join(known)}.")
            theta[block.start : block.stop] = _block_values(block, blocks[block.name])
        return theta


def _block_values(block: Block, given: npt.ArrayLike) -> FloatArray:
    """Check one block of a start and return it flat."""
    try:
        values = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise ConfigError(f"The start for {block.name} is not made of numbers.") from None
    flat = values.size == block.size and (values.ndim <= 1 or block.size == 1)
    if values.shape != block.shape and not flat:
        wanted = "one number" if block.size == 1 else f"shape {block.shape}"
        raise ConfigError(f"The start for {block.name} has shape {values.shape}, but this model needs {wanted}.")
    if not np.isfinite(values).all():
        raise ConfigError(f"The start for {block.name} holds a value that is not a finite number.")
    return values.reshape(-1)
