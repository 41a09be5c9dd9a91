"""What a figure shows: one moment of one run over one landscape, and the words for it."""

from dataclasses import dataclass

from landscape_app.colour_maps import STANDARD_MAP, ColourMap
from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import Landscape
from landscape_app.core.optimizers import Optimizer
from landscape_app.session.config import Experiment, StartConfig
from landscape_app.session.problem import Problem
from landscape_app.session.records import Timeline
from landscape_app.session.settings import Schedule, Settings

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
        return self.landscape.plane.project(self.timeline.theta)

    @property
    def axis_names(self) -> tuple[str, str]:
        """Names of the two parameters on the axes."""
        return self.landscape.plane.x_name, self.landscape.plane.y_name

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
            f"{settings.optimizer.title} ({_hyper_words(settings)}), {self._batch_words(settings)}, "
            f"{_start_words(self.experiment.start)}; {self._progress_words()}, "
            f"loss {_number(loss[0])} → {_number(loss[self.cursor])}."
        ]
        changes = sum(change.iteration <= self.cursor for change in self.experiment.run.changes)
        if changes:
            words.append(f"Settings were changed in mid-run{'' if changes == 1 else f' {changes} times'}.")
        if self.timeline.divergence is not None:
            words.append(f"The run diverged after iteration {self.timeline.last:,}.")
        return " ".join(words)

    def slice_note(self, drawn: str) -> str:
        """Say where the slice lies, and how the path is ``drawn``; nothing if there are two parameters only."""
        others = self.problem.model.layout.size - 2
        if not self.landscape.plane.is_slice:
            return ""
        point = "last" if self.cursor == self.timeline.last else "current"
        rest = (
            "the other parameter keeps its value"
            if others == 1
            else f"the other {others:,} parameters keep their values"
        )
        return f"Slice through the {point} point of the path: {rest}; {drawn}."

    def _batch_words(self, settings: Settings) -> str:
        m = self.problem.data.m
        if settings.batch_size is None or settings.batch_size >= m:
            return "full batch"
        return f"batches of {settings.batch_size:,}"

    def _progress_words(self) -> str:
        plural = "" if self.cursor == 1 else "s"
        return f"{self.cursor:,} iteration{plural}"


def _hyper_words(settings: Settings) -> str:
    rule: Optimizer = settings.optimizer
    return ", ".join(
        f"{spec.symbol} = {settings.hyper[spec.name]:.6g}"
        for spec in rule.hyper_specs
        # Zero switches dampening off; ε is there for zero gradients only.
        if not (spec.name == "epsilon" or (spec.name == "dampening" and settings.hyper[spec.name] == 0.0))
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
