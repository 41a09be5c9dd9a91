"""From options, and a session if there is one, to the experiment that they describe."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from landscape_app.core.errors import ConfigError, DataError
from landscape_app.core.models import Model
from landscape_app.core.models.parameters import Layout
from landscape_app.core.optimizers import OPTIMIZERS, Semantics, rule_named
from landscape_app.data.names import DataKind, resolve_name
from landscape_app.data.reading import Reading
from landscape_app.export.options import Options
from landscape_app.export.start_file import read_start
from landscape_app.session.changes import with_semantics
from landscape_app.session.config import (
    Change,
    DataConfig,
    Experiment,
    ModelConfig,
    PlaneConfig,
    RunConfig,
    StartConfig,
    default_experiment,
)
from landscape_app.session.files import first_complaint, read_session
from landscape_app.session.packing import source_trouble
from landscape_app.session.prepare import Prepared, for_other_model, prepare, start_fits
from landscape_app.session.problem import Loaded, build_model, load_data
from landscape_app.session.transitions import why_not_fast


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """An experiment ready to run, and sentences on what was made of the options."""

    prepared: Prepared
    notes: tuple[str, ...]


def request_from(options: Options) -> Request:
    """Read session, data and start, and join them with the options.

    Raises
    ------
    ExplorerError
        One sentence on what is wrong.
    """
    try:
        return _request(options)
    except ValidationError as error:
        raise ConfigError(f"These options don't go together: {first_complaint(error)}.") from error


def _request(options: Options) -> Request:
    notes: list[str] = []
    old = _base(options)
    data = _data(options, old.data)
    _check_source(data)
    loaded = load_data(data)
    notes += loaded.data.notes
    model = _model(options, old.model, loaded, notes)
    built = build_model(model, loaded.data.n)
    layout = built.layout
    experiment = Experiment(
        data=data,
        model=model,
        start=_start(options, old.start, layout, notes),
        run=_with_arithmetic(options, _run(options, old.run, notes), built, loaded.data.m, notes),
        plane=_plane(options, old.plane if model == old.model else for_other_model(old.plane), layout, notes),
    )
    return Request(prepare(experiment, loaded), tuple(notes))


def _base(options: Options) -> Experiment:
    if options.session is not None:
        return read_session(options.session).experiment
    return Experiment() if options.describes_experiment else default_experiment()


def _given(**options: Any) -> dict[str, Any]:
    """Return those options that were given."""
    return {name: value for name, value in options.items() if value is not None}


def _data(options: Options, old: DataConfig) -> DataConfig:
    config = old
    if options.data is not None:
        # What belongs to the old data goes with them; how to treat data stays.
        config = DataConfig(seed=old.seed, missing=old.missing, scale=old.scale, **_source(options.data))
    if config.kind == "generated" and (options.target is not None or options.features is not None):
        raise ConfigError(f"{config.name} is generated: --target and --features are for bundled sets and files.")
    if config.kind != "generated" and (options.examples is not None or options.noise is not None):
        name = config.path or config.name
        raise ConfigError(f"{name} is not generated: --examples and --noise are for generated data.")
    if options.reading:
        if config.kind != "file":
            raise ConfigError(f"{config.name} is not a file: options on how to read one don't apply.")
        # The file itself is read again, not what a session has kept of it.
        reading = Reading.model_validate({**dict(config.reading), **options.reading})
        config = config.but(reading=reading, table=None, sha256=None)
    if options.features is None and options.target in (config.features or ()):
        config = config.but(features=None)
    changed: DataConfig = config.but(
        **_given(
            seed=options.seed,
            examples=options.examples,
            noise=options.noise,
            target=options.target,
            features=options.features,
            missing=options.missing,
            scale=options.scale,
        )
    )
    return changed


def _source(text: str) -> dict[str, Any]:
    match resolve_name(text):
        case DataKind.GENERATOR:
            return {"kind": "generated", "name": text}
        case DataKind.BUNDLED:
            return {"kind": "bundled", "name": text}
        case DataKind.FILE:
            return {"kind": "file", "name": Path(text).name, "path": os.path.abspath(text)}  # noqa: PTH100


def _check_source(data: DataConfig) -> None:
    """Refuse a session whose data file is not what it was: its numbers would be others without a word."""
    trouble = source_trouble(data)
    if trouble is not None and (trouble.kind == "changed" or data.sha256 is not None):
        remedy = (
            "put it back, or name the file with --data"
            if trouble.kind == "missing"
            else "to use it as it is now, name it with --data"
        )
        raise DataError(f"{trouble.sentence.removesuffix('.')}: {remedy}.")


def _model(options: Options, old: ModelConfig, loaded: Loaded, notes: list[str]) -> ModelConfig:
    name, n = options.model or old.name, loaded.data.n
    if options.model is None and name == "univariate" and n > 1:
        if options.session is None:
            name = "multivariate"
        elif options.changes_data:
            name = "multivariate"
            notes.append(f"The session's univariate model takes one feature, the data have {n}: multivariate is used.")
    model = ModelConfig.model_validate({"name": name, "hidden": options.hidden or old.hidden})
    if options.hidden is not None and not build_model(model, n).has_hidden:
        notes.append(f"--hidden has no effect: the {model.name} model has no hidden units.")
    return model


def _start(options: Options, old: StartConfig, layout: Layout, notes: list[str]) -> StartConfig:
    seed = old.seed if options.seed is None else options.seed
    if options.start is not None:
        return read_start(options.start, layout, seed)
    if options.init is not None:
        return StartConfig.model_validate({"method": options.init, "seed": seed})
    overridden = options.changes_data or options.model is not None or options.hidden is not None
    if old.values is not None and overridden and not start_fits(old, layout):
        notes.append("The session's start does not fit this model and is left out: a normal start is used.")
        return StartConfig(method="normal", seed=seed)
    start: StartConfig = old.but(seed=seed)
    return start


def _run(options: Options, old: RunConfig, notes: list[str]) -> RunConfig:
    if options.semantics is not None and options.semantics != old.semantics:
        old, missing = with_semantics(old, options.semantics)
        notes += missing
    rule = rule_named(options.optimizer or old.optimizer, old.semantics)
    names = set(rule.defaults())
    hyper, changes = dict(old.hyper), old.changes
    if options.optimizer is not None:
        hyper = {name: value for name, value in hyper.items() if name in names}
        changes = _fitting(changes, options.optimizer, old.semantics, notes)
    if options.learning_rate is not None:
        if "learning_rate" in names:
            hyper["learning_rate"] = options.learning_rate
        else:
            notes.append(f"--learning-rate has no effect: {rule.name} does not use one.")
    if options.schedule is not None and not options.schedule.constant and "learning_rate" not in names:
        notes.append(f"--schedule has no effect: {rule.name} does not use a learning rate.")
    for name, value in options.set:
        hyper[name] = rule.spec(name).check(value)
    run: RunConfig = old.but(
        optimizer=rule.name,
        hyper=hyper,
        changes=changes,
        batch_size=old.batch_size if options.batch_size is None else options.batch_size or None,
        **_given(
            arithmetic=options.arithmetic, schedule=options.schedule, seed=options.seed, iterations=options.iterations
        ),
    )
    return run


def _with_arithmetic(options: Options, run: RunConfig, model: Model, m: int, notes: list[str]) -> RunConfig:
    """Let a session's fast steps give way to the equations where there are none; those asked for are refused later."""
    if options.arithmetic is not None or run.arithmetic == "equations" or not why_not_fast(run, model, m):
        return run
    notes.append("The session's fast steps don't go with this model or batch: steps are by the equations.")
    slow: RunConfig = run.but(arithmetic="equations")
    return slow


def _fitting(changes: tuple[Change, ...], rule: str, semantics: Semantics, notes: list[str]) -> tuple[Change, ...]:
    """Return the changes in mid-run that make sense for another rule at the start."""
    kept = []
    for change in sorted(changes, key=lambda change: change.iteration):
        if change.name == "optimizer":
            rule = str(change.value)
        elif change.name != "batch_size" and (
            rule not in OPTIMIZERS or change.name not in rule_named(rule, semantics).defaults()
        ):
            notes.append(f"The session's change of {change.name} at iteration {change.iteration} does not fit {rule}.")
            continue
        kept.append(change)
    return tuple(kept)


def _plane(options: Options, old: PlaneConfig, layout: Layout, notes: list[str]) -> PlaneConfig:
    plane = old
    if isinstance(options.plane, str):
        seed = old.seed if options.seed is None else options.seed
        if (options.plane, seed) != (old.kind, old.seed) or old.anchor is not None:
            plane = PlaneConfig(kind=options.plane, seed=seed, grid=old.grid)
        if layout.size == 2:
            notes.append(f"--plane {options.plane} has no effect: with two parameters there is one plane, their own.")
    elif options.plane is not None:
        first, second = (layout.scalar_names[layout.index(name)] for name in options.plane)
        if ("axes", (first, second)) != (old.kind, old.axes):  # ranges chosen for other axes mean nothing for these
            plane = PlaneConfig(axes=(first, second), grid=old.grid)
    elif old.axes is not None and not set(old.axes) <= set(layout.scalar_names):
        notes.append(f"The session's map of {old.axes[0]} and {old.axes[1]} does not fit this model and is left out.")
        plane = PlaneConfig(grid=old.grid)
    changed: PlaneConfig = plane.but(**_given(x_range=options.x_range, y_range=options.y_range, grid=options.grid))
    return changed
