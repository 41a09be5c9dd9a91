"""The description of an experiment: frozen, validated, and the very content of a session file."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from landscape_app.core.errors import ConfigError
from landscape_app.core.landscape import PlaneKind
from landscape_app.core.models import MAX_HIDDEN
from landscape_app.core.optimizers import Semantics
from landscape_app.core.schedules import SCHEDULES, ScheduleKind, factor_at
from landscape_app.data.reading import Reading
from landscape_app.session.embedded import EmbeddedTable

#: 2 brought tables in the experiment itself, settings for reading files, and the view; 3 the kinds of planes
#: and of arithmetic; 4 other libraries' rules, and learning-rate schedules; 5 rivals; 6 the run's name.
FORMAT_VERSION = 6

#: A scalar, a row or a matrix of parameters, as JSON holds them.
BlockValues = float | tuple[float, ...] | tuple[tuple[float, ...], ...]
Range = tuple[float, float]
#: How recorded losses and gradients are computed.
Arithmetic = Literal["equations", "fast"]


class Frozen(BaseModel):
    """Base of all parts: immutable, nothing unknown, nothing infinite."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def but(self, **changes: Any) -> Any:
        """Return a validated copy with ``changes``."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self)(**{**values, **changes})


class DataConfig(Frozen):
    """Which data: a generator or bundled set by ``name``, a file by ``path``, or a ``table`` of its own.

    ``path`` is as it was given; in a session file it is relative to that file. ``sha256`` is the file's as it
    was when a session was saved. A file whose columns were small enough is kept as ``table`` too, and then not
    read again. ``target`` and ``features`` None mean the defaults: the last numeric column, and all other
    numeric ones; a feature that holds words becomes one column of 0 and 1 for each word.
    ``scale``: "standard" is for the features, "both" for the target too.
    """

    kind: Literal["generated", "bundled", "file", "table"] = "generated"
    name: str = "line"
    path: str | None = None
    sha256: str | None = None
    reading: Reading = Reading()
    table: EmbeddedTable | None = None
    seed: int = Field(default=0, ge=0)
    examples: int | None = Field(default=None, ge=1)
    noise: float | None = Field(default=None, ge=0.0)
    knobs: dict[str, float] = Field(default_factory=dict)
    target: str | None = None
    features: tuple[str, ...] | None = None
    missing: Literal["drop", "mean"] = "drop"
    scale: Literal["none", "standard", "both"] = "none"

    @model_validator(mode="after")
    def _has_its_source(self) -> "DataConfig":
        if self.kind == "file" and self.path is None:
            raise ValueError("data from a file need its path")
        if self.kind == "table" and self.table is None:
            raise ValueError("data of kind table need the table")
        return self


class ModelConfig(Frozen):
    """Which model, and how many hidden units it has if it has any."""

    name: Literal["univariate", "multivariate", "two-layer-linear", "two-layer-sigmoid"] = "univariate"
    hidden: Annotated[int, Field(ge=1, le=MAX_HIDDEN)] = 4


class StartConfig(Frozen):
    """Where the descent starts: values by block in the section's shapes, or drawn from ``seed``."""

    method: Literal["values", "zeros", "normal", "xavier"] = "normal"
    seed: int = Field(default=0, ge=0)
    values: dict[str, BlockValues] | None = None

    @model_validator(mode="after")
    def _values_when_typed(self) -> "StartConfig":
        if (self.method == "values") != (self.values is not None):
            raise ValueError("a start by values needs values, and only that does")
        return self


class Change(Frozen):
    """A setting changed in mid-run: it acts from the step after ``iteration``.

    ``name`` is a hyperparameter, ``batch_size`` (``value`` None: all examples) or ``optimizer``.
    """

    iteration: int = Field(ge=0)
    name: str
    value: float | str | None


class ScheduleConfig(Frozen):
    """By what the learning rate is multiplied at each iteration; absent ``values`` have the schedule's defaults.

    For the first ``warmup`` iterations the rate grows to what is set; then the schedule begins.
    """

    kind: ScheduleKind = "constant"
    values: dict[str, float] = Field(default_factory=dict)
    warmup: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _has_its_values(self) -> "ScheduleConfig":
        try:
            SCHEDULES[self.kind].settings(self.values)
        except ConfigError as error:
            raise ValueError(str(error).removesuffix(".")) from error
        return self

    @property
    def settings(self) -> dict[str, float]:
        """Every setting of the schedule."""
        return SCHEDULES[self.kind].settings(self.values)

    @property
    def constant(self) -> bool:
        """Whether the rate stays as it is set."""
        return self.kind == "constant" and self.warmup == 0

    def factor(self, iteration: int) -> float:
        """Return what the learning rate is multiplied by for the step from ``iteration`` to the next."""
        return factor_at(SCHEDULES[self.kind], self.settings, self.warmup, iteration)


class RunConfig(Frozen):
    """One descent: rule, hyperparameters (absent ones have the rule's defaults), batches and changes.

    ``semantics``: whose reading of the rules, and whose defaults, are taken from the first step to the last.
    ``schedule`` multiplies the learning rate, whatever that is set or changed to.

    ``arithmetic``: "equations" computes every loss and gradient by the section's equations; "fast" through the
    centred factor of the data, for linear models on the full batch. The two agree up to rounding.
    """

    optimizer: str = "gradient-descent"
    hyper: dict[str, float] = Field(default_factory=dict)
    semantics: Semantics = "pytorch"
    schedule: ScheduleConfig = ScheduleConfig()
    batch_size: int | None = Field(default=None, ge=1)
    arithmetic: Arithmetic = "equations"
    seed: int = Field(default=0, ge=0)
    iterations: int = Field(default=100, ge=0)
    changes: tuple[Change, ...] = ()


class PlaneConfig(Frozen):
    """What the map shows: which plane through parameter space, and ranges (None: what fits the path).

    ``kind`` says what spans the plane. "axes": the two parameters ``axes`` (None: the first two). "random": two
    filter-normalised directions drawn with ``seed``. "pca": the principal directions of the recorded path.
    "hessian": two eigenvectors of the Hessian at iteration ``anchor``. "three-points": the start, iteration
    ``anchor``, and the best point recorded. An ``anchor`` of None is the last recorded iteration. The slice goes
    through the point at the cursor, or through that of iteration ``through``.
    """

    kind: PlaneKind = "axes"
    axes: tuple[str, str] | None = None
    seed: int = Field(default=0, ge=0)
    anchor: int | None = Field(default=None, ge=0)
    through: int | None = Field(default=None, ge=0)
    x_range: Range | None = None
    y_range: Range | None = None
    grid: int = Field(default=129, ge=2, le=2049)

    @model_validator(mode="after")
    def _ranges_ascend(self) -> "PlaneConfig":
        for name, limits in (("x", self.x_range), ("y", self.y_range)):
            if limits is not None and not limits[0] < limits[1]:
                raise ValueError(f"the {name} range must go from a lower to a higher number")
        return self


class RivalConfig(Frozen):
    """A run that races the run in hand, on the same data and model.

    ``name`` is what it was given, empty for one that follows from its settings; ``look`` numbers its colour and dash.
    """

    name: str = ""
    start: StartConfig
    run: RunConfig
    look: int = Field(default=0, ge=0)
    visible: bool = True


class Experiment(Frozen):
    """Everything that determines what is computed; equal experiments give equal numbers.

    ``name`` is what the run in hand was called, empty for one that follows from its settings.
    """

    version: int = FORMAT_VERSION
    data: DataConfig = DataConfig()
    model: ModelConfig = ModelConfig()
    start: StartConfig = StartConfig()
    run: RunConfig = RunConfig()
    name: str = ""
    plane: PlaneConfig = PlaneConfig()
    rivals: tuple[RivalConfig, ...] = ()


class ViewConfig(Frozen):
    """How an experiment was looked at: what a session keeps beside it, and nothing depends on.

    ``cursor`` is an iteration, ``x_range`` and ``y_range`` what an automatic map showed, ``camera`` azimuth and
    elevation in degrees and the enlargement, ``speed`` steps a second (None: as fast as it goes), ``race_by`` what the
    clock of a race counts.
    """

    cursor: int = Field(default=0, ge=0)
    x_range: Range | None = None
    y_range: Range | None = None
    camera: tuple[float, float, float] | None = None
    log_height: bool = True
    speed: float | None = Field(default=10.0, gt=0.0)
    race_by: Literal["step", "epoch", "evaluation"] = "step"


class SavedSession(Experiment):
    """What a session file holds: an experiment and how it was looked at."""

    view: ViewConfig = ViewConfig()

    @property
    def experiment(self) -> Experiment:
        """The experiment alone."""
        return Experiment(**{name: getattr(self, name) for name in Experiment.model_fields})


def default_experiment() -> Experiment:
    """Return what a first-time user sees: momentum on a noisy line, swinging around the optimum."""
    return Experiment(
        data=DataConfig(seed=3),
        start=StartConfig(method="values", values={"w": -1.6, "b": 2.1}),
        run=RunConfig(optimizer="momentum", hyper={"learning_rate": 0.04}),
    )
