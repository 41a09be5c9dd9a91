"""The options of ``landscape-app render``."""

import argparse
from dataclasses import dataclass, fields
from pathlib import Path

from landscape_app.colour_maps import COLOUR_MAPS, STANDARD_MAP, ColourMap
from landscape_app.core.landscape import PlaneKind
from landscape_app.core.models import MAX_HIDDEN, MODELS
from landscape_app.core.optimizers import OPTIMIZERS, SEMANTICS, Semantics
from landscape_app.export import values
from landscape_app.export.schedule_option import schedule
from landscape_app.export.sentence_parser import SentenceParser, joined_values
from landscape_app.session.config import ScheduleConfig

_ABOUT = """\
Run an experiment and write session.json, trajectory.csv, landscape.npz and the figures contour, surface and
gradients into a folder. Nothing is written if anything is wrong.

Without options that describe an experiment this is the one that the window opens with. With some of them,
what is not said is: data line, univariate for one feature and multivariate for more, a normal start,
gradient-descent with its own defaults on the full batch, 100 iterations, seed 0. With --session it is as
the session says."""


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for; None where nothing was said. ``batch_size`` 0 means all examples."""

    out: Path
    session: Path | None = None
    data: str | None = None
    examples: int | None = None
    noise: float | None = None
    target: str | None = None
    features: tuple[str, ...] | None = None
    missing: str | None = None
    scale: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    header: bool | None = None
    sheet: str | None = None
    rows: int | None = None
    missing_words: tuple[str, ...] | None = None
    types: tuple[tuple[str, str], ...] | None = None
    model: str | None = None
    hidden: int | None = None
    start: Path | None = None
    init: str | None = None
    seed: int | None = None
    optimizer: str | None = None
    semantics: Semantics | None = None
    schedule: ScheduleConfig | None = None
    learning_rate: float | None = None
    set: tuple[tuple[str, float], ...] = ()
    batch_size: int | None = None
    arithmetic: str | None = None
    iterations: int | None = None
    plane: tuple[str, str] | PlaneKind | None = None
    x_range: values.Range | None = None
    y_range: values.Range | None = None
    grid: int | None = None
    formats: tuple[str, ...] = ("png",)
    colour_map: ColourMap | None = None

    @property
    def describes_experiment(self) -> bool:
        """Whether there is an option on data, model, start or rule, not only on length and looks."""
        looks = {"out", "session", "iterations", "plane", "x_range", "y_range", "grid", "formats", "colour_map", "set"}
        return bool(self.set) or any(getattr(self, f.name) is not None for f in fields(self) if f.name not in looks)

    @property
    def reading(self) -> dict[str, object]:
        """What was said about how to read a file, by the names of `Reading`."""
        said = {
            "delimiter": self.delimiter,
            "decimal": self.decimal,
            "encoding": self.encoding,
            "header": self.header,
            "part": self.sheet,
            "rows": self.rows,
            "missing": self.missing_words,
            "kinds": self.types,
        }
        return {name: value for name, value in said.items() if value is not None}

    @property
    def changes_data(self) -> bool:
        """Whether other columns or examples than before may come to the model."""
        return bool(self.reading) or any(option is not None for option in (self.data, self.target, self.features))


def parse_options(words: list[str]) -> Options:
    """Return the options in ``words``, or raise UsageError with one sentence."""
    single = frozenset(f"--{field.name.replace('_', '-')}" for field in fields(Options) if field.name != "set")
    given = _parser().parse_args(joined_values(words, single))
    given.set = tuple(given.set)
    return Options(**vars(given))


def _parser() -> SentenceParser:
    parser = SentenceParser(
        prog="landscape-app render",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    whole, number = values.whole_from, values.number_from
    add = parser.add_argument
    add("--out", required=True, metavar="DIR", type=_path, help="folder for the results; made if it isn't there")
    add("--session", metavar="FILE", type=_path, help="a session.json to start from; other options override it")
    data = parser.add_argument_group("data")
    add = data.add_argument
    add(
        "--data",
        metavar="FILE|NAME",
        help="a file with a table (CSV, XLSX, JSON, Parquet, NPY, ...), or a name that 'landscape-app data' lists",
    )
    add("--examples", metavar="M", type=whole(1), help="number of generated examples")
    add("--noise", metavar="S", type=number(0.0), help="standard deviation of the generated noise")
    add("--target", metavar="COLUMN", help="default: the last numeric column")
    add("--features", metavar="COL,COL,...", type=values.column_names, help="default: all other numeric columns")
    add("--missing", choices=("drop", "mean"), help="what becomes of rows with an empty cell; default drop")
    add(
        "--scale", choices=("none", "standard", "both"),
        help="standard: every feature to mean 0, deviation 1; both: the target too; default none",
    )  # fmt: skip
    reading = parser.add_argument_group("how a file is to be read (what is not said is found out)")
    add = reading.add_argument
    add(
        "--delimiter", metavar="D", type=values.delimiter,
        help="what stands between the columns: comma, semicolon, tab, bar or blank",
    )  # fmt: skip
    add("--decimal", metavar="D", type=values.decimal, help="point (1,234.5) or comma (1.234,5)")
    add("--encoding", metavar="NAME", type=values.encoding, help="of the text, as utf-8, utf-16 or latin-1")
    add("--header", metavar="yes|no", type=values.yes_or_no, help="whether the first line names the columns")
    add("--sheet", metavar="NAME", help="sheet of a workbook, or array of an NPZ file")
    add("--rows", metavar="N", type=whole(2), help="read so many rows at most")
    add("--missing-words", metavar="W,W,...", type=values.column_names, help="further words for a missing value")
    add(
        "--types", metavar="COL=T,...", type=values.column_types,
        help="T is number (other cells then count as missing) or words",
    )  # fmt: skip
    model = parser.add_argument_group("model and start")
    add = model.add_argument
    add("--model", choices=tuple(MODELS), help="default: univariate for one feature, else multivariate")
    add("--hidden", metavar="K", type=whole(1, MAX_HIDDEN), help="hidden units of the two-layer models; default 4")
    start = model.add_mutually_exclusive_group()
    start.add_argument("--start", metavar="FILE.json", type=_path, help='blocks of values, as {"w": 0.5, "b": 0}')
    start.add_argument("--init", choices=("zeros", "normal", "xavier"), help="default: normal")
    add("--seed", metavar="N", type=whole(0), help="seed of data, start and batches; default 0")
    run = parser.add_argument_group("run")
    add = run.add_argument
    add("--optimizer", choices=tuple(OPTIMIZERS), help="default: gradient-descent")
    add(
        "--semantics", choices=SEMANTICS,
        help="whose rule of that name, and whose defaults (see README, Rules of other libraries); default pytorch",
    )  # fmt: skip
    add("--learning-rate", metavar="X", type=number(0.0), help="default: the rule's own")
    add(
        "--set", metavar="NAME=VALUE", nargs="+", action="extend", type=values.setting, default=[],
        help="hyperparameters: momentum, dampening, beta1, beta2, alpha, epsilon, weight_decay, radius",
    )  # fmt: skip
    add(
        "--schedule", metavar="KIND[:NAME=VALUE,...]", type=schedule,
        help="by what the learning rate is multiplied as the run goes on: constant, step:every=50,factor=0.5, "
        "exponential:factor=0.98, inverse:half=50 (1/t), cosine:steps=100,final=0; each with warmup=N for a linear "
        "rise over the first N iterations; default constant",
    )  # fmt: skip
    add("--batch-size", metavar="N|full", type=values.batch_size, help="examples in a batch; default full")
    add(
        "--arithmetic", choices=("equations", "fast"),
        help="fast: losses and gradients of linear models through a small factor R of all the data, equal to those of "
        "the equations up to rounding; default equations",
    )  # fmt: skip
    add("--iterations", metavar="N", type=whole(0), help="number of updates; default 100")
    look = parser.add_argument_group("landscape and figures")
    add = look.add_argument
    add(
        "--plane", metavar="P,Q|KIND", type=values.plane_choice,
        help="two parameters, as w[0],b (default: the first two), or a KIND of directions: random (drawn with --seed), "
        "pca (of the path), hessian (its eigenvectors at the last point), three-points (start, last, best)",
    )  # fmt: skip
    add("--x-range", metavar="LO:HI", type=values.value_range, help="default: what fits the path")
    add("--y-range", metavar="LO:HI", type=values.value_range, help="default: what fits the path")
    add("--grid", metavar="G", type=whole(2, 2049), help="points along each side of the map; default 129")
    add(
        "--formats", metavar="png,svg,pdf|none", type=values.picture_formats, default=("png",),
        help="of the figures; default png; none: the data files alone",
    )  # fmt: skip
    add("--colour-map", choices=COLOUR_MAPS, help=f"colours of the loss in the figures; default {STANDARD_MAP}")
    return parser


def _path(text: str) -> Path:
    if not text or "\0" in text:
        raise argparse.ArgumentTypeError(f"{text!r} can't be the name of a file or folder")
    return Path(text)
