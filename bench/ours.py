"""Our side of the comparisons without a window: the very functions that the window calls, and nothing else.

What the program's functions are called, and what they take, is known here and in `bench.ours_window` alone.
"""

from typing import Any

from bench.peers.serve import Arrays, Options, Prepared, serve
from landscape_app.core.dataset import Dataset
from landscape_app.core.landscape import Accuracy, Plane, axis_plane, evaluate_grid, plane_through
from landscape_app.core.models import MODELS, Model
from landscape_app.engine.jobs import StepJob
from landscape_app.engine.worker import run_step_job
from landscape_app.session.config import RunConfig
from landscape_app.session.records import StepBatch, Timeline
from landscape_app.session.transitions import Run, first_record

PACKAGES = ("landscape-app", "numpy")


def dataset(arrays: Arrays) -> Dataset:
    """Return the problem's examples."""
    X = arrays["X"]
    return Dataset(X, arrays["y"], tuple(f"x{j}" for j in range(len(X))), "y")


def model_of(arrays: Arrays, options: Options) -> Model:
    """Return the problem's model."""
    return MODELS[options["model"]](len(arrays["X"]), options["k"] or None)


def plane_of(model: Model, arrays: Arrays) -> Plane:
    """Return the problem's plane; where it is that of two parameters it is made as such."""
    if "axes" in arrays:
        names = model.layout.scalar_names
        x, y = (names[int(index)] for index in arrays["axes"])
        return axis_plane(model.layout, (x, y), arrays["origin"])
    origin = arrays["origin"]
    return plane_through(origin, origin, arrays["u"], arrays["v"], ("x", "y"))


def landscape(arrays: Arrays, options: Options) -> Prepared:
    """Evaluate the whole lattice; where the model is linear the data are factored anew each time."""
    model, data = model_of(arrays, options), dataset(arrays)
    plane = plane_of(model, arrays)
    x_range, y_range = ((float(arrays[name][0]), float(arrays[name][1])) for name in ("x_range", "y_range"))

    def work() -> Any:
        return evaluate_grid(model, data, plane, x_range, y_range, options["grid"])

    accuracy = work().accuracy
    return Prepared(work, lambda made: {"loss": made.loss}, notes=(f"ours: {accuracy_words(accuracy)}",))


def accuracy_words(accuracy: Accuracy) -> str:
    """Return what the program itself says of the landscape's error."""
    error = f" by {accuracy.error:.1e}" if accuracy.error else ""
    return f"{accuracy.guarantee}{error}, {accuracy.method}"


def run_config(options: Options) -> RunConfig:
    """Return the description of the run; ``arithmetic`` is named where it isn't the usual one."""
    extra = {"arithmetic": options["arithmetic"]} if options.get("arithmetic") else {}
    return RunConfig(optimizer=options["rule"], hyper=options["hyper"], **extra)


def steps(arrays: Arrays, options: Options) -> Prepared:
    """Record so many steps as the worker does: slice by slice, each appended to the timeline."""
    model, data = model_of(arrays, options), dataset(arrays)
    run = Run.of(run_config(options), model, data)
    count = options["steps"]

    def work() -> Timeline:
        timeline = Timeline.starting_with(StepBatch.of([first_record(run, arrays["theta"])]))
        while timeline.last < count - 1:
            job = StepJob(run, count - 1 - timeline.last, timeline=timeline, iteration=timeline.last)
            reply = run_step_job(job)
            assert reply.batch is not None, "the run diverged"
            timeline = timeline.appended(reply.batch)
        return timeline

    return Prepared(work, lambda timeline: {"loss": timeline.loss, "theta": timeline.theta[:]})


if __name__ == "__main__":
    serve({"landscape": landscape, "steps": steps}, PACKAGES)
