"""Contour lines by matplotlib, drawn."""

import matplotlib as mpl

mpl.use("Agg")

from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from bench.peers.serve import Arrays, Options, Prepared, serve


def contours(arrays: Arrays, options: Options) -> Prepared:
    """Make the lines in a plot, and draw it."""
    x, y, z, levels = arrays["x"], arrays["y"], np.log(arrays["loss"]), np.log(arrays["levels"])
    width, height = options["size"]
    figure = plt.figure(figsize=(width / 100, height / 100), dpi=100)
    axes = figure.add_subplot()

    def work() -> Any:
        lines = axes.contour(x, y, z, levels=levels, colors="w", linewidths=1.0)
        figure.canvas.draw()
        paths = lines.get_paths()
        lines.remove()
        return paths

    def result(paths: Any) -> Arrays:
        return {"length": np.array([length(path) for path in paths])}

    return Prepared(work, result)


def length(path: Any) -> float:
    """Return how long a path's lines are; a new line begins at every vertex with the code MOVETO."""
    if len(path.vertices) == 0:
        return 0.0
    steps = np.hypot(*np.diff(path.vertices, axis=0).T)
    codes = path.codes[1:]
    drawn = codes == path.LINETO
    total = float(steps[drawn].sum())
    # A closed line's last piece leads back to its first point, which its last vertex repeats or only stands for.
    starts = np.flatnonzero(path.codes == path.MOVETO)
    for end in np.flatnonzero(path.codes == path.CLOSEPOLY):
        begin = starts[starts < end][-1]
        total += float(np.hypot(*(path.vertices[begin] - path.vertices[end - 1])))
    return total


if __name__ == "__main__":
    serve({"contours": contours}, ("matplotlib", "contourpy", "numpy"))
