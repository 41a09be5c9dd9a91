"""What a figure shows: one moment of one run over one landscape, and the words for it."""

from dataclasses import dataclass

from landscape_app.colour_maps import STANDARD_MAP, ColourMap
from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import Landscape, Plane
from landscape_app.core.optimizers import LIBRARIES, Optimizer
from landscape_app.session.config import Experiment, StartConfig
from landscape_app.session.map_view import slice_at
from landscape_app.session.problem import Problem
from landscape_app.session.rates import schedule_words
from landscape_app.session.records import Timeline
from landscape_app.session.settings import Schedule, Settings, is_full

_STARTS = {"values": "from a chosen start", "zeros": "from zeros"}


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One moment, ``cursor``, of the run in ``timeline``; what comes after it is drawn faintly.

    ``colour_map`` has the colours of losses.
    """

    experiment: Experiment
    problem: Problem
    timeline: Timeline
    landscape: Landscape
    cursor: int
    colour_map: ColourMap = STANDARD_MAP

    @classmethod
    def at_the_end(
        cls,
        experiment: Experiment,
        problem: Problem,
        timeline: Timeline,
        landscape: Landscape,
        colour_map: ColourMap = STANDARD_MAP,
    ) -> "Scene":
        """Return the scene at the run's last iteration."""
        return cls(experiment, problem, timeline, landscape, timeline.last, colour_map)

    @property
    def path(self) -> FloatArray:
        """The whole path on the plane (length, 2)."""
        return self.timeline.path_on(self.landscape.plane)

    @property
    def axis_names(self) -> tuple[str, str]:
        """Names of the two parameters on the axes."""
        return self.landscape.plane.x_name, self.landscape.plane.y_name

    @property
    def place(self) -> str:
        """What the figure's title says the loss is drawn over."""
        return {
            "axes": "{} and {}".format(*self.axis_names),
            "random": "a random plane",
            "pca": "the path's principal plane",
            "hessian": "the Hessian's eigenvectors",
            "three-points": "the plane of three points",
        }[self.landscape.plane.frame.kind]

    @property
    def subtitle(self) -> str:
        """Model and data in a line."""
        data = self.problem.data
        title = data.title or f"{data.target_name} from {', '.join(data.feature_names)}"
        return f"{self.problem.model.title} · {_shortened(title, 64)} ({data.m:,} examples)"

    @property
    def caption(self) -> str:
        """Rule, settings, start and outcome in a sentence or two."""
        settings = Schedule(self.experiment.run).at(self.cursor)
        loss = self.timeline.loss
        words = [
            f"{settings.optimizer.title}{self._semantics_words(settings)} ({_hyper_words(settings)})"
            f"{self._schedule_words(settings)}, {self._batch_words(settings)}"
            f"{self._arithmetic_words()}, {_start_words(self.experiment.start)}; {self._progress_words()}, "
            f"loss {_number(loss[0])} → {_number(loss[self.cursor])}."
        ]
        changes = sum(change.iteration <= self.cursor for change in self.experiment.run.changes)
        if changes:
            words.append(f"Settings were changed in mid-run{'' if changes == 1 else f' {changes} times'}.")
        if self.timeline.divergence is not None:
            words.append(f"The run diverged after iteration {self.timeline.last:,}.")
        return " ".join(words)

    def slice_note(self, drawn: str) -> str:
        """Say where the slice lies, how the path is ``drawn``, and how exact the losses are if they are not.

        There is nothing to say of a plane that holds all parameters.
        """
        plane = self.landscape.plane
        words = []
        if plane.is_slice:
            words.append(f"Slice through {self._slice_point()}: {_rest(plane, self.problem)}; {drawn}.")
        if plane.frame.kind == "pca" and plane.frame.facts is not None:
            words.append(f"The plane explains {100 * sum(plane.frame.facts):.3g} % of the path's variance.")
        if plane.frame.kind == "hessian" and plane.frame.facts is not None:
            words.append("The eigenvalues are {:.3g} and {:.3g}.".format(*plane.frame.facts))
        known = self.landscape.accuracy
        if known.guarantee != "exact":
            limit, how = ("at most", "proved") if known.guarantee == "bounded" else ("about", "estimated")
            words.append(f"Losses are off by {limit} {known.error:.1g} ({how}).")
        return " ".join(words)

    def _slice_point(self) -> str:
        at = slice_at(self.experiment, self.timeline, self.cursor)
        if at != self.cursor:
            return f"the path's point of iteration {at:,}"
        return f"the {'last' if self.cursor == self.timeline.last else 'current'} point of the path"

    def _batch_words(self, settings: Settings) -> str:
        m = self.problem.data.m
        if is_full(settings, m):
            return "full batch"
        return f"batches of {settings.batch_size:,}"

    def _semantics_words(self, settings: Settings) -> str:
        semantics = self.experiment.run.semantics
        differs = settings.optimizer.libraries and semantics != "pytorch"
        return f" as in {LIBRARIES[semantics]}" if differs else ""

    def _schedule_words(self, settings: Settings) -> str:
        """Say what multiplies the learning rate, and what it has come to."""
        if settings.rate is None:
            return ""
        words = schedule_words(self.experiment.run.schedule)
        return f", η {words} (now {settings.hyper['learning_rate']:.4g})"

    def _arithmetic_words(self) -> str:
        return ", steps through R" if self.experiment.run.arithmetic == "fast" else ""

    def _progress_words(self) -> str:
        plural = "" if self.cursor == 1 else "s"
        return f"{self.cursor:,} iteration{plural}"


def _rest(plane: Plane, problem: Problem) -> str:
    others = problem.model.layout.size - 2
    if plane.frame.by_parameters is None:
        return {
            "random": "along two random directions, scaled like the units' own weights",
            "pca": "along the path's principal directions",
            "hessian": "along two eigenvectors of the Hessian",
            "three-points": "parallel to the plane through the start, the last and the best point",
        }[plane.frame.kind]
    return (
        "the other parameter keeps its value" if others == 1 else f"the other {others:,} parameters keep their values"
    )


def _hyper_words(settings: Settings) -> str:
    rule: Optimizer = settings.optimizer
    hyper = settings.set_hyper
    return ", ".join(
        f"{spec.symbol} = {hyper[spec.name]:.6g}"
        for spec in rule.hyper_specs
        # Zero switches dampening off; ε is there for zero gradients only.
        if not (spec.name == "epsilon" or (spec.name == "dampening" and hyper[spec.name] == 0.0))
    )


def _start_words(start: StartConfig) -> str:
    if start.method in _STARTS:
        return _STARTS[start.method]
    return f"from a {'Xavier' if start.method == 'xavier' else start.method} start (seed {start.seed})"


def _number(value: float) -> str:
    """Return four digits, without an exponent where people would write none."""
    return f"{value:,.0f}" if 1e4 <= value < 1e7 else f"{value:.4g}"


def _shortened(text: str, most: int) -> str:
    """Cut ``text`` with an ellipsis: a long file's name must not run out of the page."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
