"""All of the window's panels in one matplotlib figure: animated by FuncAnimation, or drawn after a step."""

import matplotlib as mpl

mpl.use("Agg")

from time import perf_counter
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import AbstractMovieWriter, FuncAnimation

from bench.peers.serve import Arrays, Options, Prepared, Timed, serve

#: Frames or steps that are measured at one request.
AT_A_TIME = 20
LINES = 16


class Figure:
    """Map, surface, loss curve, gradients, data and fit."""

    def __init__(self, content: Arrays) -> None:
        self.content = content
        width, height = content["pixels"]
        self.figure = plt.figure(figsize=(width / 100, height / 100), dpi=100, layout=None)
        grid = self.figure.add_gridspec(2, 3)
        x, y = content["x"], content["y"]
        z = np.log10(content["map"])
        self.map = self.figure.add_subplot(grid[0, 0])
        self.map.imshow(z, origin="lower", extent=(x[0], x[-1], y[0], y[-1]), aspect="auto")
        self.map.contour(x, y, z, LINES, colors="k", linewidths=0.5)
        (self.walked,) = self.map.plot([], [], "w.-")
        (self.marker,) = self.map.plot([], [], "ro")
        self.surface = self.figure.add_subplot(grid[0, 1], projection="3d")
        a, b = np.meshgrid(x, y)
        # As many nodes as the window draws while something moves.
        self.surface.plot_surface(a, b, z, cmap="viridis", rcount=129, ccount=129, linewidth=0)
        (self.walked_3d,) = self.surface.plot([], [], [], "r.-")
        self.curve = self.figure.add_subplot(grid[0, 2])
        self.curve.semilogy(content["loss"], alpha=0.4)
        (self.now,) = self.curve.semilogy([], [], "ro")
        self.bars = self.figure.add_subplot(grid[1, 0])
        size = content["grad"].shape[1]
        self.bar = self.bars.bar(np.arange(size), np.zeros(size))
        self.history = self.figure.add_subplot(grid[1, 1])
        self.history.plot(content["grad"])
        self.here = self.history.axvline(0)
        self.fit = self.figure.add_subplot(grid[1, 2])
        self.fit.plot(content["X"][0], content["target"][0], ".")
        self.ends = np.array([content["X"][0].min(), content["X"][0].max()])
        (self.line,) = self.fit.plot(self.ends, self.ends)
        highest = np.abs(content["grad"]).max()
        self.bars.set_ylim(-highest, highest)
        self.shown = 0

    def show(self, iteration: int) -> list[Any]:
        """Move every panel to an iteration."""
        c, self.shown = self.content, iteration
        path = c["path"][: iteration + 1]
        self.walked.set_data(path[:, 0], path[:, 1])
        self.marker.set_data(path[-1:, 0], path[-1:, 1])
        self.walked_3d.set_data_3d(path[:, 0], path[:, 1], np.log10(c["loss"][: iteration + 1]))
        self.now.set_data([iteration], [c["loss"][iteration]])
        for bar, value in zip(self.bar, c["grad"][iteration], strict=True):
            bar.set_height(value)
        self.here.set_xdata([iteration, iteration])
        w, b = c["theta"][iteration]
        self.line.set_ydata(w * self.ends + b)
        return []


class Clock(AbstractMovieWriter):
    """Takes the time between frames instead of writing a film."""

    def __init__(self) -> None:
        super().__init__(fps=60)
        self.seconds: list[float] = []
        self._last = 0.0

    def setup(self, fig: Any, outfile: Any, dpi: Any = None) -> None:
        """Begin."""
        self.fig, self.dpi = fig, fig.dpi

    def grab_frame(self, **savefig_kwargs: Any) -> None:
        """Take the pixels that the animation has just drawn."""
        pixels = self.fig.canvas.buffer_rgba()
        assert pixels is not None
        now = perf_counter()
        self.seconds.append(now - self._last)
        self._last = now

    def finish(self) -> None:
        """End."""


def frames(arrays: Arrays, _: Options) -> Prepared:
    """Let FuncAnimation draw one frame after the other."""
    figure = Figure(arrays)

    def work() -> Timed:
        clock = Clock()
        animation = FuncAnimation(figure.figure, figure.show, frames=range(AT_A_TIME + 1), repeat=False, blit=False)
        animation.save("unused", writer=clock)
        losses = [arrays["loss"][iteration] for iteration in range(1, figure.shown + 1)]
        return Timed(clock.seconds[1:], losses)

    return Prepared(work, lambda losses: {"shown": np.array(losses)})


def manual_steps(arrays: Arrays, _: Options) -> Prepared:
    """Draw the canvas anew after each step; computing the step is not counted."""
    figure = Figure(arrays)

    def work() -> Timed:
        seconds, losses = [], []
        for iteration in range(1, AT_A_TIME + 1):
            begin = perf_counter()
            figure.show(iteration)
            figure.figure.canvas.draw()
            seconds.append(perf_counter() - begin)
            losses.append(arrays["loss"][figure.shown])
        return Timed(seconds, losses)

    return Prepared(work, lambda losses: {"shown": np.array(losses)})


if __name__ == "__main__":
    serve({"frames": frames, "manual_steps": manual_steps}, ("matplotlib", "numpy"))
