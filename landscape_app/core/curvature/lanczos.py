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
#: Columns of the basis that are worked on at a time.
_COLUMNS = 16_384
#: How well both ends of the spectrum are known, relative to its largest size, before a pair is chosen from it.
_ENDS = 1e-3
# A stream of its own beside those of landscape_app.core.rng.
_STREAM = 4


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RitzPairs:
    """Two ``values`` (2,) and unit ``vectors`` (2, size) with ``residuals`` ||H v − λ v|| (2,).

    ``settled`` is False where the most products allowed were taken before the residuals were small enough.
    """

    values: FloatArray
    vectors: FloatArray
    residuals: FloatArray
    settled: bool


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
        W = (yield from _finite(products(V[new]))).copy()
        taken += BLOCK
        done += BLOCK
        C = yield from _take_off(W, V[:done])
        T[new, :done], T[:done, new] = C, C.T
        yield from _take_off(W, V[:done])
        coupling = yield from _next_block(W, V[:done], float(np.abs(T[:done, :done]).max()), rng)
        V[done : done + BLOCK] = W
        if done % 8 and done < rows:
            continue
        values, S = np.linalg.eigh(T[:done, :done])
        residuals = np.linalg.norm(coupling @ S[-BLOCK:], axis=0)
        pair = np.array(choose(values))
        settled = _settled(values, residuals, pair, tolerance)
        if settled or taken >= most:
            vectors = np.linalg.qr(V[:done].T @ S[:, pair])[0].T
            yield from _measured(products, vectors, settled)
            return
        yield None
        if done == rows:
            done = yield from _restart(V, T, values, S)


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


def _columns(size: int) -> Iterator[slice]:
    """Cut the parameters so that work on a whole basis is some milliseconds long."""
    for begin in range(0, size, _COLUMNS):
        yield slice(begin, begin + _COLUMNS)


def _take_off(W: FloatArray, V: FloatArray) -> Generator[None, None, FloatArray]:
    """Take the parts along the orthonormal rows of ``V`` off the rows of ``W``, and return their coefficients."""
    C = np.zeros((len(W), len(V)))
    for part in _columns(V.shape[1]):
        C += W[:, part] @ V[:, part].T
        yield None
    for part in _columns(V.shape[1]):
        W[:, part] -= C @ V[:, part]
        yield None
    return C


def _next_block(
    W: FloatArray, V: FloatArray, scale: float, rng: np.random.Generator
) -> Generator[None, None, FloatArray]:
    """Turn ``W`` (BLOCK, size) into the next orthonormal vectors, and return how it depended on them.

    Where the products led to nothing new the basis spans an invariant space: go on from a random vector.
    """
    Q, R = np.linalg.qr(W.T)
    W[:] = Q.T
    nothing = np.abs(np.diag(R)) <= 1e-14 * scale
    if nothing.any():
        W[nothing] = rng.standard_normal((int(nothing.sum()), W.shape[1])) / np.sqrt(W.shape[1])
    for _ in range(2):  # twice is enough (Kahan and Parlett)
        yield from _take_off(W, V)
        Q, turn = np.linalg.qr(W.T)
        W[:] = (Q * np.where(np.diag(turn) < 0.0, -1.0, 1.0)).T
    return R


def _settled(values: FloatArray, residuals: FloatArray, pair: IntArray, tolerance: float) -> bool:
    scale = float(np.abs(values).max())
    ends = max(float(residuals[0]), float(residuals[-1]))
    return bool(residuals[pair].max() <= tolerance * scale and ends <= _ENDS * scale)


def _restart(V: FloatArray, T: FloatArray, values: FloatArray, S: FloatArray) -> Generator[None, None, int]:
    """Shrink a full basis to the Ritz vectors at both ends, followed by the next block; return its rows."""
    rows = len(T)
    share = rows // 5
    ends = np.concatenate((np.arange(share), np.arange(rows - share, rows)))
    turn = S[:, ends].T
    for part in _columns(V.shape[1]):
        V[: len(ends), part] = turn @ V[:rows, part]
        V[len(ends) : len(ends) + BLOCK, part] = V[rows:, part]
        yield None
    T[:] = 0.0
    np.fill_diagonal(T[: len(ends), : len(ends)], values[ends])
    return len(ends)


def _measured(products: Products, vectors: FloatArray, settled: bool) -> Iterator[RitzPairs | None]:
    """Yield the pairs with eigenvalues and residuals taken from a product of their own."""
    images = yield from _finite(products(vectors))
    quotients = np.asarray(np.vecdot(vectors, images))
    residuals = np.linalg.norm(images - quotients[:, np.newaxis] * vectors, axis=1)
    yield RitzPairs(quotients, vectors, residuals, settled)
