"""The parts of the update as arrows in the map's plane: what the map and the surface both draw."""

from dataclasses import dataclass

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.session.snapshot import Snapshot
from landscape_app.session.update_terms import UpdateTerms


@dataclass(frozen=True, slots=True, eq=False)
class Arrow:
    """A part of the update by ``name``, from ``tail`` (2,) by ``move`` (2,), in coordinates of the map's plane."""

    name: str
    tail: FloatArray
    move: FloatArray

    @property
    def tip(self) -> FloatArray:
        """Where it ends (2,)."""
        return self.tail + self.move


def update_arrows(shown: Snapshot, terms: UpdateTerms) -> tuple[Arrow, ...]:
    """Return the parts of the update from the cursor, each from the tip of the one before, and at last the step.

    A rule whose step has one part alone has no other arrow for the step. Nothing is returned where a part is not
    finite any more.
    """
    moves = {part.name: part.value for part in terms.parts}
    if len(moves) > 1:
        moves["step"] = terms.step
    plane = shown.map_view.plane
    with np.errstate(all="ignore"):  # a run that diverges goes as far as numbers go
        here = np.array(plane.project(shown.theta))
        on_plane = {name: np.array(plane.project(shown.theta + move)) - here for name, move in moves.items()}
    if not all(np.isfinite(move).all() for move in on_plane.values()):
        return ()
    arrows, tail = [], here
    for name, move in on_plane.items():
        arrow = Arrow(name, here if name == "step" else tail, move)
        arrows.append(arrow)
        tail = arrow.tip
    return tuple(arrows)


def enlarged(arrows: tuple[Arrow, ...], times: float) -> tuple[Arrow, ...]:
    """Return the arrows ``times`` as long, all from the point where the first one begins."""
    if not arrows:
        return ()
    here = arrows[0].tail
    return tuple(Arrow(arrow.name, here + times * (arrow.tail - here), times * arrow.move) for arrow in arrows)
