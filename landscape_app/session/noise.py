"""What a mini-batch sees beside what all the data say: its examples, its landscape, and the gradient it stands for."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from landscape_app.core.arrays import FloatArray, IntArray, example_blocks, sealed
from landscape_app.core.dataset import Dataset
from landscape_app.core.landscape import grid_landscapes, loss_scale
from landscape_app.session.epochs import ORDERED_AT_ONCE
from landscape_app.session.map_picture import LINES, Lines, MapPicture, contour_lines
from landscape_app.session.map_view import MapView
from landscape_app.session.problem import Problem
from landscape_app.session.settings import is_full
from landscape_app.session.transitions import batch_at

if TYPE_CHECKING:
    from landscape_app.session.snapshot import Snapshot

#: Examples times weights up to which the gradient over all the data takes some milliseconds at most.
SUMMED_AT_ONCE = 400_000
#: Nodes a side of the lattice in which the batch's lines are traced: a ghost need not be finer.
NODES = 81
#: Of the map's own lines every second one has its ghost: more would hide the map.
EVERY = 2
#: Where the batch has fewer of the map's losses than this in view, its lines are at losses of its own.
FEWEST = 3


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class NoiseWish:
    """The step from ``iteration`` uses the batch of ``size`` at ``position`` of ``epoch``.

    ``ghost`` says whether its landscape and the gradient over all the data are wanted: in ``view``, at the loss
    ``levels`` (l,) of the map's own lines.
    """

    problem: Problem
    iteration: int
    theta: FloatArray
    seed: int
    size: int
    epoch: int
    position: int
    ghost: bool
    view: MapView
    levels: tuple[float, ...]

    def same_step(self, other: "NoiseWish") -> bool:
        """Whether both are about the same batch at the same point."""
        return (
            self.problem is other.problem
            and (self.iteration, self.seed, self.size, self.epoch, self.position)
            == (other.iteration, other.seed, other.size, other.epoch, other.position)
            and np.array_equal(self.theta, other.theta)
        )

    def same_as(self, other: "NoiseWish") -> bool:
        """Whether both ask for the same."""
        return (
            self.same_step(other)
            and self.ghost == other.ghost
            and (not self.ghost or (self.levels == other.levels and self.view.same_as(other.view)))
        )

    @property
    def quick(self) -> bool:
        """Whether all but the landscape is found within some milliseconds."""
        data, width = self.problem.data, self.problem.model.width
        return data.m <= ORDERED_AT_ONCE and (not self.ghost or data.m * width <= SUMMED_AT_ONCE)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Noise:
    """What is known of the batch of the step that comes next.

    Attributes
    ----------
    wish
        What was asked for.
    examples
        The numbers of the batch's examples (p,).
    full_grad
        The gradient (size,) over all the data at the same point; None while it is not known, or not wanted.
    lines
        Contour lines of the batch's own loss, at the map's levels; None while they are not known, or not wanted.
    own_levels
        Whether the lines are at other losses than the map's, since the batch has too few of those in view.
    """

    wish: NoiseWish
    examples: IntArray
    full_grad: FloatArray | None = None
    lines: Lines | None = None
    own_levels: bool = False

    @property
    def complete(self) -> bool:
        """Whether everything that was wanted is there."""
        return not self.wish.ghost or (self.full_grad is not None and self.lines is not None)


def in_batches(shown: "Snapshot") -> bool:
    """Whether the step from the cursor sees a part of the data only."""
    return not is_full(shown.settings, shown.problem.data.m)


def noise_wish(shown: "Snapshot", view: MapView, picture: MapPicture | None, ghost: bool) -> NoiseWish | None:
    """Return what is to be found of the batch at the cursor; None where the step uses all the data."""
    size = shown.settings.step_size
    if size is None or not in_batches(shown):
        return None
    epoch, position = shown.timeline.place(shown.cursor)
    levels = () if picture is None else tuple(picture.scale.levels(LINES)[::EVERY].tolist())
    seed = shown.experiment.run.seed
    return NoiseWish(
        shown.problem,
        shown.cursor,
        shown.theta,
        seed,
        size,
        epoch,
        position,
        ghost and picture is not None,
        view,
        levels,
    )


def noise_at_once(wish: NoiseWish) -> Noise:
    """Return all but the landscape, for data that are small enough."""
    found = Noise(wish, _examples(wish))
    for known in _gradient_steps(found):
        found = known or found
    return found


def noise_steps(wish: NoiseWish, known: Noise | None) -> Iterator[Noise | None]:
    """Yield what is found, one thing after the other, and None after each slice of work."""
    found = known
    if found is None:
        found = Noise(wish, _examples(wish))
        yield found
    if not wish.ghost:
        return
    for step in _lines_steps(found):
        found = step or found
        yield step
    for step in _gradient_steps(found):
        found = step or found
        yield step


def _examples(wish: NoiseWish) -> IntArray:
    batch = batch_at(wish.seed, wish.problem.data.m, wish.size, wish.epoch, wish.position)
    assert batch is not None
    return batch


def _gradient_steps(found: Noise) -> Iterator[Noise | None]:
    wish = found.wish
    if not wish.ghost or found.full_grad is not None:
        return
    model, data = wish.problem.model, wish.problem.data
    total = np.zeros_like(wish.theta)
    for part in example_blocks(data.m, model.width):
        with np.errstate(all="ignore"):  # a run that is about to diverge has gradients as large as numbers get
            X, y = data.X[:, part], data.y[:, part]
            total += model.loss_and_gradient(wish.theta, X, y)[1] * (y.shape[1] / data.m)
        yield None
    yield replace(found, full_grad=sealed(total))


def _lines_steps(found: Noise) -> Iterator[Noise | None]:
    wish = found.wish
    batch = batch_data(wish.problem.data, found.examples)
    view, model = wish.view, wish.problem.model
    last = None
    for landscape in grid_landscapes(model, batch, view.plane, view.x_range, view.y_range, NODES):
        last = landscape or last
        yield None
    assert last is not None
    levels = np.array(wish.levels)
    low, high = float(last.loss.min()), float(last.loss.max())
    own = int(((levels > low) & (levels < high)).sum()) < FEWEST
    if own:
        levels = loss_scale(last.loss).levels(LINES // EVERY)
    yield replace(found, lines=contour_lines(last, levels), own_levels=own)


def batch_data(data: Dataset, examples: IntArray) -> Dataset:
    """Return the data set that the batch is by itself."""
    X, y = data.examples(examples)
    return replace(data, X=sealed(np.ascontiguousarray(X)), y=sealed(np.ascontiguousarray(y)))
