"""What an experiment's description stands for: its data, its model, its start."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.dataset import Dataset, standardised
from landscape_app.core.errors import ConfigError, DataError
from landscape_app.core.factor import CentredFactor
from landscape_app.core.least_squares import LeastSquares, least_squares
from landscape_app.core.linear_gradient import has_factor
from landscape_app.core.models import MODELS, Model
from landscape_app.core.models.parameters import Layout
from landscape_app.core.synthetic import GENERATORS
from landscape_app.data.bundled import load_bundled
from landscape_app.data.choosing import dataset_from_table
from landscape_app.data.files import read_table
from landscape_app.data.reading import Progress
from landscape_app.data.table import Table
from landscape_app.session.config import DataConfig, Experiment, ModelConfig, StartConfig

#: Sums of squares may be so large that what is made of them, such as curvatures, is a finite number still.
MOST_SQUARES = 1e306


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Loaded:
    """Data ready for a model. ``table`` holds all the columns if they came from a table."""

    data: Dataset
    table: Table | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Problem:
    """What is being learned: data and model, and the least-squares optimum where the model has one.

    ``factor`` holds the data for models whose outputs are linear in the features.
    """

    loaded: Loaded
    model: Model
    optimum: LeastSquares | None
    factor: CentredFactor | None = None

    @property
    def data(self) -> Dataset:
        """The examples."""
        return self.loaded.data

    @property
    def truth(self) -> FloatArray | None:
        """The parameters (size,) that the data were generated with, if this model has such."""
        truth = self.data.truth
        if self.model.has_hidden or truth is None or truth.w is None or truth.b is None:
            return None
        return np.append(truth.w, truth.b)


def load_data(config: DataConfig, table: Table | None = None, progress: Progress | None = None) -> Loaded:
    """Generate or read the data; ``table`` saves reading again what is in memory already.

    Raises
    ------
    DataError, ConfigError
        One sentence on what is wrong and what to do; DoubtError if a file can be read in several ways.
    Stopped
        If ``progress`` raised it.
    """
    if config.kind == "generated":
        return Loaded(_generated(config))
    if config.kind == "bundled":
        if config.examples is not None or config.noise is not None or config.knobs:
            raise ConfigError(f"{config.name} is a real data set: number of examples and noise are for generated data.")
        table = table or load_bundled(config.name)
    elif config.table is not None:
        table = table or config.table.table(config.name)
    else:
        table = table or read_table(Path(config.path or ""), config.reading, progress)
    data = dataset_from_table(table, config.target, config.features, config.missing, config.scale)
    return Loaded(data, table, " ".join(data.notes))


def _generated(config: DataConfig) -> Dataset:
    if config.name not in GENERATORS:
        raise ConfigError(f"There is no generator called {config.name!r}; choose one of {', '.join(GENERATORS)}.")
    generator = GENERATORS[config.name]
    m = generator.default_m if config.examples is None else config.examples
    noise = generator.default_noise if config.noise is None else config.noise
    data = generator.generate(m, noise, config.seed, config.knobs)
    return data if config.scale == "none" else standardised(data, target=config.scale == "both")


def build_model(config: ModelConfig, n: int) -> Model:
    """Return the model for ``n`` features, or raise ConfigError if it does not take that many."""
    return MODELS[config.name](n, config.hidden)


def build_problem(loaded: Loaded, config: ModelConfig) -> Problem:
    """Join data and model, factor the data once, and solve for the optimum where the model is linear.

    Raises
    ------
    ConfigError
        If the model does not take so many features.
    DataError
        If values are too large to be squared: those of the target, and of features that the outputs are linear in.
    """
    model = build_model(config, loaded.data.n)
    data = loaded.data
    _check_squares(data.target_name, data.y)
    if has_factor(model):
        for name, row in zip(data.feature_names, data.X, strict=True):
            _check_squares(name, row)
    factor = CentredFactor.of(data.X, data.y) if has_factor(model) else None
    return Problem(loaded, model, None if model.has_hidden else least_squares(data, factor), factor)


def _check_squares(name: str, values: FloatArray) -> None:
    """Raise DataError if the sum of squares is beyond what a double holds, with room for what is made of it."""
    with np.errstate(over="ignore"):
        total = float(np.vdot(values, values))
    if not total <= MOST_SQUARES:
        raise DataError(f"The values of '{name}' are so large that their squares overflow: divide them first.")


def start_theta(config: StartConfig, model: Model) -> FloatArray:
    """Return the start (size,): typed values, zeros, or draws that depend on the seed alone.

    Normal: every scalar from N(0, 1). Xavier: weights from N(0, 2 / (fan in + fan out)), biases 0.
    """
    layout: Layout = model.layout
    if config.method == "values":
        return sealed(layout.join(config.values or {}))
    if config.method == "zeros":
        return sealed(np.zeros(layout.size))
    draws = np.random.default_rng((config.seed, 0)).standard_normal(layout.size)
    if config.method == "xavier":
        draws *= model.xavier_scale()
    return sealed(draws)


def start_values(theta: FloatArray, layout: Layout) -> dict[str, object]:
    """Return ``theta`` as nested lists by block, the form in which a start is typed and kept."""
    return {name: block.tolist() for name, block in layout.split(theta).items()}


def plane_axes(experiment: Experiment, layout: Layout) -> tuple[str, str]:
    """Return the names of the map's two parameters: those chosen, else the first two."""
    chosen = experiment.plane.axes
    return chosen if chosen is not None else (layout.scalar_names[0], layout.scalar_names[1])
