"""From the terms of an iteration to what their rows show: labels, shapes, names, and a line with the numbers put in."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QCoreApplication

from landscape_app.core.arrays import FloatArray
from landscape_app.session.backprop import INCREMENT, Passes
from landscape_app.session.picks import example_part
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.backprop_values import Axis, Value
from landscape_app.views.plotting import MINUS, format_number

#: Names of blocks in a line of text.
_BLOCKS = {"W1": "W₁", "b1": "b₁", "w2": "w₂", "b2": "b₂"}
#: How the terms are called whose value is not a gradient's.
_LABELS = {"yhat": "ŷ", "residual": "ŷ − y"}


def _tr(text: str) -> str:
    return QCoreApplication.translate("BackpropReadings", text)


def values_of(shown: Snapshot, passes: Passes, name: str) -> tuple[Value, ...]:
    """Return what the row of the term ``name`` shows."""
    array, model = passes[name], shown.problem.model
    starts = {f"dL/d{block.name}": block.start for block in model.layout.blocks}
    if name in starts:
        return (replace(_block_value(shown, name[4:], array, ""), start=starts[name]),)
    if array.ndim == 0:
        return (Value("", array, ()),)
    rows = Axis(_tr("unit") if array.shape[0] > 1 else "")
    columns = Axis(_tr("example"), numbers=passes.examples + 1)
    return (Value("", array, (array.shape[0], passes.m), rows, columns),)


def _block_value(shown: Snapshot, block: str, array: FloatArray, label: str) -> Value:
    """Return a block of parameters, or something of its shape."""
    features, units = Axis("", shown.problem.data.feature_names), Axis(_tr("unit"))
    rows = {"W1": units, "b1": units}.get(block, Axis(""))
    columns = {"W1": features, "w": features, "w2": units}.get(block, Axis(""))
    return Value(label, array, array.shape, rows, columns)


def values_after(shown: Snapshot, increment: FloatArray | None, name: str) -> tuple[tuple[Value, ...], str]:
    """Return what the rows of the update show, and a note: the rule, or why nothing is known."""
    settings = shown.settings
    if increment is None:
        return (), _tr("known when the step is made")
    vector = increment if name == INCREMENT else shown.theta + increment
    sign = "Δ" if name == INCREMENT else ""
    split = shown.problem.model.layout.split(vector)
    values = tuple(
        _block_value(shown, block, array, f"{sign}{_BLOCKS.get(block, block)}") for block, array in split.items()
    )
    rate = settings.hyper.get("learning_rate")
    rule = settings.optimizer.title
    note = rule if rate is None else _tr("{0}, η = {1:g}").format(rule, rate)
    return values, note if name == INCREMENT else ""


def note_of(shown: Snapshot, passes: Passes, name: str, digits: int) -> str:
    """Return what the picked example adds, else the equation with the numbers put in, where that fits into a line."""
    m = passes.m
    if shown.example is not None and passes[name].size == 1:
        adds = _part_in(shown, passes, name)
        if adds is not None:
            return _tr("example {0:,} adds {1}").format(shown.example + 1, format_number(adds, digits, signed=True))

    def number(value: float) -> str:
        return format_number(value, digits)

    if name == "L":
        return f"= (1/{m:,}) · {number(float(passes['L']) * m)}"
    gradients = {f"dL/d{block.name}" for block in shown.problem.model.layout.blocks}
    if name in gradients and passes[name].size == 1:
        total = number(float(passes[name].item()) * m / 2)
        return f"= (2/{m:,}) · " + (f"({total})" if total.startswith(MINUS) else total)
    if name == "yhat" and shown.problem.model.name == "univariate":
        w, b = (float(value) for value in shown.theta)
        sign = MINUS if b < 0.0 else "+"
        return f"ŷ = {number(w)} x {sign} {number(abs(b))}"
    return ""


def _part_in(shown: Snapshot, passes: Passes, name: str) -> float | None:
    """Return what the picked example adds to the loss or to a gradient; None if it is not in the step."""
    model, part = shown.problem.model, example_part(shown)
    if part is None or shown.example is None:
        return None
    if name == "L":
        data = shown.problem.data
        with np.errstate(all="ignore"):
            residual = model.predict(shown.theta, data.X[:, [shown.example]]) - data.y[:, [shown.example]]
            return float(residual[0, 0] ** 2 / passes.m)
    block = model.layout.split(part).get(name.removeprefix("dL/d"))
    return None if block is None else float(block.reshape(-1)[0])
