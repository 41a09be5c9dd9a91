"""Randomness as pure functions of seeds: there is no generator whose state would have to be rewound."""

import numpy as np

from landscape_app.core.arrays import FloatArray, IntArray

# Streams keep draws for different purposes independent although they share one seed.
_BATCHES, _CANDIDATES = 1, 2


def batch_order(seed: int, epoch: int, m: int) -> IntArray:
    """Return the order in which the ``m`` examples are visited in ``epoch``.

    Same arguments, same order: stepping back needs no generator to rewind.
    """
    return np.random.default_rng((seed, _BATCHES, epoch)).permutation(m)


def candidate_offsets(seed: int, t: int, size: int) -> FloatArray:
    """Return candidate ``t`` of random search as ``size`` offsets, uniform in [-1, 1)."""
    return np.random.default_rng((seed, _CANDIDATES, t)).uniform(-1.0, 1.0, size)
