"""Heat maps and tables of the terms: what is drawn, told, marked and opened."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from landscape_app.core.arrays import FloatArray
from landscape_app.views.backprop_values import Axis, HeatStrip, Value
from landscape_app.views.diverging import MIDDLE, colour_indices


def strip_of(qtbot: QtBot, array: FloatArray, width: int = 260) -> HeatStrip:
    strip = HeatStrip()
    qtbot.addWidget(strip)
    columns = Axis("example", numbers=np.arange(array.shape[1]) + 1)
    strip.set_value(Value("", array, array.shape, Axis(""), columns))
    strip.resize(width, strip.sizeHint().height())
    strip.grab()
    return strip


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("outlier", [0, 3_456, 9_999])
def test_that_one_large_entry_of_very_many_is_counted_drawn_and_told(qtbot: QtBot, outlier: int, sign: float) -> None:
    array = np.random.default_rng(0).normal(size=(1, 10_000))
    array[0, outlier] = 9_999.0 * sign
    strip = strip_of(qtbot, array)
    assert strip.reach == 10_000.0
    drawn = strip._colours()[0].astype(int) - MIDDLE
    place = int(np.argmax(np.abs(drawn)))
    assert drawn[place] * sign > 0.99 * MIDDLE
    assert np.sum(np.abs(drawn) > 0.5 * MIDDLE) == 1
    text = strip.text_at(QPoint(int((place + 0.5) / len(drawn) * strip.width()), strip.height() - 6))
    assert f"example {outlier + 1}: {9_999.0 * sign!r}\n" in text


@pytest.mark.parametrize("columns", [7, 260, 500, 1_500, 10_000])
def test_that_the_entry_told_is_the_one_painted(qtbot: QtBot, columns: int) -> None:
    array = np.random.default_rng(1).normal(size=(3, columns))
    array[1, -1] = np.inf
    array[2, 0] = np.nan
    strip = strip_of(qtbot, array)
    drawn = strip._colours()
    top = strip._caption_height()
    for x in range(0, strip.width(), 9):
        for row in range(3):
            text = strip.text_at(QPoint(x, round(top + (row + 0.5) / 3 * (strip.height() - top - 1.5))))
            name, value = text.splitlines()[0].split(": ")
            column = int(name.split()[-1]) - 1
            assert repr(float(array[row, column])) == value
            shown = drawn[row, min(int(x / strip.width() * drawn.shape[1]), drawn.shape[1] - 1)]
            number = np.nan_to_num(np.clip(array[row, column], -strip.reach, strip.reach))
            if np.isfinite(array[row, column]):
                assert shown == colour_indices(np.array([number]), strip.reach)[0]
