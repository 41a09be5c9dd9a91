"""From a description to a run that stands at its start."""

from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, Literal

from landscape_app.core.errors import ConfigError
from landscape_app.core.models import Model
from landscape_app.core.models.parameters import Layout
from landscape_app.session.config import Experiment, ModelConfig, PlaneConfig, RivalConfig, StartConfig
from landscape_app.session.problem import Loaded, Problem, build_model, build_problem, load_data, start_theta
from landscape_app.session.records import StepBatch, Timeline
from landscape_app.session.transitions import Run, divergence_at, first_record, recorded, why_not_fast

Part = Literal["problem", "start", "run", "plane", "rivals"]


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """An experiment ready to step: its timeline holds the start alone."""

    experiment: Experiment
    problem: Problem
    run: Run
    timeline: Timeline


def invalidates(old: Experiment, new: Experiment) -> Part | None:
    """Return the first part that has to be made anew on the way from ``old`` to ``new``; None if nothing changed."""
    if new.data != old.data or new.model != old.model:
        return "problem"
    if new.start != old.start:
        return "start"
    if new.run != old.run:
        return "run"
    if new.plane != old.plane:
        return "plane"
    return "rivals" if (new.rivals, new.name) != (old.rivals, old.name) else None


def prepare(experiment: Experiment, loaded: Loaded | None = None) -> Prepared:
    """Load the data (unless ``loaded``), build the model, and evaluate the start.

    Raises
    ------
    DataError, ConfigError
        One sentence, for instance if the start's loss is not finite.
    """
    loaded = loaded or load_data(experiment.data)
    problem = build_problem(loaded, experiment.model)
    run = Run.on(experiment.run, problem)
    record = first_record(run, start_theta(experiment.start, problem.model))
    if divergence_at(run, record) is not None:
        raise ConfigError("The loss or its gradient overflows at the start already: choose a start nearer to zero.")
    return Prepared(experiment, problem, run, Timeline.starting_with(StepBatch.of([record])))


def recorded_ahead(prepared: Prepared, steps: int, seconds: float) -> Prepared:
    """Return ``prepared`` with up to ``steps`` steps on record already, as far as ``seconds`` go."""
    tail = prepared.timeline.tail
    if steps <= 0 or tail is None:
        return prepared
    found = recorded(prepared.run, tail, steps, deadline=perf_counter() + seconds)
    timeline = prepared.timeline
    if found.batch is not None:
        timeline = timeline.appended(found.batch, found.divergence)
    elif found.divergence is not None:
        timeline = timeline.diverged(found.divergence)
    return replace(prepared, timeline=timeline)


def adapted(experiment: Experiment, loaded: Loaded) -> Experiment:
    """Return ``experiment`` with what does not fit the data replaced by what does, for use in the window.

    Several features make the univariate model a multivariate one; a typed start of the wrong shape becomes a
    drawn one; axes that the model does not have, and ranges, become automatic. Where there are no fast steps
    they give way to the equations.
    """
    if experiment.model.name == "univariate" and loaded.data.n > 1:
        experiment = experiment.but(model=ModelConfig(name="multivariate", hidden=experiment.model.hidden))
    model = build_model(experiment.model, loaded.data.n)
    if experiment.start.method == "values" and not start_fits(experiment.start, model.layout):
        method: Literal["normal", "xavier"] = "xavier" if model.has_hidden else "normal"
        experiment = experiment.but(start=StartConfig(method=method, seed=experiment.start.seed))
    if experiment.run.arithmetic == "fast" and why_not_fast(experiment.run, model, loaded.data.m):
        experiment = experiment.but(run=experiment.run.but(arithmetic="equations"))
    rivals = tuple(fitting_rival(rival, experiment.start, model, loaded.data.m) for rival in experiment.rivals)
    if rivals != experiment.rivals:
        experiment = experiment.but(rivals=rivals)
    axes = experiment.plane.axes
    if axes is not None and not set(axes) <= set(model.layout.scalar_names):
        experiment = experiment.but(plane=PlaneConfig(grid=experiment.plane.grid))
    return experiment


def for_other_model(plane: PlaneConfig) -> PlaneConfig:
    """Return ``plane`` without ranges where they are coordinates along directions that another model does not have."""
    changed: PlaneConfig = plane if plane.kind == "axes" else plane.but(x_range=None, y_range=None)
    return changed


def fitting_rival(rival: RivalConfig, start: StartConfig, model: Model, m: int) -> RivalConfig:
    """Return ``rival`` with what does not fit the model replaced: a typed start by ``start``, fast steps by others."""
    changes: dict[str, Any] = {}
    if rival.start.method == "values" and not start_fits(rival.start, model.layout):
        changes["start"] = start
    if rival.run.arithmetic == "fast" and why_not_fast(rival.run, model, m):
        changes["run"] = rival.run.but(arithmetic="equations")
    fitting: RivalConfig = rival.but(**changes) if changes else rival
    return fitting


def start_fits(start: StartConfig, layout: Layout) -> bool:
    """Whether typed values have the blocks and shapes of ``layout``."""
    try:
        layout.join(start.values or {})
    except ConfigError:
        return False
    return True
