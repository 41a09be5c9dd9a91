"""The table of examples: every number against the core's, choosing, copying."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from landscape_app.core.backprop import shares as core_shares
from landscape_app.core.dataset import standardised
from landscape_app.session.picks import share_wish
from landscape_app.session.shares import shares_of
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.examples import ExamplesView
from landscape_app.views.palette import DARK
from landscape_app.views.plotting import MINUS, format_number
from tests.views.moments import click, made_data, moment


def opened(shown: Snapshot, entry: int) -> Snapshot:
    """Return the snapshot with an entry of the gradient taken apart."""
    shown = replace(shown, entry=entry)
    wish = share_wish(shown)
    assert wish is not None
    return replace(shown, shares=shares_of(wish))


@pytest.fixture
def view(qtbot: QtBot) -> ExamplesView:
    widget = ExamplesView()
    qtbot.addWidget(widget)
    widget.resize(340, 300)
    widget.set_palette(DARK)
    widget.show()
    return widget


def column(view: ExamplesView, name: str) -> list[str]:
    model = view.model
    heads = [model.headerData(i, Qt.Orientation.Horizontal) for i in range(model.columnCount())]
    at = heads.index(name)
    return [str(model.index(row, at).data()) for row in range(model.rowCount())]


def numbers(texts: list[str]) -> list[float]:
    return [float(text.replace(MINUS, "-").removesuffix(" %").replace(",", "")) for text in texts]


@pytest.mark.parametrize("model", ["univariate", "multivariate", "two-layer-linear", "two-layer-sigmoid"])
def test_that_every_column_is_the_cores(view: ExamplesView, model: str) -> None:
    data = made_data(1 if model == "univariate" else 3, 17)
    shown = moment(model, data, hidden=4)
    for entry in (0, shown.grad.size - 1):
        view.render_snapshot(opened(shown, entry))
        parts = core_shares(shown.problem.model, shown.theta, data.X, data.y, entry)
        order = np.argsort(-np.abs(parts), kind="stable")
        assert numbers(column(view, "№")) == [i + 1 for i in order]
        assert numbers(column(view, "adds")) == pytest.approx(parts[order], rel=6e-3)
        portions = 100 * np.abs(parts[order]) / np.abs(parts).sum()
        assert numbers(column(view, "of sizes")) == pytest.approx(portions, abs=0.051)
        assert numbers(column(view, "y")) == pytest.approx(data.y[0, order], rel=6e-3)
        yhat = shown.problem.model.forward(shown.theta, data.X).yhat[0]
        assert numbers(column(view, "ŷ")) == pytest.approx(yhat[order], rel=6e-3)
        for name, row in zip(data.feature_names, data.X, strict=True):
            assert numbers(column(view, name)) == pytest.approx(row[order], rel=6e-3)
        name = shown.problem.model.layout.scalar_names[entry]
        assert view.title.text().startswith(f"∂L/∂{name} = ")
        assert numbers([view.title.text().split()[-1]]) == pytest.approx([shown.grad[entry]], rel=1e-4)


@pytest.mark.parametrize("example", [None, 3])
def test_that_the_largest_entry_of_a_block_is_said_to_be_that(view: ExamplesView, example: int | None) -> None:
    shown = replace(moment("two-layer-linear", made_data(3, 17), hidden=4), example=example)
    for block in shown.problem.model.layout.blocks:
        sizes = np.abs(shown.grad[block.start : block.stop])
        for i in range(block.size):
            view.render_snapshot(opened(shown, block.start + i))
            told = view.about.text().startswith(f"the largest of ∂L/∂{block.name} · ")
            assert told == (block.size > 1 and sizes[i] == sizes.max())


def test_that_cells_tell_all_digits(view: ExamplesView) -> None:
    shown = opened(moment("univariate", made_data(1, 17)), 0)
    view.render_snapshot(shown)
    assert shown.shares is not None
    tip = view.model.index(2, 4).data(Qt.ItemDataRole.ToolTipRole)
    assert repr(float(shown.shares.parts[2])) in tip


def test_that_choosing_a_row_picks_its_example_and_a_picked_example_chooses_its_row(view: ExamplesView) -> None:
    shown = opened(moment("univariate", made_data(1, 17)), 0)
    view.render_snapshot(shown)
    assert shown.shares is not None
    asked: list[int] = []
    view.example_requested.connect(asked.append)
    place = view.table.visualRect(view.model.index(1, 2)).center()
    QTest.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked == [int(shown.shares.examples[1])]
    QTest.keyClick(view.table, Qt.Key.Key_Down)
    assert asked[-1] == int(shown.shares.examples[2])
    wanted = int(shown.shares.examples[9])
    count = len(asked)
    view.render_snapshot(replace(shown, example=wanted))
    assert [index.row() for index in view.table.selectionModel().selectedRows()] == [9]
    assert view.about.text().startswith(f"example {wanted + 1} adds ")
    view.render_snapshot(shown)
    assert not view.table.selectionModel().hasSelection()
    assert len(asked) == count


def test_that_the_chosen_row_is_copied_exactly_and_all_rows_if_none_is(view: ExamplesView) -> None:
    shown = opened(moment("univariate", made_data(1, 17)), 0)
    view.render_snapshot(shown)
    shares, data = shown.shares, shown.problem.data
    assert shares is not None
    QTest.keySequence(view.table, "Ctrl+C")
    lines = QGuiApplication.clipboard().text().split("\n")
    assert lines[0].split("\t") == ["№", "x", "y", "ŷ", "adds", "of sizes"]
    table = np.array([[float(cell) for cell in line.split("\t")] for line in lines[1:]])
    assert (table[:, 0] == shares.examples + 1).all()
    assert (table[:, 1] == data.X[0, shares.examples]).all()
    assert (table[:, 4] == shares.parts).all()
    view.table.selectRow(3)
    QTest.keySequence(view.table, "Ctrl+C")
    row = QGuiApplication.clipboard().text().split("\t")
    assert [float(cell) for cell in row] == table[3].tolist()


def test_that_buttons_open_the_largest_gradient_and_close_it(view: ExamplesView) -> None:
    shown = moment("multivariate", made_data(3, 17))
    view.render_snapshot(shown)
    asked: list[int] = []
    view.entry_requested.connect(asked.append)
    assert not view.close_button.isEnabled()
    assert view.pages.currentWidget() is view.hint
    click(view.largest_button)
    assert asked == [int(np.argmax(np.abs(shown.grad)))]
    view.render_snapshot(opened(shown, asked[0]))
    assert view.pages.currentWidget() is view.table
    click(view.close_button)
    assert asked[-1] == -1


def test_that_it_says_why_there_is_no_table(view: ExamplesView) -> None:
    shown = replace(moment("univariate", made_data(1, 17)), entry=1)
    view.render_snapshot(replace(shown, sharing=True))
    assert "17 examples" in view.hint.text()
    view.render_snapshot(shown)
    assert "rests" in view.hint.text()


def test_that_the_batch_is_named_and_what_lies_outside_of_it(view: ExamplesView) -> None:
    shown = opened(moment("univariate", made_data(1, 17), batch_size=5), 0)
    view.render_snapshot(shown)
    shares = view.drawn.shares if view.drawn is not None else None
    assert shares is not None
    sizes = format_number(float(np.abs(shares.parts).sum()), 4)
    assert view.about.text() == f"5 examples of the batch · sizes add up to {sizes}"
    assert view.model.rowCount() == 5
    assert shown.shares is not None
    outside = next(i for i in range(17) if i not in shown.shares.examples)
    view.render_snapshot(replace(shown, example=outside))
    assert view.about.text() == f"example {outside + 1} is not in the batch of this step"


def test_that_all_columns_of_one_feature_have_room_in_a_narrow_panel(view: ExamplesView) -> None:
    view.render_snapshot(opened(moment("univariate", made_data(1, 80)), 0))
    assert view.table.horizontalHeader().length() <= view.table.viewport().width()
    assert view.table.indexAt(QPoint(5, 5)).row() == 0


def test_that_tiny_parts_are_not_cut_off(view: ExamplesView) -> None:
    shown = opened(moment("univariate", made_data(1, 80)), 0)
    view.render_snapshot(shown)
    shares = shown.shares
    assert shares is not None
    view.render_snapshot(replace(shown, shares=replace(shares, parts=1e-24 * shares.parts)))
    listed = view.model.listed
    assert listed is not None
    text = view.model.data(view.model.index(0, listed.part))
    assert "e−" in str(text)
    assert view.table.fontMetrics().horizontalAdvance(str(text)) < view.table.columnWidth(listed.part)


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("target", [False, True])
def test_that_heads_say_what_is_standardised(view: ExamplesView, n: int, target: bool) -> None:
    data = standardised(made_data(n, 17, units=("kg",) * n + ("m",)), target=target)
    shown = opened(moment("univariate" if n == 1 else "multivariate", data), 0)
    view.render_snapshot(shown)

    def told(role: Qt.ItemDataRole) -> set[object]:
        return {view.model.headerData(i, Qt.Orientation.Horizontal, role) for i in range(view.model.columnCount())}

    heads, titles = told(Qt.ItemDataRole.DisplayRole), told(Qt.ItemDataRole.ToolTipRole)
    assert {f"std. {name}" for name in data.feature_names} <= heads
    assert {f"{name} (standardised)" for name in data.feature_names} <= titles
    assert ("std. y" in heads, "y" in heads) == (target, not target)
    assert ("y (standardised)" if target else "y (m)") in titles
    view.table.clearSelection()
    assert "x (standardised)" in view.table.selected_text() or n == 3
