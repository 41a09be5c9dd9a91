import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from landscape_app.views.palette import DARK, LIGHT
from landscape_app.views.plotting import (
    MINUS,
    format_number,
    linear_ticks,
    log_ticks,
    nice_log_range,
    nice_range,
    tick_text,
    time_end,
    truth_colour,
)
from landscape_app.views.plotting_items import NumberAxis
from landscape_app.views.plotting_series import Envelope, same_beginning
from landscape_app.views.plotting_widgets import QuietPlot, TextLine
from tests.views.moments import further, moment

FINITE = st.floats(-1e12, 1e12, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.37564321, "+1.3756"),
        (-1.5048, f"{MINUS}1.5048"),
        (0.0, "0"),
        (-0.0, "0"),
        (0.0012345678, "+0.0012346"),
        (-0.00012345678, f"{MINUS}1.2346e{MINUS}4"),
        (123456.7, "+123457"),
        (1.5e120, "+1.5000e120"),
        (0.99999999, "+1.0000"),
        (math.inf, "+∞"),
        (-math.inf, f"{MINUS}∞"),
        (math.nan, "NaN"),
    ],
)
def test_that_numbers_have_five_digits_and_a_real_minus(value: float, text: str) -> None:
    assert format_number(value, signed=True) == text


@given(st.floats(-1e308, 1e308))
def test_that_a_number_reads_back_to_its_digits(value: float) -> None:
    read = float(format_number(value).replace(MINUS, "-"))
    assert read == pytest.approx(value, rel=5.1e-5, abs=1e-320)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-2.5, f"{MINUS}2.5"), (20000.0, "20,000"), (2e5, "2e5"), (0.0005, f"5e{MINUS}4"), (0.001, "0.001")],
)
def test_that_ticks_are_short(value: float, text: str) -> None:
    assert tick_text(value) == text


@given(FINITE, FINITE)
def test_that_a_nice_range_holds_its_data(a: float, b: float) -> None:
    low, high = nice_range(min(a, b), max(a, b))
    slack = 1e-6 * (high - low)
    assert low - slack <= min(a, b) <= max(a, b) <= high + slack
    assert high > low


@given(st.floats(1e-200, 1e200), st.floats(1.0, 1e50))
def test_that_a_logarithmic_range_holds_its_data(low: float, ratio: float) -> None:
    below, above = nice_log_range(low, low * ratio)
    assert below <= low * (1 + 1e-12)
    assert above >= low * ratio * (1 - 1e-12)
    assert above > below > 0.0


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 12))
def test_that_ticks_are_few_and_inside(low: float, span: float, most: int) -> None:
    ticks = linear_ticks(low, low + span, most)
    assert len(ticks) <= most + 1
    assert all(low - 1e-6 * span <= tick <= low + span * (1 + 1e-6) for tick in ticks)


def test_that_a_narrow_logarithmic_range_has_ticks_too() -> None:
    assert len(log_ticks(100.0, 150.0, 6)) >= 3
    assert log_ticks(0.01, 100.0, 6) == pytest.approx([0.01, 0.1, 1.0, 10.0, 100.0])


@given(st.integers(0, 10**7))
def test_that_the_time_axis_holds_all_iterations_and_grows_in_steps(last: int) -> None:
    end = time_end(last)
    assert max(10, last) <= end <= max(10, 1.5 * last)
    assert time_end(end) == end


@given(st.lists(FINITE, min_size=1, max_size=400), st.lists(st.integers(1, 60), max_size=8), st.integers(2, 20))
def test_that_thinning_keeps_smallest_and_largest(values: list[float], parts: list[int], most: int) -> None:
    rows, envelope, length = np.array(values), Envelope(most), 0
    for part in parts:
        length = min(length + part, len(rows))
        envelope.extend(rows[:length])
    envelope.extend(rows)
    x, y = envelope.points()
    assert len(x) == len(y) <= 2 * most
    assert (y.min(), y.max()) == (rows.min(), rows.max())
    assert (x[0], x[-1]) == (0, len(rows) - 1)
    # Each bucket is right by itself, however the rows arrived.
    for i in range(len(envelope.low)):
        bucket = rows[i * envelope.every : (i + 1) * envelope.every]
        assert (envelope.low[i], envelope.high[i]) == (bucket.min(), bucket.max())


def test_that_a_thinned_falling_line_only_falls() -> None:
    envelope = Envelope(16)
    envelope.extend(np.linspace(5.0, 1.0, 1000))
    assert (np.diff(envelope.points()[1]) < 0).all()
    envelope.clear()
    envelope.extend(np.linspace(1.0, 5.0, 1000))
    assert (np.diff(envelope.points()[1]) > 0).all()


def test_that_a_grown_timeline_is_known_as_the_same_and_a_fork_is_not() -> None:
    start = moment(iterations=250)
    grown = further(start, 300)  # beyond the capacity of its first memory
    assert same_beginning(start.timeline, grown.timeline)
    fork = further(moment(iterations=250, theta=np.array([1.0, 1.0])), 1)
    assert not same_beginning(start.timeline, fork.timeline)
    assert not same_beginning(grown.timeline, start.timeline)


def test_that_an_axis_writes_real_minus_signs(qtbot: QtBot) -> None:
    plot = QuietPlot()
    qtbot.addWidget(plot)
    plot.set_palette(DARK)
    axis = plot.y_axis
    assert isinstance(axis, NumberAxis)
    [(_, values)] = axis.tickValues(-3.0, 3.0, 120.0)
    assert axis.tickStrings(values, 1.0, 1.0)[0].startswith(MINUS)
    axis.set_log(True)
    [(_, values)] = axis.tickValues(-2.0, 1.0, 120.0)
    assert axis.tickStrings(values, 1.0, 1.0) == ["0.01", "0.1", "1", "10"]


@pytest.mark.parametrize("side", ["x_axis", "y_axis"])
def test_that_a_name_longer_than_its_axis_ends_in_an_ellipsis(qtbot: QtBot, side: str) -> None:
    plot = QuietPlot()
    qtbot.addWidget(plot)
    plot.resize(300, 200)
    plot.show()
    axis = getattr(plot, side)
    long = "predicted progression of the disease within one year, <b>in points</b> & more"
    axis.setLabel(long)
    plot.set_palette(DARK)
    qtbot.waitUntil(lambda: axis.label.toPlainText().endswith("…"))

    def fits() -> bool:
        length = axis.size().width() if side == "x_axis" else axis.size().height()
        return bool(axis.label.document().idealWidth() <= length + 2 * axis.label.document().documentMargin())

    assert fits()
    plot.resize(900, 900)
    qtbot.waitUntil(lambda: axis.label.toPlainText() == long)  # as it is spelled, not as rich text
    plot.resize(250, 160)
    qtbot.waitUntil(lambda: axis.label.toPlainText().endswith("…"))
    assert fits()


def test_that_another_name_stands_in_the_middle_again(qtbot: QtBot) -> None:
    plot = QuietPlot()
    qtbot.addWidget(plot)
    plot.resize(300, 300)
    plot.set_palette(DARK)
    plot.y_axis.setLabel("y")
    plot.show()
    qtbot.waitExposed(plot)
    plot.y_axis.setLabel("predicted progression")
    placed = plot.y_axis.label.mapRectToParent(plot.y_axis.label.boundingRect())
    assert placed.center().y() == pytest.approx(plot.y_axis.size().height() / 2, abs=2)


def test_that_setting_the_same_range_again_costs_nothing(qtbot: QtBot) -> None:
    plot = QuietPlot()
    qtbot.addWidget(plot)
    changes: list[object] = []
    plot.box.sigRangeChanged.connect(lambda *args: changes.append(args))
    plot.set_limits((0.0, 10.0), (0.0, 1.0))
    plot.set_limits((0.0, 10.0), (0.0, 1.0))
    assert len(changes) == 1


def test_that_places_on_the_widget_and_in_the_plot_agree(qtbot: QtBot) -> None:
    plot = QuietPlot()
    qtbot.addWidget(plot)
    plot.resize(300, 200)
    plot.show()
    plot.set_limits((0.0, 10.0), (-1.0, 1.0))
    px, py = plot.to_pixels(np.array([4.0]), np.array([0.25]))
    from PySide6.QtCore import QPointF

    assert plot.from_pixels(QPointF(px[0], py[0])) == pytest.approx((4.0, 0.25))


def test_that_a_line_of_text_is_read_out(qtbot: QtBot) -> None:
    line = TextLine()
    qtbot.addWidget(line)
    line.set_text("loss 1.5")
    assert line.accessibleName() == line.text() == "loss 1.5"


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_that_the_truth_can_be_seen_on_a_panel(palette: object) -> None:
    def luminance(name: str) -> float:
        channels = [int(h, 16) / 255 for h in re.findall("..", name[1:])]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    look = DARK if palette is DARK else LIGHT
    a, b = sorted((luminance(truth_colour(look)), luminance(look.panel)))
    assert (b + 0.05) / (a + 0.05) >= 3.0
