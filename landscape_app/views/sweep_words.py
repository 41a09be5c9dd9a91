"""The words of a sweep: what its settings are called, and what became of each run."""

from PySide6.QtCore import QCoreApplication

from landscape_app.core.optimizers import OPTIMIZERS
from landscape_app.session.sweep import DIVERGED, FINISHED, IMPOSSIBLE, WAITING, SweepTable
from landscape_app.session.sweep_axes import Value
from landscape_app.views.plotting import format_number, tick_text


def _tr(text: str) -> str:
    return QCoreApplication.translate("sweep", text)


def setting_title(name: str) -> str:
    """Return what a setting is called on an axis and in a list."""
    titles = {
        "learning_rate": _tr("Learning rate η"),
        "optimizer": _tr("Rule"),
        "batch_size": _tr("Batch size"),
        "start_seed": _tr("Seed of the start"),
        "momentum": _tr("Momentum μ"),
        "dampening": _tr("Dampening τ"),
        "beta1": _tr("β₁, averaging of g"),
        "beta2": _tr("β₂, averaging of g²"),
        "alpha": _tr("α, averaging of g²"),
        "epsilon": _tr("Epsilon ε"),
        "weight_decay": _tr("Weight decay λ"),
        "radius": _tr("Radius r"),
    }
    return titles.get(name, name.replace("_", " ").capitalize())


def _sign(name: str) -> str:
    """Return the short sign of a setting, for the line that reads out numbers."""
    signs = {
        "learning_rate": "η",
        "momentum": "μ",
        "dampening": "τ",
        "beta1": "β₁",
        "beta2": "β₂",
        "alpha": "α",
        "epsilon": "ε",
        "weight_decay": "λ",
        "radius": "r",
        "batch_size": _tr("batch"),
        "start_seed": _tr("start"),
    }
    return signs.get(name, name.replace("_", " "))


def value_text(name: str, value: Value) -> str:
    """Return a value as it stands on an axis."""
    if value is None:
        return _tr("all")
    if isinstance(value, str):
        return OPTIMIZERS[value].title if name == "optimizer" else value
    return tick_text(value, 1e6)


def _exact(name: str, value: Value) -> str:
    """Return a setting with its value, to the last digit."""
    if name == "optimizer":
        return value_text(name, value)
    if isinstance(value, float):
        return f"{_sign(name)} {value:.15g}"
    return f"{_sign(name)} {value_text(name, value)}"


def cell_name(table: SweepTable, row: int, column: int) -> str:
    """Return the two settings of a cell: "η 0.04, μ 0.9"."""
    x, y = table.wish.x, table.wish.y
    return f"{_exact(x.name, x.values[column])}, {_exact(y.name, y.values[row])}"


def cell_text(table: SweepTable, row: int, column: int, digits: int) -> str:
    """Return what became of a cell, in one line."""
    name, state = cell_name(table, row, column), int(table.state[row, column])
    loss, reached = float(table.loss[row, column]), int(table.reached[row, column])
    if state == FINISHED:
        text = _tr("{0}: L = {1} after {2:,} iterations").format(name, format_number(loss, digits), reached)
        return text + " · " + _tr("higher than at the start") if table.risen[row, column] else text
    if state == DIVERGED and reached == 0:
        return _tr("{0}: diverges at once").format(name)
    if state == DIVERGED:
        last = format_number(loss, digits)
        return _tr("{0}: diverges; iteration {1:,} is the last finite one, L = {2}").format(name, reached, last)
    if state == IMPOSSIBLE:
        return _tr("{0}: this rule has no such setting, or not this value").format(name)
    assert state == WAITING
    return _tr("{0}: not computed yet").format(name)


def summary_text(table: SweepTable, digits: int) -> str:
    """Return the best cell, and how many diverged."""
    parts = []
    if table.best is not None:
        best = float(table.loss[table.best])
        parts.append(_tr("Best: {0}: L = {1}").format(cell_name(table, *table.best), format_number(best, digits)))
    diverged = int((table.state == DIVERGED).sum())
    risen = int(table.risen.sum())
    if risen:
        parts.append(_tr("above the start's loss: {0}").format(risen))
    if diverged:
        parts.append(_tr("diverged: {0} of {1}").format(diverged, table.total))
    return " · ".join(parts)
