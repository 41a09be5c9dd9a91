"""The data panel shows where the data are from, and asks for others."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from landscape_app.core.dataset import Dataset
from landscape_app.data.table import Column, Table
from landscape_app.session.config import DataConfig, Experiment
from landscape_app.session.embedded import EmbeddedTable
from landscape_app.session.problem import Loaded
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.palette import DARK
from landscape_app.views.setup_data import DataSection
from landscape_app.views.theme import style_sheet
from tests.views.moments import click, made_data, moment
from tests.views.preview_samples import numbers, table, wide, words


@pytest.fixture
def section(qtbot: QtBot) -> Iterator[DataSection]:
    """The panel as narrow as it is in the window."""
    window = QWidget()
    window.setStyleSheet(style_sheet(DARK))
    qtbot.addWidget(window)
    section = DataSection()
    layout = QVBoxLayout(window)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(section)
    window.resize(240, 700)
    window.show()
    qtbot.waitExposed(window)
    yield section
    window.close()


def edits(section: DataSection) -> list[DataConfig]:
    result: list[DataConfig] = []
    section.data_edited.connect(result.append)
    return result


def with_table(config: DataConfig, columns: Table, features: tuple[str, ...], target: str) -> Snapshot:
    """Return a snapshot whose data came from a table."""
    made = made_data(len(features), 5)
    data = Dataset(made.X, made.y, features, target, title=columns.title)
    start = moment("multivariate", data)
    experiment = Experiment(data=config)
    problem = replace(start.problem, loaded=Loaded(data, columns))
    return replace(start, experiment=experiment, wanted=experiment, problem=problem)


def from_file(path: str = "data/people.csv", features: tuple[str, ...] = ("age", "height")) -> Snapshot:
    return with_table(DataConfig(kind="file", path=path), table(), features, "weight")


def test_that_what_is_standardised_is_chosen_and_toggled(section: DataSection) -> None:
    section.render_snapshot(from_file())
    asked: list[str] = []
    section.data_edited.connect(lambda data: asked.append(data.scale))
    assert section.scale.currentText() == "nothing"
    section.scale.setFocus()
    QTest.keyClick(section.scale, Qt.Key.Key_End)
    assert asked == ["both"]
    section.toggle_scale()
    assert asked == ["both", "standard"]
    both = DataConfig(kind="file", path="x.csv", scale="both")
    section.render_snapshot(with_table(both, table(), ("age",), "weight"))
    assert section.scale.currentText() == "features and target"
    section.toggle_scale()
    section.scale.click()
    assert asked == ["both", "standard", "none", "none"]


def test_that_the_buttons_ask_for_what_they_say(section: DataSection, qtbot: QtBot) -> None:
    section.render_snapshot(from_file())
    assert not section.resample_button.isVisible()
    for button, signal in (
        (section.open_button, section.open_requested),
        (section.edit_button, section.edit_requested),
        (section.preview_button, section.preview_requested),
    ):
        with qtbot.waitSignal(signal):
            click(button)
    generated = moment()
    section.render_snapshot(generated)
    assert section.edit_button.isVisible()
    assert not section.preview_button.isVisible()
    assert section.resample_button.isVisible()


def test_that_words_can_be_ticked_and_others_say_why_not(section: DataSection) -> None:
    columns = (*table().columns[:3], Column("name", None, obstacle="line 2 holds 'Ann'"), table().columns[3])
    config = DataConfig(kind="file", path="people.csv")
    section.render_snapshot(with_table(config, table(columns=columns), ("age", "height"), "weight"))
    asked = edits(section)
    assert section.columns is not None
    assert section.features is not None
    items = [section.features.item(row) for row in range(4)]
    assert [item.text() for item in items] == ["age", "colour (3 words)", "height", "name (no numbers)"]
    assert "line 2 holds 'Ann'" in items[3].toolTip()
    assert not items[3].flags() & Qt.ItemFlag.ItemIsEnabled
    section.features.setFocus()
    section.features.setCurrentItem(items[1])
    QTest.keyClick(section.features, Qt.Key.Key_Space)
    assert asked == [config.but(target="weight", features=("age", "colour", "height"))]


def test_that_words_in_use_are_ticked(section: DataSection) -> None:
    features = ("age", "colour=blue", "colour=green", "colour=red")
    section.render_snapshot(from_file(features=features))
    assert section.columns is not None
    assert section.columns.chosen == ("age", "colour")


def test_that_the_last_feature_stays(section: DataSection) -> None:
    section.render_snapshot(from_file(features=("age",)))
    asked = edits(section)
    assert section.columns is not None
    assert section.features is not None
    section.features.setFocus()
    section.features.setCurrentRow(0)
    QTest.keyClick(section.features, Qt.Key.Key_Space)
    assert section.columns.chosen == ("age",)
    assert asked == []


def test_that_a_table_of_ones_own_is_named_like_a_file(section: DataSection) -> None:
    config = DataConfig(kind="table", name="Pasted data", table=EmbeddedTable.of(table()))
    section.render_snapshot(with_table(config, table(), ("age",), "weight"))
    assert section.source.currentText() == "Pasted data"
    assert section.preview_button.isVisible()
    section.render_snapshot(from_file("a/b/people.csv"))
    assert section.source.currentText() == "people.csv"
    assert section.source.toolTip() == "a/b/people.csv"
    count = section.source.count()
    section.render_snapshot(moment())
    assert section.source.count() == count - 1


def test_that_long_names_are_cut_in_the_middle_and_whole_in_the_tooltip(section: DataSection) -> None:
    name = "measurements of the second campaign, corrected by hand 2024-11.csv"
    long = "a_rather_long_name_for_the_weight_in_kilograms"
    columns = (numbers("x" * 80, [1.0, 2.0, 3.0, 4.0, 5.0]), words("w" * 60, ["a", "b", "a", "b", "a"]))
    whole = table(columns=(*columns, numbers(long, [1.0, 2.0, 3.0, 4.0, 6.0])))
    section.render_snapshot(with_table(DataConfig(kind="file", path=f"d/{name}"), whole, ("x" * 80,), long))
    assert section.source.shown_text().startswith("meas")
    assert section.source.shown_text().endswith(".csv")
    assert "…" in section.source.shown_text()
    assert name in section.source.toolTip()
    assert section.target is not None
    assert long in section.target.toolTip()
    assert section.columns is not None
    assert section.columns.list.item(0).toolTip() == "x" * 80
    assert section.window().width() == 240
    assert section.minimumSizeHint().width() <= 240


def test_that_a_hundred_features_are_searched_and_keep_their_place(section: DataSection, qtbot: QtBot) -> None:
    _, many = wide(100, 5)
    config = DataConfig(kind="file", path="wide.csv")
    section.render_snapshot(with_table(config, many, many.names[:99], many.names[99]))
    asked = edits(section)
    assert section.columns is not None
    assert section.features is not None
    qtbot.waitUntil(section.columns.search.isVisible)
    assert section.features.height() < 200
    QTest.keyClicks(section.columns.search, "077")
    assert section.columns.found == ("measurement_077",)
    QTest.keyClick(section.columns.search, Qt.Key.Key_Down)
    QTest.keyClick(section.features, Qt.Key.Key_Space)
    (config,) = asked
    assert config.features is not None
    assert "measurement_077" not in config.features
    assert len(config.features) == 98
    section.render_snapshot(from_file())
    assert section.columns is not None
    assert not section.columns.search.isVisible()


def test_that_everything_fits_the_narrow_panel(section: DataSection) -> None:
    for snapshot in (from_file(), moment()):
        section.render_snapshot(snapshot)
        assert section.minimumSizeHint().width() <= 240
        for button in (section.open_button, section.edit_button, section.resample_button, section.preview_button):
            if button.isVisible():
                assert button.width() >= button.minimumSizeHint().width()
                assert button.fontMetrics().horizontalAdvance(button.text()) < button.width() - 8


def test_that_tab_goes_from_top_to_bottom(section: DataSection, qtbot: QtBot) -> None:
    section.render_snapshot(from_file())
    assert section.target is not None
    qtbot.waitUntil(section.target.isVisible)
    section.window().activateWindow()
    section.source.setFocus()
    reached = []
    for _ in range(8):
        QTest.keyClick(section.window().focusWidget(), Qt.Key.Key_Tab)
        reached.append(section.window().focusWidget())
    expected = [section.target, section.features, section.missing, section.scale]
    assert reached[:4] == expected
    assert reached[4:7] == [section.open_button, section.edit_button, section.preview_button]
