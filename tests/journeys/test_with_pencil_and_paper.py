"""One iteration of each model worked out as on paper, with plain sums, beside the numbers that the panel shows."""

from collections.abc import Callable
from math import exp
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from landscape_app.app import Explorer
from landscape_app.session.config import ModelConfig, RunConfig, StartConfig
from landscape_app.views.plotting import format_number

Settle = Callable[[], None]
Rows = list[list[float]]

RATE = 0.125
#: Three examples of two features, and of one.
X: Rows = [[1.0, -2.0, 0.5], [0.25, 1.0, -1.5]]
Y = [1.0, -0.5, 2.0]
W1: Rows = [[0.5, -1.0], [1.5, 0.25]]
B1 = [0.125, -0.5]
W2 = [1.0, -2.0]
B2 = 0.75


def regression(w: list[float], x: Rows) -> dict[str, Any]:
    """The section's equations of both regressions, by w (n) and b = B2."""
    m = len(Y)
    yhat = [sum(w[j] * x[j][i] for j in range(len(w))) + B2 for i in range(m)]
    residual = [yhat[i] - Y[i] for i in range(m)]
    d_yhat = [2 / m * r for r in residual]
    return {
        "yhat": [yhat],
        "residual": [residual],
        "L": sum(r * r for r in residual) / m,
        "dL/dyhat": [d_yhat],
        "dL/dw": [[sum(d_yhat[i] * x[j][i] for i in range(m)) for j in range(len(w))]],
        "dL/db": sum(d_yhat),
    }


def network(activation: Callable[[float], float], slope: Callable[[float], float]) -> dict[str, Any]:
    """The section's equations of both networks; ``slope`` is the activation's, by its output."""
    m, n, k = len(Y), len(X), len(B1)
    Z = [[sum(W1[u][j] * X[j][i] for j in range(n)) + B1[u] for i in range(m)] for u in range(k)]
    A = [[activation(z) for z in row] for row in Z]
    yhat = [sum(W2[u] * A[u][i] for u in range(k)) + B2 for i in range(m)]
    residual = [yhat[i] - Y[i] for i in range(m)]
    d_yhat = [2 / m * r for r in residual]
    d_A = [[W2[u] * d_yhat[i] for i in range(m)] for u in range(k)]
    d_Z = [[d_A[u][i] * slope(A[u][i]) for i in range(m)] for u in range(k)]
    return {
        "Z": Z,
        "A": A,
        "yhat": [yhat],
        "residual": [residual],
        "L": sum(r * r for r in residual) / m,
        "dL/dyhat": [d_yhat],
        "dL/dA": d_A,
        "dL/dZ": d_Z,
        "dL/dW1": [[sum(d_Z[u][i] * X[j][i] for i in range(m)) for j in range(n)] for u in range(k)],
        "dL/db1": [[sum(d_Z[u])] for u in range(k)],
        "dL/dw2": [[sum(d_yhat[i] * A[u][i] for i in range(m)) for u in range(k)]],
        "dL/db2": sum(d_yhat),
    }


def linear_network() -> dict[str, Any]:
    worked = network(lambda z: z, lambda _a: 1.0)
    del worked["A"], worked["dL/dA"]
    return worked


WEIGHTS = {"W1": W1, "b1": [[b] for b in B1], "w2": [W2], "b2": B2}
CASES: dict[str, tuple[Rows, dict[str, Any], dict[str, Any]]] = {
    "univariate": (X[:1], {"w": W2[0], "b": B2}, regression(W2[:1], X[:1])),
    "multivariate": (X, {"w": [W2], "b": B2}, regression(W2, X)),
    "two-layer-linear": (X, WEIGHTS, linear_network()),
    "two-layer-sigmoid": (X, WEIGHTS, network(lambda z: 1 / (1 + exp(-z)), lambda a: a * (1 - a))),
}


@pytest.mark.parametrize("model", CASES)
def test_that_the_panel_has_the_numbers_on_the_paper(
    explorer: Explorer, settle: Settle, qtbot: QtBot, tmp_path: Path, model: str
) -> None:
    x, start, paper = CASES[model]
    names = [f"x{j + 1}" for j in range(len(x))]
    lines = [",".join([*names, "y"])] + [",".join(map(str, row)) for row in zip(*x, Y, strict=True)]
    (tmp_path / "three.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    session, window = explorer.session, explorer.window
    settle()
    explorer.open_path(str(tmp_path / "three.csv"))
    qtbot.waitUntil(lambda: session.snapshot.problem.data.m == 3 and not session.snapshot.loading)
    chosen = ModelConfig.model_validate({"name": model, "hidden": 2})
    session.configure(session.snapshot.wanted.but(model=chosen))
    qtbot.waitUntil(lambda: session.snapshot.problem.model.name == model)
    values: Any = {name: as_tuples(value) for name, value in start.items()}
    run = RunConfig(optimizer="gradient-descent", hyper={"learning_rate": RATE})
    session.configure(session.snapshot.wanted.but(start=StartConfig(method="values", values=values), run=run))
    settle()
    window.docks["backprop"].raise_()
    panel = window.backprop
    qtbot.waitUntil(lambda: bool(panel.rows) and panel.rows[0].isVisible())
    shown = {row.equation.name: row for row in panel.rows}
    assert list(shown) == [*paper, "increment", "move"]
    for name, value in paper.items():
        [found] = shown[name].values
        worked = np.array(value)
        np.testing.assert_allclose(found.array.reshape(worked.shape), worked, rtol=1e-12, atol=1e-15)
        if worked.size == 1:
            assert shown[name].line.numbers == (f"= {format_number(float(worked.reshape(-1)[0]), 6)}",)
    after = {}
    for name, before in start.items():
        slope = np.array(paper[f"dL/d{name}"])
        after[name] = np.array(before).reshape(slope.shape) - RATE * slope
    for found, (name, expected) in zip(shown["move"].values, after.items(), strict=True):
        np.testing.assert_allclose(found.array.reshape(expected.shape), expected, rtol=1e-12, err_msg=name)
    QTest.keyClick(window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: session.snapshot.cursor == 1)
    blocks = session.snapshot.problem.model.layout.split(session.snapshot.theta)
    for name, expected in after.items():
        np.testing.assert_allclose(blocks[name].reshape(expected.shape), expected, rtol=1e-12, err_msg=name)


def as_tuples(value: Any) -> Any:
    """Return lists as the tuples that an experiment holds."""
    return tuple(as_tuples(part) for part in value) if isinstance(value, list) else value
