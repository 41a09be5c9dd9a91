"""What drawing takes, in the real window: ``python -m bench.drawing_window '{...}'``."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter
from typing import Any

from bench.ours_window import Window
from bench.statistics import quantile
from bench.waiting import Painted, painted_by, pause
from landscape_app.core.landscape import evaluate_grid
from landscape_app.session.config import Experiment, RunConfig, default_experiment
from landscape_app.session.map_picture import map_picture

#: How often each thing is drawn.
TIMES = 100
#: Nodes a side of a surface in motion.
NODES = 129


def seconds_of(painted: Painted, work: Callable[[int], None], times: int) -> list[float]:
    """Return how long each ``work`` took until the pixels were there."""
    seconds = []
    for turn in range(times):
        painted.begin()
        begin = perf_counter()
        work(turn)
        painted.wait()
        seconds.append(perf_counter() - begin)
    return seconds


def steps(window: Window, recorded: int) -> list[float]:
    """Show one iteration after the other, the last ones of the path, in all panels but the surface."""
    window.close_surface()
    painted = Painted({name: painted_by(view) for name, view in window.panels.items() if name != "surface"})
    first = max(0, recorded - TIMES)
    window.session.go_to(first)
    pause(1.0)
    return seconds_of(painted, lambda turn: window.session.go_to(first + turn + 1), min(TIMES, recorded))


def surfaces(window: Window) -> list[float]:
    """Draw one surface after the other, as while a slice follows a run."""
    view, shown = window.window.surface, window.session.snapshot
    problem, seen = shown.problem, shown.map_view
    moments = [
        replace(shown, playing=True, picture=map_picture(evaluate_grid(
            problem.model, problem.data, seen.plane, seen.x_range, (seen.y_range[0] - 0.1 * turn, seen.y_range[1]),
            NODES,
        )))
        for turn in range(4)
    ]  # fmt: skip
    painted = Painted({"surface": painted_by(view)})
    return seconds_of(painted, lambda turn: view.render_snapshot(moments[turn % 4]), TIMES)


def experiment(recorded: int) -> Experiment:
    """Return a descent that still moves in its last steps."""
    return default_experiment().but(run=RunConfig(hyper={"learning_rate": min(0.05, 2.0 / recorded)}, iterations=0))


def drawing(words: dict[str, Any]) -> dict[str, float]:
    """Return median and 95th percentile in seconds."""
    window = Window((1440, 900), words["recorded"], experiment(words["recorded"]))
    seconds = surfaces(window) if words["surface"] else steps(window, words["recorded"])
    window.explorer.shut_down()
    return {"median": quantile(seconds, 0.5), "p95": quantile(seconds, 0.95), "times": float(len(seconds))}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(drawing(json.loads(sys.argv[1]))) + "\n")
