"""The names of changes in the Edit menu: what undo would take back."""

from PySide6.QtCore import QCoreApplication

from landscape_app.core.optimizers import OPTIMIZERS


def _tr(text: str) -> str:
    return QCoreApplication.translate("changes", text)


def change_title(name: str) -> str:
    """Return the words for a change called ``name`` by `change_name`."""
    titles = {
        "session": _tr("open session"),
        "reset": _tr("reset"),
        "data": _tr("other data"),
        "data.seed": _tr("resample"),
        "data.examples": _tr("number of examples"),
        "data.noise": _tr("noise"),
        "data.knobs": _tr("setting of the data"),
        "data.target": _tr("target"),
        "data.features": _tr("features"),
        "data.missing": _tr("missing values"),
        "data.scale": _tr("standardise"),
        "data.reading": _tr("how the file is read"),
        "data.table": _tr("edited values"),
        "data.held": _tr("move, add or take away an example"),
        "model": _tr("model"),
        "model.name": _tr("model"),
        "model.hidden": _tr("hidden units"),
        "start": _tr("start"),
        "run": _tr("settings of the run"),
        "run.optimizer": _tr("rule"),
        "run.batch_size": _tr("batch size"),
        "run.arithmetic": _tr("fast steps"),
        "run.semantics": _tr("whose rules"),
        "run.schedule": _tr("learning-rate schedule"),
        "rivals": _tr("race"),
        "rivals.add": _tr("add to the race"),
        "rivals.remove": _tr("remove from the race"),
        "rivals.swap": _tr("take another run in hand"),
        "plane": _tr("map"),
        "plane.axes": _tr("axes of the map"),
        "plane.anchor": _tr("directions of the map"),
        "plane.through": _tr("where the map's slice lies"),
        "plane.range": _tr("part of the map"),
        "plane.grid": _tr("grid of the map"),
    }
    if name in titles:
        return titles[name]
    setting = name.removeprefix("run.")
    known = {spec.name: spec.symbol for rule in OPTIMIZERS.values() for spec in rule.hyper_specs}
    if setting == "learning_rate":
        return _tr("learning rate η")
    if setting in known:
        return f"{setting.replace('_', ' ')} {known[setting]}"
    return _tr("change")
