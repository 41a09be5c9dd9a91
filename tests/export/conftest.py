"""Experiments carried through to their end, for figures and tables."""

from collections.abc import Callable
from typing import Any

import pytest

from landscape_app.core.landscape import evaluate_grid
from landscape_app.export.running import run_to_end
from landscape_app.export.scene import Scene
from landscape_app.session.config import DataConfig, Experiment, ModelConfig, PlaneConfig, RunConfig, StartConfig
from landscape_app.session.map_view import map_view_at
from landscape_app.session.prepare import prepare

SceneOf = Callable[..., Scene]


@pytest.fixture
def scene_of() -> SceneOf:
    """Return a function from parts of an experiment to the scene at its end."""

    def make(
        data: dict[str, Any] | None = None,
        model: dict[str, Any] | None = None,
        start: dict[str, Any] | None = None,
        run: dict[str, Any] | None = None,
        plane: dict[str, Any] | None = None,
    ) -> Scene:
        experiment = Experiment(
            data=DataConfig(**(data or {})),
            model=ModelConfig(**(model or {})),
            start=StartConfig(**(start or {})),
            run=RunConfig(**(run or {})),
            plane=PlaneConfig(**{"grid": 33, **(plane or {})}),
        )
        prepared = prepare(experiment)
        problem = prepared.problem
        timeline = run_to_end(prepared, experiment.run.iterations)
        view = map_view_at(experiment, problem, timeline, timeline.last, previous=None)
        grid = experiment.plane.grid
        landscape = evaluate_grid(problem.model, problem.data, view.plane, view.x_range, view.y_range, grid)
        return Scene.at_the_end(experiment, problem, timeline, landscape)

    return make
