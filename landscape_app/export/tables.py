"""The run and its landscape as plain data: a CSV of the trajectory and an npz of the map."""

import csv
from pathlib import Path
from typing import Any

import numpy as np

from landscape_app.core.landscape import Landscape
from landscape_app.core.models.parameters import Layout
from landscape_app.session.files import replacing
from landscape_app.session.records import Timeline

#: Numbers turned into text at once.
BLOCK_NUMBERS = 200_000


def write_trajectory(path: Path, layout: Layout, timeline: Timeline) -> None:
    """Write one row an iteration: ``iteration,loss``, every scalar, then ``dL/d`` and every scalar's name.

    The loss is over all the data, the gradient the one that the next update uses. Floats are in the
    shortest form that reads back as the same double; names with a comma are quoted. A file that was there
    before stays as it is if this one can't be completed.
    """
    names = layout.scalar_names
    rows = max(1, BLOCK_NUMBERS // (2 * len(names) + 1))
    with replacing(path) as unfinished, unfinished.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(
            ["iteration", "loss", *names, *(f"dL/d{name}" for name in names)]
        )
        for begin in range(0, timeline.length, rows):
            part = slice(begin, begin + rows)
            block = np.column_stack((timeline.loss[part], timeline.theta[part], timeline.grad[part]))
            # repr is the shortest round trip; numbers need no quotes, so csv's slower writer isn't needed.
            file.writelines(
                f"{iteration},{','.join(map(repr, row))}\n" for iteration, row in enumerate(block.tolist(), begin)
            )


def write_landscape(path: Path, landscape: Landscape) -> None:
    """Write ``x``, ``y``, ``loss[y, x]`` as float64, and ``x_name``, ``y_name`` as plain strings.

    ``guarantee`` and ``method`` (strings) and ``error`` (float64, in units of the loss) say how exact ``loss`` is.
    Where the axes are no parameters, ``origin``, ``u`` and ``v`` say which ones belong to a node: all of
    ``origin + x u + y v``.
    """
    plane = landscape.plane
    spanned: dict[str, Any] = {} if plane.frame.by_parameters else {"origin": plane.origin, "u": plane.u, "v": plane.v}
    with path.open("wb") as file:
        np.savez(
            file,
            x=landscape.x,
            y=landscape.y,
            loss=landscape.loss,
            x_name=np.array(landscape.plane.x_name),
            y_name=np.array(landscape.plane.y_name),
            guarantee=np.array(landscape.accuracy.guarantee),
            error=np.array(landscape.accuracy.error, dtype=np.float64),
            method=np.array(landscape.accuracy.method),
            **spanned,
        )
