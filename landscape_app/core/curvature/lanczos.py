"""Extreme eigenvectors of a symmetric matrix of which only products with vectors are known."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

import numpy as np

from landscape_app.core.arrays import FloatArray, IntArray

#: Returns the products (p, size) with the rows of vectors (p, size): None after each slice of work, then these.
Products = Callable[[FloatArray], Iterator[FloatArray | None]]
#: Returns the places of the wanted pair among ascending eigenvalues.
Choice = Callable[[FloatArray], tuple[int, int]]

#: Vectors multiplied at a time: as many as are wanted, so that a double eigenvalue is found as often as it is there.
BLOCK = 2
#: Most rows of the basis, and most doubles in it (256 MB).
_ROWS, _DOUBLES = 64, 32_000_000
#: How well both ends of the spectrum are known, relative to its largest size, before a pair is chosen from it.
_ENDS = 1e-3
# A stream of its own beside those of landscape_app.core.rng.
_STREAM = 4


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RitzPairs:
    """Two ``values`` (2,) and unit ``vectors`` (2, size) with ``residuals`` ||H v − λ v|| (2,).

    ``settled`` is False where the most products allowed were taken before the residuals were small enough.
    ``lowest`` is the smallest eigenvalue met.
    """

    values: FloatArray
    vectors: FloatArray
    residuals: FloatArray
    settled: bool
    lowest: float


def lanczos_pairs(
    products: Products, size: int, choose: Choice, *, seed: int = 0, tolerance: float = 1e-8, most: int = 1500
) -> Iterator[RitzPairs | None]:
    """Yield None after each slice of work, and at last the chosen pair.

    Block Lanczos from a seeded start, every new vector orthogonalised twice against all others; a full basis is
    restarted from the Ritz vectors at both ends. It ends when the residuals of the chosen pair are below
    ``tolerance`` times the largest eigenvalue's size, or after ``most`` products. ``size`` must be 16 or more.

    Raises
    ------
    FloatingPointError
        If a product is not finite.
    Source: Golub and Van Loan, section 10.3; Wu and Simon 2000 (thick restart).
    """
    rng = np.random.default_rng((seed, _STREAM))
    rows = min(_ROWS, size // 2, max(16, _DOUBLES // size)) // BLOCK * BLOCK
    V = np.empty((rows + BLOCK, size))
    T = np.zeros((rows, rows))  # V H Vᵀ
    V[:BLOCK] = np.linalg.qr(rng.standard_normal((size, BLOCK)))[0].T
    done, taken = 0, 0
    while True:
        new = slice(done, done + BLOCK)
        W = yield from _finite(products(V[new]))
        taken += BLOCK
        done += BLOCK
        C = W @ V[:done].T  # (BLOCK, done)
        T[new, :done], T[:done, new] = C, C.T
        W = W - C @ V[:done]
        W -= (W @ V[:done].T) @ V[:done]
        yield None
        coupling, V[done : done + BLOCK] = _next_block(W, V[:done], float(np.abs(T[:done, :done]).max()), rng)
        yield None
        if done % 8 and done < rows:
            continue
        values, S = np.linalg.eigh(T[:done, :done])
        residuals = np.linalg.norm(coupling @ S[-BLOCK:], axis=0)
        pair = np.array(choose(values))
        settled = _settled(values, residuals, pair, tolerance)
        if settled or taken >= most:
            vectors = np.linalg.qr(V[:done].T @ S[:, pair])[0].T
            yield from _measured(products, vectors, settled, values)
            return
        yield None
        if done == rows:
            done = _restart(V, T, values, S)


def _finite(products: Iterator[FloatArray | None]) -> Generator[None, None, FloatArray]:
    """Hand the slices of work on, and return the products."""
    for part in products:
        if part is None:
            yield None
        elif np.isfinite(part).all():
            return part
        else:
            break
    raise FloatingPointError("a product with the matrix is not finite")


def _next_block(W: FloatArray, V: FloatArray, scale: float, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Return how the rows of ``W`` depend on the next orthonormal vectors, and these (BLOCK, size).

    Where the products led to nothing new the basis spans an invariant space: go on from a random vector.
    """
    Q, R = np.linalg.qr(W.T)
    nothing = np.abs(np.diag(R)) <= 1e-14 * scale
    if nothing.any():
        Q[:, nothing] = rng.standard_normal((len(Q), int(nothing.sum()))) / np.sqrt(len(Q))
    for _ in range(2):  # twice is enough (Kahan and Parlett)
        Q = Q - V.T @ (V @ Q)
        Q, turn = np.linalg.qr(Q)
        Q *= np.where(np.diag(turn) < 0.0, -1.0, 1.0)
    return R, Q.T


def _settled(values: FloatArray, residuals: FloatArray, pair: IntArray, tolerance: float) -> bool:
    scale = float(np.abs(values).max())
    ends = max(float(residuals[0]), float(residuals[-1]))
    return bool(residuals[pair].max() <= tolerance * scale and ends <= _ENDS * scale)


def _restart(V: FloatArray, T: FloatArray, values: FloatArray, S: FloatArray) -> int:
    """Shrink a full basis to the Ritz vectors at both ends, followed by the next block; return its rows."""
    rows = len(T)
    share = rows // 5
    ends = np.concatenate((np.arange(share), np.arange(rows - share, rows)))
    next_block = V[rows:].copy()
    V[: len(ends)] = S[:, ends].T @ V[:rows]
    V[len(ends) : len(ends) + BLOCK] = next_block
    T[:] = 0.0
    np.fill_diagonal(T[: len(ends), : len(ends)], values[ends])
    return len(ends)


def _measured(products: Products, vectors: FloatArray, settled: bool, values: FloatArray) -> Iterator[RitzPairs | None]:
    """Yield the pairs with eigenvalues and residuals taken from a product of their own."""
    images = yield from _finite(products(vectors))
    quotients = np.asarray(np.vecdot(vectors, images))
    residuals = np.linalg.norm(images - quotients[:, np.newaxis] * vectors, axis=1)
    yield RitzPairs(quotients, vectors, residuals, settled, float(values[0]))
