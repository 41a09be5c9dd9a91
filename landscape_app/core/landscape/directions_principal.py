"""The two directions in which a path spreads most: its principal components."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.curvature.lanczos import lanczos_pairs
from landscape_app.core.landscape.directions import (
    Directions,
    across,
    completed,
    first_axes,
    unit,
    with_fixed_sign,
)

#: Up to so many parameters all components are computed at once, from a triangle of that size.
_TRIANGLE_SIZE = 200
#: Doubles of the path that are worked on at a time.
_SLICE = 262_144
#: Entries beyond this are those of a diverging path: their squares would be no numbers.
_TOO_LARGE = 1e100
#: A spread is none below this part of the largest one.
_NOTHING = 1e-12
#: Share of the first eigenvalue below which the second is looked for on its own.
_TINY = 1e-6
#: Residuals, relative to the first eigenvalue, at which the searches for both and for the second alone end.
_TOLERANCE, _ALONE = 1e-12, 1e-9
#: Products with the rows after which a search ends anyway.
_MOST = 400


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Spread:
    """The ``count`` rows that are used, with their ``mean`` (size,) and largest size of an entry."""

    count: int
    left_out: int
    mean: FloatArray
    largest: float

    @property
    def rounding(self) -> float:
        """Singular values up to this are what rounding leaves of rows that are equal."""
        return float(2.0 * np.finfo(np.float64).eps * self.largest * (np.sqrt(self.count) + np.sqrt(self.mean.size)))


def principal_directions(paths: Sequence[FloatArray]) -> Iterator[Directions | None]:
    """Yield None after each slice of work, and at last the first two principal directions, of unit length.

    ``paths`` are one or more arrays of parameters (rows, size), one row a step, read in slices several times and
    never copied as a whole. The base is the mean of all rows; ``facts`` are the shares of the variance about it.
    Rows that are not finite, or beyond 1e100, are left out. Of each direction the largest component is positive.

    Up to 200 parameters from an orthogonal factorisation of the centred rows, beyond by Lanczos' method on
    products with them. The matrix of their inner products, which would lose a small second spread, is never formed.
    """
    size = paths[0].shape[1]
    spread = yield from _spread(paths, size)
    if spread.count == 0:
        u, v = first_axes(size)
        yield Directions(np.zeros(size), u, v, "direction 1", "direction 2", "pca", (0.0, 0.0), _NO_ROWS)
        return
    found = _by_triangle(paths, spread) if size <= _TRIANGLE_SIZE else _by_lanczos(paths, spread)
    for pair in found:
        yield None if pair is None else _directions(spread, *pair)


#: Singular values (2,), directions (2, size), and the sum of all squares.
_Pair = tuple[FloatArray, FloatArray, float]


def _directions(spread: _Spread, singular: FloatArray, vectors: FloatArray, total: float) -> Directions:
    """Name the directions; put another in the place of one that is only rounding."""
    mean, nothing = sealed(spread.mean), spread.rounding
    if singular[0] <= nothing:
        u, v = first_axes(mean.size)
        return Directions(mean, u, v, "direction 1", "direction 2", "pca", (0.0, 0.0), _ONE_POINT)
    u = with_fixed_sign(unit(vectors[0]))
    shares = [min(1.0, float(s) ** 2 / total) for s in singular]
    if singular[1] <= max(nothing, _NOTHING * singular[0]):
        v = with_fixed_sign(completed(u))
        return Directions(mean, u, v, "principal direction 1", "at right angles", "pca", (1.0, 0.0), _LINE)
    v = with_fixed_sign(unit(across(vectors[1], u)))
    remark = f"Steps whose parameters are too large were left out: {spread.left_out}." if spread.left_out else ""
    return Directions(
        mean, u, v, "principal direction 1", "principal direction 2", "pca", (shares[0], shares[1]), remark
    )


def _rows(paths: Sequence[FloatArray]) -> Iterator[tuple[FloatArray, int]]:
    """Yield the usable rows (r, size), slice by slice, and how many of the slice are not."""
    for path in paths:
        step = max(2, _SLICE // path.shape[1])
        for begin in range(0, len(path), step):
            rows = path[begin : begin + step]
            usable = (rows.max(axis=1) <= _TOO_LARGE) & (rows.min(axis=1) >= -_TOO_LARGE)  # False for NaN
            kept = int(usable.sum())
            yield rows if kept == len(rows) else rows[usable], len(rows) - kept


def _spread(paths: Sequence[FloatArray], size: int) -> Generator[None, None, _Spread]:
    """Hand on the slices of work, and return what is known of the rows."""
    count, left_out, largest = 0, 0, 0.0
    origin, mean = np.zeros(size), np.zeros(size)
    for rows, bad in _rows(paths):
        left_out += bad
        if len(rows):
            # The mean is taken of differences, so that it is exact where all rows are the same.
            origin = origin if count else rows[0].copy()
            count += len(rows)
            mean = mean + ((rows - origin).mean(axis=0) - mean) * (len(rows) / count)
            largest = max(largest, float(rows.max()), -float(rows.min()))
        yield None
    return _Spread(count, left_out, origin + mean, largest)


def _by_triangle(paths: Sequence[FloatArray], spread: _Spread) -> Iterator[_Pair | None]:
    """Factor the centred rows slice by slice into one triangle R, whose singular vectors are theirs."""
    R: FloatArray = np.zeros((0, spread.mean.size))
    for rows, _ in _rows(paths):
        stacked: FloatArray = np.vstack((R, rows - spread.mean))
        R = np.asarray(np.linalg.qr(stacked, mode="r"))
        yield None
    _, singular, vectors = np.linalg.svd(R)
    yield np.append(singular, 0.0)[:2], vectors[:2], float(singular @ singular)  # one row alone has one value


def _by_lanczos(paths: Sequence[FloatArray], spread: _Spread) -> Iterator[_Pair | None]:
    """Take the two leading eigenvectors of CᵀC, C being the centred rows, by products with C.

    An eigenvalue that is tiny beside the first carries that one's rounding, so the second is then looked for once
    more among rows from which the first direction has been taken out.
    """
    size = spread.mean.size
    scale = yield from _size(paths, spread.mean)
    vectors, singular = np.zeros((2, size)), np.zeros(2)
    if scale > spread.rounding:
        vectors = yield from _leading(_Scatter(paths, spread.mean, scale), size)
        image = yield from _last(_Scatter(paths, spread.mean, scale).products(vectors))
        vectors[0] = unit(image[0])  # one more power step: all but exact where the second is tiny
        if vectors[1] @ image[1] < _TINY * (vectors[0] @ image[0]):
            rest = yield from _size(paths, spread.mean, vectors[0])
            if rest > max(spread.rounding, _NOTHING * scale):
                vectors[1] = (yield from _leading(_Scatter(paths, spread.mean, rest, vectors[0]), size))[0]
        vectors[1] = unit(across(vectors[1], vectors[0]))
        for rows, _ in _rows(paths):
            singular = np.hypot(singular, np.linalg.norm((rows - spread.mean) @ vectors.T, axis=0))
            yield None
    yield singular, vectors, scale**2


def _size(
    paths: Sequence[FloatArray], mean: FloatArray, without: FloatArray | None = None
) -> Generator[None, None, float]:
    """Hand on the slices of work, and return the root of the sum of all squares of the centred rows."""
    size = 0.0
    for rows, _ in _rows(paths):
        size = float(np.hypot(size, np.linalg.norm(_centred(rows, mean, without))))
        yield None
    return size


def _centred(rows: FloatArray, mean: FloatArray, without: FloatArray | None) -> FloatArray:
    """Return ``rows`` less their ``mean``, and less their parts along the unit vector ``without``."""
    centred = rows - mean
    if without is not None:
        centred -= np.outer(centred @ without, without)
    return centred


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Scatter:
    """The matrix CᵀC / scale² of the centred rows C, from which the unit vector ``without`` may be taken out."""

    paths: Sequence[FloatArray]
    mean: FloatArray
    scale: float
    without: FloatArray | None = None

    def products(self, vectors: FloatArray) -> Iterator[FloatArray | None]:
        """Yield None after each slice of rows, and at last the products (p, size) with ``vectors`` (p, size)."""
        image = np.zeros(vectors.shape)
        for rows, _ in _rows(self.paths):
            centred = _centred(rows, self.mean, self.without)
            image += ((vectors @ centred.T) / self.scale) @ centred
            yield None
        image /= self.scale
        if self.without is not None:
            image -= np.outer(image @ self.without, self.without)
        yield image


def _leading(scatter: _Scatter, size: int) -> Generator[None, None, FloatArray]:
    """Hand on the slices of work, and return the two eigenvectors (2, size) with the largest eigenvalues."""
    pairs = lanczos_pairs(
        scatter.products,
        size,
        lambda values: (len(values) - 1, len(values) - 2),
        tolerance=_TOLERANCE if scatter.without is None else _ALONE,
        most=_MOST,
    )
    for pair in pairs:
        if pair is None:
            yield None
        else:
            return pair.vectors.copy()
    raise AssertionError("the last step yields the pair")


def _last(products: Iterator[FloatArray | None]) -> Generator[None, None, FloatArray]:
    for part in products:
        if part is None:
            yield None
        else:
            return part
    raise AssertionError("the last step yields the products")


_NO_ROWS = "There is no step with finite parameters, so that these are the first two parameters."
_ONE_POINT = "All steps are at the same point, so that these are the first two parameters."
_LINE = "The path is a straight line, so that the second direction is any one at right angles to it."
